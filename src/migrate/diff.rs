//! What has to happen to which object: what differs, and what goes with it.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::column::Column;
use crate::catalog::depends::Graph;
use crate::catalog::object::objects;
use crate::catalog::sequence::Sequence;
use crate::catalog::{Catalog, Delta, Object, ObjectId, QName, diff};
use crate::ddl::{self, Alteration, Statement, World};
use crate::threads::joined;

/// What happens to one object.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// It is new.
    Create,
    /// It goes.
    Drop,
    /// It is changed where it stands.
    Alter(Vec<Statement>),
    /// It is removed and made anew.
    Replace,
}

/// Everything that happens, by object, and what needs what on both sides.
pub(super) struct Changes<'a> {
    pub(super) world: World<'a>,
    pub(super) old: Graph,
    pub(super) new: Graph,
    pub(super) by_object: BTreeMap<ObjectId, Change>,
    /// What is on both sides and belongs to others.
    pub(super) owners: BTreeSet<ObjectId>,
}

impl<'a> Changes<'a> {
    /// Compares both sides, and follows what goes with what.
    pub(super) fn new(world: World<'a>) -> Self {
        let mut changes = Self {
            world,
            old: Graph::default(),
            new: Graph::default(),
            by_object: BTreeMap::new(),
            owners: BTreeSet::new(),
        };
        changes.compare();
        if !changes.by_object.is_empty() {
            let (old, new) = std::thread::scope(|scope| {
                let old = scope.spawn(|| Graph::new(world.from));
                let new = Graph::new(world.to);
                (joined(old), new)
            });
            (changes.old, changes.new) = (old, new);
            changes.close();
        }
        changes
    }

    pub(super) fn get(&self, id: &ObjectId) -> Option<&Change> {
        self.by_object.get(id)
    }

    /// Whether the object goes, for good or to come back.
    pub(super) fn goes(&self, id: &ObjectId) -> bool {
        matches!(self.get(id), Some(Change::Drop | Change::Replace))
    }

    /// Whether the object is made by this migration.
    pub(super) fn is_fresh(&self, id: &ObjectId) -> bool {
        matches!(self.get(id), Some(Change::Create | Change::Replace))
    }

    /// The relations that go and come back.
    pub(super) fn replaced_relations(&self) -> BTreeSet<QName> {
        let replaced = self.by_object.iter().filter(|(_, change)| **change == Change::Replace);
        let relations = replaced.filter_map(|(id, _)| match id {
            ObjectId::Table(name)
            | ObjectId::ForeignTable(name)
            | ObjectId::View(name)
            | ObjectId::MaterializedView(name) => Some(name.clone()),
            _ => None,
        });
        relations.collect()
    }

    fn compare(&mut self) {
        let World { from, to, .. } = self.world;
        macro_rules! kinds {
            ($($kind:ident: $rows:ident,)+) => {
                $(for delta in diff(&from.$rows, &to.$rows) {
                    match delta {
                        Delta::Removed(row) => self.gone(Object::$kind(row)),
                        Delta::Added(row) => self.added(Object::$kind(row)),
                        Delta::Changed(old, new) => self.changed(Object::$kind(old), Object::$kind(new)),
                    }
                })+
            };
        }
        objects!(kinds);
        self.rebuild_domains();
        self.rebuild_partitioned();
    }

    /// A table is made anew where its rows belong to other partitions, or its key gets another type.
    fn rebuild_partitioned(&mut self) {
        let World { from, to, .. } = self.world;
        let parent = |catalog: &'a Catalog, table: &QName| {
            let place = catalog.relation(table)?.row.partition_of.as_ref();
            place.map(|place| &place.parent)
        };
        let mut scattered = BTreeSet::new();
        for (id, change) in &self.by_object {
            match id {
                ObjectId::Table(table) => {
                    let parents = [from, to].into_iter().filter_map(|catalog| parent(catalog, table));
                    scattered.extend(parents.filter(|parent| ddl::rows::has_other_remainders(parent, &self.world)));
                }
                ObjectId::Column(table, _) if self.is_retyped_key(id, change) => {
                    scattered.extend(from.relation(table).map(|relation| &relation.row.name));
                }
                _ => {}
            }
        }
        for table in scattered {
            self.by_object.insert(ObjectId::Table(table.clone()), Change::Replace);
        }
    }

    /// PostgreSQL checks no values that are within arrays, rows or ranges: a domain that is used so gets a new check only
    /// by being made anew.
    fn rebuild_domains(&mut self) {
        let World { from, to, .. } = self.world;
        let disturbed = self.by_object.iter().filter_map(|(id, change)| match (id, change) {
            (ObjectId::DomainConstraint(domain, _), Change::Create | Change::Alter(_) | Change::Replace) => {
                let is_checked = matches!(to.object(id), Some(Object::DomainConstraint(row)) if row.validated);
                (is_checked && from.user_type(domain).is_some()).then_some(domain)
            }
            _ => None,
        });
        let contained = disturbed.filter(|domain| ddl::is_contained(domain, from));
        let contained = contained
            .map(|domain| ObjectId::Type(domain.clone()))
            .collect::<Vec<_>>();
        for domain in contained {
            if !self.goes(&domain) {
                self.by_object.insert(domain, Change::Replace);
            }
        }
    }

    fn gone(&mut self, old: Object<'a>) {
        // A role that nothing here names any more is not dropped, and nothing goes with it.
        if !is_ours(self.world.from, old) || matches!(old, Object::Role(_)) {
            return;
        }
        if let Object::Column(column) = old
            && column.default.is_some()
        {
            self.by_object.insert(column.default_object(), Change::Drop);
        }
        self.by_object.insert(old.id(), Change::Drop);
    }

    fn added(&mut self, new: Object<'a>) {
        if !is_ours(self.world.to, new) {
            return;
        }
        if let Object::Column(column) = new
            && column.default.is_some()
        {
            self.by_object.insert(column.default_object(), Change::Create);
        }
        self.by_object.insert(new.id(), Change::Create);
    }

    fn changed(&mut self, old: Object<'a>, new: Object<'a>) {
        if old.owner() != new.owner() && old.id() == new.id() {
            self.owners.insert(new.id());
        }
        match (is_ours(self.world.from, old), is_ours(self.world.to, new)) {
            (false, false) => return,
            // What an extension takes or leaves is its own matter; what is left out is not.
            (false, true) => return self.added(new),
            (true, false) => return self.gone(old),
            (true, true) => {}
        }
        // One name may stand for another kind of thing now: a view where a table was.
        if old.id() != new.id() {
            self.gone(old);
            self.added(new);
            return;
        }
        match ddl::alter(old, new, &self.world) {
            Alteration::InPlace(statements) if statements.is_empty() => {}
            Alteration::InPlace(statements) => {
                self.by_object.insert(old.id(), Change::Alter(statements));
            }
            Alteration::Replace => {
                self.by_object.insert(old.id(), Change::Replace);
            }
        }
        match (old, new) {
            (Object::Column(old), Object::Column(new)) => {
                self.default_changed(old, new);
                // A column of a typed table changes with the type, by no statement of its own.
                if ddl::changes_with_type(old, new, &self.world) {
                    self.by_object.entry(old.object()).or_insert(Change::Alter(Vec::new()));
                }
            }
            (Object::Type(old), Object::Type(new)) if matches!(self.get(&new.object()), Some(Change::Alter(_))) => {
                for attribute in ddl::disturbed_attributes(old, new) {
                    self.by_object.insert(attribute, Change::Replace);
                }
            }
            _ => {}
        }
    }

    fn default_changed(&mut self, old: &Column, new: &Column) {
        // An expression of a generated column is the column's own matter.
        let before = old.default.as_ref().filter(|_| old.generated.is_none());
        let after = new.default.as_ref().filter(|_| new.generated.is_none());
        let change = match (before, after) {
            (Some(_), None) => Change::Drop,
            (None, Some(_)) => Change::Create,
            (Some(_), Some(_)) if old.data_type != new.data_type => Change::Replace,
            (Some(before), Some(after)) if before != after => Change::Alter(ddl::set_default(new, &self.world)),
            _ => return,
        };
        self.by_object.insert(old.default_object(), change);
    }

    /// Follows from everything that goes or is retyped to what cannot stay as it is meanwhile.
    fn close(&mut self) {
        let mut owned: BTreeMap<ObjectId, Vec<&Sequence>> = BTreeMap::new();
        for sequence in self.world.from.sequences.iter().filter(|sequence| !sequence.identity) {
            if let Some(column) = &sequence.owned_by {
                let column = ObjectId::Column(column.relation.clone(), column.column.clone());
                owned.entry(column).or_default().push(sequence);
            }
        }
        let disturbs = |change: &Change| !matches!(change, Change::Create);
        let mut to_visit = self
            .by_object
            .iter()
            .filter(|(_, change)| disturbs(change))
            .map(|(id, _)| id.clone())
            .collect::<Vec<_>>();
        while let Some(id) = to_visit.pop() {
            let goes = self.goes(&id);
            if goes && matches!(id, ObjectId::Index(_)) {
                self.replace_constraint_of(&id, &mut to_visit);
            }
            if goes && let Some(sequences) = owned.get(&id) {
                sequences.iter().for_each(|sequence| self.keep_sequence(sequence));
            }
            let dependents = self.old.needed_by(&id).cloned().collect::<Vec<_>>();
            for dependent in dependents {
                let change = if goes {
                    self.when_gone(&dependent, &id)
                } else {
                    self.when_altered(&dependent, &id)
                };
                let (dependent, change) = self.without_retyped_key(dependent, change);
                if let Some(change) = change
                    && self.get(&dependent) != Some(&change)
                {
                    self.by_object.insert(dependent.clone(), change);
                    to_visit.push(dependent);
                }
            }
        }
    }

    /// PostgreSQL does not retype what a table is partitioned by: the table is made anew instead.
    fn without_retyped_key(&self, id: ObjectId, change: Option<Change>) -> (ObjectId, Option<Change>) {
        match (&id, &change) {
            (ObjectId::Column(table, _), Some(change)) if self.is_retyped_key(&id, change) => {
                let table = ObjectId::Table(table.clone());
                let change = self.replace(&table).filter(|_| !self.goes(&table));
                (table, change)
            }
            _ => (id, change),
        }
    }

    fn is_retyped_key(&self, id: &ObjectId, change: &Change) -> bool {
        let is_retype = |statement: &Statement| statement.part == ddl::Part::Retype;
        let Change::Alter(statements) = change else {
            return false;
        };
        let column = self.column(id).filter(|_| statements.iter().any(is_retype));
        column.is_some_and(|column| ddl::rows::is_key(column, &self.world))
    }

    /// A sequence that is still wanted does not go with the column that it belongs to.
    fn keep_sequence(&mut self, sequence: &Sequence) {
        let id = sequence.object();
        let Some(Object::Sequence(new)) = self.world.to.object(&id) else {
            return;
        };
        let mut statements = match self.get(&id) {
            Some(Change::Alter(statements)) if sequence.owned_by != new.owned_by => statements.clone(),
            None | Some(Change::Alter(_)) => ddl::regain_owner(new),
            Some(_) => return,
        };
        if let Some(Change::Alter(others)) = self.get(&id) {
            let is_other = |one: &&Statement| !statements.contains(one);
            let others = others.iter().filter(is_other).cloned().collect::<Vec<_>>();
            statements.extend(others);
        }
        self.by_object.insert(id, Change::Alter(statements));
    }

    /// An index that has to be built anew in another way takes the constraint that it backs with it.
    fn replace_constraint_of(&mut self, index: &ObjectId, to_visit: &mut Vec<ObjectId>) {
        let Some(Object::Index(row)) = self.world.from.object(index) else {
            return;
        };
        let Some(constraint) = &row.constraint else { return };
        let constraint = ObjectId::Constraint(row.relation.clone(), constraint.clone());
        if !self.goes(&constraint)
            && let Some(change) = self.replace(&constraint)
        {
            self.by_object.insert(constraint.clone(), change);
            to_visit.push(constraint);
        }
    }

    /// What becomes of `dependent` when what it needs goes; `None` where nothing new.
    fn when_gone(&self, dependent: &ObjectId, gone: &ObjectId) -> Option<Change> {
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
                match is_anew && ddl::rows::is_redistributed(table, above, &self.world) {
                    true => self.replace(dependent),
                    false => self.reattach(dependent),
                }
            }
            (ObjectId::Table(name), ObjectId::Type(_)) => match ddl::can_be_of_type(name, &self.world) {
                true => self.reattach(dependent),
                false => self.replace(dependent),
            },
            (ObjectId::Schema(_) | ObjectId::Role(_), _) => None,
            _ => self.replace(dependent),
        }
    }

    /// What becomes of `dependent` when what it needs is changed where it stands.
    fn when_altered(&self, dependent: &ObjectId, altered: &ObjectId) -> Option<Change> {
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
    pub(super) fn is_retyped(&self, id: &ObjectId) -> bool {
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
        old.inherited && new.inherited && (!is_same || self.old.needs(id).any(goes))
    }

    /// The columns that are retyped with this one.
    pub(super) fn retyped_with(&self, id: &ObjectId) -> Vec<ObjectId> {
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
    fn replace(&self, id: &ObjectId) -> Option<Change> {
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
        let mut statements = ddl::retype(old, new, &self.world);
        statements.extend(stored);
        if let Some(Change::Alter(others)) = self.get(id) {
            statements.extend(others.iter().cloned());
        }
        Some(Change::Alter(statements))
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
    pub(super) fn is_detached(&self, table: &ObjectId) -> bool {
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

    fn column(&self, id: &ObjectId) -> Option<&'a Column> {
        match self.world.from.object(id) {
            Some(Object::Column(column)) => Some(column),
            _ => None,
        }
    }
}

/// Whether the object is ours to make and remove: neither an extension's nor another party's. A policy or trigger that was
/// read from a platform's table is its users'.
pub(super) fn is_ours(catalog: &Catalog, object: Object<'_>) -> bool {
    if !matches!(object, Object::Policy(_) | Object::Trigger(_))
        && let Some(schema) = object.id().schema()
        && catalog.own_schema(schema).is_none()
    {
        return false;
    }
    let mut next = catalog.part_of(object);
    while let Some(whole) = next {
        if matches!(whole, ObjectId::Extension(_)) {
            return false;
        }
        next = catalog.object(&whole).and_then(|object| catalog.part_of(object));
    }
    true
}
