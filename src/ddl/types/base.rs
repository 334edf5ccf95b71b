//! Base types.

use crate::catalog::column::Column;
use crate::catalog::types::Base;
use crate::catalog::{ObjectId, QName};
use crate::sql::literal;

use super::super::{Alteration, LockMode, Statement, World, bare, qualified};
use super::uses::Uses;

/// What is in the parentheses of `CREATE TYPE`.
pub(super) fn options(base: &Base) -> String {
    let Base {
        input,
        output,
        receive,
        send,
        typmod_in,
        typmod_out,
        analyze,
        subscript,
        length,
        by_value,
        alignment,
        storage,
        category,
        preferred,
        default,
        element,
        delimiter,
        collatable,
    } = base;
    let functions = [
        ("INPUT", input),
        ("OUTPUT", output),
        ("RECEIVE", receive),
        ("SEND", send),
        ("TYPMOD_IN", typmod_in),
        ("TYPMOD_OUT", typmod_out),
        ("ANALYZE", analyze),
        ("SUBSCRIPT", subscript),
    ];
    let functions = functions
        .into_iter()
        .filter_map(|(option, function)| Some(format!("{option} = {}", qualified(function.as_ref()?))));
    let mut options = functions.collect::<Vec<_>>();
    options.push(match length {
        -1 => "INTERNALLENGTH = variable".to_owned(),
        length => format!("INTERNALLENGTH = {length}"),
    });
    options.extend(by_value.then(|| "PASSEDBYVALUE".to_owned()));
    options.push(format!("ALIGNMENT = {alignment}"));
    options.push(format!("STORAGE = {storage}"));
    options.push(format!("CATEGORY = {}", literal(category)));
    options.extend(preferred.then(|| "PREFERRED = true".to_owned()));
    options.extend(
        default
            .as_ref()
            .map(|default| format!("DEFAULT = {}", literal(default))),
    );
    options.extend(element.as_ref().map(|element| format!("ELEMENT = {element}")));
    let delimiter = delimiter.as_ref();
    options.extend(delimiter.map(|delimiter| format!("DELIMITER = {}", literal(delimiter))));
    options.extend(collatable.then(|| "COLLATABLE = true".to_owned()));
    options.join(", ")
}

/// Few properties of a base type can change (manual, `ALTER TYPE`); storage cannot become plain.
pub(super) fn alter(name: &QName, old: &Base, new: &Base, world: &World<'_>) -> Alteration {
    let Base {
        input,
        output,
        receive,
        send,
        typmod_in,
        typmod_out,
        analyze,
        subscript,
        length,
        by_value,
        alignment,
        storage,
        category,
        preferred,
        default,
        element,
        delimiter,
        collatable,
    } = old;
    let is_same_otherwise = *input == new.input
        && *output == new.output
        && *length == new.length
        && *by_value == new.by_value
        && *alignment == new.alignment
        && *category == new.category
        && *preferred == new.preferred
        && *default == new.default
        && *element == new.element
        && *delimiter == new.delimiter
        && *collatable == new.collatable
        && (*storage == new.storage || new.storage != "plain");
    if !is_same_otherwise {
        return Alteration::Replace;
    }
    let functions = [
        ("RECEIVE", receive, &new.receive),
        ("SEND", send, &new.send),
        ("TYPMOD_IN", typmod_in, &new.typmod_in),
        ("TYPMOD_OUT", typmod_out, &new.typmod_out),
        ("ANALYZE", analyze, &new.analyze),
        ("SUBSCRIPT", subscript, &new.subscript),
    ];
    let mut settings = Vec::new();
    for (setting, old, new) in functions {
        if old != new {
            let function = new.as_ref().map_or_else(|| "NONE".to_owned(), qualified);
            settings.push(format!("{setting} = {function}"));
        }
    }
    if *storage != new.storage {
        settings.push(format!("STORAGE = {}", new.storage));
    }
    if settings.is_empty() {
        return Alteration::InPlace(Vec::new());
    }
    let sql = format!("ALTER TYPE {} SET ({})", qualified(name), settings.join(", "));
    let mut statements = vec![sql.into()];
    if *storage != new.storage {
        statements.extend(follow_storage(name, &new.storage, world));
    }
    Alteration::InPlace(statements)
}

/// Columns keep the strategy that their type had before.
fn follow_storage(name: &QName, storage: &str, world: &World<'_>) -> Vec<Statement> {
    let uses = Uses::of(name, world.from);
    let followers = uses.plain.into_iter().filter(|column| {
        let after = world.to.relation(&column.relation);
        let after = after.and_then(|relation| relation.column(&column.name));
        after.is_some_and(|after| after.data_type == column.data_type && after.storage.is_none())
    });
    let statement = |column: &Column| {
        let (relation, storage) = (ObjectId::Table(column.relation.clone()), storage.to_uppercase());
        let (table, column) = (qualified(&column.relation), bare(&column.name));
        Statement::new(format!(
            "ALTER TABLE ONLY {table} ALTER COLUMN {column} SET STORAGE {storage}"
        ))
        .locks(LockMode::AccessExclusive, relation)
    };
    followers.map(statement).collect()
}
