//! What an object needs to be made, and how far that has to be done.

use super::cycles::Cycles;
use super::order::Need;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::depends::Graph;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Object, ObjectId, QName};
use crate::ddl::{Part, World};

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
    let empty = new.needs(id).filter(|need| !cycles.joins(id, need));
    let empty = empty.flat_map(|need| cycles.cut_with(need));
    let filled = empty.map(|cut| (cut.clone(), Part::Afterwards));
    needs
        .chain(filled)
        .chain(refuses_null(id, new, world))
        .chain(whole_key(id, new, world))
        .chain(departures(id, world))
        .collect()
}

/// What a table has is changed when those of its children that leave it have left.
pub(super) fn departures(id: &ObjectId, world: &World<'_>) -> Vec<Need> {
    let ObjectId::Column(relation, _) = id else {
        return Vec::new();
    };
    if world.from.relation(relation).is_none() {
        return Vec::new();
    }
    let children = world.from.children(relation);
    children.map(|child| (child.object(), Part::Detachment)).collect()
}

/// A type is changed when those of its tables that leave it have left.
pub(super) fn departures_of_type(id: &ObjectId, world: &World<'_>) -> Vec<Need> {
    let ObjectId::Type(name) = id else { return Vec::new() };
    let tables = world
        .from
        .relations
        .iter()
        .filter(|row| row.of_type.as_ref() == Some(name));
    tables.map(|row| (row.object(), Part::Detachment)).collect()
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
    let mut above = keys.collect::<Vec<_>>();
    let mut parts = Vec::new();
    while let Some(parent) = above.pop() {
        for index in to.indexes.iter().filter(|index| index.parent.as_ref() == Some(&parent)) {
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

/// How far a thing has to be done for a statement that says that it needs it.
pub(super) fn told(need: &ObjectId) -> Part {
    match need {
        ObjectId::Column(..) | ObjectId::Constraint(..) | ObjectId::ForeignKey(..) => Part::Settled,
        _ => Part::Itself,
    }
}
