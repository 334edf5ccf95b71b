//! A scratch server that plans as production would: it has the schema and the planner's statistics, and no data.
//!
//! Statistics are put in its catalogs, and its files are stretched to production's sizes (`files`). Indexes that
//! are tried are really made, on tables that are empty for that moment, and are then given the size they would have
//! (`build`); which of them a plan may use is said in `pg_index` in a transaction that is rolled back.

mod build;
mod extended;
mod files;
mod statistics;

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::postgres::{PgDatabaseError, PgErrorPosition, PgRow};
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use super::source::statements;
use crate::catalog::{Name, QName};
use crate::ddl::planning::{act_as, add_extension, explain, prepare, set_as_in_routines, set_valid};
use crate::diagnostic::Diagnostic;
use crate::introspect::planner_statistics::PlannerStatistics;
use crate::scratch::Scratch;
use crate::sql::set_local;
use crate::{Error, Result};

pub use build::Built;
pub(super) use build::family;
pub(super) use statistics::ColumnFacts;

/// Where names are looked for, as platforms have it.
pub(super) const SEARCH_PATH: &str = "select set_config('search_path', '\"$user\", public' || case when exists \
    (select from pg_catalog.pg_namespace where nspname = 'extensions') then ', extensions' else '' end, false)";

/// The laboratory.
pub struct Lab {
    connection: PgConnection,
    /// Whether the server restores statistics (`pg_restore_attribute_stats`); the catalogs of others are written to.
    restores: bool,
    files: files::Files,
    relations: BTreeMap<QName, Placed>,
    /// The partitions of each partitioned table that have rows of their own.
    leaves: BTreeMap<QName, Vec<QName>>,
    /// What the planner knows of each column of a table, by name.
    pub(super) columns: BTreeMap<(QName, Name), ColumnFacts>,
    /// Where the operators of `pg_trgm` are; `None` where the server does not have them.
    pub(super) trigram_schema: Option<String>,
    /// Whether production has the extension, too.
    pub(super) has_trigrams: bool,
    /// Whether text is ordered by its bytes, so that any index serves prefixes.
    pub(super) is_c_collated: bool,
    /// How many statements have been planned.
    pub planned: usize,
}

/// A relation of the scratch server, and what it shall look like.
#[derive(Clone, Debug)]
struct Placed {
    oid: i64,
    /// The file, relative to the data directory; `None` for what has none.
    path: Option<String>,
    pages: i32,
    tuples: f32,
    all_visible: i32,
    blocks: u64,
}

/// One statement to plan, and who runs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The statement.
    pub sql: String,
    /// The role; `None` for the server's own, which no row-level security binds.
    pub role: Option<Name>,
    /// What `request.jwt.claims` is set to.
    pub claims: Option<String>,
    /// The settings of the functions that it is run in, as they have them (`proconfig`), the innermost last.
    pub settings: Vec<String>,
}

/// Why a statement cannot be prepared.
#[derive(Debug)]
pub(super) struct Refused {
    /// The server's code (`SQLSTATE`).
    pub(super) code: String,
    /// How many characters of the statement stand before what is wrong.
    pub(super) at: Option<usize>,
    /// What it said.
    pub(super) error: Error,
}

impl Lab {
    /// Makes of a scratch database that has the schema one that plans with `statistics`; with what could not be had.
    ///
    /// # Errors
    /// Where the server is not one of our own, or does not take what is written.
    pub async fn open(scratch: &Scratch, statistics: &PlannerStatistics) -> Result<(Self, Vec<Diagnostic>)> {
        if !scratch.is_own() {
            return Err(
                Error::new("costs need a scratch server of our own: its catalogs and files are written to")
                    .with_hint("leave --shadow out"),
            );
        }
        let mut noticed = Vec::new();
        let mut connection = scratch.connect().await?;
        let is_c = matches!(&*statistics.collate, "C" | "POSIX");
        let is_c_collated = if is_c {
            true
        } else {
            connection = statistics::collated(scratch, connection, &statistics.collate, &mut noticed).await?;
            statistics::is_c_collated(&mut connection).await?
        };
        let files = files::Files::of(&mut connection).await?;
        let mut lab = Self {
            connection,
            restores: scratch.version() >= 180_000,
            files,
            relations: BTreeMap::new(),
            leaves: BTreeMap::new(),
            columns: BTreeMap::new(),
            trigram_schema: None,
            has_trigrams: false,
            is_c_collated,
            planned: 0,
        };
        lab.settle(statistics, &mut noticed).await?;
        lab.put_extended(statistics, scratch.version() / 10_000, &mut noticed)
            .await?;
        lab.find_trigrams(&mut noticed).await?;
        Ok((lab, noticed))
    }

    async fn find_trigrams(&mut self, noticed: &mut Vec<Diagnostic>) -> Result<()> {
        const HOME: &str = "select n.nspname::text from pg_catalog.pg_extension as e \
            join pg_catalog.pg_namespace as n on n.oid = e.extnamespace where e.extname = 'pg_trgm'";
        let home = self.ask(HOME).await?;
        self.has_trigrams = !home.is_empty();
        if home.is_empty() {
            let schemas = self
                .ask("select nspname::text from pg_catalog.pg_namespace where nspname = 'extensions'")
                .await?;
            let place = if schemas.is_empty() { "public" } else { "extensions" };
            if let Err(error) = self.execute(&add_extension("pg_trgm", place)).await {
                let message = format!("indexes for texts that are anywhere in a value are not tried: {error}");
                noticed.push(Diagnostic::note("pg_trgm", message));
            }
        }
        self.trigram_schema = self.ask(HOME).await?.into_iter().next().flatten();
        Ok(())
    }

    /// Runs `SET` statements of a workload.
    ///
    /// # Errors
    /// Where one is no `SET`, or fails.
    pub async fn set(&mut self, statements: &[String]) -> Result<()> {
        for statement in statements {
            let is_set = statement
                .trim_start()
                .get(..4)
                .is_some_and(|word| word.eq_ignore_ascii_case("set "));
            if !is_set || statement.contains(';') {
                return Err(Error::new(format!("`{statement}` is no SET statement"))
                    .with_hint("a workload's `session` may hold settings alone"));
            }
            self.execute(statement).await?;
        }
        // The load is what counts, not who waits for it.
        self.execute("set max_parallel_workers_per_gather = 0; set jit = off")
            .await
    }

    /// The plans of `calls` when `shown` of what was tried may be used and `hidden`, indexes by oid, may not.
    ///
    /// # Errors
    /// Where one cannot be planned.
    pub async fn plans(&mut self, calls: &[&Call], shown: &[i64], hidden: &[i64]) -> Result<Vec<Value>> {
        let mut message = String::from("begin;");
        for (oids, are_valid) in [(shown, true), (hidden, false)] {
            if !oids.is_empty() {
                message.push_str(&set_valid(oids, are_valid));
                message.push(';');
            }
        }
        for call in calls {
            if call.sql.contains(';') && statements(&call.sql).len() > 1 {
                return Err(Error::new("it is several statements"));
            }
            message.push_str(&set_local(
                "request.jwt.claims",
                call.claims.as_deref().unwrap_or_default(),
            ));
            message.push(';');
            // What a function sets is gone when it ends.
            if !call.settings.is_empty() {
                message.push_str("savepoint pgkeel_function;");
                message.push_str(&set_as_in_routines(&call.settings));
            }
            if let Some(role) = &call.role {
                message.push_str(&act_as(role));
                message.push(';');
            }
            message.push_str(&explain(&call.sql));
            message.push(';');
            if call.role.is_some() {
                message.push_str("set local role none;");
            }
            if !call.settings.is_empty() {
                message.push_str("rollback to savepoint pgkeel_function;");
            }
        }
        message.push_str("rollback");
        let rows = sqlx::raw_sql(AssertSqlSafe(message))
            .fetch_all(&mut self.connection)
            .await;
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => {
                let _ = sqlx::raw_sql("rollback").execute(&mut self.connection).await;
                return Err(failed("it cannot be planned", error));
            }
        };
        self.planned += calls.len();
        let plans = rows.iter().map(plan_in).collect::<Result<Vec<_>>>()?;
        if plans.len() != calls.len() {
            return Err(Error::new(
                "a statement that is several, or an EXPLAIN, cannot be planned",
            ));
        }
        Ok(plans)
    }

    /// The types of the parameters of `sql`, as the server takes them with the `settings` of functions.
    ///
    /// # Errors
    /// Where it cannot be prepared.
    pub(super) async fn parameter_types(&mut self, sql: &str, settings: &[String]) -> Result<Vec<String>, Refused> {
        const TYPES: &str = "; select unnest(parameter_types)::text from pg_catalog.pg_prepared_statements \
            where name = 'pgkeel_statement'; deallocate pgkeel_statement; rollback";
        let before = [
            "begin;",
            &set_as_in_routines(settings),
            &prepare("pgkeel_statement", ""),
        ]
        .concat();
        let message = [&before, sql, TYPES].concat();
        match sqlx::raw_sql(AssertSqlSafe(message))
            .fetch_all(&mut self.connection)
            .await
        {
            Ok(rows) => Ok(rows.iter().filter_map(|row| row.try_get::<String, _>(0).ok()).collect()),
            Err(error) => {
                // What is prepared stays; the connection's own statements have to.
                for statement in ["rollback", "deallocate pgkeel_statement"] {
                    let _ = sqlx::raw_sql(statement).execute(&mut self.connection).await;
                }
                let said = error.as_database_error();
                let position = said.and_then(|said| said.try_downcast_ref::<PgDatabaseError>()?.position());
                let at = match position {
                    Some(PgErrorPosition::Original(position)) => position.checked_sub(before.chars().count() + 1),
                    _ => None,
                };
                let code = said.and_then(|said| said.code()).unwrap_or_default().into_owned();
                let error = failed("it cannot be prepared", error);
                Err(Refused { code, at, error })
            }
        }
    }

    /// One column of rows, as text.
    pub(super) async fn ask(&mut self, sql: &str) -> Result<Vec<Option<String>>> {
        let rows = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .fetch_all(&mut self.connection)
            .await;
        let rows = rows.map_err(|error| failed("the scratch server does not answer", error))?;
        Ok(rows.iter().map(|row| row.try_get(0).unwrap_or_default()).collect())
    }

    async fn execute(&mut self, sql: &str) -> Result<()> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()))
            .execute(&mut self.connection)
            .await;
        done.map(|_| ())
            .map_err(|error| failed(&format!("`{sql}` fails on the scratch server"), error))
    }

    /// The rows that a table is taken to have, its partitions' included.
    pub(super) fn rows(&self, table: &QName) -> f64 {
        let of_one = |table: &QName| {
            let Some(placed) = self.relations.get(table) else {
                return 0.0;
            };
            match placed.pages {
                0 => f64::from(placed.tuples.max(0.0)),
                pages => f64::from(placed.tuples.max(0.0)) / f64::from(pages) * placed.blocks as f64,
            }
        };
        match self.leaves.get(table) {
            Some(leaves) => leaves.iter().map(of_one).sum(),
            None => of_one(table),
        }
    }

    /// The bytes of a relation, its partitions' included.
    pub(super) fn bytes(&self, relation: &QName) -> u64 {
        match self.leaves.get(relation) {
            Some(leaves) => leaves.iter().map(|leaf| self.own_bytes(leaf)).sum(),
            None => self.own_bytes(relation),
        }
    }

    /// The bytes of a relation's own file.
    pub(super) fn own_bytes(&self, relation: &QName) -> u64 {
        let placed = self.relations.get(relation);
        placed.map_or(0, |placed| placed.blocks * self.files.block)
    }
}

/// The plan that EXPLAIN gave.
pub(super) fn plan_in(row: &PgRow) -> Result<Value> {
    let raw = row.try_get_raw(0).map_err(|error| failed("no plan came back", error))?;
    let text = raw
        .as_str()
        .map_err(|error| Error::new(format!("no plan came back: {error}")))?;
    let mut plan: Value =
        serde_json::from_str(text).map_err(|error| Error::new(format!("a plan cannot be read: {error}")))?;
    Ok(plan[0]["Plan"].take())
}

/// An error of a server, with what it said.
pub(super) fn failed(what: &str, error: sqlx::Error) -> Error {
    let said = match &error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    Error::new(format!("{what}: {said}")).with_source(error)
}
