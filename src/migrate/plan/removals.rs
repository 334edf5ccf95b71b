//! What takes what with it when it goes.

use std::collections::BTreeSet;

use super::Building;
use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind};
use crate::catalog::index::Index;
use crate::catalog::types::TypeKind;
use crate::catalog::{Object, ObjectId, QName};
use crate::ddl::{self, Part};
use crate::migrate::diff::Change;

impl Building<'_> {
    /// What has to be removed so that the object goes: itself, or what it is a part of.
    pub(super) fn remover(&self, id: &ObjectId) -> ObjectId {
        let mut remover = id.clone();
        loop {
            let whole = self.removed_with(&remover);
            match whole {
                Some(whole) => remover = whole,
                None => return remover,
            }
        }
    }

    /// The object that goes and takes this one with it.
    fn removed_with(&self, id: &ObjectId) -> Option<ObjectId> {
        let from = self.world().from;
        if let ObjectId::Default(relation, column) = id {
            let column = ObjectId::Column(relation.clone(), column.clone());
            let is_generated = matches!(from.object(&column), Some(Object::Column(row)) if row.generated.is_some());
            let table = from.relation(relation).map(|relation| relation.row.object());
            let is_loop = !is_generated && table.is_some_and(|table| self.loops(id, &table));
            return (self.changes.goes(&column) && !is_loop).then_some(column);
        }
        let object = from.object(id)?;
        if let Object::Column(column) = object
            && let Some(parent) = ddl::dropped_with_parent(column, &self.world())
            && self.changes.goes(&parent)
        {
            return Some(parent);
        }
        if let Object::Column(column) = object
            && let Some(above) = self.column_above(column)
        {
            return Some(above);
        }
        // Tables that refer to each other go one after the other, and neither can be first. Nor does anything leave a table
        // that is referred to, nor a key go that is leaned on, which need not wait until data is lost.
        if let Object::Constraint(row) = object
            && let ConstraintKind::ForeignKey(key) = &row.kind
            && let Some(referenced) = from.relation(&key.references)
            && (key.references != row.relation && self.changes.goes(&referenced.row.object())
                || self
                    .world
                    .family(&key.references)
                    .iter()
                    .any(|table| self.changes.is_detached(table))
                || (row.local || !row.inherited) && self.loses_key(id))
        {
            return None;
        }
        if matches!(object, Object::Routine(_)) {
            return self.type_of_function(id);
        }
        if let Some(above) = self.constraint_above(object) {
            return Some(above);
        }
        let goes_with_table = match object {
            Object::Index(Index { relation, .. }) | Object::Constraint(Constraint { relation, .. }) => {
                self.changes.goes(&ObjectId::Table(relation.clone()))
            }
            _ => false,
        };
        if !goes_with_table && let Some(parent) = self.parent(object).filter(|parent| self.changes.goes(parent)) {
            return Some(parent);
        }
        if let Some(whole) = from.part_of(object).filter(|whole| self.changes.goes(whole)) {
            // What is built on a column that goes before its table goes no later.
            let column = whole.qualified().and_then(|table| self.lost_column(id, table));
            return match column.filter(|column| self.loops(column, &whole)) {
                Some(column) => is_built_on_columns(id).then_some(column),
                None => (!self.loops(id, &whole)).then_some(whole),
            };
        }
        // A column takes with it what is built on it.
        match object {
            Object::Constraint(row) => self.lost_column(id, &row.relation),
            Object::Index(row) => self.lost_column(id, &row.relation),
            _ => None,
        }
    }

    /// The partitioned table, index or key that takes its partitions' with it.
    fn parent(&self, object: Object<'_>) -> Option<ObjectId> {
        let from = self.world().from;
        match object {
            Object::Relation(row) => {
                let parent = &row.partition_of.as_ref()?.parent;
                let goes_along = match self.changes.get(&row.object()) {
                    Some(Change::Drop) => true,
                    Some(Change::Replace) => {
                        let parent_comes_back = self.changes.is_fresh(&ObjectId::Table(parent.clone()));
                        parent_comes_back && ddl::rows::is_redistributed(&row.name, parent, &self.world)
                    }
                    _ => false,
                };
                goes_along.then(|| ObjectId::Table(parent.clone()))
            }
            Object::Index(row) if self.is_detached(&row.relation) => None,
            Object::Constraint(row) if self.is_detached(&row.relation) => None,
            Object::Index(row) => row.parent.clone().map(ObjectId::Index),
            Object::Constraint(row) => {
                let index = QName::new(row.relation.schema.clone(), row.name.clone());
                let Some(Object::Index(index)) = from.object(&ObjectId::Index(index)) else {
                    return None;
                };
                let is_backing = index.constraint.as_ref() == Some(&row.name) && index.relation == row.relation;
                index.parent.clone().filter(|_| is_backing).map(ObjectId::Index)
            }
            _ => None,
        }
    }

    /// The table that the relation is a partition of.
    fn partitioned(&self, relation: &QName) -> Option<&QName> {
        let place = self.world().from.relation(relation)?.row.partition_of.as_ref();
        place.map(|place| &place.parent)
    }

    /// The partitioned table's column that goes before its table, and that this one is a copy of.
    fn column_above(&self, column: &Column) -> Option<ObjectId> {
        if !column.inherited || column.local || self.is_detached(&column.relation) {
            return None;
        }
        let parent = self.partitioned(&column.relation)?;
        let above = ObjectId::Column(parent.clone(), column.name.clone());
        let table = ObjectId::Table(parent.clone());
        let is_early = self.changes.goes(&above) && self.changes.goes(&table) && self.loops(&above, &table);
        is_early.then_some(above)
    }

    /// The partitioned table's constraint that goes, and that this one is a copy of.
    fn constraint_above(&self, object: Object<'_>) -> Option<ObjectId> {
        let Object::Constraint(row) = object else { return None };
        let is_copy = row.inherited && !row.local && matches!(row.kind, ConstraintKind::Check { .. });
        if !is_copy || self.is_detached(&row.relation) || self.leaves_first(&row.relation) {
            return None;
        }
        let parent = self.partitioned(&row.relation)?;
        let above = ObjectId::Constraint(parent.clone(), row.name.clone());
        // One that goes with its own table says nothing of this one's.
        let goes_with_table = || matches!(self.removed_with(&above), Some(ObjectId::Table(_)));
        (self.changes.goes(&above) && !goes_with_table()).then_some(above)
    }

    /// Whether the relation leaves its partitioned table first, so that what it has is its own.
    pub(super) fn is_detached(&self, relation: &QName) -> bool {
        self.changes.is_detached(&ObjectId::Table(relation.clone()))
    }

    /// Whether the relation goes, and leaves its partitioned table before anything else happens there.
    fn leaves_first(&self, relation: &QName) -> bool {
        let table = ObjectId::Table(relation.clone());
        let object = self.world.from.object(&table).filter(|_| self.changes.goes(&table));
        let statements = object.map_or_else(Vec::new, |object| ddl::drop(object, &self.world));
        statements.iter().any(|statement| statement.part == Part::Detachment)
    }

    /// Whether the key that a foreign key leans on goes.
    fn loses_key(&self, foreign_key: &ObjectId) -> bool {
        let is_key = |need: &&ObjectId| matches!(need, ObjectId::Constraint(..) | ObjectId::Index(_));
        let mut keys = self.changes.old.needs(foreign_key).filter(is_key);
        keys.any(|key| self.changes.goes(key))
    }

    /// Whether the part needs something outside that cannot go before what the part belongs to: a check that calls a
    /// function on its own table's rows.
    fn loops(&self, part: &ObjectId, whole: &ObjectId) -> bool {
        let is_inside =
            |id: &ObjectId| id == whole || matches!(id, ObjectId::Column(..)) && id.qualified() == whole.qualified();
        let outside = |id: &ObjectId| !is_inside(id) && matches!(id, ObjectId::Routine(_)) && self.changes.goes(id);
        let old = &self.changes.old;
        // A generated column needs what its expression does.
        let expressions = old.needs(part).filter(|id| matches!(id, ObjectId::Default(..)));
        let needs = expressions.flat_map(|id| old.needs(id)).chain(old.needs(part));
        let mut to_visit = needs.filter(|id| outside(id)).collect::<Vec<_>>();
        let mut seen = BTreeSet::new();
        while let Some(id) = to_visit.pop() {
            if is_inside(id) {
                return true;
            }
            if seen.insert(id) {
                to_visit.extend(self.changes.old.needs(id));
            }
        }
        false
    }

    /// The type that goes and that the function is the input, the output or the like of: each needs the other.
    fn type_of_function(&self, routine: &ObjectId) -> Option<ObjectId> {
        let old = &self.changes.old;
        let is_whole = |id: &&ObjectId| {
            let is_needed = || old.needs(id).any(|need| need == routine);
            let Some(Object::Type(row)) = self.world().from.object(id) else {
                return false;
            };
            !matches!(row.kind, TypeKind::Domain { .. }) && self.changes.goes(id) && is_needed()
        };
        old.needs(routine).find(is_whole).cloned()
    }

    /// The first column of `relation` to go while its table stays, of those that `id` needs: one that is computed goes
    /// before what it is computed from.
    fn lost_column(&self, id: &ObjectId, relation: &QName) -> Option<ObjectId> {
        let is_lost =
            |need: &&ObjectId| matches!(need, ObjectId::Column(of, _) if of == relation) && self.changes.goes(need);
        let is_computed = |column: &ObjectId| {
            let row = self.world.from.object(column);
            matches!(row, Some(Object::Column(row)) if row.generated.is_some())
        };
        let lost = self.changes.old.needs(id).filter(is_lost);
        lost.min_by_key(|column| (!is_computed(column), *column)).cloned()
    }

    /// Whether the type is in use by columns that stay, or is a part of one that is: then it is moved out of the way rather
    /// than removed.
    pub(super) fn is_set_aside(&self, id: &ObjectId) -> bool {
        let makes_room = match (id, self.changes.get(id)) {
            (ObjectId::Type(_) | ObjectId::Collation(_), Some(Change::Replace)) => true,
            (ObjectId::OperatorClass(..) | ObjectId::OperatorFamily(..), Some(Change::Replace)) => true,
            (ObjectId::Routine(_), Some(Change::Replace)) => self.type_of_function(id).is_none(),
            // A table of its name has a type of that name.
            (ObjectId::Type(name), Some(Change::Drop)) => self.world().to.relation(name).is_some(),
            _ => false,
        };
        makes_room
            && !self.changes.cannot_be_set_aside(id)
            && self
                .changes
                .old
                .needed_by(id)
                .any(|user| self.changes.is_retyped(user) || self.is_set_aside(user))
    }
}

/// Whether the object goes by itself with a column that it is built on.
fn is_built_on_columns(id: &ObjectId) -> bool {
    matches!(
        id,
        ObjectId::Constraint(..) | ObjectId::ForeignKey(..) | ObjectId::Index(_)
    )
}
