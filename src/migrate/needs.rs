//! What an object needs to be made, and how far that has to be done.

use std::collections::BTreeSet;

use super::cycles::Cycles;
use super::diff::Changes;
use super::order::Need;
use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind};
use crate::catalog::depends::Graph;
use crate::catalog::operator::OperatorClass;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Object, ObjectId, QName};
use crate::ddl::{self, Part, World};

/// What an object needs of the new side, and how far it has to be done.
pub(super) fn of(id: &ObjectId, new: &Graph, cycles: &Cycles, world: &World<'_>) -> Vec<Need> {
    // A partition has copies of its parent's triggers once it is one.
    let is_copy = matches!(world.to.object(id), Some(Object::Trigger(row)) if row.inherited);
    let needs = new.needs(id).map(|need| {
        let part = match need {
            _ if cycles.joins(id, need) => Part::Itself,
            _ if cycles.splits(need) => Part::Afterwards,
            // The functions of a base type come between its announcement and its definition.
            ObjectId::Type(_) if !new.needs(need).any(|function| function == id) => Part::Afterwards,
            ObjectId::Table(_) if is_copy => Part::Attachment,
            _ => Part::Itself,
        };
        (need.clone(), part)
    });
    // A partition that leaves would keep its copy of a key that is made before.
    let leaving = match id {
        ObjectId::ForeignKey(relation, _) if world.from.relation(relation).is_some() => world.family(relation),
        _ => Vec::new(),
    };
    let leaving = leaving.into_iter().map(|table| (table, Part::Detachment));
    let empty = new.needs(id).filter(|need| !cycles.joins(id, need));
    let empty = empty.flat_map(|need| cycles.cut_with(need));
    let filled = empty.map(|cut| (cut.clone(), Part::Afterwards));
    needs
        .chain(filled)
        .chain(refuses_null(id, new, world))
        .chain(whole_key(id, new, world))
        .chain(departures(id, world))
        .chain(leaving)
        .collect()
}

/// The primary key that a table has before the one that is made.
pub(super) fn key_before(id: &ObjectId, world: &World<'_>) -> Option<ObjectId> {
    let is_primary = |row: &Constraint| matches!(row.kind, ConstraintKind::PrimaryKey { .. });
    let relation = match world.to.object(id)? {
        Object::Constraint(row) if is_primary(row) => &row.relation,
        _ => return None,
    };
    let before = world.from.relation(relation)?.constraints().iter();
    before.filter(|row| is_primary(row)).map(Constraint::object).next()
}

/// The operator classes that are the default of the type before the one that is made: it has one at a time.
pub(super) fn default_before(id: &ObjectId, world: &World<'_>) -> Vec<ObjectId> {
    let Some(Object::OperatorClass(new)) = world
        .to
        .object(id)
        .filter(|_| matches!(id, ObjectId::OperatorClass(..)))
    else {
        return Vec::new();
    };
    let classes = world.from.operator_classes.iter().filter(|_| new.default);
    let before = classes.filter(|old| old.default && (&old.method, &old.data_type) == (&new.method, &new.data_type));
    before.map(OperatorClass::object).collect()
}

/// What rows that are put back into a table need: its partitions, and the values that columns have by themselves.
pub(super) fn room_for_rows(table: &ObjectId, world: &World<'_>) -> Vec<Need> {
    let Some(table) = table.qualified() else {
        return Vec::new();
    };
    let mut below = vec![table];
    let mut at = 0;
    while let Some(&table) = below.get(at) {
        at += 1;
        below.extend(world.after.children(table).iter().map(|child| &child.name));
    }
    let partitions = below
        .iter()
        .skip(1)
        .map(|name| (ObjectId::Table((*name).clone()), Part::Attachment));
    let defaults = below.iter().flat_map(|name| ddl::rows::defaults(name, world));
    partitions
        .chain(defaults.map(|default| (default, Part::Itself)))
        .collect()
}

/// What is built on rows, looks up others for them or fires on them comes when they have been put back.
pub(super) fn rows_below(id: &ObjectId, world: &World<'_>) -> Vec<Need> {
    if world.replaced.is_empty() {
        return Vec::new();
    }
    let relation = match (id, world.to.object(id)) {
        (_, Some(Object::Index(row))) => &row.relation,
        (_, Some(Object::Statistics(row))) => &row.relation,
        (ObjectId::Constraint(..), Some(Object::Constraint(row)))
            if matches!(row.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. }) =>
        {
            return Vec::new();
        }
        (
            ObjectId::Constraint(relation, _)
            | ObjectId::ForeignKey(relation, _)
            | ObjectId::Trigger(relation, _)
            | ObjectId::Rule(relation, _)
            | ObjectId::Policy(relation, _),
            _,
        ) => relation,
        _ => return Vec::new(),
    };
    let tables = [relation].into_iter().chain(above(relation, world.to));
    let refilled = tables.filter(|table| ddl::rows::outlive(table, world));
    refilled
        .map(|table| (ObjectId::Table(table.clone()), Part::Rows))
        .collect()
}

/// What a table has is changed when those below it that leave have left, and it has left itself.
pub(super) fn departures(id: &ObjectId, world: &World<'_>) -> Vec<Need> {
    let from = world.from;
    let relation = match (id, from.object(id)) {
        // Nothing leaves a table that is referenced before the foreign keys that are to go are gone.
        (ObjectId::ForeignKey(relation, _), _) => {
            return vec![(ObjectId::Table(relation.clone()), Part::Detachment)];
        }
        (ObjectId::Column(relation, _) | ObjectId::Constraint(relation, _), _) => Some(relation),
        (_, Some(Object::Index(row))) => Some(&row.relation),
        _ => None,
    };
    let Some(relation) = relation.filter(|relation| from.relation(relation).is_some()) else {
        return Vec::new();
    };
    let family = world.family(relation).into_iter();
    family.map(|table| (table, Part::Detachment)).collect()
}

/// The tables that a table is below, on all levels.
pub(super) fn above<'a>(table: &QName, catalog: &'a Catalog) -> Vec<&'a QName> {
    let parents = |name: &QName| {
        let relation = catalog.relation(name).map(|relation| relation.row);
        relation.into_iter().flat_map(|row| row.parents())
    };
    let mut above = parents(table).collect::<Vec<_>>();
    let mut at = 0;
    while let Some(table) = above.get(at) {
        at += 1;
        let more = parents(table).filter(|more| !above.contains(more)).collect::<Vec<_>>();
        above.extend(more);
    }
    above
}

/// What there has to be before a table joins its parents: their columns, room for its bound, and those of its indexes
/// whole that belong to indexes that the parent has by then, lest PostgreSQL make them itself.
pub(super) fn attached_with(partition: &QName, changes: &Changes<'_>) -> Vec<Need> {
    let world = &changes.world;
    let to = world.to;
    let indexes = world.after.indexes(partition).iter();
    let belongs = indexes.filter(|index| {
        let parent = index
            .parent
            .as_ref()
            .and_then(|parent| to.object(&ObjectId::Index(parent.clone())));
        let Some(Object::Index(parent)) = parent else {
            return false;
        };
        let constraint = parent.constraint.as_ref();
        let constraint = constraint.map(|name| ObjectId::Constraint(parent.relation.clone(), name.clone()));
        !changes.is_fresh(&parent.object()) && !constraint.is_some_and(|constraint| changes.is_fresh(&constraint))
    });
    let mut needs = Vec::new();
    for relation in above(partition, to).into_iter().filter_map(|table| to.relation(table)) {
        needs.extend(relation.columns().iter().map(|column| (column.object(), Part::Settled)));
        let beside = world.before.children(&relation.row.name).iter();
        needs.extend(beside.map(|child| (child.object(), Part::Detachment)));
    }
    for index in belongs {
        needs.push((index.object(), Part::Itself));
        let constraint = index.constraint.as_ref();
        needs.extend(constraint.map(|name| (ObjectId::Constraint(partition.clone(), name.clone()), Part::Itself)));
        needs.extend(parts_of_index(vec![index.name.clone()], world));
    }
    needs
}

/// What goes from a table that joins another, and from all that are above it then.
pub(super) fn in_the_way(joining: &QName, changes: &Changes<'_>) -> Vec<ObjectId> {
    let World { from, to, .. } = changes.world;
    let tables = [joining].into_iter().chain(above(joining, to));
    let mut parts = Vec::new();
    for table in tables.filter_map(|table| from.relation(table)) {
        parts.extend(table.columns().iter().map(Column::object));
        parts.extend(table.constraints().iter().map(Constraint::object));
    }
    parts.retain(|part| changes.goes(part));
    parts
}

/// The foreign keys that go and refer to what a table leaves.
pub(super) fn keys_to(leaving: &ObjectId, changes: &Changes<'_>) -> Vec<ObjectId> {
    let Some(leaving) = leaving.qualified() else {
        return Vec::new();
    };
    let left = above(leaving, changes.world.from);
    let keys = left.into_iter().flat_map(|table| changes.world.before.keys_to(table));
    // A partition's copy goes with the one that it is a copy of.
    let own = keys.filter(|row| row.local || !row.inherited);
    own.map(|row| row.object()).filter(|key| changes.goes(key)).collect()
}

/// A type is changed when those of its tables that leave it have left.
pub(super) fn departures_of_type(id: &ObjectId, world: &World<'_>) -> Vec<Need> {
    let ObjectId::Type(name) = id else { return Vec::new() };
    let tables = world.before.of_type(name).iter();
    tables.map(|row| (row.object(), Part::Detachment)).collect()
}

/// What changes with a composite type: its attributes, and the columns of the tables that are of it.
pub(super) fn parts_of_type(id: &ObjectId, changes: &Changes<'_>) -> Vec<ObjectId> {
    let ObjectId::Type(name) = id else { return Vec::new() };
    let World { from, to, before, .. } = changes.world;
    let tables = before.of_type(name).iter();
    let tables = tables.map(|row| &row.name).chain([name]).collect::<Vec<_>>();
    let attributes = [from, to]
        .into_iter()
        .filter_map(|catalog| match &catalog.user_type(name)?.kind {
            TypeKind::Composite { attributes } => Some(attributes),
            _ => None,
        });
    let attributes = attributes
        .flatten()
        .map(|attribute| &attribute.name)
        .collect::<BTreeSet<_>>();
    let columns = attributes.into_iter().flat_map(|attribute| {
        tables
            .iter()
            .map(move |&table| ObjectId::Column(table.clone(), attribute.clone()))
    });
    columns
        .filter(|column| changes.goes(column) || changes.is_retyped(column))
        .collect()
}

/// The indexes of partitions without which that of the partitioned table is none that a foreign key can lean on.
fn whole_key(id: &ObjectId, new: &Graph, world: &World<'_>) -> Vec<Need> {
    let to = world.to;
    let Some(Object::Constraint(row)) = to.object(id) else {
        return Vec::new();
    };
    let ConstraintKind::ForeignKey(key) = &row.kind else {
        return Vec::new();
    };
    let referenced = to.relation(&key.references);
    if referenced.is_none_or(|relation| relation.row.kind != RelationKind::PartitionedTable) {
        return Vec::new();
    }
    let keys = new.needs(id).filter_map(|need| match need {
        ObjectId::Index(name) => Some(name.clone()),
        ObjectId::Constraint(relation, name) => Some(QName::new(relation.schema.clone(), name.clone())),
        _ => None,
    });
    parts_of_index(keys.collect(), world)
}

/// The indexes of partitions, on all levels, that are attached to these, with the constraints that they back.
fn parts_of_index(mut above: Vec<QName>, world: &World<'_>) -> Vec<Need> {
    let mut parts = Vec::new();
    while let Some(parent) = above.pop() {
        for index in world.after.parts(&parent) {
            above.push(index.name.clone());
            let constraint = index.constraint.clone();
            parts.extend(constraint.map(|name| ObjectId::Constraint(index.relation.clone(), name)));
            parts.push(index.object());
        }
    }
    parts.into_iter().map(|part| (part, Part::Attachment)).collect()
}

/// The columns that have to refuse NULL before `id` can be there, with what makes them do so.
fn refuses_null(id: &ObjectId, new: &Graph, world: &World<'_>) -> Vec<Need> {
    let to = world.to;
    let relation = match to.object(id) {
        Some(Object::Constraint(row)) if matches!(row.kind, ConstraintKind::PrimaryKey { .. }) => Some(&row.relation),
        Some(Object::Sequence(row)) if row.identity => row.owned_by.as_ref().map(|column| &column.relation),
        _ => None,
    };
    if !relation.is_some_and(|relation| world.stands(relation)) {
        return Vec::new();
    }
    let needs = new.needs(id);
    let mut columns = needs
        .filter(|need| matches!(need, ObjectId::Column(..)))
        .cloned()
        .collect::<Vec<_>>();
    let mut at = 0;
    while let Some(ObjectId::Column(relation, column)) = columns.get(at).cloned() {
        at += 1;
        // A child's column is as its parent's.
        let parents = to
            .relation(&relation)
            .into_iter()
            .flat_map(|relation| relation.row.parents());
        columns.extend(parents.map(|parent| ObjectId::Column(parent.clone(), column.clone())));
    }
    let named = columns.iter().flat_map(|column| new.needed_by(column)).filter(|id| {
        matches!(to.object(id), Some(Object::Constraint(row)) if matches!(row.kind, ConstraintKind::NotNull { .. }))
    });
    let all = columns.iter().chain(named);
    all.map(|id| (id.clone(), Part::Settled)).collect()
}

/// How far a thing has to be done for a statement that says that it needs that part of it.
pub(super) fn told(need: &ObjectId, part: Part) -> Part {
    match need {
        ObjectId::Column(..) | ObjectId::Constraint(..) | ObjectId::ForeignKey(..) if part == Part::Itself => {
            Part::Settled
        }
        _ => part,
    }
}
