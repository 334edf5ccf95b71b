//! Where a schema comes from: what was typed or found, and reading it.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use sqlx::PgConnection;

use super::args::{ReadingWords, SourceWords};
use super::git;
use super::report::{Progress, Report, counted};
use crate::catalog::facts::Facts;
use crate::catalog::name::QName;
use crate::catalog::relation::RelationKind;
use crate::catalog::scope::{Scope, Standing};
use crate::catalog::usage::Usage;
use crate::catalog::{Catalog, Name};
use crate::config::Platform;
use crate::config::load::{FILE_NAME, Project, unknown};
use crate::diagnostic::Diagnostic;
use crate::introspect::Depth;
use crate::introspect::connect;
use crate::migrate::prove::{self, Grounds};
use crate::scratch::Scratch;
use crate::{Error, Result, codegen, introspect, scratch, snapshot};

/// A place that a schema is read from.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Source {
    /// A live database, by its URL.
    Database(String),
    /// A file or a folder of SQL.
    Sql(PathBuf),
    /// A snapshot.
    Snapshot(PathBuf),
    /// A snapshot or SQL as of a git revision.
    Git {
        /// The revision, as git reads it.
        revision: String,
        /// The file or folder, relative to the working directory.
        path: String,
    },
    /// An empty schema.
    Empty,
}

/// A source and all that reading it takes.
pub(super) struct Reading {
    /// What is read.
    pub(super) source: Source,
    /// Which objects are ours.
    pub(super) scope: Scope,
    /// What a scratch database is made with, where one is needed.
    pub(super) scratch: scratch::Options,
    /// Whether to find out more than the schema.
    pub(super) wants_facts: bool,
    /// Whether to find out what a live server has counted of its use.
    pub(super) wants_usage: bool,
    /// Whether the roles that SQL makes are part of its schema where nothing in it names them.
    pub(super) keeps_roles: bool,
}

/// A schema that has been read.
#[derive(Default)]
pub(super) struct Side {
    /// What was read.
    pub(super) catalog: Catalog,
    /// What was noticed on the way.
    pub(super) diagnostics: Vec<Diagnostic>,
    /// The role that read it; `None` for a snapshot.
    pub(super) session: Option<Name>,
    /// The roles that the server has; none for a snapshot.
    pub(super) roles: Vec<Name>,
    /// Whether it was replayed in a scratch database, whose own role stands for whoever runs it elsewhere.
    pub(super) is_replayed: bool,
    /// What was found out besides the schema, where that was asked for.
    pub(super) facts: Facts,
    /// What a live server has counted of its use, where that was asked for.
    pub(super) usage: Option<Usage>,
}

/// SQL that was replayed.
struct Replayed {
    scratch: Scratch,
    connection: PgConnection,
    /// The roles that it made and those that it made members of them, where they are kept.
    roles: BTreeSet<Name>,
    diagnostics: Vec<Diagnostic>,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(url) => match connect::describe(url) {
                Ok(place) => f.write_str(&place),
                Err(_) => f.write_str("the database"),
            },
            Self::Sql(path) | Self::Snapshot(path) => write!(f, "{}", path.display()),
            Self::Git { revision, path } => write!(f, "git:{revision}:{path}"),
            Self::Empty => f.write_str("an empty schema"),
        }
    }
}

impl Source {
    /// Whether it is a snapshot, which has no role that nothing names.
    pub(super) fn is_snapshot(&self) -> bool {
        match self {
            Self::Snapshot(_) => true,
            Self::Git { path, .. } => Path::new(path).extension().is_some_and(|extension| extension == "json"),
            Self::Database(_) | Self::Sql(_) | Self::Empty => false,
        }
    }

    /// Whether it was made on a server that is what it is: what is replayed takes whichever there is.
    pub(super) fn has_server(&self) -> bool {
        matches!(self, Self::Database(_)) || self.is_snapshot()
    }

    /// The file that findings are shown at where a format needs one.
    pub(super) fn file(&self) -> String {
        match self {
            Self::Sql(path) | Self::Snapshot(path) => path.display().to_string(),
            Self::Git { path, .. } => path.clone(),
            Self::Database(_) | Self::Empty => FILE_NAME.to_owned(),
        }
    }

    /// Reads what was typed. A path's ending tells what it is; a path without one is what the disk says.
    pub(super) fn parse(text: &str, project: &Project) -> Result<Self> {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Database(text.to_owned()));
        }
        if text.contains("://") {
            // Says what a database URL looks like, and nothing of this one.
            connect::describe(text)?;
        }
        if let Some(name) = text.strip_prefix("env:") {
            return variable(project, name).map(Self::Database).ok_or_else(|| {
                Error::new(format!("the environment variable `{name}` is not set")).with_hint(format!(
                    "set it: export {name}=postgres://user:password@host:5432/database"
                ))
            });
        }
        if let Some(rest) = text.strip_prefix("git:") {
            let (revision, path) = rest.split_once(':').ok_or_else(|| {
                Error::new(format!("`{text}` names no path"))
                    .with_hint("write it as git:REV:path, such as git:main:schema.snapshot.json")
            })?;
            return Ok(Self::Git {
                revision: revision.to_owned(),
                path: path.to_owned(),
            });
        }
        if text == "empty" {
            return Ok(Self::Empty);
        }
        let path = PathBuf::from(text);
        let is_json = path.extension().is_some_and(|extension| extension == "json");
        match path.metadata() {
            Ok(metadata) if metadata.is_dir() => Ok(Self::Sql(path)),
            Ok(_) if is_json => Ok(Self::Snapshot(path)),
            Ok(_) if path.extension().is_some_and(|extension| extension == "sql") => Ok(Self::Sql(path)),
            Ok(_) => Err(Error::new(format!("{text} is neither .sql nor .json")).with_hint(
                "a source is a URL, env:NAME, a .sql file, a folder of them, a .json snapshot, git:REV:path or `empty`",
            )),
            Err(error) => Err(Error::io("cannot read", &path, error)
                .with_hint("a source is a URL, env:NAME, a path, git:REV:path or `empty`")),
        }
    }

    /// What is taken where nothing was typed, and why: the database whose URL is set, else the migrations, else, where
    /// `snapshot_counts`, the snapshot.
    fn find(project: &Project, snapshot_counts: bool) -> Result<(Self, String)> {
        let config = &project.config;
        let name = &config.database.url_env;
        if let Some(url) = variable(project, name) {
            return Ok((Self::Database(url), format!("{name} is set")));
        }
        if let Some(folder) = migrations_folder(project) {
            return Ok((Self::Sql(folder), format!("{name} is not set")));
        }
        let snapshot = project.resolve(&config.snapshot.path);
        if snapshot_counts && snapshot.is_file() {
            return Ok((
                Self::Snapshot(snapshot),
                format!("{name} is not set, and there is no folder of migrations"),
            ));
        }
        Err(Error::new("there is no schema to read").with_hint(format!(
            "set {name} to a database's URL, or name a database, a folder of migrations or a snapshot with --source"
        )))
    }
}

impl Reading {
    /// What was typed and configured, put together; says which source was taken where none was named.
    pub(super) fn new(words: &SourceWords, project: &Project, report: Report) -> Result<Self> {
        Self::among(words, project, report, true)
    }

    /// As [`Self::new`] for a command that writes the snapshot, and so does not read it unasked.
    pub(super) fn live(words: &SourceWords, project: &Project, report: Report) -> Result<Self> {
        Self::among(words, project, report, false)
    }

    fn among(words: &SourceWords, project: &Project, report: Report, snapshot_counts: bool) -> Result<Self> {
        let source = match &words.source {
            Some(text) => Source::parse(text, project)?,
            None => {
                let (source, why) = Source::find(project, snapshot_counts)?;
                report.say(&format!("reading {source}, because {why}"));
                source
            }
        };
        Self::of(source, &words.reading, project, report)
    }

    /// A source, and what was typed and configured about reading it.
    pub(super) fn of(source: Source, words: &ReadingWords, project: &Project, report: Report) -> Result<Self> {
        let config = &project.config;
        let is_supabase = match words.platform().or(config.scope.platform) {
            Some(platform) => platform == Platform::Supabase,
            None => found_supabase(&source, project, report),
        };
        let mut scope = codegen::scope(config, is_supabase)?;
        if !words.schema.is_empty() {
            scope.schemas = words.schema.iter().map(|name| name.as_str().into()).collect();
        }
        let scratch = scratch::Options {
            shadow: words
                .shadow
                .clone()
                .or_else(|| variable(project, &config.database.shadow_url_env)),
            major: words.pg.or(config.scratch.major),
            platform: if is_supabase {
                scratch::Platform::Supabase
            } else {
                scratch::Platform::None
            },
            stub_extensions: config.scratch.stub_extensions.clone(),
            installed: config.scratch.installed,
            download: config.scratch.download && !words.no_download,
            releases: config.scratch.releases.clone(),
            ..scratch::Options::default()
        };
        Ok(Self {
            source,
            scope,
            scratch,
            wants_facts: false,
            wants_usage: false,
            keeps_roles: false,
        })
    }

    /// Reads the schema, and what was noticed on the way.
    ///
    /// # Errors
    /// Where the source cannot be read, or a schema that is asked for is not in it.
    pub(super) async fn read(&self, depth: Depth, report: Report) -> Result<(Catalog, Vec<Diagnostic>)> {
        let side = match &self.source {
            Source::Empty => Side::default(),
            _ => self.side(depth, report).await?,
        };
        Ok((side.catalog, side.diagnostics))
    }

    /// As [`Self::read`], with who reads. An empty schema is what a new database has.
    pub(super) async fn side(&self, depth: Depth, report: Report) -> Result<Side> {
        let side = match &self.source {
            Source::Database(url) => {
                let _progress = report.progress(&format!("reading {}", self.source));
                let mut connection = connect::connect(url).await?;
                self.check_scope(&mut connection).await?;
                let session = connect::session_user(&mut connection).await?;
                let roles = connect::role_names(&mut connection).await?;
                let (catalog, mut diagnostics) =
                    introspect::read_by_several(&mut connection, url, &self.scope, depth).await?;
                let (facts, refused) = self.facts(&mut connection).await;
                diagnostics.extend(refused);
                let mut usage = None;
                if self.wants_usage {
                    let (read, unseen) = introspect::usage::read(&mut connection, &self.scope).await?;
                    usage = Some(read);
                    diagnostics.extend(unseen);
                }
                Side {
                    catalog,
                    diagnostics,
                    session: Some(session),
                    roles,
                    is_replayed: false,
                    facts,
                    usage,
                }
            }
            Source::Sql(path) => self.replay(scratch::migrations(path)?, depth, report).await?,
            Source::Snapshot(path) => self.loaded(snapshot::load(path, depth)?)?,
            Source::Git { revision, path } => match git::fetch(revision, path)? {
                git::Fetched::Snapshot(text) => self.loaded(snapshot::parse(&text, Path::new(path), depth)?)?,
                git::Fetched::Sql(migrations) => self.replay(migrations, depth, report).await?,
            },
            Source::Empty => self.replay(scratch::Migrations::none(), depth, report).await?,
        };
        report.say(&format!("read {} from {}", self.summary(&side.catalog), self.source));
        Ok(side)
    }

    /// Reads a database again where it has roles that only the other side names: they are the same there and here.
    pub(super) async fn read_roles(&mut self, side: &mut Side, other: &Side, report: Report) -> Result<()> {
        let is_named = |catalog: &Catalog, name: &Name| catalog.roles.find(|role| role.name.cmp(name)).is_some();
        let unread = side
            .roles
            .iter()
            // A scratch server's own role is another one than whatever has its name here.
            .filter(|name| !(other.is_replayed && other.session.as_ref() == Some(name)))
            .filter(|name| is_named(&other.catalog, name) && !is_named(&side.catalog, name));
        let unread = unread.cloned().collect::<BTreeSet<_>>();
        if unread.is_empty() || !matches!(self.source, Source::Database(_)) {
            return Ok(());
        }
        self.scope.roles = unread;
        *side = self.side(Depth::Whole, report).await?;
        Ok(())
    }

    /// A scratch database with the schema in it, to try things on, and what was noticed on the way.
    pub(super) async fn scratch_copy(&self, report: Report) -> Result<(Scratch, Vec<Diagnostic>)> {
        let sql = match &self.source {
            Source::Sql(path) => Some(scratch::migrations(path)?),
            Source::Git { revision, path } => match git::fetch(revision, path)? {
                git::Fetched::Snapshot(_) => None,
                git::Fetched::Sql(migrations) => Some(migrations),
            },
            Source::Database(_) | Source::Snapshot(_) | Source::Empty => None,
        };
        if let Some(sql) = sql {
            let progress = report.progress("starting a scratch PostgreSQL");
            let replayed = self.replayed(sql, &progress, report).await?;
            return Ok((replayed.scratch, replayed.diagnostics));
        }
        let side = self.side(Depth::Whole, report).await?;
        let _progress = report.progress("building a scratch copy");
        let grounds = Grounds::new(&self.scope, &self.scratch);
        let hint =
            "only what is in the scope can be copied: name the migrations with --source, or more schemas in [scope]";
        let copy = prove::copy_or(&side.catalog, &grounds, hint).await?;
        let mut diagnostics = side.diagnostics;
        diagnostics.extend_from_slice(copy.notes());
        Ok((copy, diagnostics))
    }

    /// Replays SQL in a scratch database.
    async fn replayed(&self, sql: scratch::Migrations, progress: &Progress, report: Report) -> Result<Replayed> {
        let scratch = scratch::start_reporting(&self.scratch, &|step| progress.show(&step)).await?;
        report.detail(&format!("replaying in {}", scratch.describe()));
        let mut diagnostics = sql.notes;
        diagnostics.extend_from_slice(scratch.notes());
        progress.message(&format!("replaying {}", sql.directory.display()));
        let mut connection = scratch.connect().await?;
        let mut roles = BTreeSet::new();
        if self.keeps_roles {
            let before = connect::role_names(&mut connection).await?;
            diagnostics.extend(scratch::replay(&mut connection, &sql.files).await?);
            roles.extend(connect::roles_since(&mut connection, &before).await?);
        } else {
            diagnostics.extend(scratch::replay(&mut connection, &sql.files).await?);
        }
        Ok(Replayed {
            scratch,
            connection,
            roles,
            diagnostics,
        })
    }

    /// Replays SQL in a scratch database, and reads that.
    async fn replay(&self, sql: scratch::Migrations, depth: Depth, report: Report) -> Result<Side> {
        let progress = report.progress("starting a scratch PostgreSQL");
        let Replayed {
            scratch,
            mut connection,
            roles: made,
            mut diagnostics,
        } = self.replayed(sql, &progress, report).await?;
        progress.message("reading the scratch database");
        self.check_scope(&mut connection).await?;
        let session = connect::session_user(&mut connection).await?;
        let roles = connect::role_names(&mut connection).await?;
        let scope = Scope {
            roles: made,
            ..self.scope.clone()
        };
        let (catalog, noticed) = introspect::read(&mut connection, &scope, depth).await?;
        diagnostics.extend(noticed);
        let (mut facts, refused) = self.facts(&mut connection).await;
        diagnostics.extend(refused);
        // What a scratch server could install says nothing of the one that this is for.
        facts.outdated_extensions = None;
        scratch.close().await?;
        Ok(Side {
            catalog,
            diagnostics,
            session: Some(session),
            roles,
            is_replayed: true,
            facts,
            // What a scratch server has counted says nothing of the one that this is for.
            usage: None,
        })
    }

    async fn facts(&self, connection: &mut PgConnection) -> (Facts, Vec<Diagnostic>) {
        match self.wants_facts {
            true => introspect::facts::read(connection).await,
            false => (Facts::default(), Vec::new()),
        }
    }

    /// How much of the catalog is ours: "12 tables, 1 view, 3 types and 2 routines".
    fn summary(&self, catalog: &Catalog) -> String {
        let ours = |name: &QName| self.scope.standing(&name.schema) == Standing::Ours;
        let relations = || catalog.relations.iter().filter(|relation| ours(&relation.name));
        let is_view = |kind| matches!(kind, RelationKind::View | RelationKind::MaterializedView);
        let views = relations().filter(|relation| is_view(relation.kind)).count();
        let counts = [
            (relations().count() - views, "table"),
            (views, "view"),
            (catalog.types.iter().filter(|row| ours(&row.name)).count(), "type"),
            (
                catalog.routines.iter().filter(|row| ours(&row.id.name)).count(),
                "routine",
            ),
        ];
        let parts = counts.map(|(count, what)| counted(count, what));
        let (last, first) = (&parts[3], &parts[..3]);
        format!("{} and {last}", first.join(", "))
    }

    /// Reads the database behind `connection`. A schema that is asked for and not there is a slip of the pen.
    async fn check_scope(&self, connection: &mut PgConnection) -> Result<()> {
        if self.scope.schemas.is_empty() {
            return Ok(());
        }
        self.check_schemas(&connect::schema_names(connection).await?)
    }

    /// As [`Self::introspect`] checks, for a snapshot.
    fn loaded(&self, catalog: Catalog) -> Result<Side> {
        let known: Vec<String> = catalog.schemas.iter().map(|schema| schema.name.to_string()).collect();
        self.check_schemas(&known)?;
        Ok(Side {
            catalog,
            ..Side::default()
        })
    }

    fn check_schemas(&self, known: &[String]) -> Result<()> {
        let known: Vec<&str> = known.iter().map(String::as_str).collect();
        check_schemas(&self.scope.schemas, &known, &self.source)
    }
}

/// Whether all schemas that are asked for are there.
///
/// # Errors
/// Where one is not; with what it may have been meant to be.
pub(super) fn check_schemas(wanted: &[Name], known: &[&str], source: &Source) -> Result<()> {
    match wanted.iter().find(|wanted| !known.contains(&wanted.as_str())) {
        None => Ok(()),
        Some(wanted) => Err(unknown(
            format!("there is no schema `{wanted}` in {source}"),
            wanted,
            known,
        )),
    }
}

/// The value of a variable: the environment's; for the two that the configuration names, else that of the file `.env`
/// in its folder. Nothing else is taken from that file.
pub(super) fn variable(project: &Project, name: &str) -> Option<String> {
    if let Some(value) = std::env::var(name).ok().filter(|value| !value.is_empty()) {
        return Some(value);
    }
    let database = &project.config.database;
    if name != database.url_env && name != database.shadow_url_env {
        return None;
    }
    let lines = dotenvy::from_path_iter(project.resolve(Path::new(".env"))).ok()?;
    for line in lines {
        match line {
            Ok((key, value)) if key == name && !value.is_empty() => return Some(value),
            Ok(_) | Err(dotenvy::Error::LineParse(..)) => {}
            Err(_) => return None,
        }
    }
    None
}

/// The folder of migrations: the configured one, else one that is there.
pub(super) fn migrations_folder(project: &Project) -> Option<PathBuf> {
    if let Some(folder) = &project.config.migrations.dir {
        return Some(project.resolve(folder));
    }
    ["supabase/migrations", "migrations"]
        .iter()
        .map(|path| project.resolve(Path::new(path)))
        .find(|path| path.is_dir())
}

/// Whether the project or the source is Supabase's. A database is what its host says, whatever else lies in the folder,
/// except on this machine, where a Supabase stack has no name of its own.
fn found_supabase(source: &Source, project: &Project, report: Report) -> bool {
    if let Source::Database(url) = source {
        let place = connect::describe(url).unwrap_or_default();
        let is_local = ["@127.0.0.1:", "@localhost:", "@::1:"]
            .iter()
            .any(|host| place.contains(host));
        if connect::is_supabase(url) || !is_local {
            return connect::is_supabase(url);
        }
    }
    let mut folders = vec![project.base.clone()];
    if let Source::Sql(path) = source {
        // It may be a project's root, the migrations in it, or one of them.
        folders.extend(path.ancestors().take(4).map(Path::to_owned));
    }
    let files = folders.iter().map(|folder| folder.join("supabase/config.toml"));
    let Some(found) = files.into_iter().find(|path| path.is_file()) else {
        return false;
    };
    report.detail(&format!(
        "taken for a Supabase project, because {} is there",
        found.display()
    ));
    true
}
