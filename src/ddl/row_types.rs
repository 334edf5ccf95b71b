//! Columns that store rows of a table. PostgreSQL changes no column of the table meanwhile, nor adds one with a value: they
//! hold the rows as text or as JSON until that is done.

use crate::catalog::column::Column;
use crate::catalog::{Catalog, ObjectId, QName};

use super::columns::disturbs_rows;
use super::conversion::helper;
use super::name::bare;
use super::relations::named;
use super::types::Uses;
use super::{Part, Retyping, Statement, Work, World};

/// The columns that store rows of the table or of those below it, within whatever; a child's with its parent's.
pub fn storing<'a>(table: &QName, world: &World<'a>) -> Vec<&'a Column> {
    let mut columns = storing_in(world.from, table, world);
    columns.retain(|column| !column.inherited || column.local);
    columns
}

/// The columns that shall store rows of the table or of those that were below it, within whatever.
pub fn storing_afterwards<'a>(table: &QName, world: &World<'a>) -> Vec<&'a Column> {
    storing_in(world.to, table, world)
}

fn storing_in<'a>(catalog: &'a Catalog, table: &QName, world: &World<'_>) -> Vec<&'a Column> {
    let family = world.family(table).into_iter();
    let family = family.filter_map(|id| id.qualified().cloned());
    let uses = family.map(|name| Uses::of(&name, catalog));
    let mut columns = uses
        .flat_map(|uses| uses.plain.into_iter().chain(uses.contained))
        .collect::<Vec<_>>();
    columns.sort_by_key(|column| (&column.relation, &column.name));
    columns.dedup_by_key(|column| (&column.relation, &column.name));
    columns
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
    let back = format!("{alter} {} USING {}({name})", new.data_type, helper.name);
    vec![
        statement(format!("{alter} jsonb USING to_jsonb({name})")).part(Part::Retype),
        wait(Statement::new(helper.create)),
        wait(statement(back)),
        Statement::new(helper.drop),
    ]
}

fn is_on_both_sides(column: &ObjectId, world: &World<'_>) -> bool {
    let has = |catalog: &Catalog| catalog.object(column).is_some();
    has(world.from) && has(world.to)
}
