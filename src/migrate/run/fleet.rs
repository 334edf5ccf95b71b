//! Many databases, or many schemas of one: the same migrations for each, one first, then several at a time.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use sqlx::{AssertSqlSafe, Connection as _, query_scalar};
use tokio::task::JoinSet;

use super::{Back, Event, Folder, Options, Status, Target, Version};
use crate::introspect::connect;
use crate::redact::redact;
use crate::{Error, Result};

/// How a fleet is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// How many targets at a time, once one has gone through: until then each is alone.
    pub jobs: usize,
    /// How many may fail before no more are begun.
    pub max_failures: usize,
}

/// What is done everywhere.
#[derive(Clone, Debug)]
pub enum Work {
    /// All that is pending is run.
    Up {
        /// Up to which version, where not all.
        to: Option<Version>,
    },
    /// What comes after a version is undone.
    Down {
        /// How far it goes back.
        back: Back,
        /// In each target exactly this, which is what [`Status::to_undo`] gave.
        agreed: BTreeMap<String, Vec<Version>>,
    },
}

/// What became of a target.
#[derive(Debug)]
pub enum Outcome {
    /// These were run, or undone.
    Done(Vec<Version>),
    /// Something failed.
    Failed(Error),
    /// Too many had failed before it.
    NotBegun,
}

/// What is told of each target while it runs.
pub type FleetReport = Arc<dyn Fn(&str, Event) + Send + Sync>;

/// The targets that the file at `path` names, with what to call each. A line is a URL or `env:NAME`, alone or followed by
/// a query whose only column lists what to run in:
///
/// ```text
/// # one database
/// env:EU_DATABASE_URL
/// # each schema that the query gives, as a tenant with a history of its own
/// env:DATABASE_URL  schemas: select nspname from pg_namespace where nspname like 'tenant\_%' order by 1
/// # each database of that server
/// postgres://me@host/postgres  databases: select datname from pg_database where datname like 'shop\_%' order by 1
/// ```
///
/// `variable` gives the value of an environment variable.
///
/// # Errors
/// Where the file or a line of it cannot be read, or a query fails.
pub async fn targets(path: &Path, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<(String, Target)>> {
    let text = std::fs::read_to_string(path).map_err(|error| Error::io("cannot read", path, error))?;
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let targets = line_targets(line, variable).await;
        found.extend(targets.map_err(|error| {
            match error.hint() {
                Some(hint) => Error::new(error.to_string()).with_hint(hint.to_owned()),
                None => error,
            }
            .at(path, Some((number, 1)))
        })?);
    }
    if found.is_empty() {
        return Err(
            Error::new(format!("{} names no database", path.display())).with_hint("write one URL or env:NAME a line")
        );
    }
    Ok(found)
}

async fn line_targets(line: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<(String, Target)>> {
    let (url, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let url = match url.strip_prefix("env:") {
        Some(name) => variable(name).ok_or_else(|| {
            Error::new(format!("the environment variable `{name}` is not set")).with_hint(format!(
                "set it: export {name}=postgres://user:password@host:5432/database"
            ))
        })?,
        None => url.to_owned(),
    };
    let place = connect::describe(&url)?;
    let rest = rest.trim();
    if rest.is_empty() {
        return Ok(vec![(place, Target { url, schema: None })]);
    }
    if let Some(query) = rest.strip_prefix("schemas:") {
        let schemas = list(&url, query).await?;
        let targets = schemas.into_iter().map(|schema| {
            let target = Target {
                url: url.clone(),
                schema: Some(schema.clone()),
            };
            (format!("{place} schema {schema}"), target)
        });
        return Ok(targets.collect());
    }
    if let Some(query) = rest.strip_prefix("databases:") {
        let databases = list(&url, query).await?;
        let targets = databases.into_iter().map(|database| {
            let url = with_database(&url, &database);
            Ok((connect::describe(&url)?, Target { url, schema: None }))
        });
        return targets.collect();
    }
    // A password with a blank in it ends the URL too early.
    let shown = if rest.contains('@') { "***".into() } else { redact(rest) };
    Err(Error::new(format!("after the URL stands `{shown}`"))
        .with_hint("a URL stands alone on its line, or before `schemas: select …` or `databases: select …`"))
}

/// The first column of what `query` gives.
async fn list(url: &str, query: &str) -> Result<Vec<String>> {
    let mut conn = connect::connect(url).await?;
    let asked = query_scalar::<_, String>(AssertSqlSafe(query))
        .persistent(false)
        .fetch_all(&mut conn)
        .await;
    let _ = conn.close().await;
    asked.map_err(|error| {
        let said = error
            .as_database_error()
            .map_or_else(|| error.to_string(), |said| said.message().to_owned());
        Error::new(format!("the query for the targets failed: {said}"))
            .with_hint("it is one SELECT with one column, of text or names")
            .with_source(error)
    })
}

/// The URL with another database; of a parameter that stands there twice, the last counts.
fn with_database(url: &str, database: &str) -> String {
    let name: String = url::form_urlencoded::byte_serialize(database.as_bytes()).collect();
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}dbname={}", name.replace('+', "%20"))
}

/// Does the work everywhere. Each target's history says where it goes on when it is run again.
pub async fn run(
    targets: &[(String, Target)],
    folder: &Folder,
    work: &Work,
    options: &Options,
    pace: Pace,
    report: &FleetReport,
) -> BTreeMap<String, Outcome> {
    let shared = Arc::new((folder.clone(), work.clone(), options.clone()));
    each(targets, pace, |name, target| {
        let (shared, report) = (Arc::clone(&shared), Arc::clone(report));
        async move {
            let (folder, work, options) = &*shared;
            let tell = |event| report(&name, event);
            match work {
                Work::Up { to } => super::up(&target, folder, to.as_ref(), options, &tell).await,
                Work::Down { back, agreed } => {
                    let agreed = agreed.get(&name).cloned().unwrap_or_default();
                    super::down(&target, folder, back, &agreed, options, &tell).await?;
                    Ok(agreed)
                }
            }
        }
    })
    .await
}

/// Does the work for one target at a time until one has gone through, then for several, until too many have failed.
async fn each<F>(
    targets: &[(String, Target)],
    pace: Pace,
    work: impl Fn(String, Target) -> F,
) -> BTreeMap<String, Outcome>
where
    F: Future<Output = Result<Vec<Version>>> + Send + 'static,
{
    let mut outcomes: BTreeMap<String, Outcome> = targets
        .iter()
        .map(|(name, _)| (name.clone(), Outcome::NotBegun))
        .collect();
    let mut failures = 0;
    let mut waiting = targets.iter();
    let mut running = JoinSet::new();
    let mut jobs = 1;
    loop {
        while running.len() < jobs && failures <= pace.max_failures {
            let Some((name, target)) = waiting.next() else { break };
            let (name, ran) = (name.clone(), work(name.clone(), target.clone()));
            running.spawn(async move { (name, ran.await) });
        }
        let Some(ended) = running.join_next().await else { break };
        // A task that panics leaves its target as not begun, and the panic's message on the terminal.
        let Ok((name, ran)) = ended else {
            failures += 1;
            continue;
        };
        let outcome = match ran {
            Ok(versions) => {
                // It has shown that the migrations run.
                jobs = pace.jobs.max(1);
                Outcome::Done(versions)
            }
            Err(error) => {
                failures += 1;
                Outcome::Failed(error)
            }
        };
        outcomes.insert(name, outcome);
    }
    outcomes
}

/// How every target stands to the folder, looked at `jobs` at a time.
pub async fn status(
    targets: &[(String, Target)],
    folder: &Folder,
    options: &Options,
    jobs: usize,
) -> BTreeMap<String, Result<Status>> {
    let mut found = BTreeMap::new();
    let (folder, options) = (Arc::new(folder.clone()), Arc::new(options.clone()));
    let mut waiting = targets.iter();
    let mut running = JoinSet::new();
    loop {
        while running.len() < jobs.max(1) {
            let Some((name, target)) = waiting.next() else { break };
            let (name, target) = (name.clone(), target.clone());
            let (folder, options) = (Arc::clone(&folder), Arc::clone(&options));
            running.spawn(async move {
                let status = super::status(&target, &folder, &options).await;
                (name, status)
            });
        }
        match running.join_next().await {
            Some(Ok((name, status))) => found.insert(name, status),
            Some(Err(panic)) => std::panic::resume_unwind(panic.into_panic()),
            None => return found,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn targets_are_alone_until_one_has_gone_through() {
        let targets = ["a", "b", "c", "d", "e"].map(|name| {
            let target = Target {
                url: String::new(),
                schema: None,
            };
            (name.to_owned(), target)
        });
        let pace = Pace {
            jobs: 3,
            max_failures: 2,
        };
        let running = Arc::new(AtomicUsize::new(0));
        let outcomes = each(&targets, pace, |name, _| {
            let running = Arc::clone(&running);
            async move {
                let before = running.fetch_add(1, Ordering::SeqCst);
                assert!(
                    before == 0 || ["d", "e"].contains(&name.as_str()),
                    "{name} is not alone"
                );
                assert!(before < 3);
                tokio::task::yield_now().await;
                running.fetch_sub(1, Ordering::SeqCst);
                match name.as_str() {
                    "a" | "b" => Err(Error::new("it does not run")),
                    _ => Ok(Vec::new()),
                }
            }
        })
        .await;
        let done = outcomes.values().filter(|outcome| matches!(outcome, Outcome::Done(_)));
        assert_eq!(done.count(), 3, "{outcomes:?}");
    }

    #[test]
    fn the_database_of_a_url_is_replaced() {
        for url in [
            "postgres://me@h/a",
            "postgres://me@h:1/a?sslmode=disable",
            "postgres://h",
        ] {
            let changed = with_database(url, "b c");
            assert!(connect::describe(&changed).unwrap().ends_with("/b c"), "{changed}");
        }
    }
}
