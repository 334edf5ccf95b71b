//! Cuts a migration file into segments: what is committed at once, or runs alone outside any transaction.

use crate::scratch::fault;
use crate::scratch::files::SqlFile;
use crate::scratch::scan::{self, Kind, Token};
use crate::scratch::split::{Piece, Splitter, Statement, Variables};
use crate::scratch::statement::{self, Work};
use crate::{Error, Result};

/// How a file begins whose statements each run on their own.
const NO_TRANSACTION: [&str; 2] = ["-- no-transaction", "-- pgkeel: no-transaction"];

/// A file, ready to be run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Script {
    /// In the order to run them.
    pub(super) segments: Vec<Segment>,
    /// Every statement with the comments before it and without its semicolon, as the Supabase CLI records them.
    pub(super) statements: Vec<String>,
}

/// What is committed at once.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Segment {
    /// How it runs.
    pub(super) mode: Mode,
    /// The file's own `BEGIN`, with its options.
    pub(super) begin: Option<Statement>,
    /// Its statements: exactly one where it runs alone.
    pub(super) steps: Vec<Step>,
}

/// How a segment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// In one transaction with the row that says that it is done.
    Transaction,
    /// Outside any transaction.
    Alone,
}

/// A statement.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    /// What the server gets.
    pub(super) statement: Statement,
    /// The data of a `COPY … FROM stdin`.
    pub(super) data: Option<String>,
}

/// Cuts `file`.
///
/// # Errors
/// Where it holds what only psql does, or its transactions do not pair.
pub(super) fn cut(file: &SqlFile) -> Result<Script> {
    let each_alone = NO_TRANSACTION.iter().any(|mark| file.text.starts_with(mark));
    let mut splitter = Splitter::new(&file.text);
    let mut script = Script::default();
    let mut block: Option<Segment> = None;
    // Whether the last segment takes more statements.
    let mut is_open = false;
    let mut standard_strings = true;
    let mut from = 0;
    while let Some(piece) = splitter.next(standard_strings, &Variables::new()) {
        let statement = match piece {
            Piece::Statement(statement) => statement,
            Piece::Command(command) if matches!(&*command.name, "restrict" | "unrestrict") => continue,
            Piece::Command(command) => {
                let error = Error::new(format!("\\{} is psql's, and no migration tool runs it", command.name));
                return Err(fault::at(error, file, command.start).with_hint("write it as SQL, or leave it out"));
            }
        };
        let source = file.text[from..splitter.position()].trim().trim_end_matches(';').trim();
        script.statements.push(source.to_owned());
        from = splitter.position();
        let mut data = None;
        match statement::work(&statement.text) {
            Work::Transaction { opens: true } if block.is_none() => {
                block = Some(Segment::new(Mode::Transaction, Some(statement)));
                is_open = false;
                continue;
            }
            Work::Transaction { opens } => {
                let ended = if opens { None } else { block.take() };
                check_end(&statement, ended.is_some()).map_err(|error| fault::at(error, file, statement.start()))?;
                script
                    .segments
                    .extend(ended.filter(|segment| !segment.steps.is_empty()));
                continue;
            }
            Work::CopyIn => {
                let found = splitter.copy_data().map(str::to_owned);
                data = Some(found.map_err(|place| {
                    fault::at(
                        Error::new("only the data's lines may follow COPY … FROM stdin"),
                        file,
                        place,
                    )
                })?);
                from = splitter.position();
            }
            Work::CopyOut => {
                let error = Error::new("COPY … TO stdout has nobody to send to in a migration");
                return Err(fault::at(error, file, statement.start()).with_hint("leave it out"));
            }
            Work::Strings => standard_strings = !turns_off(&statement.text),
            _ => {}
        }
        let tokens = scan::tokens(&statement.text);
        refuse(&statement.text, &tokens).map_err(|error| fault::at(error, file, statement.start()))?;
        let alone = if is_outside(&statement.text, &tokens) {
            Some(Mode::Alone)
        } else if each_alone {
            Some(mode_of_one(&statement.text, &tokens))
        } else {
            None
        };
        let step = Step { statement, data };
        if let Some(block) = &mut block {
            block.steps.push(step);
            continue;
        }
        if alone.is_some() || !is_open {
            script
                .segments
                .push(Segment::new(alone.unwrap_or(Mode::Transaction), None));
        }
        is_open = alone.is_none();
        if let Some(segment) = script.segments.last_mut() {
            segment.steps.push(step);
        }
    }
    if let Some(begin) = block.and_then(|block| block.begin) {
        let error = Error::new("this transaction is never committed");
        return Err(fault::at(error, file, begin.start()).with_hint("add COMMIT, or leave BEGIN out"));
    }
    Ok(script)
}

impl Script {
    /// The settings of the session that the first `count` segments have left behind.
    pub(super) fn settings(&self, count: usize) -> impl Iterator<Item = &Step> {
        let done = self.segments.iter().take(count);
        done.flat_map(|segment| &segment.steps)
            .filter(|step| is_session_setting(&step.statement.text))
    }

    /// Whether the first `count` segments set `lock_timeout` for the session.
    pub(super) fn sets_lock_timeout(&self, count: usize) -> bool {
        self.settings(count)
            .any(|step| step.statement.text.to_ascii_lowercase().contains("lock_timeout"))
    }
}

impl Segment {
    fn new(mode: Mode, begin: Option<Statement>) -> Self {
        Self {
            mode,
            begin,
            steps: Vec::new(),
        }
    }

    /// The byte of the file that it starts at.
    pub(super) fn start(&self) -> usize {
        let first = self.begin.as_ref().or(self.steps.first().map(|step| &step.statement));
        first.map_or(0, Statement::start)
    }
}

/// What ends a transaction has to end one, and to keep it.
fn check_end(statement: &Statement, ends_one: bool) -> Result<()> {
    let word = statement
        .text
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .to_ascii_uppercase();
    let chains = scan::tokens(&statement.text)
        .windows(2)
        .any(|pair| pair[0].is(&statement.text, "and") && pair[1].is(&statement.text, "chain"));
    match word.as_str() {
        "COMMIT" | "END" if ends_one && !chains => Ok(()),
        "BEGIN" | "START" => {
            Err(Error::new("a transaction within a transaction").with_hint("end the first with COMMIT"))
        }
        "COMMIT" | "END" if !ends_one => Err(Error::new(format!("{word} without a BEGIN before it"))
            .with_hint("write BEGIN where the transaction begins, or leave both out: the file is one transaction")),
        _ => Err(Error::new(format!("{} in a migration", statement.text.trim()))
            .with_hint("a migration that is recorded has to be kept: end its transactions with COMMIT")),
    }
}

/// What would take the run's own session away from it.
fn refuse(text: &str, tokens: &[Token]) -> Result<()> {
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token: &Token| token.is(text, word));
    if is(0, "discard") && is(1, "all") {
        return Err(
            Error::new("DISCARD ALL would give up the lock that keeps other runs away")
                .with_hint("leave it out: each file starts with a session as good as new"),
        );
    }
    if is(0, "prepare") && is(1, "transaction") {
        return Err(Error::new("a prepared transaction is not recorded with what it does")
            .with_hint("end the transaction with COMMIT"));
    }
    Ok(())
}

/// Whether the statement cannot run in a transaction (manual, the notes of each command).
fn is_outside(text: &str, tokens: &[Token]) -> bool {
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token: &Token| token.is(text, word));
    let any = |word: &str| top_level(tokens).any(|token| token.is(text, word));
    let second = |words: &[&str]| words.iter().any(|word| is(1, word));
    match () {
        () if is(0, "create") => {
            (is(1, "index") && is(2, "concurrently"))
                || (is(1, "unique") && is(2, "index") && is(3, "concurrently"))
                || second(&["database", "tablespace", "subscription"])
        }
        () if is(0, "drop") => {
            (is(1, "index") && is(2, "concurrently")) || second(&["database", "tablespace", "subscription"])
        }
        () if is(0, "alter") => {
            (is(1, "table") && any("detach") && tokens.last().is_some_and(|last| last.is(text, "concurrently")))
                || is(1, "system")
                || (is(1, "database") && any("tablespace"))
                || (is(1, "subscription") && any("refresh"))
        }
        () if is(0, "reindex") => {
            tokens.iter().any(|token| token.is(text, "concurrently"))
                || any("schema")
                || any("database")
                || any("system")
        }
        () if is(0, "vacuum") => true,
        // Without a table it clusters all, each in a transaction of its own.
        () if is(0, "cluster") => tokens.len() == 1,
        () => false,
    }
}

/// Whether one statement of a file without transactions can share one with its record: all but what may commit by itself.
fn mode_of_one(text: &str, tokens: &[Token]) -> Mode {
    const ATOMIC: [&str; 17] = [
        "create", "alter", "drop", "comment", "grant", "revoke", "insert", "update", "delete", "merge", "truncate",
        "select", "with", "copy", "set", "reset", "security",
    ];
    let is_atomic = tokens
        .first()
        .is_some_and(|first| ATOMIC.iter().any(|word| first.is(text, word)));
    if is_atomic { Mode::Transaction } else { Mode::Alone }
}

/// The tokens outside parentheses.
fn top_level(tokens: &[Token]) -> impl Iterator<Item = &Token> {
    let mut depth = 0_usize;
    tokens.iter().filter(move |token| {
        match token.kind {
            Kind::Open => depth += 1,
            Kind::Close => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })
}

/// Whether a statement sets something that outlives its transaction and not the session.
fn is_session_setting(text: &str) -> bool {
    let tokens = scan::tokens(text);
    let is = |index: usize, word: &str| tokens.get(index).is_some_and(|token: &Token| token.is(text, word));
    if is(0, "set") {
        return !["local", "transaction", "constraints"].iter().any(|word| is(1, word));
    }
    is(0, "reset")
        || (is(0, "select")
            && tokens.iter().any(|token| token.is(text, "set_config"))
            && tokens.iter().any(|token| token.is(text, "false")))
}

fn turns_off(text: &str) -> bool {
    let value = text.trim_end().trim_end_matches('\'').to_ascii_lowercase();
    ["off", "false", "no", "0"].iter().any(|off| value.ends_with(off))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SqlFile {
        SqlFile {
            path: "1_a.sql".into(),
            text: text.to_owned(),
        }
    }

    /// `t` for a transaction and `a` for alone, each with its number of statements.
    fn shape(text: &str) -> String {
        let script = cut(&file(text)).unwrap();
        let parts = script.segments.iter().map(|segment| {
            let mode = if segment.mode == Mode::Alone { "a" } else { "t" };
            format!("{mode}{}", segment.steps.len())
        });
        parts.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_cannot_run_in_a_transaction_runs_alone() {
        for text in [
            "create index concurrently i on t (a)",
            "CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS \"i\" ON t (a)",
            "drop index concurrently i",
            "reindex index concurrently i",
            "REINDEX (VERBOSE) TABLE CONCURRENTLY t",
            "reindex (concurrently) table t",
            "reindex schema public",
            "alter table p detach partition c concurrently",
            "vacuum (analyze) t",
            "alter system set work_mem = '1MB'",
            "create database d",
            "drop database d",
            "create subscription s connection '' publication p",
            "cluster",
        ] {
            assert_eq!(shape(text), "a1", "{text}");
            assert_eq!(
                shape(&format!("select 1; select 2; {text}; select 3")),
                "t2 a1 t1",
                "{text}"
            );
        }
        for text in [
            "create index i on t (a)",
            "create table concurrently (a int)",
            "refresh materialized view concurrently m",
            "reindex table t",
            "cluster t using i",
            "alter table t add column system int",
        ] {
            assert_eq!(shape(text), "t1", "{text}");
        }
    }

    #[test]
    fn the_files_own_transactions_are_kept() {
        let text = "set a.b = 'c'; begin isolation level serializable; select 1; select 2; commit; select 3; \
                    start transaction; select 4; end; begin; commit;";
        assert_eq!(shape(text), "t1 t2 t1 t1");
        let script = cut(&file(text)).unwrap();
        let begin = script.segments[1].begin.as_ref().unwrap();
        assert_eq!(begin.text, "begin isolation level serializable");
        assert_eq!(script.settings(2).count(), 1);
        assert_eq!(script.settings(0).count(), 0);
        assert_eq!(script.statements.len(), 11);
    }

    #[test]
    fn a_file_without_transactions_runs_each_statement_with_its_record_where_it_can() {
        for mark in NO_TRANSACTION {
            let text = format!(
                "{mark}\ncreate table t (); do $$ begin commit; end $$; call p(); insert into t default values"
            );
            assert_eq!(shape(&text), "t1 a1 a1 t1");
        }
        assert_eq!(shape("\n-- no-transaction\nselect 1; select 2"), "t2");
    }

    #[test]
    fn statements_are_recorded_with_their_comments() {
        let script = cut(&file("-- why\nselect 1;\n\n/* a; */ select ';' ;\n-- the end\n")).unwrap();
        assert_eq!(script.statements, ["-- why\nselect 1", "/* a; */ select ';'"]);
    }

    #[test]
    fn data_follows_a_copy() {
        let script = cut(&file("copy t from stdin;\n1;\n\\.\nselect 1;")).unwrap();
        assert_eq!(script.segments[0].steps[0].data.as_deref(), Some("1;\n"));
        assert_eq!(script.segments[0].steps.len(), 2);
    }

    #[test]
    fn what_cannot_be_recorded_is_refused_at_its_place() {
        for (text, message, position) in [
            ("select 1;\n\\echo hi", "\\echo is psql's", (2, 1)),
            ("begin;\nbegin;", "a transaction within a transaction", (2, 1)),
            ("select 1; commit;", "COMMIT without a BEGIN", (1, 11)),
            ("begin; select 1; rollback;", "rollback in a migration", (1, 18)),
            (
                "begin; select 1; commit and chain;",
                "commit and chain in a migration",
                (1, 18),
            ),
            ("begin; select 1;", "never committed", (1, 1)),
            ("discard all", "DISCARD ALL", (1, 1)),
            ("prepare transaction 'a'", "prepared transaction", (1, 1)),
        ] {
            let error = cut(&file(text)).unwrap_err();
            assert!(error.to_string().contains(message), "{text}: {error}");
            assert_eq!(error.location().unwrap().position, Some(position), "{text}");
            assert!(error.hint().is_some(), "{text}");
        }
    }

    #[test]
    fn settings_of_the_session_are_known() {
        for text in [
            "set search_path = a",
            "SET SESSION lock_timeout = '1s'",
            "set role x",
            "reset all",
            "select pg_catalog.set_config('search_path', '', false)",
        ] {
            assert!(is_session_setting(text), "{text}");
        }
        for text in [
            "set local a.b = 1",
            "set constraints all deferred",
            "select 1",
            "select set_config('a.b', '', true)",
        ] {
            assert!(!is_session_setting(text), "{text}");
        }
    }
}
