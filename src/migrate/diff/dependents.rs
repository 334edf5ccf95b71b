//! What becomes of an object when what it needs goes or changes.

use super::{Change, Changes, is_ours};
use crate::catalog::types::TypeKind;
use crate::catalog::{Name, Object, ObjectId};
use crate::ddl::{self, Statement};

impl Changes<'_> {
    /// What becomes of `dependent` when what it needs goes; `None` where nothing new.
    pub(super) fn when_gone(&self, dependent: &ObjectId, gone: &ObjectId) -> Option<Change> {
        if self.goes(dependent) {
            return None;
        }
        let whole = self
            .world
            .from
            .object(dependent)
            .and_then(|object| self.world.from.part_of(object));
        if whole.as_ref() == Some(gone) {
            return self.replace(dependent);
        }
        // What an extension brings goes with it alone.
        if matches!(whole, Some(ObjectId::Extension(_))) {
            return None;
        }
        match (dependent, gone) {
            (ObjectId::Column(..), ObjectId::Default(..)) => {
                let is_generated = self.column(dependent).is_some_and(|column| column.generated.is_some());
                if is_generated { self.replace(dependent) } else { None }
            }
            (ObjectId::Column(relation, _), ObjectId::Type(_) | ObjectId::Collation(_)) => {
                let relation = self.world.from.relation(relation)?.row.object();
                // An extension's type goes with it, and cannot be moved out of the way.
                let is_own = self
                    .world
                    .from
                    .object(gone)
                    .is_none_or(|object| is_ours(self.world.from, object));
                match relation {
                    _ if !is_own => self.replace(dependent),
                    ObjectId::Table(_) | ObjectId::ForeignTable(_) => self.retype(dependent),
                    // A view's columns are as its query is, and it is the view that cannot stay.
                    _ => None,
                }
            }
            (ObjectId::Index(_), ObjectId::Index(_)) => self.without_parent(dependent),
            // A child keeps a column that its parent gives up; one that its parent gets anew, it gets with it.
            (ObjectId::Column(..), ObjectId::Column(..)) => {
                // What is left by a parent that goes itself is the child's own.
                let parent = gone.qualified().and_then(|parent| self.world.from.relation(parent));
                let is_left = parent.is_none_or(|parent| self.goes(&parent.row.object()));
                let comes_back = self.get(gone) == Some(&Change::Replace) && !is_left;
                if comes_back || self.world.to.object(dependent).is_none() {
                    self.replace(dependent)
                } else {
                    None
                }
            }
            // A table is moved to its new parent, type or server by a part of its own.
            (
                ObjectId::Table(table) | ObjectId::ForeignTable(table),
                ObjectId::Table(above) | ObjectId::ForeignTable(above),
            ) => {
                // Where the rows of all partitions are distributed anew, the partitions are made anew with their table.
                let is_anew = self.get(gone) == Some(&Change::Replace);
                let is_anew_below =
                    ddl::rows::is_redistributed(table, above, &self.world) || ddl::lives_on_parents(table, &self.world);
                match is_anew && is_anew_below {
                    true => self.replace(dependent),
                    false => self.reattach(dependent),
                }
            }
            (ObjectId::Table(name), ObjectId::Type(_)) => match ddl::can_be_of_type(name, &self.world) {
                true => self.reattach(dependent),
                false => self.replace(dependent),
            },
            (ObjectId::Schema(_) | ObjectId::Role(_), _) => None,
            // One that is moved to another schema is gone from there by then.
            (ObjectId::Extension(_), ObjectId::Schema(_)) if self.get(dependent).is_some() => None,
            _ => self.replace(dependent),
        }
    }

    /// What becomes of `dependent` when what it needs is changed where it stands.
    pub(super) fn when_altered(&self, dependent: &ObjectId, altered: &ObjectId) -> Option<Change> {
        use ObjectId as Id;
        if self.goes(dependent) || !self.is_retyped(altered) {
            return None;
        }
        match dependent {
            Id::View(_) | Id::MaterializedView(_) | Id::Rule(..) | Id::Policy(..) | Id::Trigger(..) => {
                self.replace(dependent)
            }
            // PostgreSQL makes statistics anew by itself, but without their owner and target.
            Id::Routine(_) | Id::PublicationTable(..) | Id::Statistics(_) => self.replace(dependent),
            Id::Default(..) => self.replace(dependent),
            // A child's column changes with its parent's, by no statement of its own.
            Id::Column(..) => {
                (self.get(dependent).is_none() && self.is_retyped_above(dependent)).then(|| Change::Alter(Vec::new()))
            }
            Id::ForeignKey(..) => {
                let is_on_both_sides = self
                    .old
                    .needs(dependent)
                    .filter(|need| self.is_retyped(need))
                    .nth(1)
                    .is_some();
                if is_on_both_sides {
                    self.replace(dependent)
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    /// Whether the object is a column whose type is changed where it stands.
    pub(in crate::migrate) fn is_retyped(&self, id: &ObjectId) -> bool {
        matches!(id, ObjectId::Column(..))
            && matches!(self.get(id), Some(Change::Alter(statements))
                if statements.iter().any(|statement| statement.part == ddl::Part::Retype)
                    || self.is_retyped_above(id))
    }

    /// Whether a parent's column is retyped, and this one with it.
    fn is_retyped_above(&self, id: &ObjectId) -> bool {
        let (Some(Object::Column(old)), Some(Object::Column(new))) =
            (self.world.from.object(id), self.world.to.object(id))
        else {
            return false;
        };
        if ddl::changes_with_type(old, new, &self.world) {
            return true;
        }
        let is_same = (&old.data_type, &old.collation) == (&new.data_type, &new.collation);
        let goes = |need: &ObjectId| matches!(need, ObjectId::Type(_) | ObjectId::Collation(_)) && self.goes(need);
        // One that leaves its parents meanwhile, or whose parents are made anew, changes on its own.
        let stays_below = || {
            let parents = ddl::kept_parents(&old.relation, &self.world).into_iter();
            let mut parents = parents.filter_map(|parent| self.world.from.relation(parent));
            parents.any(|parent| !self.goes(&parent.row.object()))
        };
        old.inherited && new.inherited && (!is_same || self.old.needs(id).any(goes)) && stays_below()
    }

    /// The columns that are retyped with this one.
    pub(in crate::migrate) fn retyped_with(&self, id: &ObjectId) -> Vec<ObjectId> {
        let mut below = Vec::new();
        let mut to_visit = vec![id];
        while let Some(id) = to_visit.pop() {
            for column in self.old.needed_by(id) {
                let is_below = matches!(column, ObjectId::Column(..)) && self.is_retyped_above(column);
                if is_below && !below.contains(column) {
                    below.push(column.clone());
                    to_visit.push(column);
                }
            }
        }
        below
    }

    /// Removes the object, and makes it anew where it is still wanted.
    pub(super) fn replace(&self, id: &ObjectId) -> Option<Change> {
        let exists = match id {
            ObjectId::Default(relation, column) => self
                .world
                .to
                .relation(relation)
                .and_then(|relation| relation.column(column))
                .is_some_and(|column| column.default.is_some()),
            _ => self.world.to.object(id).is_some(),
        };
        Some(if exists { Change::Replace } else { Change::Drop })
    }

    /// Converts the column to the new type of the same name.
    fn retype(&self, id: &ObjectId) -> Option<Change> {
        if self.is_retyped(id) {
            return None;
        }
        let (Some(Object::Column(old)), Some(Object::Column(new))) =
            (self.world.from.object(id), self.world.to.object(id))
        else {
            return None;
        };
        let stored = ddl::storage(new, None, &self.world);
        if self.is_retyped_above(id) {
            return self.get(id).is_none().then_some(Change::Alter(stored));
        }
        let out_of = self.out_of(id);
        let mut statements = match out_of.as_slice() {
            [] => ddl::retype(old, new, &self.world),
            types => ddl::row_types::out_and_back(old, new, types, &self.world),
        };
        statements.extend(stored);
        if let Some(Change::Alter(others)) = self.get(id) {
            statements.extend(others.iter().cloned());
        }
        Some(Change::Alter(statements))
    }

    /// The types of the column whose values are text until their successors are there.
    pub(super) fn out_of(&self, column: &ObjectId) -> Vec<ObjectId> {
        let types = self.old.needs(column).filter(|id| self.cannot_be_set_aside(id));
        types.cloned().collect()
    }

    /// Whether the type cannot wait beside its successor: a class that ranges are sorted by is its type's default, of which
    /// there is one at a time.
    pub(in crate::migrate) fn cannot_be_set_aside(&self, id: &ObjectId) -> bool {
        let Some(Object::Type(row)) = self.world.from.object(id).filter(|_| self.goes(id)) else {
            return false;
        };
        if let TypeKind::Range(range) = &row.kind
            && let Some(class) = &range.opclass
        {
            let class = ObjectId::OperatorClass(class.clone(), Name::new_static("btree"));
            let is_default = matches!(self.world.from.object(&class), Some(Object::OperatorClass(row)) if row.default);
            if is_default && self.goes(&class) {
                return true;
            }
        }
        let mut types = self
            .old
            .needs(id)
            .filter(|need| matches!(need, ObjectId::Type(_)) && *need != id);
        types.any(|need| self.cannot_be_set_aside(need))
    }

    /// An index of a partition goes with that of the partitioned table, unless its table leaves first.
    fn without_parent(&self, id: &ObjectId) -> Option<Change> {
        let Some(Object::Index(old)) = self.world.from.object(id) else {
            return None;
        };
        let place = self.world.from.relation(&old.relation)?.row.partition_of.as_ref();
        let parent = place.and_then(|place| self.world.from.relation(&place.parent));
        let table = ObjectId::Table(old.relation.clone());
        let goes_above = parent.is_some_and(|parent| self.goes(&parent.row.object()));
        let is_left = (goes_above || self.is_detached(&table)) && !self.goes(&table);
        let (true, Some(Object::Index(new))) = (is_left, self.world.to.object(id)) else {
            return self.replace(id);
        };
        let joins = ddl::attach_index(new).filter(|_| self.get(id).is_none())?;
        Some(Change::Alter(vec![joins]))
    }

    /// Whether the table leaves its parents and stays itself, so that what it has is its own.
    pub(in crate::migrate) fn is_detached(&self, table: &ObjectId) -> bool {
        let is_detachment = |statement: &Statement| statement.part == ddl::Part::Detachment;
        matches!(self.get(table), Some(Change::Alter(statements)) if statements.iter().any(is_detachment))
    }

    /// Takes the table from its parents before these go, and gives it back to them afterwards.
    fn reattach(&self, id: &ObjectId) -> Option<Change> {
        let (Some(Object::Relation(old)), Some(Object::Relation(new))) =
            (self.world.from.object(id), self.world.to.object(id))
        else {
            return None;
        };
        let moved = |statement: &Statement| matches!(statement.part, ddl::Part::Detachment | ddl::Part::Attachment);
        let mut statements = match self.get(id) {
            Some(Change::Alter(others)) if others.iter().any(moved) => return None,
            Some(Change::Alter(others)) => others.clone(),
            _ => Vec::new(),
        };
        statements.extend(ddl::reattach(old, new, &self.world));
        Some(Change::Alter(statements))
    }
}
