//! NOT NULL as a constraint with a name, which it is from PostgreSQL 18 on.

use crate::catalog::constraint::{Constraint, ConstraintKind, usual_not_null_name};

use super::super::name::bare;
use super::super::relations::named;
use super::super::{Statement, Work, World, columns};
use super::{add, definition, validation};

/// Whether the column says NOT NULL by that name already, and so usually that no row told of it.
pub(super) fn is_there(constraint: &Constraint, world: &World<'_>) -> bool {
    let ConstraintKind::NotNull { column } = &constraint.kind else {
        return false;
    };
    if world.from.object(&constraint.object()).is_some() {
        return false;
    }
    let before = world.from.relation(&constraint.relation);
    let before = before.and_then(|relation| relation.column(column));
    before.is_some_and(|before| before.not_null && columns::not_null_name(before, world.from) == constraint.name)
}

/// What makes of a column's usual NOT NULL one that children need not have, or that older rows need not satisfy.
pub(super) fn made_unusual(constraint: &Constraint, world: &World<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    if let ConstraintKind::NotNull { column } = &constraint.kind
        && !constraint.validated
    {
        let table = named(&constraint.relation, world.to);
        let drop = Statement::new(format!("ALTER {table} ALTER COLUMN {} DROP NOT NULL", bare(column)));
        statements.push(drop.does(Work::Alter, world.family(&constraint.relation)));
        statements.push(add(constraint, definition(constraint, world.to), true, world));
    } else if constraint.no_inherit {
        statements.push(inheritability(constraint, false, world));
    }
    statements
}

/// What makes of such a one the usual NOT NULL of its column. Where the column refuses NULL only from now on, its own
/// statements validate it.
pub(super) fn made_usual(constraint: &Constraint, world: &World<'_>) -> Vec<Statement> {
    let inherits = constraint.no_inherit.then(|| inheritability(constraint, true, world));
    let is_validated_here = !constraint.validated && refused_null(constraint, world);
    let validates = is_validated_here.then(|| validation(constraint, world));
    inherits.into_iter().chain(validates).collect()
}

/// What has children take a NOT NULL, or not.
pub(super) fn inheritability(constraint: &Constraint, inherits: bool, world: &World<'_>) -> Statement {
    let way = if inherits { "INHERIT" } else { "NO INHERIT" };
    let sql = format!(
        "ALTER {} ALTER CONSTRAINT {} {way}",
        named(&constraint.relation, world.to),
        bare(&constraint.name)
    );
    let family = world.family(&constraint.relation);
    let work = match inherits && family.len() > 1 {
        true => Work::SetNotNull { scans: true },
        false => Work::Alter,
    };
    Statement::new(sql).does(work, family)
}

/// Whether a NOT NULL constraint is no more than a column's property: where either side is older than PostgreSQL 18.
pub(super) fn is_column_property(constraint: &Constraint, world: &World<'_>) -> bool {
    matches!(constraint.kind, ConstraintKind::NotNull { .. }) && !columns::names_not_null(world)
}

/// Whether a NOT NULL constraint stays, and no longer has a row because nothing about it is unusual once it is validated,
/// and children have it too.
pub(super) fn stays_as_usual(constraint: &Constraint, world: &World<'_>) -> bool {
    let ConstraintKind::NotNull { column } = &constraint.kind else {
        return false;
    };
    let after = world
        .to
        .relation(&constraint.relation)
        .and_then(|relation| relation.column(column));
    (world.spares(&constraint.relation) || refused_null(constraint, world))
        && after.is_some_and(|column| column.not_null)
        && (!constraint.validated || constraint.no_inherit)
        && constraint.enforced
        && constraint.name == usual_not_null_name(&[&constraint.relation.name, column])
}

/// Whether the column of a NOT NULL constraint refused NULL before.
fn refused_null(constraint: &Constraint, world: &World<'_>) -> bool {
    let ConstraintKind::NotNull { column } = &constraint.kind else {
        return false;
    };
    let before = world.from.relation(&constraint.relation);
    before
        .and_then(|relation| relation.column(column))
        .is_some_and(|column| column.not_null)
}

/// Whether a NOT NULL constraint has from now on the name that a partition's has anyway, and so no row.
pub(super) fn is_usual_afterwards(constraint: &Constraint, world: &World<'_>) -> bool {
    let ConstraintKind::NotNull { column } = &constraint.kind else {
        return false;
    };
    let after = world.to.relation(&constraint.relation);
    let after = after.filter(|relation| relation.row.partition_of.is_some() && world.stands(&relation.row.name));
    let column = after.and_then(|relation| relation.column(column));
    column.is_some_and(|column| column.not_null && columns::not_null_name(column, world.to) == constraint.name)
}
