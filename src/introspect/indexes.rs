//! Indexes and extended statistics (`pg_index`, `pg_statistic_ext`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::index::{Index, IndexKey, Statistics};
use crate::catalog::{Name, ObjectId, QName};

use super::names::catalogs::{PG_CLASS, PG_STATISTIC_EXT};
use super::names::{Class, OpclassName, Reach, column};
use super::values::{NONE, Numbers, Oid, Oids, Texts, unknown};
use super::{Depth, Reader};

#[derive(FromRow)]
struct OpclassRow<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    method: Oid,
    data_type: Oid,
    is_default: bool,
    key_type: Oid,
}

pub(super) fn take_opclass_name(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = OpclassRow::from_row(row)?;
    let opclass = OpclassName {
        name: reader.names.qualify(row.schema, row.name),
        method: row.method,
        data_type: row.data_type,
        is_default: row.is_default,
        key_type: row.key_type,
    };
    reader.names.add_opclass(row.oid, opclass);
    Ok(())
}

#[derive(FromRow)]
struct ColumnRow {
    index: Oid,
    number: i16,
    data_type: Oid,
    statistics: Option<i32>,
}

/// What is known of an index's column that is not usual.
#[derive(Default)]
pub(super) struct IndexColumn {
    /// The type of an expression.
    data_type: Option<Oid>,
    /// Parameters of its operator class.
    pub(super) options: Vec<Name>,
    statistics: Option<i32>,
}

pub(super) fn take_column(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = ColumnRow::from_row(row)?;
    let column = reader.index_columns.entry((row.index, row.number)).or_default();
    column.data_type = Some(row.data_type);
    column.statistics = row.statistics.filter(|target| *target >= 0);
    Ok(())
}

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    relation: Oid,
    method: &'r str,
    method_oid: Oid,
    unique: bool,
    nulls_not_distinct: bool,
    valid: bool,
    clustered: bool,
    key_count: i16,
    columns: Numbers<i16>,
    opclasses: Oids,
    collations: Oids,
    orders: Numbers<i16>,
    expressions: Option<Texts>,
    predicate: Option<String>,
    tablespace: Option<&'r str>,
    options: Option<Texts>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let Some(class) = reader.names.class(row.relation) else {
        return Ok(());
    };
    let (reach, relation) = (class.reach, class.name.clone());
    let keys = keys(reader, class, &row);
    let key_count = usize::try_from(row.key_count).unwrap_or_default();
    let include = row.columns.0.get(key_count..).unwrap_or_default();
    if reach == Reach::Whole && (row.unique || reader.depth == Depth::Whole) {
        reader.draft.indexes.push(Index {
            name: name.clone(),
            relation,
            method: row.method.into(),
            unique: row.unique,
            nulls_not_distinct: row.nulls_not_distinct,
            valid: row.valid,
            clustered: row.clustered,
            keys,
            include: reader.names.columns(row.relation, include),
            predicate: row.predicate,
            tablespace: row.tablespace.map(Name::from),
            options: row.options.map(Texts::into_names).unwrap_or_default(),
            constraint: reader.names.index_constraint(row.oid),
            // Its parent may be read after it.
            parent: None,
            extension: reader.names.extension(PG_CLASS, row.relation),
        });
        reader.indexes.push(row.oid);
    }
    let class = Class {
        name,
        kind: b'i',
        reach,
        at: usize::MAX,
        columns: Vec::new(),
    };
    reader.names.add_class(row.oid, class);
    Ok(())
}

fn keys(reader: &Reader<'_>, table: &Class, row: &Row<'_>) -> Vec<IndexKey> {
    let names = &reader.names;
    let mut expressions = row.expressions.iter().flat_map(|expressions| expressions.0.iter());
    let parts = row.opclasses.iter().zip(row.collations.iter()).zip(&row.orders.0);
    let keys = (1..).zip(row.columns.0.iter().zip(parts));
    keys.map(|(number, (key, ((opclass, collation), order)))| {
        let unusual = reader.index_columns.get(&(row.oid, number));
        let column = column(&table.columns, *key);
        let data_type = column.map_or_else(
            || unusual.and_then(|key| key.data_type).unwrap_or(NONE),
            |column| column.data_type,
        );
        let own_collation = column.map_or_else(
            || names.type_use(data_type, -1).map_or(NONE, |known| known.collation),
            |column| column.collation,
        );
        let descending = order & 1 != 0;
        IndexKey {
            column: column.map(|column| column.name.clone()),
            expression: if column.is_none() {
                expressions.next().cloned()
            } else {
                None
            },
            opclass: opclass_unless_default(reader, opclass, row.method_oid, data_type),
            opclass_options: unusual.map(|key| key.options.clone()).unwrap_or_default(),
            collation: names.collation(collation, own_collation),
            descending,
            nulls_first: order & 2 != 0,
            statistics: unusual.and_then(|key| key.statistics),
        }
    })
    .collect()
}

/// The operator class, unless it is the one that PostgreSQL takes for the type by itself (`GetDefaultOpClass`): the
/// default for exactly this type or, where there is none, a default for a type that this one counts as.
fn opclass_unless_default(reader: &Reader<'_>, opclass: Oid, method: Oid, data_type: Oid) -> Option<QName> {
    let known = reader.names.opclass(opclass)?;
    let base = reader.names.base_type(data_type);
    // The stored type of an expression says nothing of the expression's where the class stores another.
    let exact = reader.names.default_opclass(method, base);
    let is_default = known.is_default && (known.key_type != NONE || exact.is_none_or(|exact| exact == opclass));
    (!is_default).then(|| known.name.clone())
}

/// Attaches indexes to the partitioned indexes that they are parts of.
pub(super) fn attach(reader: &mut Reader<'_>) {
    for (index, oid) in reader.draft.indexes.iter_mut().zip(&reader.indexes) {
        let parent = reader.names.parents(*oid).first();
        index.parent = parent.and_then(|parent| Some(reader.names.class(*parent)?.name.clone()));
    }
}

#[derive(FromRow)]
struct StatisticsRow<'r> {
    oid: Oid,
    schema: Oid,
    name: &'r str,
    owner: Oid,
    relation: Oid,
    kinds: Texts,
    columns: Numbers<i16>,
    expressions: Option<Texts>,
    target: Option<i32>,
}

pub(super) fn take_statistics(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = StatisticsRow::from_row(row)?;
    let name = reader.names.qualify(row.schema, row.name);
    let Some(class) = reader.names.class(row.relation) else {
        return Ok(());
    };
    if class.reach != Reach::Whole || reader.names.reach(reader.scope, row.schema, &name) != Reach::Whole {
        return Ok(());
    }
    let kinds = row.kinds.0.iter().filter_map(|kind| statistics_kind(kind).transpose());
    let statistics = Statistics {
        owner: reader.names.role(row.owner),
        relation: class.name.clone(),
        kinds: kinds.collect::<Result<_>>()?,
        columns: reader.names.columns(row.relation, &row.columns.0),
        expressions: row.expressions.map(|expressions| expressions.0).unwrap_or_default(),
        target: row.target,
        name,
    };
    let object = ObjectId::Statistics(statistics.name.clone());
    reader.names.add_object(PG_STATISTIC_EXT, row.oid, object);
    reader.draft.statistics.push(statistics);
    Ok(())
}

/// The word for a kind of statistics; `None` for those of expressions, which go without saying.
fn statistics_kind(code: &str) -> Result<Option<Name>> {
    Ok(match code {
        "d" => Some(Name::new_static("ndistinct")),
        "f" => Some(Name::new_static("dependencies")),
        "m" => Some(Name::new_static("mcv")),
        "e" => None,
        _ => return Err(unknown("kind of statistics", code)),
    })
}
