//! A throwaway PostgreSQL: found or fetched, started in a moment, replayed into, and gone afterwards.
//!
//! [`start`] gives a [`Scratch`]: a server of our own on a Unix socket in a private directory, or an empty database on a
//! server that the user named. [`sql_files`] finds the SQL files of a project, whatever its layout, and [`replay`] runs
//! them as psql would. What a schema is, is then read from the server's catalogs.

#[cfg(unix)]
mod cache;
#[cfg(unix)]
mod cluster;
#[cfg(all(unix, feature = "embedded"))]
mod embedded;
mod extension;
pub(crate) mod fault;
pub(crate) mod files;
#[cfg(unix)]
mod locate;
mod meta;
#[cfg(unix)]
mod own;
mod replay;
#[cfg(unix)]
mod rundir;
pub(crate) mod scan;
mod shadow;
pub(crate) mod split;
pub(crate) mod statement;
mod supabase;
#[cfg(unix)]
mod template;
#[cfg(unix)]
mod user;

use std::path::PathBuf;

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};

use crate::diagnostic::Diagnostic;
use crate::{Error, Result};

pub use files::{Layout, Migrations, SqlFile, migrations, migrations_among, sql_files};
pub use replay::replay;

/// What kind of scratch PostgreSQL is wanted, and where it may come from.
#[derive(Clone, Debug)]
pub struct Options {
    /// The URL of a server to make scratch databases on; without it, pgkeel starts one of its own.
    pub shadow: Option<String>,
    /// The major version to prefer, such as 17.
    pub major: Option<u32>,
    /// What a new database has besides PostgreSQL's own objects.
    pub platform: Platform,
    /// Extensions that are stood in for by pgkeel's own objects instead of being installed.
    pub stub_extensions: Vec<String>,
    /// Whether a server that is installed on this machine may be taken.
    pub installed: bool,
    /// Whether a server may be fetched where none is found.
    pub download: bool,
    /// The address of the releases to fetch a server from, instead of the usual one: a company's mirror. It has to hold
    /// `releases.json`, an array of objects with a `tag_name` (the version), and for each version
    /// `download/<version>/postgresql-<version>-<target>.tar.gz` with its `.sha256` beside it.
    pub releases: Option<String>,
    /// The directory of the server programs to use; `PGKEEL_PG_BIN` where it is not given.
    pub pg_bin: Option<PathBuf>,
}

/// What a database has before the first migration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Platform {
    /// What PostgreSQL gives.
    #[default]
    None,
    /// The roles, schemas, tables and functions of a Supabase project.
    Supabase,
}

/// What takes a while, as it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A template cluster of this version is made, once.
    Preparing {
        /// The server's version.
        version: String,
    },
    /// A server is being fetched.
    Downloading {
        /// The file's name.
        file: String,
        /// Where it comes from.
        from: String,
        /// The bytes that have arrived.
        received: u64,
        /// The bytes to expect, where the other side tells.
        total: Option<u64>,
    },
    /// What was fetched has been verified and is being unpacked.
    Unpacking {
        /// The directory that it goes to.
        to: PathBuf,
    },
}

/// An empty database that is removed when this is dropped; better, when [`Scratch::close`] is called, which tells what
/// failed.
pub struct Scratch {
    options: Options,
    connect: PgConnectOptions,
    version: u32,
    description: String,
    notes: Vec<Diagnostic>,
    place: Place,
}

/// What has to be removed in the end.
enum Place {
    #[cfg(unix)]
    Own {
        server: own::Server,
        programs: own::Programs,
    },
    Shadow(shadow::Database),
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shadow: None,
            major: None,
            platform: Platform::None,
            stub_extensions: Vec::new(),
            installed: true,
            download: true,
            releases: None,
            pg_bin: None,
        }
    }
}

/// Makes an empty scratch database: on `options.shadow` where it is given, else on a server of our own, found in this
/// order: `pg_bin` or `PGKEEL_PG_BIN`, `pg_config --bindir`, the PATH, the distributions' folders, Homebrew,
/// Postgres.app, and at last a fetched one.
///
/// # Errors
/// Where no server is found, one cannot be started or connected to, or the platform cannot be prepared on it.
pub async fn start(options: &Options) -> Result<Scratch> {
    start_reporting(options, &|_| {}).await
}

/// As [`start`], telling `report` of what takes a while.
///
/// # Errors
/// As [`start`].
pub async fn start_reporting(options: &Options, report: &(dyn Fn(Progress) + Send + Sync)) -> Result<Scratch> {
    extension::check_names(&options.stub_extensions)?;
    if let Some(url) = &options.shadow {
        return shadow::start(options, url).await;
    }
    #[cfg(unix)]
    return own::start(options, report).await;
    #[cfg(not(unix))]
    {
        let _ = report;
        Err(Error::new("pgkeel starts servers of its own on Linux and macOS only")
            .with_hint("give a server to make scratch databases on: --shadow postgres://…"))
    }
}

impl Scratch {
    /// A new connection, as a superuser where the server is our own.
    ///
    /// # Errors
    /// Where the server is gone or takes no more connections.
    pub async fn connect(&self) -> Result<PgConnection> {
        connect(&self.connect, &self.description).await
    }

    /// A new connection as a role that is there. Servers of our own ask for no password.
    ///
    /// # Errors
    /// As [`Self::connect`], and where the role may not log in.
    pub async fn connect_as(&self, role: &str) -> Result<PgConnection> {
        connect(&self.connect.clone().username(role), &self.description).await
    }

    /// How to connect: for a pool, or another database of the server.
    pub fn connect_options(&self) -> &PgConnectOptions {
        &self.connect
    }

    /// The URL that any PostgreSQL client connects to. For a database on a named server it holds that server's password.
    pub fn url(&self) -> String {
        let mut url = self.connect.to_url_lossy();
        // The parameter is sqlx's own; libpq refuses what it does not know.
        let known = url.query_pairs().filter(|(key, _)| key != "statement-cache-capacity");
        let known: Vec<(String, String)> = known
            .map(|(key, value)| (key.into_owned(), value.into_owned()))
            .collect();
        url.query_pairs_mut().clear().extend_pairs(known);
        url.into()
    }

    /// The server's `server_version_num`: 150004 for 15.4.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// Whether the server is our own, and nobody else's.
    pub fn is_own(&self) -> bool {
        !matches!(self.place, Place::Shadow(_))
    }

    /// What server this is and where it was found, without a password.
    pub fn describe(&self) -> &str {
        &self.description
    }

    /// What was noticed on the way, such as a major version that is not the wanted one.
    pub fn notes(&self) -> &[Diagnostic] {
        &self.notes
    }

    /// Another empty database of the same kind; `hint` may show in its name. On a server of our own it has a server of
    /// its own too, which starts faster than a database is copied, and shares no roles with this one.
    ///
    /// # Errors
    /// As [`start`].
    pub async fn database(&self, hint: &str) -> Result<Scratch> {
        match &self.place {
            #[cfg(unix)]
            Place::Own { programs, .. } => own::start_with(programs.clone(), &self.options, &|_| {}).await,
            Place::Shadow(database) => database.sibling(&self.options, hint).await,
        }
    }

    /// Removes the database, and stops its server where that is our own.
    ///
    /// # Errors
    /// Where a database on a named server cannot be dropped.
    pub async fn close(self) -> Result<()> {
        match self.place {
            #[cfg(unix)]
            Place::Own { server, .. } => {
                let stopping = tokio::task::spawn_blocking(move || drop(server));
                stopping
                    .await
                    .map_err(|error| Error::new("cannot stop the scratch server").with_source(error))
            }
            Place::Shadow(database) => database.drop_now().await,
        }
    }
}

/// Connects, naming `description` where that fails.
async fn connect(options: &PgConnectOptions, description: &str) -> Result<PgConnection> {
    options
        .connect()
        .await
        .map_err(|error| Error::new(format!("cannot connect to {description}: {error}")).with_source(error))
}

/// The server's `server_version_num`.
async fn version_number(conn: &mut PgConnection) -> Result<u32> {
    let number = sqlx::query_scalar::<_, String>("SELECT current_setting('server_version_num')")
        .fetch_one(conn)
        .await;
    let number = number.map_err(|error| Error::new("cannot ask the server's version").with_source(error))?;
    number
        .parse()
        .map_err(|error| Error::new(format!("the server's version is {number:?}")).with_source(error))
}

/// What [`replay`] has to know of a scratch database goes with its connections, and leaves nothing in its catalogs.
fn with_marks(connect: PgConnectOptions, options: &Options, is_shared: bool) -> PgConnectOptions {
    let place = if is_shared { "shared" } else { "own" };
    let mut connect = connect.options([("pgkeel.scratch", place)]);
    if options.platform == Platform::Supabase {
        connect = connect.options([("pgkeel.platform", "supabase")]);
    }
    if !options.stub_extensions.is_empty() {
        connect = connect.options([("pgkeel.stub_extensions", options.stub_extensions.join(","))]);
    }
    connect
}

/// Closes a connection; the server notices by itself where this fails.
async fn close_quietly(conn: PgConnection) {
    let _ = conn.close().await;
}
