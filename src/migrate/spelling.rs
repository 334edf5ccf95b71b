//! Expressions that are one, and are written in two ways.
//!
//! PostgreSQL writes some expressions otherwise once it has read back what it wrote itself, such as `IN` over
//! `varchar`. So a schema that migrations made and one that a dump restored differ in text alone. Only PostgreSQL can
//! tell that: both are built from their own texts in a scratch database, and read again.

use std::borrow::Cow;

use super::prove::{self, Grounds};
use crate::Result;
use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind, DomainConstraint};
use crate::catalog::index::{Index, Statistics};
use crate::catalog::policy::Policy;
use crate::catalog::publication::PublicationTable;
use crate::catalog::relation::Relation;
use crate::catalog::routine::{Body, Routine};
use crate::catalog::trigger::{Rule, Trigger};
use crate::catalog::types::{Type, TypeKind};
use crate::catalog::{Catalog, Delta, Row, Rows, diff};

/// Hands every kind that has expressions, and what takes them out of a row, to a macro.
macro_rules! kinds {
    ($then:ident) => {
        $then! {
            types: clear_default,
            domain_constraints: clear_check,
            relations: clear_query,
            columns: clear_expression,
            constraints: clear_condition,
            indexes: clear_keys,
            statistics: clear_expressions,
            routines: clear_body,
            rules: clear_action,
            triggers: clear_definition,
            policies: clear_conditions,
            publication_tables: clear_filter,
        }
    };
}

/// `from`, with what it has in common with `to` written as there; as it is where no scratch database can tell more.
///
/// # Errors
/// Where there is no scratch server, or the old schema cannot be built on it. A new schema that cannot be built is a
/// matter of the proof.
pub async fn alike<'a>(from: Cow<'a, Catalog>, to: &Catalog, grounds: &Grounds<'_>) -> Result<Cow<'a, Catalog>> {
    if !may_be_alike(&from, to) {
        return Ok(from);
    }
    let scratch = prove::copy(&from, grounds).await?;
    let old = prove::read_whole(&scratch, grounds.scope).await?;
    let beside = scratch.database("beside").await?;
    let new = prove::rebuild(&beside, to, grounds).await;
    beside.close().await?;
    scratch.close().await?;
    Ok(match new {
        Ok(new) => Cow::Owned(rewritten(&from, to, &old, &new)),
        Err(_) => from,
    })
}

/// Whether anything differs in the text of expressions alone.
fn may_be_alike(from: &Catalog, to: &Catalog) -> bool {
    macro_rules! any {
        ($($rows:ident: $clear:ident,)+) => {
            $(!pairs(&from.$rows, &to.$rows, $clear).is_empty())||+
        };
    }
    kinds!(any)
}

/// `from` with the rows of `to` that are the same once both are read again.
fn rewritten(from: &Catalog, to: &Catalog, old: &Catalog, new: &Catalog) -> Catalog {
    let mut catalog = from.clone();
    macro_rules! each {
        ($($rows:ident: $clear:ident,)+) => {
            $(
                let same = pairs(&from.$rows, &to.$rows, $clear);
                let same = same.into_iter().filter(|row| is_same(*row, &old.$rows, &new.$rows));
                catalog.$rows = with(&from.$rows, &same.collect::<Vec<_>>());
            )+
        };
    }
    kinds!(each);
    catalog
}

/// The rows of the new side that differ from those of the old in expressions alone.
fn pairs<'a, T: Row + PartialEq + Clone>(old: &'a Rows<T>, new: &'a Rows<T>, clear: fn(&mut T)) -> Vec<&'a T> {
    let deltas = diff(old, new).into_iter();
    let without = |row: &T| {
        let mut row = row.clone();
        clear(&mut row);
        row
    };
    let pair = |delta| match delta {
        Delta::Changed(before, after) if without(before) == without(after) => Some(after),
        _ => None,
    };
    deltas.filter_map(pair).collect()
}

fn is_same<T: Row + PartialEq>(row: &T, old: &Rows<T>, new: &Rows<T>) -> bool {
    let find = |rows: &'_ Rows<T>| rows.find(|other| other.id().cmp(&row.id())).is_some();
    find(old) && diff(old, new).iter().all(|delta| delta.either().id() != row.id())
}

/// The rows, with these in the place of their own.
fn with<T: Row + Clone>(rows: &Rows<T>, others: &[&T]) -> Rows<T> {
    let other = |row: &T| others.iter().find(|other| other.id() == row.id());
    let rows = rows.iter().map(|row| other(row).map_or(row, |other| *other).clone());
    Rows::in_order(rows.collect())
}

fn clear(text: &mut Option<String>) {
    if let Some(text) = text {
        text.clear();
    }
}

fn clear_default(row: &mut Type) {
    if let TypeKind::Domain { default, .. } = &mut row.kind {
        clear(default);
    }
}

fn clear_check(row: &mut DomainConstraint) {
    clear(&mut row.expression);
}

fn clear_query(row: &mut Relation) {
    clear(&mut row.definition);
    clear(&mut row.partition_key);
}

fn clear_expression(row: &mut Column) {
    clear(&mut row.default);
}

fn clear_condition(row: &mut Constraint) {
    if let ConstraintKind::Check { expression, .. } = &mut row.kind {
        expression.clear();
    }
}

fn clear_keys(row: &mut Index) {
    row.keys.iter_mut().for_each(|key| clear(&mut key.expression));
    clear(&mut row.predicate);
}

fn clear_expressions(row: &mut Statistics) {
    row.expressions.iter_mut().for_each(String::clear);
}

fn clear_body(row: &mut Routine) {
    if let Body::Sql(body) = &mut row.body {
        body.clear();
    }
    row.arguments
        .iter_mut()
        .for_each(|argument| clear(&mut argument.default));
}

fn clear_action(row: &mut Rule) {
    row.definition.clear();
}

fn clear_definition(row: &mut Trigger) {
    row.definition.clear();
}

fn clear_conditions(row: &mut Policy) {
    clear(&mut row.using);
    clear(&mut row.check);
}

fn clear_filter(row: &mut PublicationTable) {
    clear(&mut row.filter);
}
