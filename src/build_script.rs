//! Types from a `build.rs`: the committed snapshot in, `OUT_DIR` out.
//!
//! ```no_run
//! // build.rs
//! pgkeel::build_script::generate().unwrap_or_else(|e| e.exit());
//! ```
//!
//! and in the crate `include!(concat!(env!("OUT_DIR"), "/types.rs"));`, by the file name of the entry's `out`. No
//! database is read unless `PGKEEL_LIVE=1` asks for it, so that it works wherever the source is: offline, read-only, on
//! docs.rs. A crate that is published holds its snapshot and its `pgkeel.toml` in its own folder.

use std::collections::BTreeSet;
use std::env;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::catalog::Catalog;
use crate::catalog::scope::{Depth, Scope};
use crate::codegen::{self, files};
use crate::config::load::{self, Project};
use crate::config::rust::Rust;
use crate::config::{Config, Generate, Lang, Language, Platform};
use crate::diagnostic::{Diagnostic, Severity};
use crate::redact::redact;
use crate::{Error, Result, snapshot};

/// The variable that asks for the live database in place of the snapshot: `1`.
pub const LIVE: &str = "PGKEEL_LIVE";

/// Generates the Rust types that `pgkeel.toml` asks for, in the package's folder or above it, into `OUT_DIR`, and tells
/// cargo what they depend on.
///
/// # Errors
/// As [`Options::generate`].
pub fn generate() -> Result<(), Failure> {
    Options::new().generate()
}

/// What is generated, for those who want it otherwise than [`generate`] does, or have no `pgkeel.toml`.
///
/// ```no_run
/// use pgkeel::build_script::Options;
/// use pgkeel::config::rust::{Datetime, Rust};
///
/// let rust = Rust { datetime: Datetime::Time, ..Rust::default() };
/// let options = Options::new().snapshot("db/schema.snapshot.json").rust(rust);
/// options.generate().unwrap_or_else(|e| e.exit());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Options {
    settings: Settings,
    snapshot: Option<PathBuf>,
    rust: Option<Rust>,
    also: BTreeSet<Lang>,
}

/// Where the configuration comes from.
#[derive(Clone, Debug, Default)]
enum Settings {
    /// The first `pgkeel.toml` in the package's folder or above it; the defaults where there is none.
    #[default]
    Found,
    File(PathBuf),
    Given(Box<Config>),
}

/// Where cargo runs a build script, and what the user wants of this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The package's folder, which relative paths start from (`CARGO_MANIFEST_DIR`).
    pub package: PathBuf,
    /// The only folder that is written to (`OUT_DIR`).
    pub out: PathBuf,
    /// Whether the live database is read in place of the snapshot ([`LIVE`]).
    pub live: bool,
}

impl Options {
    /// As [`generate`] does it.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes this configuration, and no `pgkeel.toml`. Its paths are relative to the package's folder.
    #[must_use]
    pub fn config(mut self, config: Config) -> Self {
        self.settings = Settings::Given(Box::new(config));
        self
    }

    /// Reads the configuration from this file, relative to the package's folder.
    #[must_use]
    pub fn config_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.settings = Settings::File(file.into());
        self
    }

    /// Reads this snapshot, relative to the package's folder, in place of the configured one.
    #[must_use]
    pub fn snapshot(mut self, file: impl Into<PathBuf>) -> Self {
        self.snapshot = Some(file.into());
        self
    }

    /// Writes `types.rs` by these options, in place of the configured entries of Rust.
    #[must_use]
    pub fn rust(mut self, rust: Rust) -> Self {
        self.rust = Some(rust);
        self
    }

    /// Writes the configured entries of this language too, by the feature `languages`: a web page that the crate embeds,
    /// say. What is checked in for others is better written by `pgkeel generate`.
    #[must_use]
    pub fn also(mut self, lang: Lang) -> Self {
        self.also.insert(lang);
        self
    }

    /// Writes the types into `OUT_DIR`, where their bytes differ, and prints for cargo what they depend on and what was
    /// noticed.
    ///
    /// # Errors
    /// Outside of a build script; where the configuration or the snapshot is missing or wrong; where two entries have
    /// one file name; as [`codegen::generate`]; and where a live database is asked for and cannot be read.
    pub fn generate(&self) -> Result<(), Failure> {
        let place = Place::here()?;
        let lines = self.run(&place)?;
        let mut stdout = std::io::stdout().lock();
        let written = lines.iter().try_for_each(|line| writeln!(stdout, "cargo::{line}"));
        Ok(written.map_err(|error| Error::new(format!("cannot speak to cargo: {error}")))?)
    }

    /// Writes the types into a place, and gives the instructions for cargo, each without its `cargo::`.
    ///
    /// # Errors
    /// As [`Self::generate`].
    pub fn run(&self, place: &Place) -> Result<Vec<String>> {
        let mut project = self.project(&place.package)?;
        let mut lines = vec![format!("rerun-if-env-changed={LIVE}")];
        lines.extend(project.file.iter().map(|file| depends_on(file)));
        let path = match &self.snapshot {
            Some(path) => place.package.join(path),
            None => project.resolve(&project.config.snapshot.path),
        };
        project.config.generate = self.entries(&project.config)?;
        let read = match place.live {
            true => live(&project, &mut lines)?,
            false => committed(&project, &path, &mut lines)?,
        };
        let generated = codegen::generate(&read.catalog, &project.config, &read.scope)?;
        // The folder is cargo's, and its own for this package: nothing in it is anybody else's.
        files::write(&place.out, &generated.files, &generated.folders, true)?;
        let noticed = read.noticed.iter().chain(&generated.notes);
        lines.extend(noticed.filter(|said| said.severity == Severity::Warning).map(warning));
        Ok(lines)
    }

    fn project(&self, package: &Path) -> Result<Project> {
        let file = match &self.settings {
            Settings::Given(config) => {
                return Ok(Project {
                    config: (**config).clone(),
                    file: None,
                    base: package.to_owned(),
                });
            }
            Settings::File(file) => Some(package.join(file)),
            Settings::Found => {
                let folders = package.ancestors();
                folders
                    .map(|folder| folder.join(load::FILE_NAME))
                    .find(|file| file.is_file())
            }
        };
        match file {
            Some(file) => load::load(Some(&file)),
            None => Ok(Project {
                base: package.to_owned(),
                ..Project::default()
            }),
        }
    }

    /// What is generated: the configured entries, each by its bare name, since there is one folder for all.
    fn entries(&self, config: &Config) -> Result<Vec<Generate>> {
        let rust = self.rust.clone().map(|rust| Generate::from(Language::Rust(rust)));
        let wants = |lang| self.also.contains(&lang) || lang == Lang::Rust && rust.is_none();
        let mut entries: Vec<Generate> = (config.generate.iter())
            .filter(|entry| wants(entry.lang()))
            .cloned()
            .collect();
        entries.extend(rust);
        if !entries.iter().any(|entry| entry.lang() == Lang::Rust) {
            entries.push(Generate::new(Lang::Rust));
        }
        let mut names = BTreeSet::new();
        for entry in &mut entries {
            let name = entry.out.file_name().map(PathBuf::from);
            entry.out = name.unwrap_or_else(|| entry.lang().default_file().into());
            if !names.insert(entry.out.clone()) {
                let name = entry.out.display();
                return Err(
                    Error::new(format!("two entries of [[generate]] write {name} into OUT_DIR"))
                        .with_hint("give each an `out` with a file name of its own"),
                );
            }
            if let Language::Rust(options) = &mut entry.language {
                // sqlx looks for it beside Cargo.toml, where a build script must not write.
                options.sqlx_toml = None;
            }
        }
        if let Some(lang) = self
            .also
            .iter()
            .find(|lang| !entries.iter().any(|entry| entry.lang() == **lang))
        {
            return Err(Error::new(format!("there is no [[generate]] entry for {lang}"))
                .with_hint(format!("add one to {}, or do not ask for it", load::FILE_NAME)));
        }
        Ok(entries)
    }
}

impl Place {
    /// What cargo says of this run. On docs.rs there is no database to be read, whatever is asked.
    fn here() -> Result<Self> {
        let folder = |name: &str| {
            env::var_os(name).map(PathBuf::from).ok_or_else(|| {
                Error::new(format!("the environment variable {name} is not set"))
                    .with_hint("call this from a build.rs, which cargo runs; elsewhere run `pgkeel generate`")
            })
        };
        let asked = env::var_os(LIVE).is_some_and(|value| !value.is_empty() && value != "0");
        Ok(Self {
            package: folder("CARGO_MANIFEST_DIR")?,
            out: folder("OUT_DIR")?,
            live: asked && env::var_os("DOCS_RS").is_none(),
        })
    }
}

/// A schema that was read.
struct Read {
    catalog: Catalog,
    scope: Scope,
    noticed: Vec<Diagnostic>,
}

/// Reads the snapshot.
fn committed(project: &Project, path: &Path, lines: &mut Vec<String>) -> Result<Read> {
    if !path.is_file() {
        return Err(Error::new(format!("there is no snapshot {}", path.display()))
            .with_hint("`pgkeel pull` writes it: commit it, and let the package include it where one is published"));
    }
    lines.push(depends_on(path));
    let marker = project.resolve(Path::new("supabase/config.toml"));
    let is_supabase = match project.config.scope.platform {
        Some(platform) => platform == Platform::Supabase,
        None => marker.is_file(),
    };
    if is_supabase && project.config.scope.platform.is_none() {
        lines.push(depends_on(&marker));
    }
    let catalog = snapshot::load(path, Depth::Types)?;
    let scope = codegen::scope(&project.config, is_supabase)?;
    let known: Vec<&str> = catalog.schemas.iter().map(|schema| schema.name.as_str()).collect();
    if let Some(missing) = scope.schemas.iter().find(|schema| !known.contains(&schema.as_str())) {
        let message = format!("there is no schema `{missing}` in {}", path.display());
        return Err(load::unknown(message, missing, &known));
    }
    Ok(Read {
        catalog,
        scope,
        noticed: Vec::new(),
    })
}

/// Reads the live database, again in every build: cargo cannot know when it has changed.
#[cfg(feature = "db")]
fn live(project: &Project, lines: &mut Vec<String>) -> Result<Read> {
    use crate::introspect::{self, connect};

    let name = &project.config.database.url_env;
    lines.push(format!("rerun-if-env-changed={name}"));
    // What is never there has always changed.
    lines.push("rerun-if-changed=pgkeel-live".to_owned());
    let url = env::var(name).map_err(|_| {
        Error::new(format!("{LIVE} is set, and the environment variable {name} is not"))
            .with_hint("set it to the database's URL, or build from the snapshot without the former")
    })?;
    let is_supabase = match project.config.scope.platform {
        Some(platform) => platform == Platform::Supabase,
        None => connect::is_supabase(&url),
    };
    let scope = codegen::scope(&project.config, is_supabase)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::new(format!("cannot start what reads the database: {error}")))?;
    let (catalog, noticed) = runtime.block_on(async {
        let mut connection = connect::connect(&url).await?;
        introspect::read(&mut connection, &scope, Depth::Types).await
    })?;
    Ok(Read {
        catalog,
        scope,
        noticed,
    })
}

/// Says what reading a database takes.
#[cfg(not(feature = "db"))]
fn live(_: &Project, _: &mut Vec<String>) -> Result<Read> {
    Err(Error::new(format!(
        "{LIVE} is set, and this build of pgkeel cannot read a database"
    ))
    .with_hint("unset it to build from the snapshot, or add \"db\" to the features of pgkeel in [build-dependencies]"))
}

fn depends_on(file: &Path) -> String {
    format!("rerun-if-changed={}", file.display())
}

/// What was noticed, on one line as cargo wants it.
fn warning(said: &Diagnostic) -> String {
    let hint = said.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
    let text = format!("{}: {}{hint}", said.subject, said.message);
    format!("warning={}", redact(&text).replace(['\n', '\r'], " "))
}

/// Why nothing was generated. `?` and `unwrap` show it whole, and so does [`Self::exit`].
pub struct Failure(Error);

impl Failure {
    /// Says what failed and how to mend it on standard error, and ends the process with exit code 2.
    pub fn exit(self) -> ! {
        // Nobody can be told where this fails.
        let _ = writeln!(std::io::stderr(), "error: {self:?}");
        std::process::exit(2)
    }

    /// The error.
    pub fn error(&self) -> &Error {
        &self.0
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&self.0.to_string()))
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&redact(&format!("{:?}", self.0)))
    }
}

impl std::error::Error for Failure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}
