//! How a column comes to refuse NULL without anybody waiting for the rows to be read.

use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind, usual_not_null_name};
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, ObjectId, QName};

use super::super::name::{bare, temporary};
use super::super::relations::named;
use super::super::{Part, Statement, Transaction, Work, World, constraints, partitions};
use super::{alone, has_named_not_null, names_not_null, not_null_name, usual_name_is_taken};

/// What makes a column refuse NULL, or take it.
pub(super) fn nullability(column: &Column, world: &World<'_>) -> Vec<Statement> {
    let table = named(&column.relation, world.to);
    let family = || world.family(&column.relation);
    let alter = format!("ALTER {table} ALTER COLUMN {}", bare(&column.name));
    if !column.not_null {
        if let Some(statements) = one_by_one(column, world) {
            return statements;
        }
        return vec![Statement::new(format!("{alter} DROP NOT NULL")).does(Work::DropNotNull, family())];
    }
    if has_named_not_null(column, world.to) {
        return Vec::new();
    }
    let vouched = is_vouched_for(column, world);
    let usual = Name::new(usual_not_null_name(&[&column.relation.name, &column.name]));
    let wanted = Name::new(not_null_name(column, world.to));
    let set = match names_not_null(world) && (wanted != usual || usual_name_is_taken(column, world)) {
        true => format!(
            "ALTER {table} ADD CONSTRAINT {} NOT NULL {}",
            bare(&wanted),
            bare(&column.name)
        ),
        false => format!("{alter} SET NOT NULL"),
    };
    let set = Statement::new(set);
    let renames = below(column, world);
    if vouched || !world.spares(&column.relation) {
        let set = set.does(Work::SetNotNull { scans: !vouched }, family());
        return renames.into_iter().chain([set]).collect();
    }
    let (name, demand) = match world.from.server.major {
        ..18 => (
            constraints::free_name(&column.relation, &temporary(&column.name, "holds_no_null"), world),
            format!("CHECK ({} IS NOT NULL)", bare(&column.name)),
        ),
        _ => {
            if wanted == usual && waits_for_validation(column, &usual, world) {
                return vec![validate(&table, &bare(&usual), family())];
            }
            if wanted == usual && constraints::is_taken(&column.relation, &usual, world) {
                return vec![set.does(Work::SetNotNull { scans: true }, family())];
            }
            (wanted, format!("NOT NULL {}", bare(&column.name)))
        }
    };
    let name = bare(&name);
    let mut statements = renames;
    statements.extend([
        Statement::new(format!("ALTER {table} ADD CONSTRAINT {name} {demand} NOT VALID"))
            .does(Work::AddNotNull { validates: false }, family()),
        validate(&table, &name, family()),
    ]);
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

/// What makes the column take NULL in each table that shall, where a child goes on refusing it and would be reached as
/// well.
fn one_by_one(column: &Column, world: &World<'_>) -> Option<Vec<Statement>> {
    let refuses = |catalog: &Catalog, table: &ObjectId| refuses_null(catalog, table, &column.name);
    let is_partitioned = |table: &ObjectId| {
        let relation = table.qualified().and_then(|table| world.from.relation(table));
        relation.is_some_and(|relation| relation.row.kind == RelationKind::PartitionedTable)
    };
    let mut family = world.family(&column.relation);
    family.retain(|table| refuses(world.from, table));
    let is_kept = |table: &ObjectId| refuses(world.to, table);
    if !family.iter().any(is_kept) {
        return None;
    }
    if world.from.server.major >= 18 {
        family.retain(is_kept);
        return Some(made_their_own(column, &family, world));
    }
    if family.iter().any(is_partitioned) {
        family.retain(is_kept);
        return Some(everywhere_and_back(column, &family, world));
    }
    family.retain(|table| !is_kept(table));
    let drop = |table: ObjectId| {
        let only = alone(table.qualified()?, world.to);
        let sql = format!("ALTER {only} ALTER COLUMN {} DROP NOT NULL", bare(&column.name));
        Some(Statement::new(sql).does(Work::DropNotNull, [table]))
    };
    Some(family.into_iter().filter_map(drop).collect())
}

/// What makes the column take NULL where those below it that go on refusing it do so by a constraint of their own: what is
/// said again there no longer goes with the parent's (PostgreSQL 18).
fn made_their_own(column: &Column, kept: &[ObjectId], world: &World<'_>) -> Vec<Statement> {
    let name = bare(&column.name);
    let (mut before, mut after) = (Vec::new(), Vec::new());
    for table in topmost(kept, world) {
        let alter = format!("ALTER {}", named(table, world.to));
        let family = world.family(table);
        let set = Statement::new(format!("{alter} ALTER COLUMN {name} SET NOT NULL"));
        before.push(set.does(Work::SetNotNull { scans: false }, family.clone()));
        let called = |catalog: &Catalog| {
            let column = catalog.relation(table)?.column(&column.name)?;
            Some(bare(&Name::new(not_null_name(column, catalog))))
        };
        let (from, to) = (called(world.from), called(world.to));
        if let (Some(from), Some(to)) = (from, to)
            && from != to
        {
            let rename = Statement::new(format!("{alter} RENAME CONSTRAINT {from} TO {to}"));
            after.push(rename.does(Work::Alter, family));
        }
    }
    let sql = format!(
        "ALTER {} ALTER COLUMN {name} DROP NOT NULL",
        named(&column.relation, world.to)
    );
    let drop = Statement::new(sql).does(Work::DropNotNull, world.family(&column.relation));
    before.into_iter().chain([drop]).chain(after).collect()
}

fn refuses_null(catalog: &Catalog, table: &ObjectId, column: &Name) -> bool {
    let relation = table.qualified().and_then(|table| catalog.relation(table));
    relation.is_some_and(|relation| relation.column(column).is_some_and(|column| column.not_null))
}

/// What makes the column of a partitioned table take NULL, which leaves no partition out, and those that go on refusing it
/// refuse it again: a check vouches for them meanwhile.
fn everywhere_and_back(column: &Column, kept: &[ObjectId], world: &World<'_>) -> Vec<Statement> {
    let name = bare(&column.name);
    let sql = format!(
        "ALTER {} ALTER COLUMN {name} DROP NOT NULL",
        named(&column.relation, world.to)
    );
    let drop = Statement::new(sql).does(Work::DropNotNull, world.family(&column.relation));
    let (mut checked, mut settled) = (Vec::new(), vec![drop.part(Part::Settled)]);
    for table in topmost(kept, world) {
        let (alter, family) = (format!("ALTER {}", named(table, world.to)), world.family(table));
        let set = Statement::new(format!("{alter} ALTER COLUMN {name} SET NOT NULL")).part(Part::Settled);
        if !world.spares(table) {
            settled.push(set.does(Work::SetNotNull { scans: true }, family));
            continue;
        }
        let check = constraints::free_name(table, &temporary(&column.name, "holds_no_null"), world);
        let check = bare(&check);
        let add = format!("{alter} ADD CONSTRAINT {check} CHECK ({name} IS NOT NULL) NOT VALID");
        checked.push(Statement::new(add).does(Work::AddNotNull { validates: false }, family.clone()));
        checked.push(validate(&named(table, world.to), &check, family.clone()));
        settled.push(set.does(Work::SetNotNull { scans: false }, family.clone()));
        let drop = Statement::new(format!("{alter} DROP CONSTRAINT {check}"));
        settled.push(drop.part(Part::Settled).does(Work::Alter, family));
    }
    checked.into_iter().chain(settled).collect()
}

/// Those of the tables that are below none of the others: what is below gets it with them.
fn topmost<'a>(tables: &'a [ObjectId], world: &World<'_>) -> Vec<&'a QName> {
    let is_below = |table: &QName| {
        let row = world.from.relation(table).map(|table| table.row);
        let mut parents = row.into_iter().flat_map(|row| row.parents());
        parents.any(|parent| tables.iter().any(|table| table.qualified() == Some(parent)))
    };
    let names = tables.iter().filter_map(ObjectId::qualified);
    names.filter(|table| !is_below(table)).collect()
}

/// What gives partitions that refuse NULL already the constraint's name, which it has in all of them (PostgreSQL 18).
fn below(column: &Column, world: &World<'_>) -> Vec<Statement> {
    let mut family = world.family(&column.relation);
    family.retain(|table| refuses_null(world.from, table, &column.name));
    let rows = topmost(&family, world).into_iter();
    let rows = rows.filter_map(|table| world.to.relation(table).map(|relation| relation.row));
    let partitions = rows.filter(|row| row.partition_of.is_some());
    partitions
        .flat_map(|row| partitions::rename_not_nulls(row, Some(&column.name), world))
        .collect()
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
