//! What has to happen to which object: what differs, and what goes with it.

mod dependents;
mod logging;
mod stored_rows;

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
    /// For each column or table that changes the columns elsewhere that store rows of the table, and hold no such rows
    /// meanwhile; and for each type that goes before its successor comes its columns.
    pub(super) emptied: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// For each table that changes whether it is logged those that do so before it.
    pub(super) logged_before: BTreeMap<ObjectId, Vec<ObjectId>>,
    /// Tables of which something is their own on one side, and their parents' alone on the other.
    settled: BTreeSet<&'a QName>,
    /// For each new column that stores rows of a table the columns of that table that change before.
    pub(super) filled: BTreeMap<ObjectId, Vec<ObjectId>>,
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
            emptied: BTreeMap::new(),
            logged_before: BTreeMap::new(),
            settled: BTreeSet::new(),
            filled: BTreeMap::new(),
        };
        changes.compare();
        if !changes.by_object.is_empty() {
            let (old, new) = std::thread::scope(|scope| {
                let old = scope.spawn(|| Graph::new(world.from));
                let new = Graph::new(world.to);
                (joined(old), new)
            });
            (changes.old, changes.new) = (old, new);
            changes.close(changes.disturbing());
            changes.take_out_rows();
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
        self.settle_children();
        self.rebuild_domains();
        self.rebuild_partitioned();
        self.order_logging();
    }

    /// A table is asked for what makes something its own, or its parents' alone, even where its own row is the same.
    fn settle_children(&mut self) {
        let World { from, to, .. } = self.world;
        for table in std::mem::take(&mut self.settled) {
            if let (Some(old), Some(new)) = (from.relation(table), to.relation(table))
                && old.row == new.row
            {
                self.changed(Object::Relation(old.row), Object::Relation(new.row));
            }
        }
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
            (Object::Constraint(old), Object::Constraint(new)) if old.local != new.local => {
                self.settled.insert(&new.relation);
            }
            (Object::Column(old), Object::Column(new)) => {
                if old.local != new.local {
                    self.settled.insert(&new.relation);
                }
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

    /// All that goes or is changed.
    fn disturbing(&self) -> Vec<ObjectId> {
        let changes = self.by_object.iter();
        let disturbing = changes.filter(|(_, change)| **change != Change::Create);
        disturbing.map(|(id, _)| id.clone()).collect()
    }

    /// Follows from what goes or is retyped to what cannot stay as it is meanwhile.
    fn close(&mut self, mut to_visit: Vec<ObjectId>) {
        let mut owned: BTreeMap<ObjectId, Vec<&Sequence>> = BTreeMap::new();
        for sequence in self.world.from.sequences.iter().filter(|sequence| !sequence.identity) {
            if let Some(column) = &sequence.owned_by {
                let column = ObjectId::Column(column.relation.clone(), column.column.clone());
                owned.entry(column).or_default().push(sequence);
            }
        }
        while let Some(id) = to_visit.pop() {
            let goes = self.goes(&id);
            if goes && matches!(id, ObjectId::Index(_)) {
                self.replace_constraint_of(&id, &mut to_visit);
            }
            if goes && matches!(id, ObjectId::OperatorClass(..)) {
                self.replace_family_of(&id, &mut to_visit);
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

    /// The class that a range type is sorted by stays until columns have the type's successor, and its own successor cannot
    /// be in the same family meanwhile.
    fn replace_family_of(&mut self, class: &ObjectId, to_visit: &mut Vec<ObjectId>) {
        let Some(Object::OperatorClass(row)) = self.world.from.object(class) else {
            return;
        };
        let family = ObjectId::OperatorFamily(row.family.clone(), row.method.clone());
        let mut types = self.old.needed_by(class).filter(|id| matches!(id, ObjectId::Type(_)));
        if types.next().is_some()
            && self.get(class) == Some(&Change::Replace)
            && !self.goes(&family)
            && let Some(change) = self.replace(&family)
        {
            self.by_object.insert(family.clone(), change);
            to_visit.push(family);
        }
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
