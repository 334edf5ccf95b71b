//! The only place that spells DDL: what makes, changes and removes an object of each kind, and at what price.
//!
//! A kind is one file, with one [`Ddl`]. It knows its own row and nothing of order: what comes before what follows from
//! the catalogs' dependencies, and the planner sees to it. Owners, grants, comments and labels are told for every kind
//! alike, in [`access`].

pub mod access;
mod collations;
mod columns;
mod constraints;
mod contents;
mod conversion;
pub mod fixes;
mod foreign;
mod hazards;
mod indexes;
mod inheritance;
pub mod inner;
mod kinds;
mod languages;
pub mod mend;
mod name;
mod operators;
mod options;
mod partitions;
pub mod planning;
mod policies;
mod publications;
mod relations;
mod risk;
mod roles;
mod routines;
pub mod row_types;
pub mod rows;
mod schemas;
mod sequences;
mod statistics;
mod text_search;
mod triggers;
mod types;

use std::collections::BTreeSet;

use crate::catalog::kin::Kin;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, ObjectId, QName};

pub use columns::{changes_with_type, drop_default, dropped_with_parent, kept_parents, retype, set_default, storage};
pub use contents::{create_empty, empty, may_be_empty, names_itself};
#[cfg(feature = "lint")]
pub(crate) use hazards::OUTSIDE;
pub use hazards::{Effect, HAZARDS, Hazard, SECRET_LEFT_OUT, label_transaction};
pub use indexes::{at_once, attach as attach_index};
pub use inheritance::lives_on_parents;
pub use kinds::{alter, create, drop};
pub use name::{bare, column_list, qualified, target};
pub use relations::{can_be_of_type, inlined, reattach};
pub use risk::{Fill, LockMode, Loss, Price, Retyping, Risk, Work};
pub use sequences::regain_owner;
pub use types::{disturbed_attributes, drop_aside, is_contained, set_aside};

/// How a kind of object is made, changed and removed.
pub trait Ddl {
    /// What makes it as `world.to` has it, apart from owner, grants, comments and labels.
    fn create(&self, world: &World<'_>) -> Vec<Statement>;

    /// What removes it from `world.from`.
    fn drop(&self, world: &World<'_>) -> Vec<Statement>;

    /// What turns it into `new` where it stands. Every field is looked at: owner, grants and the like aside.
    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration;
}

/// Both sides of a change, and how it is to be made.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// What is there.
    pub from: &'a Catalog,
    /// What shall be there.
    pub to: &'a Catalog,
    /// Who belongs to whom of what is there.
    pub before: &'a Kin<'a>,
    /// Who shall belong to whom.
    pub after: &'a Kin<'a>,
    /// The role that will run it, where that is known: it owns what it makes.
    pub session: Option<&'a Name>,
    /// Whether tables stay usable meanwhile, at the price of more steps.
    pub online: bool,
    /// Relations that are removed and made anew under their name.
    pub replaced: &'a BTreeSet<QName>,
}

impl World<'_> {
    /// Whether the relation was there before and stays, so that others may be using it.
    pub(crate) fn stands(&self, relation: &QName) -> bool {
        self.from.relation(relation).is_some() && !self.replaced.contains(relation)
    }

    /// Whether what takes time on the relation has to let others go on using it.
    pub(crate) fn spares(&self, relation: &QName) -> bool {
        let has_rows = |kind| !matches!(kind, RelationKind::View | RelationKind::ForeignTable);
        let after = self.to.relation(relation);
        self.online
            && self.stands(relation)
            && after.is_some_and(|relation| has_rows(relation.row.kind))
            && !self.is_below_new(relation)
    }

    /// Whether a table above it is made anew, in the one transaction in which all of that is done.
    fn is_below_new(&self, relation: &QName) -> bool {
        let after = self.to.relation(relation).filter(|_| !self.replaced.is_empty());
        let mut above = after.into_iter().flat_map(|relation| relation.row.parents());
        above.any(|parent| self.replaced.contains(parent) || self.is_below_new(parent))
    }

    /// The relation and everything below it, as it was before: what `ALTER TABLE` without `ONLY` reaches.
    pub(crate) fn family(&self, relation: &QName) -> Vec<ObjectId> {
        let mut family = vec![name::relation(self.from, relation)];
        let mut at = 0;
        while let Some(parent) = family.get(at).and_then(ObjectId::qualified).cloned() {
            at += 1;
            for child in self.before.children(&parent).iter().map(|child| child.object()) {
                if !family.contains(&child) {
                    family.push(child);
                }
            }
        }
        family
    }
}

/// How an object becomes another of the same identity.
#[derive(Clone, Debug, PartialEq)]
pub enum Alteration {
    /// In place; with no statement where nothing that counts differs.
    InPlace(Vec<Statement>),
    /// Only by removing it and making it anew.
    Replace,
}

impl Alteration {
    /// Of a kind that PostgreSQL cannot alter: nothing where it is the same, and otherwise another one.
    fn replace_unless(is_same: bool) -> Self {
        match is_same {
            true => Self::InPlace(Vec::new()),
            false => Self::Replace,
        }
    }
}

/// What removes an object of `world.from` that needs no more than its name for that.
fn plain_drop(object: &ObjectId, world: &World<'_>) -> Vec<Statement> {
    vec![format!("DROP {}", target(object, world.from)).into()]
}

/// One statement, without the closing semicolon.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    /// The text.
    pub sql: String,
    /// What it is about, where that has an order of its own.
    pub part: Part,
    /// How it stands to transactions.
    pub transaction: Transaction,
    /// What it costs.
    pub risk: Risk,
    /// What it needs beyond what its object needs, and how far that has to be done.
    pub needs: Vec<(ObjectId, Part)>,
}

/// What of an object a statement is about: parts come in this order, and each can wait for others' parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// That it leaves its parent or its partitioned table.
    Detachment,
    /// A column's change to another type, which nothing that uses the column outlives.
    Retype,
    /// The object itself.
    #[default]
    Itself,
    /// What can only be said when the object is there: a default that calls a function on the object's own table.
    Afterwards,
    /// The rows that it had before it was made anew.
    Rows,
    /// Who owns it.
    Owner,
    /// That it is a child or a partition, or attached to a parent's index.
    Attachment,
    /// The index that identifies rows for replication, or the column that a sequence belongs to.
    Link,
    /// The check of the rows that were there before.
    Validation,
    /// What takes that check for granted: that a column refuses NULL.
    Settled,
    /// Who may do what with it.
    Grants,
    /// Its comment.
    Comment,
    /// Its security labels.
    Labels,
}

/// How a statement stands to transactions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transaction {
    /// In one with its neighbours.
    #[default]
    Within,
    /// In one that begins when what went before is committed, and is committed before anything uses it.
    Alone,
    /// In none: PostgreSQL refuses it there.
    Outside,
}

impl Statement {
    /// A statement that locks, rewrites and loses nothing worth telling.
    pub fn new(sql: impl Into<String>) -> Self {
        Self {
            sql: sql.into(),
            part: Part::Itself,
            transaction: Transaction::Within,
            risk: Risk::default(),
            needs: Vec::new(),
        }
    }

    /// It takes this lock on that relation.
    #[must_use]
    pub fn locks(mut self, mode: LockMode, relation: ObjectId) -> Self {
        self.risk.lock(relation, mode);
        self
    }

    /// It does this to those relations.
    #[must_use]
    pub fn does(mut self, work: Work, relations: impl IntoIterator<Item = ObjectId>) -> Self {
        relations.into_iter().for_each(|relation| self.risk.add(work, relation));
        self
    }

    /// It is about this part of its object.
    #[must_use]
    pub fn part(mut self, part: Part) -> Self {
        self.part = part;
        self
    }

    /// It needs `object` besides what its own object needs.
    #[must_use]
    pub fn needs(self, object: ObjectId) -> Self {
        self.needs_part(object, Part::Itself)
    }

    /// It needs that part of `object` to be done.
    #[must_use]
    pub fn needs_part(mut self, object: ObjectId, part: Part) -> Self {
        self.needs.push((object, part));
        self
    }

    /// It stands so to transactions.
    #[must_use]
    pub fn transaction(mut self, transaction: Transaction) -> Self {
        self.transaction = transaction;
        self
    }

    /// It loses data.
    #[must_use]
    pub fn loses(mut self, loss: Loss) -> Self {
        self.risk.loss = Some(loss);
        self
    }

    /// It writes the whole relation anew.
    #[must_use]
    pub fn rewrites(mut self) -> Self {
        self.risk.rewrite = true;
        self
    }

    /// It reads the whole relation.
    #[must_use]
    pub fn scans(mut self) -> Self {
        self.risk.scan = true;
        self
    }

    /// It has the hazard of this name in the catalogue of `lint`.
    #[must_use]
    pub fn hazard(mut self, hazard: &'static str) -> Self {
        self.risk.hazards.push(hazard);
        self
    }
}

impl<T: Into<String>> From<T> for Statement {
    fn from(sql: T) -> Self {
        Self::new(sql)
    }
}
