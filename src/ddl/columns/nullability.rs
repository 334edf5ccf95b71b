//! How a column comes to refuse NULL without anybody waiting for the rows to be read.

use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind, usual_not_null_name};
use crate::catalog::{Name, ObjectId};

use super::super::name::{bare, temporary};
use super::super::relations::named;
use super::super::{Part, Statement, Transaction, Work, World, constraints};
use super::has_named_not_null;

/// What makes a column refuse NULL, or take it.
pub(super) fn nullability(column: &Column, world: &World<'_>) -> Vec<Statement> {
    let table = named(&column.relation, world.to);
    let family = || world.family(&column.relation);
    let alter = format!("ALTER {table} ALTER COLUMN {}", bare(&column.name));
    if !column.not_null {
        return vec![Statement::new(format!("{alter} DROP NOT NULL")).does(Work::DropNotNull, family())];
    }
    if has_named_not_null(column, world.to) {
        return Vec::new();
    }
    let vouched = is_vouched_for(column, world);
    let set = Statement::new(format!("{alter} SET NOT NULL"));
    if vouched || !world.spares(&column.relation) {
        return vec![set.does(Work::SetNotNull { scans: !vouched }, family())];
    }
    let (name, demand) = match world.from.server.major {
        ..18 => (
            constraints::free_name(&column.relation, &temporary(&column.name, "holds_no_null"), world),
            format!("CHECK ({} IS NOT NULL)", bare(&column.name)),
        ),
        _ => {
            let usual = Name::new(usual_not_null_name(&[&column.relation.name, &column.name]));
            if waits_for_validation(column, &usual, world) {
                return vec![validate(&table, &bare(&usual), family())];
            }
            if constraints::is_taken(&column.relation, &usual, world) {
                return vec![set.does(Work::SetNotNull { scans: true }, family())];
            }
            (usual, format!("NOT NULL {}", bare(&column.name)))
        }
    };
    let name = bare(&name);
    let mut statements = vec![
        Statement::new(format!("ALTER {table} ADD CONSTRAINT {name} {demand} NOT VALID"))
            .does(Work::AddNotNull { validates: false }, family()),
        validate(&table, &name, family()),
    ];
    if world.from.server.major < 18 {
        statements.push(
            set.part(Part::Settled)
                .does(Work::SetNotNull { scans: false }, family()),
        );
        statements.push(
            Statement::new(format!("ALTER {table} DROP CONSTRAINT {name}"))
                .part(Part::Settled)
                .does(Work::Alter, family()),
        );
    }
    statements
}

fn validate(table: &str, constraint: &str, family: Vec<ObjectId>) -> Statement {
    Statement::new(format!("ALTER {table} VALIDATE CONSTRAINT {constraint}"))
        .part(Part::Validation)
        .transaction(Transaction::Alone)
        .does(Work::Validate, family)
}

/// Whether the constraint is there already and has only to be validated: a migration that was cut short left it so.
fn waits_for_validation(column: &Column, name: &Name, world: &World<'_>) -> bool {
    let constraints = world.from.constraints.group(&column.relation, |row| &row.relation);
    constraints.iter().any(|row| {
        let is_it = matches!(&row.kind, ConstraintKind::NotNull { column: of } if *of == column.name);
        is_it && row.name == *name && row.enforced && !row.no_inherit
    })
}

/// Whether a check that stays says already that the column holds no NULL.
fn is_vouched_for(column: &Column, world: &World<'_>) -> bool {
    let condition = format!("({} IS NOT NULL)", bare(&column.name));
    let says_so = |constraint: &Constraint| {
        let is_it = matches!(&constraint.kind, ConstraintKind::Check { expression, .. } if *expression == condition);
        is_it && constraint.validated && constraint.enforced && !constraint.no_inherit
    };
    [world.from, world.to].into_iter().all(|catalog| {
        let relation = catalog.relation(&column.relation);
        relation.is_some_and(|relation| relation.constraints().iter().any(says_so))
    })
}
