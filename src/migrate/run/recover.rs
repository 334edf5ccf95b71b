//! What has become of a statement that runs outside any transaction, when nobody could record its end.

use sqlx::postgres::types::Oid;
use sqlx::{FromRow, PgConnection, query_as, query_scalar};

use crate::scratch::scan::{self, Kind, Token};
use crate::scratch::split::Statement;
use crate::{Error, Result};

/// A statement, as far as its interruption can be told from the catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Work {
    /// `CREATE INDEX CONCURRENTLY`: the index, where it has a name, and the table as it is written.
    CreateIndex { index: Option<String>, table: String },
    /// `DROP INDEX CONCURRENTLY`: the index as it is written.
    DropIndex(String),
    /// `REINDEX … CONCURRENTLY` of a table or index as it is written, or of more.
    Reindex(Option<String>),
    /// `ALTER TABLE … DETACH PARTITION … CONCURRENTLY`: both as they are written, and where its last word stands.
    Detach {
        table: String,
        partition: String,
        concurrently: std::ops::Range<usize>,
    },
    /// `CREATE` or `DROP` of what belongs to the whole server.
    Shared { creates: bool, kind: Shared, name: String },
    /// Anything else.
    Other,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shared {
    Database,
    Tablespace,
    Subscription,
}

/// What is to be done with the statement now.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: it has done what it does.
    Done,
    /// First these, each outside a transaction, then the statement.
    Run(Vec<String>),
    /// Another statement instead.
    Instead(Statement),
}

#[derive(FromRow)]
struct Index {
    is_valid: bool,
    drop_it: String,
    builder: Option<i32>,
}

/// What is to be done with `statement`; `started` tells whether an earlier run sent it, with what it knew of the table's
/// indexes. An index that others left invalid is found either way.
///
/// # Errors
/// Where the database does not answer, or somebody is building that index now.
pub(super) async fn look(
    conn: &mut PgConnection,
    statement: &Statement,
    started: bool,
    known: Option<&[Oid]>,
) -> Result<Next> {
    let failed = super::session::cannot;
    let run = || Ok(Next::Run(Vec::new()));
    match work(&statement.text) {
        Work::CreateIndex {
            index: Some(index),
            table,
        } => {
            let found: Vec<Index> = query_as(include_str!("sql/index_state.sql"))
                .bind(&table)
                .bind(&index)
                .persistent(false)
                .fetch_all(conn)
                .await
                .map_err(failed)?;
            built(found, started)
        }
        Work::CreateIndex { index: None, table } => {
            let Some(known) = known.filter(|_| started) else {
                return run();
            };
            let found: Vec<Index> = query_as(include_str!("sql/new_indexes.sql"))
                .bind(&table)
                .bind(known)
                .persistent(false)
                .fetch_all(conn)
                .await
                .map_err(failed)?;
            built(found, started)
        }
        Work::Reindex(target) if started => {
            let found: Vec<Index> = query_as(include_str!("sql/reindex_leftovers.sql"))
                .bind(&target)
                .persistent(false)
                .fetch_all(conn)
                .await
                .map_err(failed)?;
            built(found, false)
        }
        Work::DropIndex(index) if started => {
            let is_there: bool = query_scalar("SELECT to_regclass($1) IS NOT NULL")
                .bind(&index)
                .persistent(false)
                .fetch_one(conn)
                .await
                .map_err(failed)?;
            if is_there { run() } else { Ok(Next::Done) }
        }
        Work::Detach {
            table,
            partition,
            concurrently,
        } => {
            // Servers before 14 have neither the statement nor the column.
            let pending: Option<bool> = query_scalar(
                "SELECT coalesce((to_jsonb(i) ->> 'inhdetachpending')::boolean, false) FROM pg_inherits AS i \
                 WHERE inhparent = to_regclass($1) AND inhrelid = to_regclass($2)",
            )
            .bind(&table)
            .bind(&partition)
            .persistent(false)
            .fetch_optional(conn)
            .await
            .map_err(failed)?;
            match pending {
                Some(true) => Ok(Next::Instead(statement.with_replaced(concurrently, "FINALIZE"))),
                None if started => Ok(Next::Done),
                _ => run(),
            }
        }
        Work::Shared { creates, kind, name } if started => {
            let sql = match kind {
                Shared::Database => "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1::name)",
                Shared::Tablespace => "SELECT EXISTS (SELECT FROM pg_tablespace WHERE spcname = $1::name)",
                Shared::Subscription => {
                    "SELECT EXISTS (SELECT FROM pg_subscription WHERE subname = $1::name AND subdbid = \
                     (SELECT oid FROM pg_database WHERE datname = current_database()))"
                }
            };
            let is_there: bool = query_scalar(sql)
                .bind(&name)
                .persistent(false)
                .fetch_one(conn)
                .await
                .map_err(failed)?;
            if is_there == creates { Ok(Next::Done) } else { run() }
        }
        _ => run(),
    }
}

/// The indexes of the table that an index without a name is built on: what [`look`] wants to know later.
pub(super) async fn indexes_before(conn: &mut PgConnection, statement: &Statement) -> sqlx::Result<Option<Vec<Oid>>> {
    let Work::CreateIndex { index: None, table } = work(&statement.text) else {
        return Ok(None);
    };
    let list = query_scalar("SELECT indexrelid FROM pg_index WHERE indrelid = to_regclass($1) ORDER BY 1")
        .bind(table)
        .persistent(false)
        .fetch_all(conn);
    list.await.map(Some)
}

/// Whether waiting for locks harms nobody: it queues nothing up behind it that reads or writes.
pub(super) fn may_wait(statement: &Statement) -> bool {
    matches!(
        work(&statement.text),
        Work::CreateIndex { .. } | Work::DropIndex(_) | Work::Reindex(_)
    )
}

/// Whether the statement leaves something behind when it fails that is found only by who knows that it was sent.
pub(super) fn leaves_a_trace(statement: &Statement) -> bool {
    matches!(
        work(&statement.text),
        Work::CreateIndex { index: None, .. } | Work::Reindex(_)
    )
}

/// What to do about what was found of a build.
fn built(found: Vec<Index>, started: bool) -> Result<Next> {
    if let Some(builder) = found.iter().find_map(|index| index.builder) {
        return Err(
            Error::new(format!("this index is being built at this moment, by pid {builder}"))
                .with_hint("wait until it is done, and run it again"),
        );
    }
    if started && !found.is_empty() && found.iter().all(|index| index.is_valid) {
        return Ok(Next::Done);
    }
    let invalid = found.into_iter().filter(|index| !index.is_valid);
    Ok(Next::Run(invalid.map(|index| index.drop_it).collect()))
}

/// Reads the statement's words.
fn work(text: &str) -> Work {
    read(text).unwrap_or(Work::Other)
}

fn read(text: &str) -> Option<Work> {
    let tokens = scan::tokens(text);
    let mut words = Words { text, tokens: &tokens };
    let creates = words.take("create");
    if !creates && words.take("reindex") {
        let is_concurrent = tokens.iter().any(|token| token.is(text, "concurrently"));
        return is_concurrent.then(|| Work::Reindex(words.reindexed()));
    }
    if !creates && words.take("alter") {
        return words.detached();
    }
    if !creates && !words.take("drop") {
        return None;
    }
    words.take("unique");
    if words.take("index") {
        if !words.take("concurrently") {
            return None;
        }
        words.skip_existence();
        if !creates {
            return words.qualified().map(Work::DropIndex);
        }
        let index = if words.take("on") {
            None
        } else {
            let name = words.name()?;
            words.take("on");
            Some(name)
        };
        words.take("only");
        let table = words.qualified()?;
        return Some(Work::CreateIndex { index, table });
    }
    let kinds = [
        ("database", Shared::Database),
        ("tablespace", Shared::Tablespace),
        ("subscription", Shared::Subscription),
    ];
    let (_, kind) = kinds.into_iter().find(|(word, _)| words.take(word))?;
    words.skip_existence();
    let name = words.name()?;
    Some(Work::Shared { creates, kind, name })
}

/// Tokens that have not been read yet.
struct Words<'a> {
    text: &'a str,
    tokens: &'a [Token],
}

impl Words<'_> {
    /// Goes past the key word, where it is next.
    fn take(&mut self, word: &str) -> bool {
        let is_next = self.tokens.first().is_some_and(|token| token.is(self.text, word));
        if is_next {
            self.tokens = &self.tokens[1..];
        }
        is_next
    }

    fn skip_existence(&mut self) {
        for word in ["if", "not", "exists"] {
            self.take(word);
        }
    }

    /// A name, folded or without its quotes.
    fn name(&mut self) -> Option<String> {
        let name = self.tokens.first()?.name(self.text)?;
        self.tokens = &self.tokens[1..];
        Some(name)
    }

    /// A name with its schema, as it is written.
    fn qualified(&mut self) -> Option<String> {
        let first = *self.tokens.first()?;
        let mut last = first;
        self.name()?;
        while self.tokens.first().is_some_and(|token| token.of(self.text) == ".") {
            last = *self.tokens.get(1)?;
            self.tokens = &self.tokens[2..];
        }
        Some(self.text[first.start..last.end].to_owned())
    }

    /// `(options) TABLE CONCURRENTLY name`: the name of a table or index.
    fn reindexed(&mut self) -> Option<String> {
        if self.tokens.first().is_some_and(|token| token.kind == Kind::Open) {
            let close = self.tokens.iter().position(|token| token.kind == Kind::Close)?;
            self.tokens = &self.tokens[close + 1..];
        }
        if !self.take("table") && !self.take("index") {
            return None;
        }
        self.take("concurrently");
        self.qualified()
    }

    /// `TABLE name DETACH PARTITION name CONCURRENTLY`.
    fn detached(&mut self) -> Option<Work> {
        if !self.take("table") {
            return None;
        }
        self.skip_existence();
        self.take("only");
        let table = self.qualified()?;
        if !self.take("detach") || !self.take("partition") {
            return None;
        }
        let partition = self.qualified()?;
        let last = *self.tokens.first()?;
        last.is(self.text, "concurrently").then_some(Work::Detach {
            table,
            partition,
            concurrently: last.start..last.end,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_tell_what_they_are_about() {
        let index = |index: Option<&str>, table: &str| Work::CreateIndex {
            index: index.map(str::to_owned),
            table: table.to_owned(),
        };
        assert_eq!(
            work("CREATE INDEX CONCURRENTLY Idx ON ONLY app.T (a)"),
            index(Some("idx"), "app.T")
        );
        assert_eq!(
            work("create unique index concurrently if not exists \"My i\" on \"S\" . \"t\" using btree (a)"),
            index(Some("My i"), "\"S\" . \"t\"")
        );
        assert_eq!(work("create index concurrently on t (a)"), index(None, "t"));
        assert_eq!(work("create index i on t (a)"), Work::Other);
        assert_eq!(
            work("drop index concurrently if exists app.\"I\" cascade"),
            Work::DropIndex("app.\"I\"".to_owned())
        );
        assert_eq!(
            work("reindex (verbose) table concurrently a.t"),
            Work::Reindex(Some("a.t".to_owned()))
        );
        assert_eq!(work("reindex schema concurrently a"), Work::Reindex(None));
        let Work::Detach {
            table,
            partition,
            concurrently,
        } = work("alter table if exists p.m detach partition p.m1 concurrently")
        else {
            panic!()
        };
        assert_eq!((table.as_str(), partition.as_str()), ("p.m", "p.m1"));
        assert_eq!(concurrently, 48..60);
        assert_eq!(
            work("drop database if exists \"D\" with (force)"),
            Work::Shared {
                creates: false,
                kind: Shared::Database,
                name: "D".to_owned()
            }
        );
        assert_eq!(work("vacuum t"), Work::Other);
        let waits = |text: &str| may_wait(&Statement::verbatim(text));
        assert!(waits("create index concurrently on t (a)") && waits("reindex table concurrently t"));
        assert!(!waits("vacuum full t") && !waits("call p()") && !waits("reindex database d"));
    }
}
