//! Runs one file, segment by segment, each with the row that says so.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use super::cut::{self, Mode, Script, Segment, Step};
use super::folder::{Migration, token_checksum};
use super::history::{self, Progress};
use super::recover::{self, Next};
use super::session::{self, Session};
use super::{Event, Report};
use crate::introspect::connect;
use crate::scratch::fault;
use crate::scratch::files::SqlFile;
use crate::scratch::split::Statement;
use crate::{Error, Result, sql};

/// How often a segment is tried that meets other people's locks.
const ATTEMPTS: u32 = 8;
/// The first pause between two tries; each is twice the one before.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// How often it is asked who is in the way.
const LOOK: Duration = Duration::from_millis(50);

/// One way of one migration.
pub(super) struct Job<'a> {
    pub(super) migration: &'a Migration,
    /// The file that is run.
    pub(super) file: &'a SqlFile,
    /// Whether it goes back.
    pub(super) is_down: bool,
    /// As PostgreSQL's setting; nothing leaves it as the session has it.
    pub(super) lock_timeout: Option<&'a str>,
}

/// What went wrong, and the server's SQLSTATE.
struct Failed {
    code: Option<String>,
    error: Error,
}

/// A run of one file.
struct Run<'a> {
    session: &'a mut Session,
    job: &'a Job<'a>,
    script: Script,
    /// The statements of the way forward, for the history.
    statements: Vec<String>,
    progress: Progress,
    /// Whether the progress is in the database.
    is_recorded: bool,
    started: Instant,
}

/// Runs what is left of the file; `progress` says what is not. Gives how long all of it took.
///
/// # Errors
/// The server's, with the place in the file. What was committed stays, and is known.
pub(super) async fn run(
    session: &mut Session,
    job: &Job<'_>,
    progress: Option<Progress>,
    report: Report<'_>,
) -> Result<Duration> {
    let script = cut::cut(job.file)?;
    let checksum = token_checksum([job.file.text.as_str()]);
    let is_recorded = progress.is_some();
    let progress = match progress {
        Some(progress) => resumed(job, &script, &checksum, progress)?,
        None => Progress {
            version: job.migration.version.clone(),
            is_down: job.is_down,
            checksum,
            segments: script.segments.len(),
            done: 0,
            started: false,
            indexes: None,
            elapsed: 0,
        },
    };
    let mut run = Run {
        session,
        job,
        statements: if job.is_down {
            Vec::new()
        } else {
            script.statements.clone()
        },
        script,
        progress,
        is_recorded,
        started: Instant::now(),
    };
    run.prepare().await?;
    if run.script.segments.is_empty() {
        run.record_after(0).await.map_err(|failed| failed.error)?;
    }
    while run.progress.done < run.script.segments.len() {
        let index = run.progress.done;
        report(Event::Segment {
            number: index + 1,
            of: run.script.segments.len(),
            alone: run.script.segments[index].mode == Mode::Alone,
        });
        run.run_segment(index, report).await?;
    }
    Ok(Duration::from_nanos(u64::try_from(run.elapsed()).unwrap_or(0)))
}

/// The statements that the history of the way forward records.
pub(super) fn statements(migration: &Migration) -> Result<Vec<String>> {
    Ok(cut::cut(&migration.up)?.statements)
}

/// Half of a file goes with the other half of the same file.
fn resumed(job: &Job<'_>, script: &Script, checksum: &[u8], progress: Progress) -> Result<Progress> {
    if progress.checksum == checksum && progress.segments == script.segments.len() {
        return Ok(progress);
    }
    let message = format!(
        "{} of {} segments of this migration are done, and its file was edited since",
        progress.done, progress.segments
    );
    Err(Error::new(message).at(&*job.file.path, None).with_hint(format!(
        "put the file back as it was, and run it again; or finish it by hand and say so: \
             pgkeel migrate repair --clear {}",
        job.migration.version
    )))
}

impl Run<'_> {
    /// The session as the file's first segments, if they are done, have left it.
    async fn prepare(&mut self) -> Result<()> {
        self.session.reset().await.map_err(session::cannot)?;
        let needs_progress =
            self.script.segments.len() > 1 || self.script.segments.iter().any(|segment| segment.mode == Mode::Alone);
        if needs_progress {
            let made = self.session.ensure(history::Table::Progress).await;
            made.map_err(|error| cannot_record("pgkeel.progress", error))?;
        }
        for step in self.script.settings(self.progress.done) {
            let set = self.session.execute(&step.statement.text).await;
            set.map_err(|error| failed_at(self.job.file, step, error).error)?;
        }
        Ok(())
    }

    /// Tries a segment until it gets its locks, a bounded number of times.
    async fn run_segment(&mut self, index: usize, report: Report<'_>) -> Result<()> {
        let mut blockers: Option<Blockers> = None;
        for attempt in 1.. {
            let tried = match self.script.segments[index].mode {
                Mode::Transaction => self.try_transaction(index).await,
                Mode::Alone => self.try_alone(index).await,
            };
            let Err(failed) = tried else { return Ok(()) };
            // Where this fails, the connection is lost, which has been told.
            let _ = self.session.execute("ROLLBACK").await;
            let blocked_by = blockers.as_ref().map(Blockers::seen).unwrap_or_default();
            if !failed.is_about_locks() {
                return Err(failed.error);
            }
            if attempt >= ATTEMPTS {
                return Err(gave_up(failed.error, attempt, &blocked_by));
            }
            let pause = pause(attempt);
            report(Event::Retrying {
                why: failed.error.to_string(),
                blocked_by,
                attempt,
                of: ATTEMPTS,
                pause,
            });
            blockers.get_or_insert_with(|| Blockers::watch(&self.session.url, self.session.pid));
            tokio::time::sleep(pause).await;
        }
        Ok(())
    }

    /// Runs a segment and says that it is done, in one transaction.
    async fn try_transaction(&mut self, index: usize) -> Result<(), Failed> {
        let (file, sets_timeout) = (self.job.file, self.script.sets_lock_timeout(index));
        let segment = &self.script.segments[index];
        let begin = segment.begin.as_ref().map_or("BEGIN", |begin| begin.text.as_str());
        self.session
            .execute(begin)
            .await
            .map_err(|error| at_segment(file, segment, begin, error))?;
        if let Some(timeout) = self.job.lock_timeout.filter(|_| !sets_timeout) {
            let set = sql::set_local("lock_timeout", timeout);
            let done = self.session.execute(&set).await;
            done.map_err(|error| at_segment(file, segment, &set, error))?;
        }
        for step in &segment.steps {
            send(self.session, file, step).await?;
        }
        let became = self.session.become_recorder().await;
        became.map_err(|error| Failed::new(error, |error| cannot_record("the history", error)))?;
        self.record(index + 1).await?;
        let committed = self.session.execute("COMMIT").await;
        committed.map_err(|error| at_segment(file, &self.script.segments[index], "COMMIT", error))?;
        self.progress.done = index + 1;
        self.is_recorded = true;
        Ok(())
    }

    /// Runs a segment outside any transaction: what an earlier try has left is finished or cleared away first.
    async fn try_alone(&mut self, index: usize) -> Result<(), Failed> {
        let (file, sets_timeout) = (self.job.file, self.script.sets_lock_timeout(index));
        self.session.check_alone().await?;
        let step = &self.script.segments[index].steps[0];
        let known = self.progress.indexes.as_deref();
        let next = recover::look(&mut self.session.conn, &step.statement, self.progress.started, known).await;
        let next = next.map_err(|error| fault::at(error, file, step.statement.start()))?;
        if let Some(timeout) = self.job.lock_timeout.filter(|_| !sets_timeout) {
            let timeout = if recover::may_wait(&step.statement) {
                "0"
            } else {
                timeout
            };
            let set = sqlx::query("SELECT set_config('lock_timeout', $1, false)").bind(timeout);
            let set = set.persistent(false).execute(&mut self.session.conn).await;
            set.map_err(|error| failed_at(file, step, error))?;
        }
        if !self.progress.started && next != Next::Done {
            let indexes = recover::indexes_before(&mut self.session.conn, &step.statement).await;
            self.progress.indexes = indexes.map_err(|error| failed_at(file, step, error))?;
            self.mark(true).await?;
        }
        let step = &self.script.segments[index].steps[0];
        let outcome = match &next {
            Next::Done => Ok(()),
            Next::Instead(statement) => {
                let ran = self.session.execute(&statement.text).await;
                ran.map_err(|error| Failed::new(error, |error| fault::in_statement(file, statement, error)))
            }
            Next::Run(first) => {
                for sql in first {
                    let ran = self.session.execute(sql).await;
                    ran.map_err(|error| {
                        Failed::new(error, |error| fault::about_statement(file, &step.statement, error))
                    })?;
                }
                send(self.session, file, step).await
            }
        };
        if let Err(failed) = outcome {
            let is_known = failed.code.is_some() && !recover::leaves_a_trace(&step.statement);
            if is_known {
                // Where the connection is lost the mark stays, which is right too.
                let _ = self.mark(false).await;
            }
            return Err(failed);
        }
        self.record_after(index + 1).await
    }

    /// Says that the next segment was sent, or that what became of it is known.
    async fn mark(&mut self, started: bool) -> Result<(), Failed> {
        self.progress.started = started;
        self.progress.elapsed = self.elapsed();
        self.started = Instant::now();
        let marked = self.write_progress().await;
        if marked.is_ok() {
            self.is_recorded = true;
        }
        marked
    }

    async fn write_progress(&mut self) -> Result<(), Failed> {
        let failed = |error| Failed::new(error, |error| cannot_record("pgkeel.progress", error));
        self.session.begin().await.map_err(failed)?;
        let put = history::put_progress(&mut self.session.conn, &self.session.place, &self.progress).await;
        put.map_err(failed)?;
        self.session.execute("COMMIT").await.map_err(failed)
    }

    /// Says that the first `done` segments are done, after the last of them has run alone.
    async fn record_after(&mut self, done: usize) -> Result<(), Failed> {
        let failed = |error| Failed::new(error, |error| cannot_record("the history", error));
        self.session.begin().await.map_err(failed)?;
        self.record(done).await?;
        self.session.execute("COMMIT").await.map_err(failed)?;
        self.progress.done = done;
        self.progress.started = false;
        self.progress.indexes = None;
        self.is_recorded = true;
        Ok(())
    }

    /// Writes, in the open transaction, that `done` segments are done: the history, where they are all.
    async fn record(&mut self, done: usize) -> Result<(), Failed> {
        self.session.check_alone().await?;
        let elapsed = self.elapsed();
        let Session { conn, place, .. } = &mut *self.session;
        let migration = self.job.migration;
        let written = if done < self.script.segments.len() {
            let progress = Progress {
                done,
                started: false,
                indexes: None,
                elapsed,
                ..self.progress.clone()
            };
            history::put_progress(conn, place, &progress).await
        } else {
            let segments = self.script.segments.len();
            let written = if self.job.is_down {
                history::delete(conn, place, &migration.version).await
            } else {
                history::insert(conn, place, migration, &self.statements, segments, elapsed).await
            };
            match written {
                Ok(()) if self.is_recorded => history::clear_progress(conn, place, &migration.version).await,
                other => other,
            }
        };
        written.map_err(|error| Failed::new(error, |error| cannot_record("the history", error)))
    }

    /// How long the file has run so far, in nanoseconds.
    fn elapsed(&self) -> i64 {
        let now = i64::try_from(self.started.elapsed().as_nanos()).unwrap_or(i64::MAX);
        self.progress.elapsed.saturating_add(now)
    }
}

/// Sends a statement, with its data where it has some.
async fn send(session: &mut Session, file: &SqlFile, step: &Step) -> Result<(), Failed> {
    let sent = match &step.data {
        None => session.execute(&step.statement.text).await,
        Some(data) => copy(session, &step.statement.text, data).await,
    };
    sent.map_err(|error| failed_at(file, step, error))
}

async fn copy(session: &mut Session, sql: &str, data: &str) -> sqlx::Result<()> {
    let mut copy = session.conn.copy_in_raw(sql).await?;
    copy.send(data.as_bytes()).await?;
    copy.finish().await.map(|_| ())
}

fn failed_at(file: &SqlFile, step: &Step, error: sqlx::Error) -> Failed {
    Failed::new(error, |error| fault::in_statement(file, &step.statement, error))
}

/// The beginning and the end of a transaction may be nobody's statement: they are told at its place.
fn at_segment(file: &SqlFile, segment: &Segment, sql: &str, error: sqlx::Error) -> Failed {
    let statement = Statement::inserted(sql, segment.start());
    Failed::new(error, |error| fault::in_statement(file, &statement, error))
}

fn cannot_record(what: &str, error: sqlx::Error) -> Error {
    let code = history::code(&error);
    let Some(said) = error.as_database_error() else {
        return session::cannot(error);
    };
    let failure = Error::new(format!("cannot record {what}: {}", said.message()));
    let failure = match code.as_deref() {
        Some("42501") => failure.with_hint(
            "the role that migrates needs CREATE on the database, or on the schema of the history; or let somebody make \
             the table, and grant it to the role",
        ),
        Some("23505") => failure.with_hint("another tool has recorded it meanwhile: look with pgkeel migrate status"),
        _ => failure,
    };
    failure.with_source(error)
}

impl Failed {
    /// `explain` is for what the server said; a lost connection explains itself.
    fn new(error: sqlx::Error, explain: impl FnOnce(sqlx::Error) -> Error) -> Self {
        let code = history::code(&error);
        let error = if error.as_database_error().is_none() {
            session::cannot(error)
        } else {
            explain(error)
        };
        // The server has ended the session, or itself.
        let error = match code.as_deref() {
            Some("57P01" | "57P02" | "57P03") => error.with_hint("run it again: it goes on where it was"),
            _ => error,
        };
        Self { code, error }
    }

    /// Whether another try may do: lock_not_available, deadlock_detected, serialization_failure.
    fn is_about_locks(&self) -> bool {
        matches!(self.code.as_deref(), Some("55P03" | "40P01" | "40001"))
    }
}

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self { code: None, error }
    }
}

fn gave_up(error: Error, attempts: u32, blocked_by: &[String]) -> Error {
    let mut message = format!("{error}, {attempts} times");
    if !blocked_by.is_empty() {
        message = format!("{message}; in the way: {}", blocked_by.join(" and "));
    }
    let mut failure = Error::new(message);
    if let Some(location) = error.location() {
        failure = failure.at(&*location.path, location.position);
    }
    if let Some(excerpt) = error.excerpt() {
        failure = failure.with_excerpt(excerpt);
    }
    if let Some(detail) = error.detail() {
        failure = failure.with_detail(detail);
    }
    failure
        .with_hint("run it again when the database is quieter, or with a longer [migrations] lock-timeout")
        .with_source(error)
}

/// How long to wait after a failed try: twice as long each time, and never quite the same for two runs.
fn pause(attempt: u32) -> Duration {
    let longest = PAUSE.saturating_mul(1 << (attempt - 1).min(16)).min(LONGEST_PAUSE);
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    let jitter = f64::from(now.subsec_nanos() % 1_000_000) / 1_000_000.0;
    longest.mul_f64(0.5 + jitter / 2.0)
}

/// Who is in the way, seen from a second connection while the first one waits.
struct Blockers {
    seen: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Blockers {
    fn watch(url: &str, pid: i32) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (url, found) = (url.to_owned(), Arc::clone(&seen));
        let task = tokio::spawn(async move {
            let Ok(mut conn) = connect::connect(&url).await else {
                return;
            };
            while let Ok(now) = session::blockers(&mut conn, pid).await {
                if let (false, Ok(mut found)) = (now.is_empty(), found.lock()) {
                    *found = now;
                }
                tokio::time::sleep(LOOK).await;
            }
        });
        Self { seen, task }
    }

    /// Those that were last seen.
    fn seen(&self) -> Vec<String> {
        self.seen.lock().map(|seen| seen.clone()).unwrap_or_default()
    }
}

impl Drop for Blockers {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        for attempt in 1..40 {
            let pause = pause(attempt);
            assert!(pause >= PAUSE / 2 && pause <= LONGEST_PAUSE, "{attempt}: {pause:?}");
        }
        assert!(pause(1) <= PAUSE && pause(6) > PAUSE);
    }
}
