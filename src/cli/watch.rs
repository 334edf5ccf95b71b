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
    let mut project = super::project(config, &words.source, report)?;
    let mut settings = Settings::new(words, &project, report)?;
    if let Source::Git { .. } | Source::Empty = settings.reading.source {
        return Err(Error::new(format!("{} never changes", settings.reading.source))
            .with_hint("watch a database, a folder of migrations or a snapshot"));
    }
    loop {
        // Taken before the reading, so that a change during it is not missed.
        let mut watch = Watch::new(&settings.reading.source, project.file.as_deref());
        watch.start().await;
        if let Err(error) = generate::run(&settings, report).await {
            report.error(&error);
        }
        report.say("waiting for changes");
        if watch.changed(report).await == Changed::Configuration {
            match super::project(config, &words.source, report)
                .and_then(|new| Ok((Settings::new(words, &new, report)?, new)))
            {
                Ok(new) => (settings, project) = new,
                Err(error) => report.error(&error),
            }
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Changed {
    Schema,
    Configuration,
}

/// What is watched, and as it was last seen.
struct Watch<'a> {
    config: Files,
    schema: Seen<'a>,
}

enum Seen<'a> {
    Files(Files),
    Database {
        url: &'a str,
        connection: Option<PgConnection>,
        print: Option<String>,
    },
    Nothing,
}

impl<'a> Watch<'a> {
    fn new(source: &'a Source, config: Option<&Path>) -> Self {
        let schema = match source {
            Source::Database(url) => Seen::Database {
                url,
                connection: None,
                print: None,
            },
            // Of a project, only the folder that its migrations are in.
            Source::Sql(path) if path.is_dir() => {
                let folder = scratch::migrations(path).map_or_else(|_| path.clone(), |found| found.directory);
                Seen::Files(Files::new(folder))
            }
            Source::Sql(path) | Source::Snapshot(path) => Seen::Files(Files::new(path.clone())),
            Source::Git { .. } | Source::Empty => Seen::Nothing,
        };
        Self {
            config: Files::new(config.map(Path::to_owned).unwrap_or_default()),
            schema,
        }
    }

    /// Takes the first look at a database. That it cannot be reached is said by the reading that follows.
    async fn start(&mut self) {
        if let Seen::Database { url, connection, print } = &mut self.schema
            && let Ok(mut opened) = connect::connect(url).await
        {
            *print = fingerprint::read(&mut opened).await.ok();
            *connection = Some(opened);
        }
    }

    /// Waits until something has changed.
    async fn changed(&mut self, report: Report) -> Changed {
        let mut next_look = Instant::now();
        loop {
            tokio::time::sleep(FILES).await;
            if self.config.changed() {
                return Changed::Configuration;
            }
            match &mut self.schema {
                Seen::Files(files) => {
                    if files.changed() {
                        return Changed::Schema;
                    }
                }
                Seen::Nothing => {}
                Seen::Database { url, connection, print } => {
                    if Instant::now() < next_look {
                        continue;
                    }
                    let asked = Instant::now();
                    match look(url, connection).await {
                        Ok(new) if print.as_ref() == Some(&new) => {
                            next_look = Instant::now() + DATABASE.max(asked.elapsed() * SHARE);
                        }
                        Ok(_) => return Changed::Schema,
                        Err(error) => {
                            if connection.take().is_some() || print.take().is_some() {
                                report.error(&error);
                                report.say("waiting for the database to come back");
                            }
                            next_look = Instant::now() + RETRY;
                        }
                    }
                }
            }
        }
    }
}

async fn look(url: &str, connection: &mut Option<PgConnection>) -> Result<String> {
    let open = match connection {
        Some(open) => open,
        None => connection.insert(connect::connect(url).await?),
    };
    fingerprint::read(open).await
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
