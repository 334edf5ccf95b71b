//! What a planner is asked, by whom, and with which indexes; and what a scratch server makes of values that ANALYZE kept.

use crate::catalog::QName;
use crate::sql::{identifier, literal};

use super::name::{bare, qualified};
use super::routines::setting_clause;

/// Asks for the plan of a statement, which is not run (EXPLAIN).
pub fn explain(statement: &str) -> String {
    format!("EXPLAIN (FORMAT JSON, VERBOSE) {statement}")
}

/// Makes what follows in the transaction run as a role (SET ROLE).
pub fn act_as(role: &str) -> String {
    format!("SET LOCAL ROLE {}", bare(role))
}

/// Gives settings in the transaction the values that they have while a routine runs (`pg_proc.proconfig`).
pub fn set_as_in_routines(settings: &[String]) -> String {
    let set = settings
        .iter()
        .map(|setting| format!("SET LOCAL {};", setting_clause(setting)));
    set.collect()
}

/// Gives a statement a name, by which its parameters are known (PREPARE).
pub fn prepare(name: &str, statement: &str) -> String {
    format!("PREPARE {} AS {statement}", bare(name))
}

/// Asks for the rows that an index with a condition would have.
pub fn rows_where(table: &QName, condition: &str) -> String {
    format!("SELECT FROM {} WHERE {condition}", qualified(table))
}

/// Says of indexes, by object id, whether plans may use them (`pg_index.indisvalid`).
pub fn set_valid(indexes: &[i64], are_valid: bool) -> String {
    let list = indexes.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
    let list = literal(&format!("{{{list}}}")).to_string();
    format!("UPDATE pg_catalog.pg_index SET indisvalid = {are_valid} WHERE indexrelid = ANY ({list}::oid[])")
}

/// Drops indexes together (DROP INDEX).
pub fn drop_indexes(names: &[QName]) -> String {
    let list = names.iter().map(qualified).collect::<Vec<_>>().join(", ");
    format!("DROP INDEX {list}")
}

/// Makes an extension be there (CREATE EXTENSION).
pub fn add_extension(name: &str, schema: &str) -> String {
    format!("CREATE EXTENSION IF NOT EXISTS {} SCHEMA {}", bare(name), bare(schema))
}

/// Finds out what is in a table (ANALYZE).
pub fn analyze(table: &QName) -> String {
    format!("ANALYZE {}", qualified(table))
}

/// What ANALYZE kept of a column, as array constants.
#[derive(Clone, Copy, Debug)]
pub struct Sample<'a> {
    /// The type of the column.
    pub data_type: &'a str,
    /// The most common values.
    pub common: &'a str,
    /// The part of the rows that has each of them, from 0 to 1.
    pub frequencies: &'a str,
    /// Values that part the others into groups of one size.
    pub bounds: &'a str,
    /// The part of the rows that each of those groups is, from 0 to 1.
    pub group: f64,
}

impl Sample<'_> {
    /// What stands for the table: the values `v`, each with the part `f` of the rows that it is for.
    fn rows(&self) -> String {
        let list = |list: &str, data_type: &str| format!("{}::{data_type}[]", literal(list));
        format!(
            "(SELECT v, f FROM unnest({}, {}) AS common(v, f) UNION ALL SELECT v, {} FROM unnest({}) AS bounds(v)) AS s",
            list(self.common, self.data_type),
            list(self.frequencies, "float8"),
            self.group,
            list(self.bounds, self.data_type),
        )
    }

    /// Asks what ANALYZE would find in an expression of the column, as JSON.
    pub fn statistics_of(&self, expression: &str, column: &str) -> String {
        format!(
            "WITH sample AS (SELECT v, f FROM {}), \
             taken AS (SELECT ({expression}) AS e, f FROM (SELECT v AS {}, f FROM sample) AS row), \
             grouped AS (SELECT e, sum(f) AS f, count(*) AS n FROM taken WHERE e IS NOT NULL GROUP BY e), \
             common AS (SELECT e, f FROM grouped WHERE n > 1 OR f > 0.02 ORDER BY f DESC, e LIMIT 100), \
             rest AS (SELECT e FROM grouped WHERE NOT EXISTS (SELECT FROM common WHERE common.e = grouped.e)) \
             SELECT json_build_object( \
               'nulls', (SELECT coalesce(sum(f), 0) FROM taken WHERE e IS NULL), \
               'sampled', (SELECT count(*) FROM sample), 'distinct', (SELECT count(*) FROM grouped), \
               'width', (SELECT avg(pg_column_size(e)) FROM grouped), \
               'common', (SELECT array_agg(e ORDER BY f DESC, e)::text FROM common), \
               'frequencies', (SELECT array_agg(f ORDER BY f DESC, e)::text FROM common), \
               'histogram', (SELECT array_agg(e ORDER BY e)::text FROM rest))::text",
            self.rows(),
            identifier(column),
        )
    }

    /// Asks how often entries come in the JSON objects of the column, as JSON. `entries` makes them of a key `k` and its
    /// value `x`.
    pub fn entries_of(&self, entries: &str) -> String {
        let rows = self.rows();
        format!(
            "WITH entries AS (SELECT e, count(*) AS n FROM {rows} CROSS JOIN LATERAL (SELECT {entries} FROM \
             jsonb_each_text(CASE WHEN jsonb_typeof(v) = 'object' THEN v ELSE '{{}}' END) AS p(k, x)) AS q(e) \
             WHERE e IS NOT NULL GROUP BY e) \
             SELECT json_build_object('often', (SELECT json_agg(n) FROM entries WHERE n > 1), \
             'once', (SELECT count(*) FROM entries WHERE n = 1), 'sampled', (SELECT count(*) FROM {rows}))::text"
        )
    }
}
