//! Columns that store rows of a table. PostgreSQL changes no column of the table meanwhile, nor adds one with a value: they
//! hold the rows as text or as JSON until that is done.

use crate::catalog::column::Column;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, ObjectId, QName};

use super::columns::disturbs_rows;
use super::conversion::{bounded, helper, is_array};
use super::name::bare;
use super::relations::named;
use super::types::Uses;
use super::{Part, Retyping, Statement, Work, World};

/// The columns that store rows of the tables, within whatever; a child's with its parent's.
pub fn storing<'a>(tables: &[ObjectId], world: &World<'a>) -> Vec<&'a Column> {
    let mut columns = storing_in(world.from, tables);
    columns.retain(|column| !column.inherited || column.local);
    columns
}

/// The columns that shall store rows of the tables, within whatever.
pub fn storing_afterwards<'a>(tables: &[ObjectId], world: &World<'a>) -> Vec<&'a Column> {
    storing_in(world.to, tables)
}

fn storing_in<'a>(catalog: &'a Catalog, tables: &[ObjectId]) -> Vec<&'a Column> {
    let names = tables.iter().filter_map(ObjectId::qualified);
    let uses = names.map(|name| Uses::of(name, catalog));
    let mut columns = uses
        .flat_map(|uses| uses.plain.into_iter().chain(uses.contained))
        .collect::<Vec<_>>();
    columns.sort_by_key(|column| (&column.relation, &column.name));
    columns.dedup_by_key(|column| (&column.relation, &column.name));
    columns
}

/// Whether the table is written anew for what it is as a whole, which PostgreSQL refuses while its rows are stored elsewhere.
pub fn is_rewritten(table: &QName, world: &World<'_>) -> bool {
    let (Some(old), Some(new)) = (world.from.relation(table), world.to.relation(table)) else {
        return false;
    };
    let is_stored = new.row.kind == RelationKind::Table;
    is_stored && (old.row.unlogged, &old.row.access_method) != (new.row.unlogged, &new.row.access_method)
}

/// Whether PostgreSQL refuses to make the column while rows of its table are stored elsewhere: it would have a value.
pub fn makes_values(id: &ObjectId, world: &World<'_>) -> bool {
    let ObjectId::Column(relation, column) = id else {
        return false;
    };
    let column = world.to.relation(relation).and_then(|relation| relation.column(column));
    column.is_some_and(|column| disturbs_rows(column, world))
}

/// What takes the rows that the column stores out of their type, and puts them back when `changes` are done.
pub fn out_and_back(column: &Column, new: &Column, changes: &[ObjectId], world: &World<'_>) -> Vec<Statement> {
    let alter = format!(
        "ALTER {} ALTER COLUMN {} TYPE",
        named(&column.relation, world.to),
        bare(&column.name)
    );
    let name = bare(&column.name);
    let statement = |sql: String| Statement::new(sql).does(Work::Retype(Retyping::Values), world.family(&new.relation));
    let wait = |statement: Statement| {
        changes.iter().fold(statement, |statement, change| {
            statement.needs_part(change.clone(), Part::Afterwards)
        })
    };
    // A row's text has the values alone, in the order of the columns.
    if changes.iter().all(|change| is_on_both_sides(change, world)) {
        return vec![
            statement(format!("{alter} text USING {name}::text")).part(Part::Retype),
            wait(statement(format!("{alter} {0} USING {name}::{0}", new.data_type))),
        ];
    }
    let helper = helper(&new.data_type);
    // JSON says nothing of where an array begins.
    let (out, back) = match is_array(&new.data_type, world.to) {
        true => (
            format!("jsonb_build_array(array_dims({name}), to_jsonb({name}))"),
            bounded(
                &format!("{}({name} -> 1)", helper.name),
                &format!("({name} ->> 0)"),
                &new.data_type,
            ),
        ),
        false => (format!("to_jsonb({name})"), format!("{}({name})", helper.name)),
    };
    let back = format!("{alter} {} USING {back}", new.data_type);
    vec![
        statement(format!("{alter} jsonb USING {out}")).part(Part::Retype),
        wait(Statement::new(helper.create)),
        wait(statement(back)),
        Statement::new(helper.drop),
    ]
}

fn is_on_both_sides(column: &ObjectId, world: &World<'_>) -> bool {
    let has = |catalog: &Catalog| catalog.object(column).is_some();
    has(world.from) && has(world.to)
}
