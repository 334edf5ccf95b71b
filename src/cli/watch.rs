//! `pgkeel generate --watch`: generates again on every change, and outlives mistakes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use sqlx::PgConnection;

use super::args::Generate as Words;
use super::exit::Exit;
use super::generate::{self, Settings};
use super::report::Report;
use super::source::Source;
use crate::introspect::{connect, fingerprint};
use crate::{Error, Result, scratch};

/// How often files are looked at.
const FILES: Duration = Duration::from_millis(150);
/// How often a database is asked, unless it takes long to answer.
const DATABASE: Duration = Duration::from_millis(250);
/// A database is asked for at most this part of the time.
const SHARE: u32 = 10;
/// How long a lost database is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// Generates, waits for a change, and so on. A mistake is shown, and the last good output stays.
///
/// # Errors
/// Where the first configuration cannot be read, or the source cannot be watched.
pub(super) async fn run(words: &Words, config: Option<&Path>, report: Report) -> Result<Exit> {
    let project = super::project(config, &words.source, report)?;
    let mut configuration = Files::new(project.file.clone().unwrap_or_default());
    let mut settings = Settings::new(words, &project, report)?;
    loop {
        if let Source::Git { .. } | Source::Empty = settings.reading.source {
            return Err(Error::new(format!("{} never changes", settings.reading.source))
                .with_hint("watch a database, a folder of migrations or a snapshot"));
        }
        // Looked at before the reading, so that a change during it is not missed.
        let mut schema = Schema::look(&settings.reading.source).await;
        if let Err(error) = generate::run(&settings, report).await {
            report.error(&error);
        }
        report.say("waiting for changes");
        loop {
            tokio::time::sleep(FILES).await;
            if configuration.changed() {
                let project = super::project(config, &words.source, report);
                match project.and_then(|project| Settings::new(words, &project, report)) {
                    Ok(new) => {
                        settings = new;
                        break;
                    }
                    Err(error) => report.error(&error),
                }
            }
            if schema.changed(report).await {
                break;
            }
        }
    }
}

/// What is watched, as it was last seen.
enum Schema {
    Files(Files),
    Database(Database),
    Nothing,
}

/// A live database, as it was last seen.
struct Database {
    url: String,
    connection: Option<PgConnection>,
    print: Option<String>,
    next_look: Instant,
}

impl Schema {
    async fn look(source: &Source) -> Self {
        match source {
            Source::Database(url) => {
                let mut database = Database {
                    url: url.clone(),
                    connection: None,
                    print: None,
                    next_look: Instant::now(),
                };
                // That it cannot be reached is said by the reading that follows.
                database.print = database.ask().await.ok();
                Self::Database(database)
            }
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
}

impl Database {
    /// Whether it has changed since the last look, as far as it is time for another. That it is lost is said once.
    async fn changed(&mut self, report: Report) -> bool {
        let asked = Instant::now();
        if asked < self.next_look {
            return false;
        }
        match self.ask().await {
            Ok(print) => {
                self.next_look = Instant::now() + DATABASE.max(asked.elapsed() * SHARE);
                self.print.replace(print.clone()) != Some(print)
            }
            Err(error) => {
                self.next_look = Instant::now() + RETRY;
                // Without its print, it counts as changed when it is back.
                self.connection = None;
                if self.print.take().is_some() {
                    report.error(&error);
                    report.say("waiting for the database to come back");
                }
                false
            }
        }
    }

    async fn ask(&mut self) -> Result<String> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(connect::connect(&self.url).await?),
        };
        fingerprint::read(connection).await
    }
}

/// A file, or a folder with all below it, as last seen.
struct Files {
    root: PathBuf,
    stamps: BTreeMap<PathBuf, (Option<SystemTime>, u64)>,
    contents: BTreeMap<PathBuf, Vec<u8>>,
}

impl Files {
    fn new(root: PathBuf) -> Self {
        let stamps = stamps(&root);
        let contents = contents(&stamps);
        Self { root, stamps, contents }
    }

    /// Whether what the files contain has changed since the last look; they are read only where their stamps differ.
    fn changed(&mut self) -> bool {
        let stamps = stamps(&self.root);
        if stamps == self.stamps {
            return false;
        }
        let contents = contents(&stamps);
        self.stamps = stamps;
        let changed = contents != self.contents;
        self.contents = contents;
        changed
    }
}

fn stamps(root: &Path) -> BTreeMap<PathBuf, (Option<SystemTime>, u64)> {
    let mut found = BTreeMap::new();
    let mut folders = Vec::new();
    match root.metadata() {
        Ok(metadata) if metadata.is_dir() => folders.push(root.to_owned()),
        Ok(metadata) => {
            found.insert(root.to_owned(), (metadata.modified().ok(), metadata.len()));
        }
        Err(_) => {}
    }
    while let Some(folder) = folders.pop() {
        // A file that vanishes while it is looked at is seen as gone at the next look.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "sql" || extension == "json")
            {
                found.insert(entry.path(), (metadata.modified().ok(), metadata.len()));
            }
        }
    }
    found
}

fn contents(stamps: &BTreeMap<PathBuf, (Option<SystemTime>, u64)>) -> BTreeMap<PathBuf, Vec<u8>> {
    stamps
        .keys()
        .filter_map(|path| Some((path.clone(), std::fs::read(path).ok()?)))
        .collect()
}
