//! What the price of a change of a column depends on.

use std::collections::BTreeSet;

use crate::catalog::column::{Column, Generated};
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, ObjectId};

use super::super::{Fill, World};
use super::default_is_inline;

/// Where the rows that are there get the value of a new column from.
pub(super) fn fill(column: &Column, world: &World<'_>) -> Fill {
    let is_foreign = world
        .to
        .relation(&column.relation)
        .is_some_and(|relation| relation.row.kind == RelationKind::ForeignTable);
    let default = column.default.as_deref().filter(|_| default_is_inline(column, world));
    match (column.generated, column.identity, default) {
        _ if is_foreign => Fill::Catalog,
        (Some(Generated::Stored), _, _) => Fill::Stored,
        (Some(Generated::Virtual), _, _) => Fill::Catalog,
        (None, Some(_), _) => Fill::Sequence,
        (None, None, Some(default)) if default.starts_with("nextval(") => Fill::Sequence,
        (None, None, Some(default)) if is_volatile(default) => Fill::Volatile,
        _ if is_constrained_domain(&column.data_type, world.to) => Fill::ConstrainedDomain,
        (None, None, Some(_)) => Fill::Catalog,
        (None, None, None) if column.not_null => Fill::Nowhere,
        (None, None, None) => Fill::Catalog,
    }
}

/// Whether the column has values of its own in the rows that are there when it is made: PostgreSQL refuses that where
/// other tables store such rows (`find_composite_type_dependencies`).
pub(in crate::ddl) fn disturbs_rows(column: &Column, world: &World<'_>) -> bool {
    let has_default = column.default.is_some() && default_is_inline(column, world);
    has_default || !matches!(fill(column, world), Fill::Catalog | Fill::Nowhere)
}

/// Whether the column is computed by a function that needs the column's own table, so that it comes after both.
pub(in crate::ddl) fn loops(column: &Column, catalog: &Catalog) -> bool {
    if column.generated.is_none() {
        return false;
    }
    let edges = |id: &ObjectId| {
        catalog
            .edges
            .group(id, |edge| &edge.from)
            .iter()
            .map(|edge| edge.to.clone())
    };
    let called = edges(&column.default_object());
    let mut to_visit = called
        .filter(|id| matches!(id, ObjectId::Routine(_)))
        .collect::<Vec<_>>();
    let mut seen = BTreeSet::new();
    while let Some(id) = to_visit.pop() {
        let is_own = matches!(id, ObjectId::Table(_) | ObjectId::Column(..));
        if is_own && id.qualified() == Some(&column.relation) {
            return true;
        }
        if !seen.insert(id.clone()) {
            continue;
        }
        to_visit.extend(edges(&id));
        if let Some(object) = catalog.object(&id) {
            object.each_need(catalog, &mut |need| to_visit.push(need));
        }
    }
    false
}

/// Whether an expression may give another value for each row. Functions that are not PostgreSQL's own, which deparsed
/// text has qualified, are taken for such.
fn is_volatile(expression: &str) -> bool {
    const VOLATILE: &[&str] = &[
        "clock_timestamp",
        "currval",
        "gen_random_uuid",
        "lastval",
        "nextval",
        "pg_advisory_xact_lock",
        "pg_backend_pid",
        "random",
        "random_normal",
        "setval",
        "timeofday",
        "uuidv4",
        "uuidv7",
    ];
    // What stands in quotes is text, but for the names of functions, which deparsed text seldom quotes.
    let code = expression.split('\'').step_by(2);
    code.into_iter().any(|code| {
        code.match_indices('(').any(|(at, _)| {
            let before = &code[..at];
            let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '$');
            let function = &before[before.trim_end_matches(is_part).len()..];
            VOLATILE.contains(&function) || function.contains('.')
        })
    })
}

/// Whether the type is a domain that refuses some values of its base.
fn is_constrained_domain(sql: &Name, catalog: &Catalog) -> bool {
    let mut sql = sql.clone();
    loop {
        let data_type = catalog.data_type(&sql).filter(|data_type| !data_type.array);
        let Some(domain) = data_type.and_then(|data_type| catalog.user_type(&data_type.name)) else {
            return false;
        };
        let TypeKind::Domain { base, not_null, .. } = &domain.kind else {
            return false;
        };
        if *not_null || !catalog.domain_constraints_of(&domain.name).is_empty() {
            return true;
        }
        sql = base.clone();
    }
}

/// Whether a check looks at the column.
pub(super) fn is_checked(column: &Column, catalog: &Catalog) -> bool {
    let constraints = catalog.constraints.group(&column.relation, |row| &row.relation);
    let looks =
        |kind: &ConstraintKind| matches!(kind, ConstraintKind::Check { columns, .. } if columns.contains(&column.name));
    constraints.iter().any(|constraint| looks(&constraint.kind))
}

/// Whether an index is sorted by the column.
pub(super) fn is_in_an_index(column: &Column, world: &World<'_>) -> bool {
    let mut indexes = world.before.indexes(&column.relation).iter();
    indexes.any(|index| index.keys.iter().any(|key| key.column.as_ref() == Some(&column.name)))
}
