//! Runs scripts as `psql -v ON_ERROR_STOP=1` would, each in a session of its own.
//!
//! Every statement is sent alone, so that `CREATE INDEX CONCURRENTLY` and transactions in a file do what they do in
//! psql. No file is put into a transaction that it does not open itself: tools differ in that, and a schema that only
//! one of them could make is better made than refused. What depends on it (`SET LOCAL`) is noted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use futures_util::TryStreamExt;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::{AssertSqlSafe, Connection, Row};

use super::extension::{self, StandIns};
use super::fault;
use super::files::SqlFile;
use super::meta::{self, Action};
use super::shadow;
use super::split::{Command, Piece, Splitter, Statement, Variables};
use super::statement::{self, Work};
use crate::diagnostic::Diagnostic;
use crate::{Error, Result};

/// How deep scripts may include each other.
const INCLUDE_DEPTH: usize = 32;

/// Runs `files` one after the other on `conn`, a connection to a scratch database, and gives what was skipped or stood
/// in for. Settings, roles, temporary tables and open transactions of a file end with it.
///
/// # Errors
/// The first that PostgreSQL reports, with its place in the file; or what cannot be replayed.
pub async fn replay(conn: &mut PgConnection, files: &[SqlFile]) -> Result<Vec<Diagnostic>> {
    let mut session = Session::open(conn).await?;
    let outcome = session.run_files(files).await;
    if session.is_shared {
        let is_named = |role: &str| files.iter().any(|file| file.text.contains(role));
        let claimed = shadow::claim_roles(session.conn, &session.roles, is_named).await;
        outcome.and(claimed)?;
    } else {
        outcome?;
    }
    Ok(session.notes)
}
/// A connection while scripts run on it.
pub(super) struct Session<'a> {
    pub(super) conn: &'a mut PgConnection,
    pub(super) notes: Vec<Diagnostic>,
    pub(super) stand_ins: StandIns,
    /// The name of the scratch database, which stands for whatever database a script names.
    database: String,
    /// Whether migrations run as `postgres`, which on this platform may do less than we.
    pub(super) has_migrator: bool,
    /// Whether other databases share the server.
    is_shared: bool,
    /// The roles that a shared server had before: other databases' affair.
    roles: BTreeSet<String>,
    standard_strings: bool,
    /// Whether the script has opened a transaction, as far as its statements tell.
    in_transaction: bool,
    /// The display commands that were skipped in this file, with the place of each first one and their number.
    skipped: BTreeMap<String, (String, usize)>,
}

impl<'a> Session<'a> {
    async fn open(conn: &'a mut PgConnection) -> Result<Self> {
        let asked = sqlx::raw_sql(
            "SELECT current_database(), session_user = 'supabase_admin', \
             coalesce(current_setting('pgkeel.stub_extensions', true), ''), \
             coalesce(current_setting('pgkeel.scratch', true), '') = 'shared', \
             coalesce(current_setting('pgkeel.platform', true), '') = 'supabase'",
        );
        let row: PgRow = asked.fetch_one(&mut *conn).await.map_err(lost)?;
        let stand_ins: String = row.try_get(2).map_err(lost)?;
        let is_shared = row.try_get(3).map_err(lost)?;
        let roles = if is_shared {
            shadow::roles(conn).await.map_err(lost)?
        } else {
            BTreeSet::new()
        };
        Ok(Self {
            notes: Vec::new(),
            roles,
            stand_ins: StandIns::new(&stand_ins, row.try_get(4).map_err(lost)?),
            database: row.try_get(0).map_err(lost)?,
            has_migrator: row.try_get(1).map_err(lost)?,
            is_shared,
            standard_strings: true,
            in_transaction: false,
            skipped: BTreeMap::new(),
            conn,
        })
    }

    async fn run_files(&mut self, files: &[SqlFile]) -> Result<()> {
        for file in files {
            self.reset().await?;
            self.become_migrator().await?;
            let outcome = self.run_file(file, 0).await;
            self.end_transaction(file, outcome.is_ok()).await?;
            outcome?;
            self.note_skipped();
        }
        self.reset().await
    }

    /// Makes the session as good as new. The client forgets its prepared statements first, as the server will.
    async fn reset(&mut self) -> Result<()> {
        self.conn.clear_cached_statements().await.map_err(lost)?;
        self.standard_strings = true;
        self.in_transaction = false;
        self.execute("DISCARD ALL").await.map_err(lost)
    }

    async fn become_migrator(&mut self) -> Result<()> {
        if self.has_migrator {
            self.execute("SET SESSION AUTHORIZATION postgres").await.map_err(lost)?;
        }
        Ok(())
    }

    /// Runs `sql` with all rights, whoever the script runs as, and returns to who that is.
    pub(super) async fn execute_as_owner(&mut self, sql: &str) -> sqlx::Result<()> {
        if !self.has_migrator {
            return self.execute(sql).await;
        }
        self.execute("RESET SESSION AUTHORIZATION").await?;
        let outcome = self.execute(sql).await;
        // In a failed transaction nothing more can be said, and its error counts.
        let back = self.execute("SET SESSION AUTHORIZATION postgres").await;
        outcome.and(back)
    }

    pub(super) async fn execute(&mut self, sql: &str) -> sqlx::Result<()> {
        sqlx::raw_sql(AssertSqlSafe(sql))
            .execute(&mut *self.conn)
            .await
            .map(|_| ())
    }

    async fn run_file(&mut self, file: &SqlFile, depth: usize) -> Result<()> {
        let mut variables = Variables::new();
        self.run_script(file, depth, &mut variables).await
    }

    async fn run_script(&mut self, file: &SqlFile, depth: usize, variables: &mut Variables) -> Result<()> {
        let mut splitter = Splitter::new(&file.text);
        while let Some(piece) = splitter.next(self.standard_strings, variables) {
            match piece {
                Piece::Statement(statement) => self.run_statement(file, &statement, &mut splitter).await?,
                Piece::Command(command) => {
                    self.run_command(file, &command, &mut splitter, depth, variables)
                        .await?;
                }
            }
        }
        Ok(())
    }

    async fn run_statement(
        &mut self,
        file: &SqlFile,
        statement: &Statement,
        splitter: &mut Splitter<'_>,
    ) -> Result<()> {
        let failed = |error| fault::in_statement(file, statement, error);
        match statement::work(&statement.text) {
            Work::Plain => self.execute(&statement.text).await.map_err(failed)?,
            Work::Privileged => self.execute_as_owner(&statement.text).await.map_err(failed)?,
            Work::Setting => self.set(file, statement).await?,
            Work::UpdateExtension(name) => {
                // The server knows no versions of what only a stand-in has made.
                if let Ok((true, false)) = extension::state(self.conn, &name).await {
                    let message = format!("skipped: the stand-in for {name} has one version");
                    self.note(file, statement.start(), &message, |note| note);
                } else {
                    self.execute_as_owner(&statement.text).await.map_err(failed)?;
                }
            }
            Work::Transaction { opens } => {
                self.execute(&statement.text).await.map_err(failed)?;
                self.in_transaction = opens;
            }
            Work::Strings => {
                self.execute(&statement.text).await.map_err(failed)?;
                self.ask_strings().await;
            }
            Work::SetLocal => {
                if !self.in_transaction {
                    self.note(
                        file,
                        statement.start(),
                        "SET LOCAL has no effect outside a transaction",
                        |note| {
                            note.with_hint(
                                "a tool that runs the file in a transaction would heed it: write BEGIN and COMMIT",
                            )
                        },
                    );
                }
                self.execute(&statement.text).await.map_err(failed)?;
            }
            Work::CopyIn => self.copy_in(file, statement, splitter).await?,
            Work::CopyOut => self.copy_out(&statement.text).await.map_err(failed)?,
            Work::CreateExtension(wanted) => extension::create(self, file, statement, &wanted).await?,
            Work::IndexWithOptions(options) => extension::create_index(self, file, statement, &options).await?,
            Work::MakeDatabase => {
                self.note(
                    file,
                    statement.start(),
                    "skipped: the scratch database stands for this one",
                    |note| note,
                );
            }
            Work::NameDatabase(name, place) if name != self.database => {
                let message = format!("the scratch database stands for the database {name}");
                self.note(file, statement.start(), &message, |note| note);
                let quoted = format!("\"{}\"", self.database.replace('"', "\"\""));
                let renamed = statement.with_replaced(place, &quoted);
                self.execute_as_owner(&renamed.text)
                    .await
                    .map_err(|error| fault::in_statement(file, &renamed, error))?;
            }
            // Hosted, the migrating role may keep settings of its own kinds (`pgrst.…`, `app.…`) for roles and databases.
            Work::NameDatabase(..) => self.execute_as_owner(&statement.text).await.map_err(failed)?,
            Work::Role(name) if !self.is_others_role(&name) => {
                self.execute_as_owner(&statement.text).await.map_err(failed)?;
            }
            Work::Role(_) | Work::Server if self.is_shared => {
                let error = Error::new("this would change the shared server beyond the scratch database")
                    .with_hint("leave --shadow out: a server of pgkeel's own may be changed");
                return Err(fault::at(error, file, statement.start()));
            }
            Work::Role(_) | Work::Server => self.execute(&statement.text).await.map_err(failed)?,
        }
        Ok(())
    }

    /// Whether a role belongs to more than the scratch database, or may be any role.
    fn is_others_role(&self, name: &str) -> bool {
        self.roles.contains(name) || matches!(name, "all" | "current_user" | "session_user" | "current_role")
    }

    /// Runs a `SET`. A dump of a newer server sets what an older one does not know, and psql goes on.
    async fn set(&mut self, file: &SqlFile, statement: &Statement) -> Result<()> {
        const UNKNOWN: &str = "42704";
        let Err(error) = self.execute(&statement.text).await else {
            return Ok(());
        };
        let code = error
            .as_database_error()
            .and_then(|error| error.code())
            .map(std::borrow::Cow::into_owned);
        if self.in_transaction || code.as_deref() != Some(UNKNOWN) {
            return Err(fault::in_statement(file, statement, error));
        }
        self.note(
            file,
            statement.start(),
            "skipped: the scratch server does not know this setting",
            |note| note,
        );
        Ok(())
    }

    async fn run_command(
        &mut self,
        file: &SqlFile,
        command: &Command,
        splitter: &mut Splitter<'_>,
        depth: usize,
        variables: &mut Variables,
    ) -> Result<()> {
        match meta::action(command, variables) {
            Action::Nothing => {}
            Action::Skip => {
                let place = fault::line_name(&file.path, &file.text, command.start);
                self.skipped.entry(command.name.clone()).or_insert((place, 0)).1 += 1;
            }
            Action::Leave(why) => {
                self.note(
                    file,
                    command.start,
                    &format!("skipped \\{}: {why}", command.name),
                    |note| note,
                );
            }
            Action::Reset => drop(splitter.take()),
            Action::Quit => splitter.stop(),
            Action::Send => {
                if let Some(statement) = splitter.take() {
                    self.run_statement(file, &statement, splitter).await?;
                }
            }
            Action::SendResults => {
                if let Some(statement) = splitter.take() {
                    self.run_results(file, &statement).await?;
                }
            }
            Action::Copy(text) => {
                let statement = Statement::inserted(&text, command.start);
                self.copy_in(file, &statement, splitter).await?;
            }
            Action::Include(name, _) if depth == INCLUDE_DEPTH => {
                let error = Error::new(format!("scripts include each other without end, {name} at last"));
                return Err(fault::at(error, file, command.start));
            }
            Action::Include(name, only_beside) => {
                let included = include(file, &name, only_beside, command.start)?;
                Box::pin(self.run_script(&included, depth + 1, variables)).await?;
            }
            Action::Refuse(why) => {
                let error = Error::new(format!("cannot replay \\{}: {why}", command.name));
                return Err(fault::at(error, file, command.start));
            }
        }
        Ok(())
    }

    /// Runs each value of the statement's result as a statement of its own, as `\gexec` does.
    async fn run_results(&mut self, file: &SqlFile, statement: &Statement) -> Result<()> {
        let failed = |error| fault::in_statement(file, statement, error);
        let rows = sqlx::raw_sql(AssertSqlSafe(&*statement.text))
            .fetch_all(&mut *self.conn)
            .await
            .map_err(failed)?;
        for row in rows {
            for column in 0..row.len() {
                let made: Option<String> = row.try_get_unchecked(column).map_err(failed)?;
                let Some(made) = made else { continue };
                if statement::work(&made) == Work::MakeDatabase {
                    self.note(
                        file,
                        statement.start(),
                        "skipped: the scratch database stands for this one",
                        |note| note,
                    );
                    continue;
                }
                self.execute(&made).await.map_err(|error| {
                    let made = Statement::inserted(&made, statement.start());
                    fault::in_statement(file, &made, error)
                })?;
            }
        }
        Ok(())
    }

    async fn copy_in(&mut self, file: &SqlFile, statement: &Statement, splitter: &mut Splitter<'_>) -> Result<()> {
        let failed = |error| fault::in_statement(file, statement, error);
        let mut copy = self.conn.copy_in_raw(&statement.text).await.map_err(failed)?;
        let data = match splitter.copy_data() {
            Ok(data) => data,
            Err(place) => {
                let _ = copy.abort("no data").await;
                let error = Error::new("only the data's lines may follow COPY … FROM stdin");
                return Err(fault::at(error, file, place));
            }
        };
        copy.send(data.as_bytes()).await.map_err(failed)?;
        copy.finish().await.map_err(failed)?;
        Ok(())
    }

    /// Nobody reads what psql would print.
    async fn copy_out(&mut self, sql: &str) -> sqlx::Result<()> {
        let mut rows = self.conn.copy_out_raw(sql).await?;
        while rows.try_next().await?.is_some() {}
        Ok(())
    }

    /// How plain strings are read from here on. A failed transaction cannot be asked, and has changed nothing.
    async fn ask_strings(&mut self) {
        let asked = sqlx::raw_sql("SHOW standard_conforming_strings")
            .fetch_one(&mut *self.conn)
            .await;
        if let Ok(value) = asked.and_then(|row| row.try_get::<String, _>(0)) {
            self.standard_strings = value == "on";
        }
    }

    /// Rolls back what a file left open, as psql does by leaving. Only a savepoint tells for certain: it is refused
    /// outside a transaction with an error of its own.
    async fn end_transaction(&mut self, file: &SqlFile, warn: bool) -> Result<()> {
        let is_outside = match self.execute("SAVEPOINT pgkeel").await {
            Ok(()) => false,
            Err(error) => match error.as_database_error().and_then(|error| error.code()) {
                Some(code) => code == "25P01",
                // The server is gone; what ran before tells it better.
                None => return Ok(()),
            },
        };
        if is_outside {
            return Ok(());
        }
        if warn {
            let message = "the file ends within a transaction: it was rolled back, as psql does";
            self.notes
                .push(Diagnostic::warning(file.path.display().to_string(), message).with_hint("add COMMIT"));
        }
        self.execute("ROLLBACK").await.map_err(lost)
    }

    /// Adds a note about a place in `file`.
    pub(super) fn note(
        &mut self,
        file: &SqlFile,
        offset: usize,
        message: &str,
        finish: impl FnOnce(Diagnostic) -> Diagnostic,
    ) {
        let place = fault::line_name(&file.path, &file.text, offset);
        self.notes.push(finish(Diagnostic::note(place, message)));
    }

    /// One note for each command that was skipped in a file, however often.
    fn note_skipped(&mut self) {
        for (name, (place, count)) in std::mem::take(&mut self.skipped) {
            let times = if count > 1 {
                format!(", {count} times in all")
            } else {
                String::new()
            };
            self.notes.push(Diagnostic::note(
                place,
                format!("skipped \\{name}{times}: it only shows something"),
            ));
        }
    }
}

/// Reads the script that `\i` or `\ir` names.
fn include(file: &SqlFile, name: &str, only_beside: bool, place: usize) -> Result<SqlFile> {
    let beside = file.path.parent().unwrap_or(Path::new("")).join(name);
    let path = if only_beside || beside.exists() {
        beside
    } else {
        Path::new(name).to_owned()
    };
    let found = super::files::sql_file(&path);
    found.map_err(|error| {
        fault::at(error, file, place).with_hint("included files are looked for beside the including one")
    })
}

/// The error of a connection that does not even do what is ours to ask.
pub(super) fn lost(error: sqlx::Error) -> Error {
    Error::new(format!("the scratch database cannot be used: {error}")).with_source(error)
}
