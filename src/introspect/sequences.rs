//! Sequences (`pg_sequence`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::column::ColumnRef;
use crate::catalog::sequence::Sequence;

use super::Reader;
use super::names::catalogs::PG_CLASS;
use super::names::{Class, Reach, column};
use super::values::Oid;

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    unlogged: bool,
    data_type: Oid,
    start: i64,
    increment: i64,
    min: i64,
    max: i64,
    cache: i64,
    cycle: bool,
    relation: Option<Oid>,
    number: Option<i32>,
    identity: Option<bool>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let table = row.relation.and_then(|relation| reader.names.class(relation));
    // What belongs to a column is read as its table is.
    let reach = table.map_or_else(
        || reader.names.reach(reader.scope, row.schema, &name),
        |table| table.reach,
    );
    let owned_by = table.and_then(|table| {
        let column = column(&table.columns, i16::try_from(row.number?).ok()?)?;
        Some(ColumnRef {
            relation: table.name.clone(),
            column: column.name.clone(),
        })
    });
    let identity = row.identity == Some(true);
    let relation = table.and_then(|table| reader.draft.relations.get(table.at));
    let is_unlogged = relation.is_some_and(|relation| relation.unlogged);
    if reach == Reach::Whole {
        reader.draft.sequences.push(Sequence {
            name: name.clone(),
            owner: reader.names.role(row.owner),
            data_type: reader.names.data_type(row.data_type, -1),
            start: row.start,
            increment: row.increment,
            min: row.min,
            max: row.max,
            cache: row.cache,
            cycle: row.cycle,
            // That of a column is as its table is unless a server of 15 or newer says otherwise.
            unlogged: row.unlogged || (reader.major < 15 && is_unlogged),
            owned_by,
            identity,
            extension: reader.names.extension(PG_CLASS, row.oid),
        });
    }
    let class = Class {
        name,
        kind: b'S',
        reach,
        at: usize::MAX,
        columns: Vec::new(),
    };
    reader.names.add_class(row.oid, class);
    Ok(())
}
