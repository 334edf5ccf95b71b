//! What the planner knows of the data: sizes, the statistics of columns, settings, and the statements that were run.
//!
//! Only catalogs are read: no table, and nothing that would run a user's function.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::{Depth, query};
use crate::catalog::{Name, QName};
use crate::sql::identifier;
use crate::{Error, Result};

/// What the planner of one database plans with (manual, section 14.2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PlannerStatistics {
    /// Tables, materialised views and indexes, by name.
    pub relations: Vec<RelationSize>,
    /// Columns and expressions of indexes, by relation and name.
    pub columns: Vec<ColumnStatistics>,
    /// What is known of columns together, by name.
    pub extended: Vec<ExtendedStatistics>,
    /// The major version of the server.
    pub major: u32,
    /// Settings of planning that are not as built, as `name` and value, by name.
    pub settings: Vec<(Name, String)>,
    /// How text is ordered (`pg_database.datcollate`).
    pub collate: Name,
}

/// How large a relation is taken to be (`pg_class`).
#[derive(Clone, Debug, PartialEq)]
pub struct RelationSize {
    /// Schema and name.
    pub name: QName,
    /// Its pages when it was last analysed or vacuumed (`relpages`).
    pub pages: i32,
    /// Its rows then (`reltuples`); −1 where nobody has looked.
    pub tuples: f32,
    /// The pages of which every row is visible to all (`relallvisible`).
    pub all_visible: i32,
    /// Its blocks now; `None` for what has no storage of its own.
    pub blocks: Option<i64>,
}

/// What ANALYZE found in one column (`pg_stats`). Lists are PostgreSQL's array constants.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ColumnStatistics {
    /// The schema of the relation.
    pub schema: Name,
    /// The table, or the index whose expression it is.
    pub relation: Name,
    /// The column.
    pub column: Name,
    /// Whether children's rows are counted in.
    pub inherited: bool,
    /// The part of the rows in which it is NULL, from 0 to 1.
    pub null_fraction: f32,
    /// The average bytes of a value.
    pub width: i32,
    /// The number of distinct values; where negative, the part of the rows, as −1 for a unique column.
    pub distinct: f32,
    /// The most common values.
    pub common_values: Option<String>,
    /// The part of the rows that each of them has.
    pub common_frequencies: Option<String>,
    /// Values that part the others into groups of one size.
    pub histogram: Option<String>,
    /// How the order of values follows the order of rows, from −1 to 1.
    pub correlation: Option<f32>,
    /// The most common elements of arrays and the like.
    pub common_elements: Option<String>,
    /// The part of the rows that each of them is in, with three more figures.
    pub element_frequencies: Option<String>,
    /// How many distinct elements rows have.
    pub element_counts: Option<String>,
    /// Lengths that part the ranges that are not empty into groups of one size.
    pub range_lengths: Option<String>,
    /// The part of the ranges that is empty, from 0 to 1.
    pub range_empty: Option<f32>,
    /// Ranges whose lower, and whose upper bounds part those of all into groups of one size.
    pub range_bounds: Option<String>,
}

impl ColumnStatistics {
    /// What is known of the values, as `pg_stats` calls it.
    pub fn kinds(&self) -> impl Iterator<Item = &'static str> {
        let kinds = [
            ("most_common_vals", self.common_values.is_some()),
            ("histogram_bounds", self.histogram.is_some()),
            ("correlation", self.correlation.is_some()),
            ("most_common_elems", self.common_elements.is_some()),
            ("elem_count_histogram", self.element_counts.is_some()),
            ("range_length_histogram", self.range_lengths.is_some()),
            ("range_bounds_histogram", self.range_bounds.is_some()),
        ];
        kinds
            .into_iter()
            .filter(|(_, is_known)| *is_known)
            .map(|(kind, _)| kind)
    }
}

/// What ANALYZE found in columns together (`pg_statistic_ext_data`), as hexadecimal digits of what is stored.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ExtendedStatistics {
    /// The schema of the statistics object.
    pub schema: Name,
    /// Its name.
    pub name: Name,
    /// The numbers of its columns (`stxkeys`).
    pub columns: String,
    /// Whether children's rows are counted in.
    pub inherited: bool,
    /// How many distinct combinations there are (`pg_ndistinct`).
    pub distinct: Option<String>,
    /// How far columns follow from others (`pg_dependencies`).
    pub dependencies: Option<String>,
    /// The most common combinations (`pg_mcv_list`), which superusers alone see.
    pub common_values: Option<String>,
    /// What was found in its expressions; the number of each, from 1, stands for the column.
    pub expressions: Vec<ColumnStatistics>,
    /// Why something of it is not here.
    pub missing: Option<String>,
}

/// What stands for the text of a statement that the role may not see (`pg_stat_statements.c`).
pub const HIDDEN: &str = "<insufficient privilege>";

/// A statement as `pg_stat_statements` keeps it: its constants are parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementStatistics {
    /// The text.
    pub query: String,
    /// Who ran it; `None` for a role that is gone.
    pub role: Option<Name>,
    /// How often.
    pub calls: i64,
    /// How long all of that took, in milliseconds.
    pub total_ms: f64,
    /// The rows that it gave or changed in all.
    pub rows: i64,
    /// Its key there.
    pub id: String,
}

/// Reads what the planner knows, in one read-only transaction.
///
/// # Errors
/// Where the connection is lost, is in a transaction already, or something takes too long.
pub async fn read(connection: &mut PgConnection) -> Result<PlannerStatistics> {
    begin(connection).await?;
    let server = rows(connection, "server", SERVER, 0).await?;
    let server = taken(&server, |row| {
        Ok((
            row.try_get::<i32, _>(0)?,
            row.try_get::<bool, _>(1)?,
            row.try_get::<bool, _>(2)?,
        ))
    })?;
    let (major, sees_values, sees_ranges) = server.first().copied().unwrap_or_default();
    let major = major.unsigned_abs();
    let relations = rows(connection, "sizes", include_str!("sql/planner_relations.sql"), major).await?;
    let columns = rows(connection, "statistics", include_str!("sql/planner_columns.sql"), major).await?;
    let ranges = match major < 17 && sees_ranges {
        true => {
            rows(
                connection,
                "statistics of ranges",
                include_str!("sql/planner_ranges.sql"),
                major,
            )
            .await?
        }
        false => Vec::new(),
    };
    let settings = rows(connection, "settings", include_str!("sql/planner_settings.sql"), major).await?;
    let extended = match sees_values {
        true => include_str!("sql/planner_extended_values.sql"),
        false => include_str!("sql/planner_extended.sql"),
    };
    let extended = rows(connection, "extended statistics", extended, major).await?;
    let expressions = match major {
        14.. => include_str!("sql/planner_expressions.sql"),
        // It has none.
        _ => "",
    };
    let expressions = rows(connection, "statistics of expressions", expressions, major).await?;
    query::rollback(connection).await;
    let mut extended = taken(&extended, together)?;
    for expression in taken(&expressions, column)? {
        let is_its = |all: &&mut ExtendedStatistics| {
            (&all.schema, &all.name, all.inherited) == (&expression.schema, &expression.relation, expression.inherited)
        };
        if let Some(all) = extended.iter_mut().find(is_its) {
            all.expressions.push(expression);
        }
    }
    let mut columns = taken(&columns, column)?;
    put_ranges(&mut columns, taken(&ranges, range)?);
    let mut settings = taken(&settings, setting)?;
    let collate = settings.iter().position(|(name, _)| name == "lc_collate");
    let collate = collate.map(|at| Name::from(settings.remove(at).1));
    Ok(PlannerStatistics {
        relations: taken(&relations, relation)?,
        columns,
        extended,
        major,
        settings,
        collate: collate.unwrap_or_else(|| "C".into()),
    })
}

/// Adds what is known of ranges to what is known of the columns besides.
fn put_ranges(columns: &mut [ColumnStatistics], ranges: Vec<ColumnStatistics>) {
    fn place(column: &ColumnStatistics) -> [Name; 3] {
        [&column.schema, &column.relation, &column.column].map(Clone::clone)
    }
    let ranges = ranges
        .into_iter()
        .map(|range| ((place(&range), range.inherited), range));
    let mut ranges = ranges.collect::<BTreeMap<_, _>>();
    for column in columns {
        if let Some(range) = ranges.remove(&(place(column), column.inherited)) {
            column.range_lengths = range.range_lengths;
            column.range_empty = range.range_empty;
            column.range_bounds = range.range_bounds;
        }
    }
}

/// Reads what `pg_stat_statements` has of this database.
///
/// # Errors
/// Where the extension is not in the database, the server was started without it, or the connection is lost.
pub async fn statements(connection: &mut PgConnection) -> Result<Vec<StatementStatistics>> {
    const HOME: &str = "select n.nspname::text from pg_catalog.pg_extension as e \
        join pg_catalog.pg_namespace as n on n.oid = e.extnamespace where e.extname = 'pg_stat_statements'";
    begin(connection).await?;
    let found = rows(connection, "extensions", HOME, 0).await?;
    let home = match found.first() {
        Some(row) => row.try_get::<String, _>(0).unwrap_or_default(),
        None => {
            query::rollback(connection).await;
            return Err(
                Error::new("the extension pg_stat_statements is not in this database").with_hint(
                    "CREATE EXTENSION pg_stat_statements, with shared_preload_libraries set, counts what is run; a \
                     log file or a file of queries will do too: --workload FILE",
                ),
            );
        }
    };
    let table = format!("{}.pg_stat_statements as s", identifier(&home));
    let sql = include_str!("sql/planner_statements.sql").replace("pg_stat_statements as s", &table);
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *connection).await;
    query::rollback(connection).await;
    let rows = rows.map_err(|error| {
        Error::new(format!("cannot read pg_stat_statements: {error}"))
            .with_hint("the server has to be started with shared_preload_libraries = 'pg_stat_statements'")
            .with_source(error)
    })?;
    taken(&rows, statement)
}

/// The major version, and whether the role may see the values of extended statistics, and everything of the others.
const SERVER: &str = "select current_setting('server_version_num')::int4 / 10000, \
    pg_catalog.has_table_privilege('pg_catalog.pg_statistic_ext_data', 'select'), \
    pg_catalog.has_table_privilege('pg_catalog.pg_statistic', 'select')";

async fn begin(connection: &mut PgConnection) -> Result<()> {
    let opening = AssertSqlSafe(query::prologue());
    match sqlx::raw_sql(opening).execute(connection).await {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::new(format!("cannot read the planner's statistics: {error}")).with_source(error)),
    }
}

async fn rows(connection: &mut PgConnection, what: &str, sql: &str, major: u32) -> Result<Vec<PgRow>> {
    let mut fitting = String::new();
    query::fit(sql, major, Depth::Whole, &mut fitting);
    match sqlx::raw_sql(AssertSqlSafe(fitting)).fetch_all(&mut *connection).await {
        Ok(rows) => Ok(rows),
        Err(error) => {
            query::rollback(connection).await;
            Err(Error::new(format!("cannot read the planner's {what}: {error}")).with_source(error))
        }
    }
}

fn taken<T>(rows: &[PgRow], take: fn(&PgRow) -> sqlx::Result<T>) -> Result<Vec<T>> {
    let taken = rows.iter().map(take).collect::<sqlx::Result<_>>();
    taken.map_err(|error| Error::new(format!("cannot read the planner's statistics: {error}")).with_source(error))
}

fn relation(row: &PgRow) -> sqlx::Result<RelationSize> {
    Ok(RelationSize {
        name: QName::new(row.try_get::<String, _>("schema")?, row.try_get::<String, _>("name")?),
        pages: row.try_get("pages")?,
        tuples: row.try_get("tuples")?,
        all_visible: row.try_get("all_visible")?,
        blocks: row.try_get("blocks")?,
    })
}

fn column(row: &PgRow) -> sqlx::Result<ColumnStatistics> {
    Ok(ColumnStatistics {
        null_fraction: row.try_get("null_frac")?,
        width: row.try_get("avg_width")?,
        distinct: row.try_get("n_distinct")?,
        common_values: row.try_get("common_values")?,
        common_frequencies: row.try_get("common_frequencies")?,
        histogram: row.try_get("histogram")?,
        correlation: row.try_get("correlation")?,
        common_elements: row.try_get("common_elements")?,
        element_frequencies: row.try_get("element_frequencies")?,
        element_counts: row.try_get("element_counts")?,
        ..range(row)?
    })
}

fn range(row: &PgRow) -> sqlx::Result<ColumnStatistics> {
    let name = |column| row.try_get::<String, _>(column).map(Name::from);
    Ok(ColumnStatistics {
        schema: name("schema")?,
        relation: name("relation")?,
        column: name("column")?,
        inherited: row.try_get("inherited")?,
        range_lengths: row.try_get("range_lengths")?,
        range_empty: row.try_get("range_empty")?,
        range_bounds: row.try_get("range_bounds")?,
        ..ColumnStatistics::default()
    })
}

fn together(row: &PgRow) -> sqlx::Result<ExtendedStatistics> {
    let name = |column| row.try_get::<String, _>(column).map(Name::from);
    Ok(ExtendedStatistics {
        schema: name("schema")?,
        name: name("name")?,
        columns: row.try_get("columns")?,
        inherited: row.try_get("inherited")?,
        distinct: row.try_get("distinct_values")?,
        dependencies: row.try_get("dependencies")?,
        common_values: row.try_get("common_values")?,
        expressions: Vec::new(),
        missing: row.try_get("missing")?,
    })
}

fn setting(row: &PgRow) -> sqlx::Result<(Name, String)> {
    Ok((Name::from(row.try_get::<String, _>("name")?), row.try_get("setting")?))
}

fn statement(row: &PgRow) -> sqlx::Result<StatementStatistics> {
    Ok(StatementStatistics {
        query: row.try_get("query")?,
        role: row.try_get::<Option<String>, _>("role")?.map(Name::from),
        calls: row.try_get("calls")?,
        total_ms: row.try_get("total_ms")?,
        rows: row.try_get("rows")?,
        id: row.try_get("id")?,
    })
}
