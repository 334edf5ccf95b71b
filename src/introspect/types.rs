//! User-defined types (`pg_type`, `pg_enum`, `pg_range`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::types::{Base, Range, Type, TypeKind};
use crate::catalog::{Name, QName};

use super::Reader;
use super::columns::storage_name;
use super::names::Reach;
use super::names::catalogs::PG_TYPE;
use super::values::{NONE, Oid, Texts, unknown};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    kind: &'r str,
    is_defined: bool,
    class: Oid,
    not_null: bool,
    base: Oid,
    modifier: i32,
    collation: Oid,
    default: Option<String>,
    labels: Option<Texts>,
    length: i16,
    by_value: bool,
    alignment: &'r str,
    storage: &'r str,
    category: &'r str,
    preferred: bool,
    element: Oid,
    delimiter: &'r str,
    input: Oid,
    output: Oid,
    receive: Oid,
    send: Oid,
    modifier_in: Oid,
    modifier_out: Oid,
    analyze: Oid,
    subscript: Oid,
    subtype: Option<Oid>,
    opclass: Option<Oid>,
    range_collation: Option<Oid>,
    canonical: Option<Oid>,
    subtype_diff: Option<Oid>,
    multirange: Option<Oid>,
    range: Option<Oid>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    if row.kind == "d" {
        reader.evidence.domains.push((row.oid, row.not_null));
    }
    let name = reader.names.qualify(row.schema, row.name);
    if reader.names.reach(reader.scope, row.schema, &name) == Reach::Out {
        return Ok(());
    }
    let kind = if row.is_defined {
        kind(reader, &row)?
    } else {
        TypeKind::Shell
    };
    reader.draft.types.push(Type {
        name,
        owner: reader.names.role(row.owner),
        kind,
        extension: reader.names.extension(PG_TYPE, row.oid),
    });
    reader.kept_types.insert(row.oid);
    Ok(())
}

fn kind(reader: &mut Reader<'_>, row: &Row<'_>) -> Result<TypeKind> {
    let names = &reader.names;
    Ok(match row.kind {
        "e" => TypeKind::Enum {
            labels: row
                .labels
                .iter()
                .flat_map(|labels| labels.0.iter())
                .map(Name::from)
                .collect(),
        },
        "d" => TypeKind::Domain {
            base: names.data_type(row.base, row.modifier),
            not_null: row.not_null,
            default: row.default.clone(),
            collation: names.collation(row.collation, own_collation(reader, row.base)),
        },
        "c" => {
            let mut attributes = reader.attributes.remove(&row.class).unwrap_or_default();
            attributes.sort_by_key(|(number, _)| *number);
            TypeKind::Composite {
                attributes: attributes.into_iter().map(|(_, attribute)| attribute).collect(),
            }
        }
        "r" => TypeKind::Range(Box::new(range(reader, row))),
        "m" => TypeKind::Multirange {
            range: row
                .range
                .and_then(|range| names.type_name(range))
                .ok_or_else(|| sqlx::Error::Decode(format!("the multirange `{}` has no range", row.name).into()))?,
        },
        "b" => TypeKind::Base(Box::new(base(reader, row)?)),
        "p" => TypeKind::Shell,
        _ => return Err(unknown("kind of type", row.kind)),
    })
}

fn own_collation(reader: &Reader<'_>, data_type: Oid) -> Oid {
    reader
        .names
        .type_use(data_type, -1)
        .map_or(NONE, |known| known.collation)
}

fn range(reader: &Reader<'_>, row: &Row<'_>) -> Range {
    let names = &reader.names;
    let subtype = row.subtype.unwrap_or(NONE);
    let routine = |oid: Option<Oid>| names.routine_name(oid?);
    Range {
        subtype: names.data_type(subtype, -1),
        opclass: row
            .opclass
            .and_then(|opclass| names.opclass(opclass))
            .filter(|opclass| !opclass.is_default || &*opclass.name.schema != "pg_catalog")
            .map(|opclass| opclass.name.clone()),
        collation: names.collation(row.range_collation.unwrap_or(NONE), own_collation(reader, subtype)),
        canonical: routine(row.canonical),
        subtype_diff: routine(row.subtype_diff),
        multirange: row.multirange.and_then(|multirange| names.type_name(multirange)),
    }
}

fn base(reader: &Reader<'_>, row: &Row<'_>) -> Result<Base> {
    let names = &reader.names;
    Ok(Base {
        input: names.routine_name(row.input),
        output: names.routine_name(row.output),
        receive: names.routine_name(row.receive),
        send: names.routine_name(row.send),
        typmod_in: names.routine_name(row.modifier_in),
        typmod_out: names.routine_name(row.modifier_out),
        analyze: names.routine_name(row.analyze),
        subscript: names.routine_name(row.subscript),
        length: row.length,
        by_value: row.by_value,
        alignment: alignment(row.alignment)?,
        storage: storage_name(row.storage)?,
        category: row.category.into(),
        preferred: row.preferred,
        default: row.default.clone(),
        element: names.optional_type(row.element),
        delimiter: (row.delimiter != ",").then(|| row.delimiter.into()),
        collatable: row.collation != NONE,
    })
}

/// The word for an alignment (`typalign`).
fn alignment(code: &str) -> Result<Name> {
    Ok(Name::new_static(match code {
        "c" => "char",
        "s" => "int2",
        "i" => "int4",
        "d" => "double",
        _ => return Err(unknown("alignment", code)),
    }))
}

impl Reader<'_> {
    /// The name of a user-defined type that has a row.
    pub(super) fn kept_type(&self, oid: Oid) -> Option<QName> {
        self.kept_types
            .contains(&oid)
            .then(|| self.names.type_name(oid))
            .flatten()
    }
}
