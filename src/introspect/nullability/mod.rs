//! Which columns of views and materialised views can never be null, and which column each of them shows.
//!
//! PostgreSQL records nothing of the kind: `attnotnull` is false in every view. What it does keep is the analysed query
//! of the view (`pg_rewrite.ev_action`), names resolved and types decided. [`view_columns`] proves what follows from it
//! and from [`Facts`]; a column that is not proved is nullable.
//!
//! What a proof does not see, on purpose: a domain's NOT NULL is believed where the caller believes it, although
//! PostgreSQL lets an empty scalar subquery past it (manual, CREATE DOMAIN, Notes). A materialised view is judged by its
//! query too: rows that it stored before one of its tables got a NOT NULL constraint keep their nulls until the next
//! REFRESH. A proof holds for the catalog it was made from; after DROP NOT NULL the view is read again.

mod aggregates;
mod functions;
mod node_tree;
mod prove;
mod scope;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use crate::{Error, Result};
use node_tree::{Tree, Value};
use prove::Prover;
use scope::Scope;

/// The query behind each view: one row for [`ViewRule`] of every view and materialised view.
pub const VIEWS_SQL: &str = include_str!("../sql/view_queries.sql");

/// The rows for [`Facts::strict_functions`] and [`Facts::total_functions`].
pub const FUNCTION_FACTS_SQL: &str = include_str!("../sql/function_facts.sql");

/// OIDs from here on belong to users and extensions (`FirstNormalObjectId` of `transam.h`).
const FIRST_NORMAL_OID: u32 = 16384;

/// The query of one view or materialised view, as `sql/view_queries.sql` reads it.
#[derive(Clone, Copy, Debug)]
pub struct ViewRule<'a> {
    /// The view (`pg_rewrite.ev_class`).
    pub relation: u32,
    /// The action of its `_RETURN` rule (`pg_rewrite.ev_action`).
    pub action: &'a str,
}

/// What the catalog says of the objects that views are made of, by OID. What is left out costs proofs, never truth.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Columns of tables that hold no NULL: `attrelid` and `attnum`. A NOT NULL constraint that is not valid does not
    /// count, nor does one of a parent table with an inheritance child that lacks it; a column of a NOT NULL domain does.
    pub never_null: BTreeSet<(u32, i16)>,
    /// Domains that are NOT NULL themselves or by a domain they are over.
    pub not_null_domains: BTreeSet<u32>,
    /// Functions that are null for any null argument (`pg_proc.proisstrict`), PostgreSQL's own among them. Their
    /// conditions keep nulls out: `WHERE price > 0`.
    pub strict_functions: BTreeSet<u32>,
    /// Functions of extensions that are never null for arguments that are not. PostgreSQL's own are known here.
    pub total_functions: BTreeSet<u32>,
}

/// What is known of one column of a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ViewColumn {
    /// Whether it is proved that it is never NULL.
    pub never_null: bool,
    /// The relation and attribute number it shows unchanged. An outer join may still null it. A view's own views are
    /// not looked into.
    pub origin: Option<(u32, i16)>,
    /// The same, followed through views to the column of a table.
    pub base: Option<(u32, i16)>,
}

impl Facts {
    /// Whether a call is null as soon as one of its arguments is.
    fn is_strict(&self, call: Value<'_>) -> bool {
        let is_set = call.field("funcretset").is_true() || call.field("opretset").is_true();
        let function = call.field("funcid").number().or(call.field("opfuncid").number());
        !is_set && function.is_some_and(|function| self.strict_functions.contains(&function))
    }
}

/// Proves the columns of all views, each in the order of its attribute numbers. A view whose query cannot be read is an
/// error of its own, and nullable wherever other views use it.
pub fn view_columns(rules: &[ViewRule<'_>], facts: &Facts) -> BTreeMap<u32, Result<Vec<ViewColumn>>> {
    let mut views = Views {
        rules: rules.iter().map(|rule| (rule.relation, rule.action)).collect(),
        proved: BTreeMap::new(),
        wanted: RefCell::default(),
    };
    // A view made of views that come later waits for them; mostly they come first. One made of itself, which cannot
    // be, finds itself nullable.
    let mut waiting = Vec::new();
    for rule in rules {
        waiting.push(rule.relation);
        while let Some(&relation) = waiting.last() {
            if !views.proved.contains_key(&relation) {
                let columns = views.prove(relation, facts);
                let wanted = views.wanted.take();
                if let Some(view) = wanted.into_iter().find(|view| !waiting.contains(view)) {
                    waiting.push(view);
                    continue;
                }
                views.proved.insert(relation, columns);
            }
            waiting.pop();
        }
    }
    views.proved
}

/// The views that were read, and what is proved of them so far.
struct Views<'a> {
    rules: BTreeMap<u32, &'a str>,
    proved: BTreeMap<u32, Result<Vec<ViewColumn>>>,
    /// Views that were asked for before they were proved.
    wanted: RefCell<BTreeSet<u32>>,
}

impl Views<'_> {
    /// What is known of a view's column; `None` where the relation is no view that was read.
    fn column(&self, relation: u32, number: i16) -> Option<ViewColumn> {
        if !self.rules.contains_key(&relation) {
            return None;
        }
        let Some(columns) = self.proved.get(&relation) else {
            self.wanted.borrow_mut().insert(relation);
            return None;
        };
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        columns.as_ref().ok()?.get(index).copied()
    }

    fn prove(&self, relation: u32, facts: &Facts) -> Result<Vec<ViewColumn>> {
        let action = self.rules.get(&relation).copied().unwrap_or_default();
        let tree = Tree::parse(action)?;
        let query = tree.root().elements().next().filter(|query| query.tag() == "QUERY");
        let query = query.ok_or_else(|| Error::new("the view's stored query is no query"))?;
        let scope = Scope::new(query, None, facts);
        let never_null = Prover { facts, views: self }.columns(&scope, 0);
        let outputs = query.field("targetList").elements();
        let outputs = outputs.filter(|entry| !entry.field("resjunk").is_true());
        let columns = outputs.zip(never_null).map(|(entry, never_null)| {
            let relation = entry.field("resorigtbl").number().filter(|&relation| relation != 0);
            let origin = relation.zip(entry.field("resorigcol").number());
            let base = origin.and_then(|(relation, number)| match self.rules.contains_key(&relation) {
                true => self.column(relation, number)?.base,
                false => origin,
            });
            ViewColumn {
                never_null,
                origin,
                base,
            }
        });
        Ok(columns.collect())
    }
}

#[cfg(test)]
mod tests;
