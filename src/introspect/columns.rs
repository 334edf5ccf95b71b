//! Columns, their defaults, and the attributes of composite types (`pg_attribute`, `pg_attrdef`).

use sqlx::postgres::PgRow;
use sqlx::{Result, Row as _};

use crate::catalog::column::{Column, Generated, Identity};
use crate::catalog::types::Attribute;
use crate::catalog::{Name, ObjectId};

use super::Reader;
use super::names::catalogs::{PG_ATTRDEF, PG_CLASS};
use super::names::{Class, ColumnName, Reach};
use super::values::{Oid, Texts, flag, number, oid, optional_text, text, unknown};

/// Where the text of a type with a modifier stands.
const MODIFIED: usize = 15;

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let relation = oid(row, 0)?;
    let at = number::<i16>(row, 1)?;
    let (data_type, modifier) = (oid(row, 3)?, number(row, 4)?);
    if let Some(sql) = optional_text(row, MODIFIED)? {
        reader.names.add_modified(data_type, modifier, sql);
    }
    let own = reader.names.type_use(data_type, modifier);
    let (own_collation, own_storage) = own.map_or((Oid(0), 0), |own| (own.collation, own.storage));
    let data_type_name = reader.names.data_type(data_type, modifier);
    let collation = oid(row, 8)?;
    let name = Name::from(text(row, 2)?);
    let collation_name = reader.names.collation(collation, own_collation);
    let place = reader.draft.columns.len();
    let foreign_options = reader.take_foreign_options(PG_CLASS, relation, at.into());
    let Some(class) = reader.names.class_mut(relation) else {
        // An index: its own row comes later.
        if let Some(options) = row.try_get::<Option<Texts>, _>(14)? {
            reader.index_columns.entry((relation, at)).or_default().options = options.into_names();
        }
        return Ok(());
    };
    let column = ColumnName {
        name: name.clone(),
        data_type,
        collation,
        not_null: flag(row, 5)?,
        at: if is_kept(class) { place } else { usize::MAX },
    };
    place_column(class, at, column);
    if class.kind == b'c' {
        let attribute = Attribute {
            name,
            data_type: data_type_name,
            collation: collation_name,
        };
        reader.attributes.entry(relation).or_default().push((at, attribute));
        return Ok(());
    }
    if !is_kept(class) {
        return Ok(());
    }
    let relation = class.name.clone();
    let statistics = optional_text(row, 11)?.filter(|target| *target != "-1");
    let storage = text(row, 9)?;
    reader.draft.columns.push(Column {
        relation,
        name,
        data_type: data_type_name,
        not_null: flag(row, 5)?,
        default: None,
        generated: generated(text(row, 7)?)?,
        identity: identity(text(row, 6)?)?,
        collation: collation_name,
        storage: if storage.as_bytes() == [own_storage] {
            None
        } else {
            Some(storage_name(storage)?)
        },
        compression: compression(text(row, 10)?)?,
        statistics: statistics.and_then(|target| target.parse().ok()),
        options: row
            .try_get::<Option<Texts>, _>(14)?
            .map(Texts::into_names)
            .unwrap_or_default(),
        foreign_options,
        inherited: flag(row, 12)?,
        local: flag(row, 13)?,
        never_null: false,
        updatable: false,
        origin: None,
    });
    Ok(())
}

fn is_kept(class: &Class) -> bool {
    class.reach != Reach::Out && class.kind != b'c'
}

fn place_column(class: &mut Class, number: i16, column: ColumnName) {
    let at = usize::try_from(number - 1).unwrap_or_default();
    if class.columns.len() <= at {
        class.columns.resize_with(at + 1, ColumnName::dropped);
    }
    class.columns[at] = column;
}

fn generated(code: &str) -> Result<Option<Generated>> {
    Ok(match code {
        "" => None,
        "s" => Some(Generated::Stored),
        "v" => Some(Generated::Virtual),
        _ => return Err(unknown("way of generating a column", code)),
    })
}

fn identity(code: &str) -> Result<Option<Identity>> {
    Ok(match code {
        "" => None,
        "a" => Some(Identity::Always),
        "d" => Some(Identity::ByDefault),
        _ => return Err(unknown("kind of identity", code)),
    })
}

fn compression(code: &str) -> Result<Option<Name>> {
    Ok(match code {
        "" => None,
        "p" => Some(Name::new_static("pglz")),
        "l" => Some(Name::new_static("lz4")),
        _ => return Err(unknown("compression method", code)),
    })
}

/// The word for a storage strategy (`attstorage`, `typstorage`).
pub(super) fn storage_name(code: &str) -> Result<Name> {
    Ok(Name::new_static(match code {
        "p" => "plain",
        "e" => "external",
        "x" => "extended",
        "m" => "main",
        _ => return Err(unknown("storage strategy", code)),
    }))
}

pub(super) fn take_default(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let Some(class) = reader.names.class(oid(row, 1)?) else {
        return Ok(());
    };
    let Some(column) = super::names::column(&class.columns, number(row, 2)?) else {
        return Ok(());
    };
    let object = ObjectId::Default(class.name.clone(), column.name.clone());
    if let Some(row_of_column) = reader.draft.columns.get_mut(column.at) {
        row_of_column.default = optional_text(row, 3)?.map(str::to_owned);
        reader.names.add_object(PG_ATTRDEF, oid(row, 0)?, object);
    }
    Ok(())
}

/// Puts columns where they stand in their relations: relations by name, columns by number.
pub(super) fn arrange(reader: &mut Reader<'_>) {
    let mut classes = reader.names.classes().collect::<Vec<_>>();
    classes.sort_by(|a, b| a.name.cmp(&b.name));
    let mut found = std::mem::take(&mut reader.draft.columns)
        .into_iter()
        .map(Some)
        .collect::<Vec<_>>();
    let places = classes.iter().flat_map(|class| &class.columns).map(|column| column.at);
    reader.draft.columns = places.filter_map(|at| found.get_mut(at)?.take()).collect();
}
