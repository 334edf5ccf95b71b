//! The one message that asks for everything, and what may go wrong with it.

use sqlx::{PgConnection, Row as _};

use crate::{Error, Result};

use super::{Depth, Family, Reader};

/// Opens the transaction, and pins every setting that changes the text of expressions and values, so that it is
/// the same for everybody.
const PROLOGUE: &[&str] = &[
    BEGIN,
    "set local search_path = ''",
    "set local client_encoding = 'UTF8'",
    "set local quote_all_identifiers = off",
    "set local standard_conforming_strings = on",
    "set local datestyle = 'ISO, YMD'",
    "set local intervalstyle = 'postgres'",
    "set local timezone = 'UTC'",
    "set local bytea_output = 'hex'",
    "set local extra_float_digits = 1",
    "set local xmlbinary = 'base64'",
    "set local lc_monetary = 'C'",
    "set local lc_numeric = 'C'",
    "set local lc_time = 'C'",
    // Compiling catalog queries takes longer than running them.
    "set local jit = off",
    // As is starting workers for them.
    "set local max_parallel_workers_per_gather = 0",
    // Each statement alone; the longest took a second with 10,000 tables.
    "set local statement_timeout = '5min'",
    "set local lock_timeout = '30s'",
];

/// Opens the transaction.
pub(super) const BEGIN: &str = "begin isolation level repeatable read read only";

/// Whether the message opens the transaction, or goes into one that is open.
#[derive(Clone, Copy)]
pub(super) enum Opening {
    Begins,
    Opened,
}

impl Opening {
    /// How many statements of the message come before the families'.
    pub(super) fn statements(self) -> usize {
        self.prologue().len()
    }

    fn prologue(self) -> &'static [&'static str] {
        match self {
            Self::Begins => PROLOGUE,
            Self::Opened => &PROLOGUE[1..],
        }
    }
}

/// Opens a read-only transaction in which settings are pinned, as one message.
pub(super) fn prologue() -> String {
    PROLOGUE.join(";\n")
}

/// The oldest major version that is read.
const OLDEST: u32 = 13;

/// Which settings and queries make one reading.
pub(super) fn message<'s>(queries: impl Iterator<Item = &'s str>, reader: &Reader<'_>, opening: Opening) -> String {
    let mut message = String::new();
    for statement in opening.prologue() {
        message.push_str(statement);
        message.push_str(";\n");
    }
    for query in queries {
        fit(query, reader.major, reader.depth, &mut message);
    }
    message.push_str("commit");
    message
}

/// Appends the query as the server can read it. Where majors differ, a query says
/// `/*since 15*/ new text /*else old text*/`, and where less is enough for types, `/*whole*/ all /*else some*/`: the
/// first is for a new server or a whole reading, and for whoever pastes the file.
pub(super) fn fit(query: &str, major: u32, depth: Depth, message: &mut String) {
    let mut rest = query;
    while let Some((before, condition, after)) = next_condition(rest) {
        message.push_str(before);
        let (first, after) = after.split_once("/*else").unwrap_or((after, "*/"));
        let (second, after) = after.split_once("*/").unwrap_or((after, ""));
        let is_first = match condition.strip_prefix("since ") {
            Some(since) => since.parse().is_ok_and(|since: u32| major >= since),
            None => depth == Depth::Whole,
        };
        message.push_str(if is_first { first } else { second });
        rest = after;
    }
    message.push_str(rest);
}

/// What stands before the next condition, the condition, and what follows.
fn next_condition(query: &str) -> Option<(&str, &str, &str)> {
    let start = [query.find("/*since "), query.find("/*whole*/")]
        .into_iter()
        .flatten()
        .min()?;
    let (condition, after) = query[start + 2..].split_once("*/")?;
    Some((&query[..start], condition, after))
}

/// The server's major version.
pub(super) async fn major(connection: &mut PgConnection) -> Result<u32> {
    let number = match connection.server_version_num() {
        Some(number) => number,
        None => {
            let row = sqlx::raw_sql("show server_version_num").fetch_one(connection).await;
            let text = row.and_then(|row| row.try_get::<String, _>(0));
            let text = text.map_err(|source| failed("the server's version", source))?;
            text.parse()
                .map_err(|_| Error::new(format!("`{text}` is not a version of PostgreSQL")))?
        }
    };
    let major = number / 10_000;
    if major < OLDEST {
        return Err(
            Error::new(format!("the server is PostgreSQL {major}, which cannot be read"))
                .with_hint(format!("PostgreSQL {OLDEST} and newer can")),
        );
    }
    Ok(major)
}

/// Ends a transaction that failed. A connection that is lost has none.
pub(super) async fn rollback(connection: &mut PgConnection) {
    // The failure that led here is the one to report.
    let _ = sqlx::raw_sql("rollback").execute(connection).await;
}

/// What went wrong, and at which family; `None` for the settings around them.
pub(super) struct Failure<'f> {
    pub(super) family: Option<&'f Family>,
    pub(super) source: sqlx::Error,
}

impl Failure<'_> {
    /// Whether the role may not read what was asked for (`insufficient_privilege`).
    pub(super) fn is_refusal(&self) -> bool {
        self.code().as_deref() == Some("42501")
    }

    /// The error to show.
    pub(super) fn explain(self) -> Error {
        let code = self.code();
        let what = self.family.map_or("the schema", |family| family.name).replace('_', " ");
        let error = failed(&what, self.source);
        match code.as_deref() {
            Some("25001") => error.with_hint("the connection is in a transaction already: end it first"),
            Some("42501") => error.with_hint("read with a role that can see the system catalogs"),
            Some("57014") => error.with_hint("a statement took too long: look for locks in pg_stat_activity"),
            Some("55P03") => error.with_hint("a migration seems to hold a lock: read again when it is done"),
            Some("XX000" | "42P01" | "42704") => error.with_hint("if the schema was being changed, read it again"),
            _ => error,
        }
    }

    fn code(&self) -> Option<String> {
        let code = self.source.as_database_error()?.code()?;
        Some(code.into_owned())
    }
}

/// The error for `what` not having been read.
fn failed(what: &str, source: sqlx::Error) -> Error {
    let message = match &source {
        sqlx::Error::Database(database) => format!("cannot read {what}: {}", database.message()),
        sqlx::Error::Io(io) => format!("the connection was lost while reading {what}: {io}"),
        other => format!("cannot read {what}: {other}"),
    };
    Error::new(message).with_source(source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_what_the_major_can_read() {
        let of = |major| {
            let mut text = String::new();
            let query = "select /*since 14*/ compression /*else ''*/ as compression,\n /*since 15*/x,/*else*/ y;";
            fit(query, major, Depth::Types, &mut text);
            text
        };
        assert_eq!(of(18), "select  compression  as compression,\n x, y;");
        assert_eq!(of(14), "select  compression  as compression,\n  y;");
        assert_eq!(of(13), "select  '' as compression,\n  y;");
    }

    #[test]
    fn the_prologue_is_as_many_statements_as_it_says() {
        assert!(PROLOGUE.iter().all(|statement| !statement.contains(';')));
    }
}
