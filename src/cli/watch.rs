//! `pgkeel watch`, and `pgkeel generate --watch`: generates again on every change, and outlives mistakes.

mod database;
mod files;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use self::database::Database;
use self::files::Files;
use super::args::{TypesWords, Watch};
use super::exit::Exit;
use super::generate::{self, Settings};
use super::report::{self, Report};
use super::source::Source;
use crate::config::load::FILE_NAME;
use crate::introspect::events;
use crate::{Error, Result, scratch};

/// How often files are looked at, unless that takes long.
const FILES: Duration = Duration::from_millis(50);
/// Files are looked at for at most this part of the time.
const SHARE: u32 = 20;
/// How long nothing may change before what was changed counts as whole: an editor, or git, writes more than one file.
const QUIET: Duration = Duration::from_millis(40);
/// How often that is waited for.
const PATIENCE: usize = 25;

/// `pgkeel watch`.
pub(super) async fn command(words: &Watch, config: Option<&Path>, report: Report) -> Result<Exit> {
    if words.print_trigger {
        report::print(events::TRIGGER)?;
        return Ok(Exit::Clean);
    }
    run(&words.types, config, report).await
}

/// Generates, waits for a change, and so on. A mistake is shown, and the last good output stays.
///
/// # Errors
/// Where the first configuration cannot be read, or the source cannot be watched.
pub(super) async fn run(words: &TypesWords, config: Option<&Path>, report: Report) -> Result<Exit> {
    let project = super::project(config, &words.source, report)?;
    let mut configuration = Files::new(project.file.clone().unwrap_or_else(|| PathBuf::from(FILE_NAME)));
    let mut settings = Settings::new(words, false, &project, report)?;
    loop {
        if let Source::Git { .. } | Source::Empty = settings.reading.source {
            return Err(Error::new(format!("{} never changes", settings.reading.source))
                .with_hint("watch a database, a folder of migrations or a snapshot"));
        }
        // Looked at before the reading, so that a change during it is not missed.
        let mut schema = Schema::look(&settings.reading.source, report).await;
        settings = 'configured: loop {
            if let Err(error) = generate::run(&settings, report).await {
                report.error(&error);
            }
            report.say("waiting for changes");
            loop {
                let looked = Instant::now();
                if configuration.changed() {
                    let project = super::project(config, &words.source, report);
                    match project.and_then(|project| Settings::new(words, false, &project, report)) {
                        Ok(new) => break 'configured new,
                        Err(error) => report.error(&error),
                    }
                }
                if schema.changed(report).await {
                    schema.settle(report).await;
                    break;
                }
                schema.wait(FILES.max(looked.elapsed() * SHARE)).await;
            }
        };
    }
}

/// What is watched, as it was last seen.
enum Schema {
    Files(Files),
    Database(Box<Database>),
    Nothing,
}

impl Schema {
    async fn look(source: &Source, report: Report) -> Self {
        match source {
            Source::Database(url) => Self::Database(Box::new(Database::look(url, report).await)),
            // Of a project, only the folder that its migrations are in.
            Source::Sql(path) if path.is_dir() => {
                let folder = scratch::migrations(path).map_or_else(|_| path.clone(), |found| found.directory);
                Self::Files(Files::new(folder))
            }
            Source::Sql(path) | Source::Snapshot(path) => Self::Files(Files::new(path.clone())),
            Source::Git { .. } | Source::Empty => Self::Nothing,
        }
    }

    async fn changed(&mut self, report: Report) -> bool {
        match self {
            Self::Files(files) => files.changed(),
            Self::Database(database) => database.changed(report).await,
            Self::Nothing => false,
        }
    }

    /// Waits until nothing changes any more.
    async fn settle(&mut self, report: Report) {
        for _ in 0..PATIENCE {
            tokio::time::sleep(QUIET).await;
            if let Self::Database(database) = self {
                database.look_now();
            }
            if !self.changed(report).await {
                return;
            }
        }
    }

    /// Waits for the next look: so long, or until a change is told.
    async fn wait(&mut self, pause: Duration) {
        match self {
            Self::Database(database) => {
                tokio::select! {
                    () = tokio::time::sleep(pause) => {}
                    () = database.told() => {}
                }
            }
            Self::Files(_) | Self::Nothing => tokio::time::sleep(pause).await,
        }
    }
}
