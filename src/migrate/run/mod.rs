//! Runs migrations, and survives everything on the way.
//!
//! A file is cut into segments (`cut`): each is a transaction that commits together with the row that says so, or one
//! statement that no transaction takes, whose end is told from the catalogs when nobody could record it (`recover`). The
//! history is the one that the folder's own tool keeps (`history`), so that both go on working side by side.

mod apply;
mod cut;
pub mod fleet;
pub mod folder;
mod history;
mod recover;
mod session;
mod state;
pub mod write;

use std::time::Duration;

pub use folder::{Folder, Migration, Version};
pub use state::{Back, Entry, Problem, State, Status};

use self::history::Progress;
use self::session::{Session, cannot};
use crate::scratch::SqlFile;
use crate::{Error, Result};

/// Where migrations run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The database's URL.
    pub url: String,
    /// The schema that the search path is set to, which then has a history of its own.
    pub schema: Option<String>,
}

/// How migrations run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How long a statement may wait for a lock before its segment is tried again, as PostgreSQL's `lock_timeout`.
    pub lock_timeout: Option<String>,
    /// How long to wait for another run to end.
    pub wait: Duration,
    /// Whether a migration may run that is older than one that was run.
    pub out_of_order: bool,
    /// Whether the folder's layout was only found out: then a history of another layout is in the way.
    pub is_layout_guessed: bool,
}

/// What is told while migrations run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Somebody else's run has the database.
    Waiting {
        /// Who that is.
        holder: String,
    },
    /// A migration begins, or goes on.
    Begun {
        /// Which one.
        version: Version,
        /// What it is about.
        name: String,
        /// Whether it goes back.
        is_down: bool,
        /// How many segments an earlier run has done.
        done: usize,
    },
    /// A segment begins.
    Segment {
        /// Which, from 1.
        number: usize,
        /// Of how many.
        of: usize,
        /// Whether it runs outside any transaction.
        alone: bool,
    },
    /// A segment did not get its locks, and is tried again.
    Retrying {
        /// What the server said.
        why: String,
        /// Who was in the way, where that was seen.
        blocked_by: Vec<String>,
        /// How often it was tried, of how many times at the most.
        attempt: u32,
        /// How many times at the most.
        of: u32,
        /// How long to wait now.
        pause: Duration,
    },
    /// A migration is done.
    Done {
        /// Which one.
        version: Version,
        /// How long it ran.
        took: Duration,
    },
}

/// Who is told.
pub type Report<'a> = &'a (dyn Fn(Event) + Send + Sync);

/// What of the history is to be mended; each names its versions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repair {
    /// Edited files that do what was run.
    pub accept: Vec<Version>,
    /// Half done and failed ones that were mended by hand, which count as not run.
    pub clear: Vec<Version>,
    /// Rows without a file.
    pub remove: Vec<Version>,
}

/// How a segment runs: for showing what would be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// Whether it is outside any transaction.
    pub alone: bool,
    /// Its statements.
    pub statements: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_timeout: Some("5s".to_owned()),
            wait: Duration::from_secs(60),
            out_of_order: false,
            is_layout_guessed: false,
        }
    }
}

/// Runs all that is pending, up to `to`, and gives what was run.
///
/// # Errors
/// Where folder and history do not fit, somebody else runs, or a migration fails; what was committed stays.
pub async fn up(
    target: &Target,
    folder: &Folder,
    to: Option<&Version>,
    options: &Options,
    report: Report<'_>,
) -> Result<Vec<Version>> {
    let mut session = Session::open(target, folder.layout).await?;
    session.lock(options.wait, report).await?;
    let (status, progress) = inspect(&mut session, folder, options).await?;
    let versions: Vec<Version> = versions(&status.to_run(to, options.out_of_order)?);
    if !versions.is_empty() {
        ensure_history(&mut session).await?;
    }
    for version in &versions {
        let migration = migration(folder, version)?;
        run_one(
            &mut session,
            migration,
            &migration.up,
            false,
            &progress,
            options,
            report,
        )
        .await?;
    }
    session.close().await;
    Ok(versions)
}

/// Undoes what was run, the newest first: exactly `agreed`, which is what [`Status::to_undo`] gave for `back`.
///
/// # Errors
/// As [`up`]; and before anything is undone where a migration has no way back, or others were run meanwhile.
pub async fn down(
    target: &Target,
    folder: &Folder,
    back: &Back,
    agreed: &[Version],
    options: &Options,
    report: Report<'_>,
) -> Result<()> {
    let mut session = Session::open(target, folder.layout).await?;
    session.lock(options.wait, report).await?;
    let (status, progress) = inspect(&mut session, folder, options).await?;
    if versions(&status.to_undo(back)?) != agreed {
        return Err(Error::new("somebody has run or undone migrations meanwhile")
            .with_hint("look again what is to be undone: pgkeel migrate down --dry-run"));
    }
    for version in agreed {
        way_back(folder, version)?;
    }
    for version in agreed {
        let (migration, file) = way_back(folder, version)?;
        run_one(&mut session, migration, file, true, &progress, options, report).await?;
    }
    session.close().await;
    Ok(())
}

/// How the database stands to the folder. Changes nothing.
///
/// # Errors
/// Where the database cannot be read.
pub async fn status(target: &Target, folder: &Folder, options: &Options) -> Result<Status> {
    let mut session = Session::open(target, folder.layout).await?;
    let (status, _) = inspect(&mut session, folder, options).await?;
    session.close().await;
    Ok(status)
}

/// Says of all migrations up to `to` that they were run, without running them, and gives those that were not known.
///
/// # Errors
/// Where `to` is not in the folder, something is half done, or somebody else runs.
pub async fn baseline(
    target: &Target,
    folder: &Folder,
    to: Option<&Version>,
    options: &Options,
    report: Report<'_>,
) -> Result<Vec<Version>> {
    let mut session = Session::open(target, folder.layout).await?;
    session.lock(options.wait, report).await?;
    let (status, _) = inspect(&mut session, folder, options).await?;
    let open: Vec<Version> = versions(&status.to_run(to, true)?);
    let half = status.entries.iter().filter(|entry| open.contains(&entry.version));
    if let Some(problem) = half
        .filter(|entry| matches!(entry.state, State::HalfDone { .. }))
        .find_map(Entry::problem)
    {
        return Err(Error::new(problem.message).with_hint(problem.cure));
    }
    ensure_history(&mut session).await?;
    session.begin().await.map_err(cannot)?;
    for version in &open {
        let migration = migration(folder, version)?;
        let statements = apply::statements(migration)?;
        let inserted = history::insert(&mut session.conn, &session.place, migration, &statements, 0, -1).await;
        inserted.map_err(cannot)?;
    }
    session.execute("COMMIT").await.map_err(cannot)?;
    session.close().await;
    Ok(open)
}

/// Mends the history as `repair` says, all of it or nothing.
///
/// # Errors
/// Where a version is not what it is taken for, or somebody else runs.
pub async fn repair(
    target: &Target,
    folder: &Folder,
    repair: &Repair,
    options: &Options,
    report: Report<'_>,
) -> Result<()> {
    let mut session = Session::open(target, folder.layout).await?;
    session.lock(options.wait, report).await?;
    let (status, _) = inspect(&mut session, folder, options).await?;
    let is = |version: &Version, what: &str, fits: &dyn Fn(&State) -> bool| {
        let entry = status.entries.iter().find(|entry| entry.version == *version);
        match entry {
            Some(entry) if fits(&entry.state) => Ok(()),
            Some(entry) => Err(Error::new(format!("{version} is not {what}: it is {}", entry.word()))
                .with_hint("pgkeel migrate status tells what each is")),
            None => Err(Error::new(format!(
                "there is no migration {version}, neither run nor in the folder"
            ))
            .with_hint("pgkeel migrate status lists those that are there")),
        }
    };
    session.begin().await.map_err(cannot)?;
    for version in &repair.accept {
        is(version, "edited", &|state| matches!(state, State::Edited))?;
        let migration = migration(folder, version)?;
        let statements = apply::statements(migration)?;
        let accepted = history::accept(&mut session.conn, &session.place, migration, &statements).await;
        accepted.map_err(cannot)?;
    }
    for version in &repair.clear {
        is(version, "half done or failed", &|state| {
            matches!(state, State::HalfDone { .. } | State::Failed)
        })?;
        let is_failed = status
            .entries
            .iter()
            .any(|entry| entry.version == *version && entry.state == State::Failed);
        let cleared = if is_failed {
            history::delete(&mut session.conn, &session.place, version).await
        } else {
            history::clear_progress(&mut session.conn, &session.place, version).await
        };
        cleared.map_err(cannot)?;
    }
    for version in &repair.remove {
        is(version, "missing", &|state| matches!(state, State::Missing { .. }))?;
        let removed = history::delete(&mut session.conn, &session.place, version).await;
        removed.map_err(cannot)?;
    }
    session.execute("COMMIT").await.map_err(cannot)?;
    session.close().await;
    Ok(())
}

/// The segments of a script, as they would run.
///
/// # Errors
/// Where it holds what no migration can.
pub fn outline(file: &SqlFile) -> Result<Vec<Outline>> {
    let segments = cut::cut(file)?.segments.into_iter().map(|segment| Outline {
        alone: segment.mode == cut::Mode::Alone,
        statements: segment.steps.into_iter().map(|step| step.statement.text).collect(),
    });
    Ok(segments.collect())
}

/// The migration and the file that undoes it.
///
/// # Errors
/// Where one of them is not there.
pub fn way_back<'a>(folder: &'a Folder, version: &Version) -> Result<(&'a Migration, &'a SqlFile)> {
    let migration = migration(folder, version)?;
    match &migration.down {
        Some(down) => Ok((migration, down)),
        None => Err(Error::new(format!("the migration {version} has no way back"))
            .at(&*migration.up.path, None)
            .with_hint(format!(
                "write it in {}, or make a new migration that undoes it",
                write::down_path(folder, migration).display()
            ))),
    }
}

async fn inspect(session: &mut Session, folder: &Folder, options: &Options) -> Result<(Status, Vec<Progress>)> {
    session.begin().await.map_err(cannot)?;
    let Session { conn, place, .. } = &mut *session;
    let applied = history::read(conn, place).await.map_err(unreadable)?;
    let progress = history::read_progress(conn, place).await.map_err(unreadable)?;
    let others = if applied.is_empty() && options.is_layout_guessed {
        history::others(conn, place).await.map_err(unreadable)?
    } else {
        Vec::new()
    };
    session.execute("COMMIT").await.map_err(cannot)?;
    if let Some(other) = others.first() {
        return Err(Error::new(format!(
            "the database has a history of {other}, and the folder looks like one of {}",
            session.place.layout_name()
        ))
        .with_hint("say which it is, in pgkeel.toml: [migrations] layout = \"supabase\", \"sqlx\" or \"pgkeel\""));
    }
    Ok((state::compare(folder, &applied, &progress), progress))
}

async fn ensure_history(session: &mut Session) -> Result<()> {
    let made = session.ensure(history::Table::History).await;
    made.map_err(
        |error| match error.as_database_error().map(|said| said.message().to_owned()) {
            Some(said) => Error::new(format!("cannot make the table of the history: {said}"))
                .with_hint(match history::code(&error).as_deref() {
                    Some("25006") => "it is a standby, or default_transaction_read_only is on: migrate the primary",
                    _ => "the role that migrates needs CREATE on the database, and on the schema it uses",
                })
                .with_source(error),
            None => cannot(error),
        },
    )
}

async fn run_one(
    session: &mut Session,
    migration: &Migration,
    file: &SqlFile,
    is_down: bool,
    progress: &[Progress],
    options: &Options,
    report: Report<'_>,
) -> Result<()> {
    let progress = progress.iter().find(|progress| progress.version == migration.version);
    report(Event::Begun {
        version: migration.version.clone(),
        name: migration.name.clone(),
        is_down,
        done: progress.map_or(0, |progress| progress.done),
    });
    let job = apply::Job {
        migration,
        file,
        is_down,
        lock_timeout: options.lock_timeout.as_deref(),
    };
    let took = apply::run(session, &job, progress.cloned(), report).await?;
    report(Event::Done {
        version: migration.version.clone(),
        took,
    });
    Ok(())
}

fn migration<'a>(folder: &'a Folder, version: &Version) -> Result<&'a Migration> {
    let mut all = folder.migrations.iter();
    all.find(|migration| migration.version == *version).ok_or_else(|| {
        Error::new(format!(
            "the file of {version} is not in {}",
            folder.directory.display()
        ))
        .with_hint("get it back from version control")
    })
}

fn versions(entries: &[&Entry]) -> Vec<Version> {
    entries.iter().map(|entry| entry.version.clone()).collect()
}

fn unreadable(error: sqlx::Error) -> Error {
    match history::code(&error).as_deref() {
        Some("42501") => Error::new("the history of migrations may not be read by this role")
            .with_hint("grant it USAGE on the history's schema and SELECT on its table, or use the role that migrates")
            .with_source(error),
        _ => cannot(error),
    }
}
