//! What is compared: each side is read once, and two of them at the same time.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::wanted;
use crate::catalog::access::Role;
use crate::catalog::scope::Platform;
use crate::catalog::{Catalog, Name, Rows};
use crate::cli::args::check::{Check, Pair};
use crate::cli::report::Report;
use crate::cli::source::{self, Reading, Side, Source};
use crate::config::Snapshot;
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::introspect::Depth;
use crate::{Error, Result, scratch};

/// All that is compared.
pub(super) struct Sides {
    /// The database's URL.
    pub(super) url: Option<String>,
    pub(super) live: Known,
    /// The folder of migrations.
    pub(super) folder: Option<PathBuf>,
    pub(super) migrations: Known,
    /// The snapshot's file.
    pub(super) file: PathBuf,
    pub(super) snapshot: Known,
}

/// A side.
pub(super) enum Known {
    /// There is none, for this reason.
    Absent(String),
    /// It cannot be read.
    Broken(Error),
    Read(Box<Side>),
}

/// What the others are held against.
#[derive(Clone, Copy)]
pub(super) struct Reference<'a> {
    pub(super) known: &'a Known,
    /// What it is called.
    pub(super) name: &'static str,
}

impl Sides {
    /// Reads what the wanted pairs need.
    pub(super) async fn read(words: &Check, project: &Project, report: Report) -> Result<Self> {
        let pairs = wanted(words);
        let file = project.resolve(&project.config.snapshot.path);
        let needs_schema = pairs.iter().any(|pair| *pair != Pair::History);
        let url = url(words, project)?;
        let folder = source::migrations_folder(project);
        let sources = url.iter().cloned().map(Source::Database);
        let sources = sources.chain(folder.iter().cloned().map(Source::Sql)).collect();
        let reader = Reader::new(sources, words, project, report);
        let snapshot = match file.is_file() {
            _ if !needs_schema => Known::Absent("nothing needs it".to_owned()),
            true => reader.read(Source::Snapshot(file.clone()), None).await,
            // Whoever says where it is has one.
            false if project.config.snapshot != Snapshot::default() => {
                let error = Error::new(format!("there is no {}", file.display()));
                Known::Broken(error.with_hint("`pgkeel pull` writes it, as [snapshot] path says"))
            }
            false => Known::Absent(format!("there is no {}: `pgkeel pull` writes it", file.display())),
        };
        let has_snapshot = !matches!(snapshot, Known::Absent(_));
        let needs_live = pairs.contains(&Pair::Live);
        // Without a snapshot, the others are held against the migrations.
        let needs_migrations = pairs.contains(&Pair::Migrations) && has_snapshot
            || !has_snapshot && (needs_live || pairs.contains(&Pair::Generated));
        let major = match &snapshot {
            Known::Read(side) => Some(side.catalog.server.major).filter(|major| *major > 0),
            _ => None,
        };
        let live = async {
            match &url {
                _ if !needs_live => Known::Absent("nothing needs it".to_owned()),
                Some(url) => reader.read(Source::Database(url.clone()), None).await,
                None => Known::Absent(no_database(project)),
            }
        };
        let migrations = async {
            match &folder {
                _ if !needs_migrations => Known::Absent("nothing needs them".to_owned()),
                Some(folder) => reader.read(Source::Sql(folder.clone()), major).await,
                None => Known::Absent("there is no folder of migrations".to_owned()),
            }
        };
        let (live, migrations) = tokio::join!(live, migrations);
        Ok(Self {
            url,
            live,
            folder,
            migrations,
            file,
            snapshot,
        })
    }

    /// What the others are held against: the snapshot; where there is none, the migrations.
    pub(super) fn reference(&self) -> Reference<'_> {
        match &self.snapshot {
            Known::Absent(_) if !matches!(self.migrations, Known::Absent(_)) => Reference {
                known: &self.migrations,
                name: "the migrations",
            },
            known => Reference {
                known,
                name: "the snapshot",
            },
        }
    }
}

/// Why there is no database.
pub(super) fn no_database(project: &Project) -> String {
    format!(
        "{} is not set, and there is no --database",
        project.config.database.url_env
    )
}

/// The URL that was typed, or that the configured variable holds.
fn url(words: &Check, project: &Project) -> Result<Option<String>> {
    let Some(typed) = &words.database else {
        return Ok(source::variable(project, &project.config.database.url_env));
    };
    match Source::parse(typed, project)? {
        Source::Database(url) => Ok(Some(url)),
        other => Err(Error::new(format!("--database: {other} is no database")).with_hint("give a URL, or env:NAME")),
    }
}

/// What reads each side, and takes the same for the platform's in all of them.
struct Reader<'a> {
    words: &'a Check,
    project: &'a Project,
    report: Report,
    is_supabase: bool,
}

impl<'a> Reader<'a> {
    fn new(sources: Vec<Source>, words: &'a Check, project: &'a Project, report: Report) -> Self {
        let is_supabase = |source| {
            let reading = Reading::of(source, &words.reading, project, report);
            reading.is_ok_and(|reading| reading.scope.platform.is_some())
        };
        Self {
            words,
            project,
            report,
            is_supabase: sources.into_iter().any(is_supabase),
        }
    }

    /// Reads a source; in a scratch server of `major`, where one is needed and nothing else is said.
    async fn read(&self, source: Source, major: Option<u32>) -> Known {
        let mut reading = match Reading::of(source, &self.words.reading, self.project, self.report) {
            Ok(reading) => reading,
            Err(error) => return Known::Broken(error),
        };
        if self.is_supabase {
            reading.scope.platform = Some(Platform::Supabase);
            reading.scratch.platform = scratch::Platform::Supabase;
        }
        reading.scratch.major = reading.scratch.major.or(major);
        match reading.side(Depth::Whole, self.report).await {
            Ok(side) => {
                self.report.diagnostics(&side.diagnostics);
                Known::Read(Box::new(side))
            }
            Err(error) => Known::Broken(error),
        }
    }
}

/// The catalogs of both sides, with one name for whoever runs the migrations: a scratch server has a role of its own for
/// that, and nobody's role is the same on every machine.
pub(super) fn with_one_owner(old: &Side, new: &Side, report: Report) -> (Catalog, Catalog) {
    let (mut before, mut after) = (old.catalog.clone(), new.catalog.clone());
    if old.is_replayed
        && let Some(own) = &old.session
    {
        if let Some(role) = stand_in(own, &before, &after, false) {
            before = with_role(before, own, &role, &after);
        }
    } else if new.is_replayed
        && let Some(own) = &new.session
    {
        if let Some(role) = old.session.clone().filter(|role| role != own) {
            after = with_role(after, own, &role, &before);
        }
    } else {
        // The snapshot may be of a replay.
        let superusers = after.roles.iter().filter(|role| role.superuser);
        let superusers = superusers.map(|role| role.name.clone()).collect::<Vec<_>>();
        for own in superusers {
            let Some(role) = stand_in(&own, &after, &before, true) else {
                continue;
            };
            let message = format!("what it owns in the snapshot, `{role}` owns in the database: taken for one role");
            report.diagnostics(&[Diagnostic::note(format!("role {own}"), message)]);
            after = with_role(after, &own, &role, &before);
        }
    }
    (before, after)
}

/// The catalog with `role` for `own`, as `other` has it.
fn with_role(catalog: Catalog, own: &Name, role: &Name, other: &Catalog) -> Catalog {
    let mut catalog = catalog.with_role(own, role);
    let is_role = |row: &&Role| row.name == *role;
    let theirs = other.roles.iter().find(is_role);
    if catalog.roles.iter().find(is_role).is_none() {
        catalog.roles = Rows::sorted(catalog.roles.iter().chain(theirs).cloned().collect());
    }
    catalog
}

/// The role that has in `other` what `own` has in `catalog`: most of it, or, where it has to be `certain`, all of it and
/// nothing else.
fn stand_in(own: &Name, catalog: &Catalog, other: &Catalog, certain: bool) -> Option<Name> {
    let mut counts: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut others = Vec::new();
    catalog.each_object(|object| {
        let Some(twin) = other.object(&object.id()) else { return };
        let (Some(owner), Some(theirs)) = (object.owner(), twin.owner()) else {
            return;
        };
        if owner == own {
            *counts.entry(theirs).or_default() += 1;
        } else {
            others.push(theirs);
        }
    });
    let (role, _) = counts.iter().max_by_key(|(_, count)| **count)?;
    let is_certain = counts.len() == 1 && !others.contains(role);
    let role = *role;
    (role != own && (is_certain || !certain)).then(|| role.clone())
}
