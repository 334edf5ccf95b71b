//! Opens a connection as libpq would (manual, section 34.1), and says clearly why it could not be opened.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions};
use sqlx::query::QueryScalar;
use sqlx::{ConnectOptions as _, PgConnection, Postgres, Row as _};

use crate::catalog::Name;
use crate::redact::redact;
use crate::{Error, Result};

/// How long one server may take to answer, unless `connect_timeout` or `PGCONNECT_TIMEOUT` says otherwise.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Connects to the database at `url`: a libpq URL, completed by `PG*` variables, `~/.pgpass` and the service file. Of
/// several hosts the first that answers is taken.
///
/// The connection suits a transaction-mode pooler: it sends no start-up parameter that poolers refuse, and
/// keeps no named prepared statement.
///
/// # Errors
/// Each reason has its own message and cure; none holds a password.
pub async fn connect(url: &str) -> Result<PgConnection> {
    let address = Address::parse(url)?;
    let mut failure = None;
    for options in &address.servers {
        let attempt = tokio::time::timeout(address.timeout, options.connect());
        match attempt.await {
            Ok(Ok(connection)) => return Ok(connection),
            Ok(Err(error)) => failure = Some(explain(error, options)),
            Err(_) => failure = Some(timed_out(options, address.timeout)),
        }
    }
    Err(failure.unwrap_or_else(|| bad_url("it names no server")))
}

/// The server and database that `url` leads to, as `user@host:port/database`: fit to be shown.
///
/// # Errors
/// Where `url` is not one.
pub fn describe(url: &str) -> Result<String> {
    let address = Address::parse(url)?;
    Ok(address.servers.iter().map(target).collect::<Vec<_>>().join(" or "))
}

/// How each server that `url` names is connected to, as [`connect`] does.
///
/// # Errors
/// Where `url` is not one.
pub fn servers(url: &str) -> Result<Vec<PgConnectOptions>> {
    Ok(Address::parse(url)?.servers)
}

/// The role that the session acts as.
///
/// # Errors
/// Where the connection is lost.
pub async fn session_user(connection: &mut PgConnection) -> Result<Name> {
    let row = sqlx::raw_sql("select current_user::text").fetch_one(connection).await;
    let name = row.and_then(|row| row.try_get::<String, _>(0));
    name.map(Name::from)
        .map_err(|error| Error::new(format!("cannot ask who is connected: {error}")).with_source(error))
}

/// The names of all schemas but PostgreSQL's own, for telling a slip of the pen from an empty schema.
///
/// # Errors
/// Where the server does not answer.
pub async fn schema_names(connection: &mut PgConnection) -> Result<Vec<String>> {
    let names = sqlx::query_scalar(include_str!("sql/schema_names.sql"))
        .fetch_all(connection)
        .await;
    names.map_err(|error| Error::new(format!("cannot ask the database for its schemas: {error}")).with_source(error))
}

/// The names of all roles but PostgreSQL's own.
///
/// # Errors
/// Where the server does not answer.
pub async fn role_names(connection: &mut PgConnection) -> Result<Vec<Name>> {
    roles(connection, sqlx::query_scalar(include_str!("sql/role_names.sql"))).await
}

/// The roles that have come since there were only `before`, and those that were made members of these.
///
/// # Errors
/// Where the server does not answer.
pub async fn roles_since(connection: &mut PgConnection, before: &[Name]) -> Result<Vec<Name>> {
    let before = before.iter().map(Name::as_str).collect::<Vec<_>>();
    roles(
        connection,
        sqlx::query_scalar(include_str!("sql/roles_since.sql")).bind(before),
    )
    .await
}

async fn roles(
    connection: &mut PgConnection,
    query: QueryScalar<'_, Postgres, String, PgArguments>,
) -> Result<Vec<Name>> {
    let names = query.persistent(false).fetch_all(connection).await;
    names
        .map(|names| names.into_iter().map(Name::from).collect())
        .map_err(|error| Error::new(format!("cannot ask the database for its roles: {error}")).with_source(error))
}

/// What `url` means, with everything that stands elsewhere.
struct Address {
    servers: Vec<PgConnectOptions>,
    timeout: Duration,
}

impl Address {
    fn parse(url: &str) -> Result<Self> {
        let mut parts = UrlParts::split(url.trim())?;
        let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        if let Some(service) = parts.take("service").or_else(|| variable("PGSERVICE")) {
            parts.defaults.extend(read_service(&service)?);
        }
        let timeout = parts.take("connect_timeout").or_else(|| variable("PGCONNECT_TIMEOUT"));
        let timeout = match timeout.map(|seconds| (seconds.parse::<u64>(), seconds)) {
            None | Some((Ok(0), _)) => TIMEOUT,
            Some((Ok(seconds), _)) => Duration::from_secs(seconds),
            Some((Err(_), text)) => {
                return Err(bad_url(&format!(
                    "connect_timeout is `{text}`, not a number of seconds"
                )));
            }
        };
        // The system's own roots are what sqlx verifies against where no file is named.
        if parts.get("sslrootcert").is_some_and(|value| value == "system") {
            parts.take("sslrootcert");
            parts.take("sslmode");
            parts.query.push(("sslmode".to_owned(), "verify-full".to_owned()));
        }
        let hosts = std::mem::take(&mut parts.hosts);
        let servers = hosts.iter().map(|host| parts.options(host)).collect::<Result<_>>()?;
        Ok(Self { servers, timeout })
    }
}

/// A URL taken apart as libpq does, which allows several hosts where a URL proper does not.
struct UrlParts {
    /// `user:password@`, percent-encoded, or nothing.
    user: String,
    /// `host:port`, each.
    hosts: Vec<String>,
    /// `/database`, percent-encoded, or nothing.
    path: String,
    /// The parameters, decoded.
    query: Vec<(String, String)>,
    /// What a service file adds where the URL is silent.
    defaults: Vec<(String, String)>,
}

impl UrlParts {
    fn split(url: &str) -> Result<Self> {
        let Some(rest) = url
            .strip_prefix("postgres://")
            .or_else(|| url.strip_prefix("postgresql://"))
        else {
            return Err(bad_url("it does not begin with postgres:// or postgresql://"));
        };
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (user, hosts) = match authority.rfind('@') {
            Some(at) => authority.split_at(at + 1),
            None => ("", authority),
        };
        if path.contains('@') {
            return Err(bad_url("it has a `/` before its `@`")
                .with_hint("write the password's / as %2F, @ as %40, : as %3A, # as %23, ? as %3F, % as %25"));
        }
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Ok(Self {
            user: user.to_owned(),
            hosts: hosts.split(',').map(str::to_owned).collect(),
            path: path.to_owned(),
            query,
            defaults: Vec::new(),
        })
    }

    fn get(&self, key: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(name, _)| name == key)
            .map(|(_, value)| value.as_str())
    }

    fn take(&mut self, key: &str) -> Option<String> {
        let at = self.query.iter().position(|(name, _)| name == key)?;
        Some(self.query.remove(at).1)
    }

    /// What sqlx makes of the URL with `host` alone. Of a parameter that stands there twice, it takes the last.
    fn options(&self, host: &str) -> Result<PgConnectOptions> {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        // A user without a host is right to libpq, and no URL to others.
        let place = if host.is_empty() && !self.user.is_empty() {
            "localhost"
        } else {
            host
        };
        if place != host {
            query.append_pair("host", PgConnectOptions::new_without_pgpass().get_host());
        }
        for (key, value) in &self.defaults {
            let said = match key.as_str() {
                "host" | "hostaddr" => !host.is_empty(),
                "port" => host.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']')),
                "user" => !self.user.is_empty(),
                "password" => self.user.contains(':'),
                "dbname" => self.path.len() > 1,
                _ => false,
            };
            if !said && self.get(key).is_none() {
                query.append_pair(key, value);
            }
        }
        query.extend_pairs(&self.query);
        // sqlx would keep the brackets of an IPv6 address, which no resolver knows.
        if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && self.get("hostaddr").is_none()
        {
            query.append_pair("host", address);
        }
        let url = format!("postgres://{}{place}{}?{}", self.user, self.path, query.finish());
        let options = PgConnectOptions::from_str(&url).map_err(|error| match error {
            sqlx::Error::Configuration(source) => bad_url(&redact(&source.to_string())),
            other => bad_url(&redact(&other.to_string())),
        })?;
        let name = options.get_application_name().unwrap_or("pgkeel").to_owned();
        Ok(options
            .application_name(&name)
            .extra_float_digits(None)
            .statement_cache_capacity(0))
    }
}

/// The settings of one service (manual, section 34.17), from `PGSERVICEFILE`, `~/.pg_service.conf` or the system's file.
fn read_service(service: &str) -> Result<Vec<(String, String)>> {
    let home = std::env::home_dir();
    let files: Vec<PathBuf> = std::env::var_os("PGSERVICEFILE")
        .map(PathBuf::from)
        .or_else(|| home.map(|home| home.join(".pg_service.conf")))
        .into_iter()
        .chain(std::env::var_os("PGSYSCONFDIR").map(|folder| PathBuf::from(folder).join("pg_service.conf")))
        .collect();
    for text in files.iter().filter_map(|file| std::fs::read_to_string(file).ok()) {
        let mut found = None;
        for line in text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'))
        {
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                if found.is_some() {
                    break;
                }
                found = (name == service).then(Vec::new);
            } else if let (Some(settings), Some((key, value))) = (&mut found, line.split_once('=')) {
                settings.push((key.trim().to_owned(), value.trim().to_owned()));
            }
        }
        if let Some(settings) = found {
            return Ok(settings);
        }
    }
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    Err(
        Error::new(format!("the service `{service}` is in none of {}", files.join(", ")))
            .with_hint("add it there, or name another file in PGSERVICEFILE"),
    )
}

fn bad_url(why: &str) -> Error {
    Error::new(format!("the database URL is not right: {why}")).with_hint(
        "write it as postgres://user:password@host:5432/database, with special characters in the password \
         percent-encoded (@ as %40, / as %2F, : as %3A, # as %23)",
    )
}

/// Where `options` lead, without the password.
fn target(options: &PgConnectOptions) -> String {
    let (user, port) = (options.get_username(), options.get_port());
    // libpq's rule: the database is named like the user unless it is said otherwise.
    let database = options.get_database().unwrap_or(user);
    match options.get_socket() {
        Some(socket) => format!("{user}@{}:{port}/{database}", socket.display()),
        None => format!("{user}@{}:{port}/{database}", options.get_host()),
    }
}

fn timed_out(options: &PgConnectOptions, after: Duration) -> Error {
    Error::new(format!("no answer from {} within {} seconds", target(options), after.as_secs())).with_hint(
        "check host and port, and whether a firewall or an allow list stands between; connect_timeout=60 in the URL waits longer",
    )
}

/// Why a connection could not be opened, with the cure.
fn explain(error: sqlx::Error, options: &PgConnectOptions) -> Error {
    let place = target(options);
    let (message, hint) = match &error {
        sqlx::Error::Io(io) => explain_io(io, options, &place),
        sqlx::Error::Tls(tls) => explain_tls(&tls.to_string(), &place),
        sqlx::Error::Database(database) => {
            let code = database.code().unwrap_or_default().into_owned();
            explain_refusal(&code, database.message(), options, &place)
        }
        sqlx::Error::Protocol(_) => (
            format!("{place} does not answer as PostgreSQL does"),
            "check that it is PostgreSQL that listens there, and that it lets this machine in",
        ),
        other => (format!("cannot connect to {place}: {other}"), "check the URL"),
    };
    let mut explained = Error::new(redact(&message)).with_hint(hint);
    if let sqlx::Error::Database(database) = &error {
        explained = explained.with_detail(redact(database.message()));
    }
    explained
}

fn explain_io(error: &std::io::Error, options: &PgConnectOptions, place: &str) -> (String, &'static str) {
    let local = options.get_socket().is_some() || options.get_host().starts_with('/');
    let text = error.to_string();
    // rustls reports a certificate that it does not trust as an input or output error.
    if text.contains("certificate") || text.contains("TLS") || text.contains("tls") {
        return explain_tls(&text, place);
    }
    if text.contains("lookup") || text.contains("resolve") {
        return (
            format!("there is no host `{}`", options.get_host()),
            "check the host's name, and the network; a Supabase project that is paused, or reached without IPv6, has none: \
             take the pooler's URL from its dashboard",
        );
    }
    match error.kind() {
        ErrorKind::NotFound if local => (
            format!("no server listens at {place}"),
            "start PostgreSQL, check the socket's folder, or name a host with the URL or PGHOST",
        ),
        ErrorKind::ConnectionRefused => (
            format!("no server listens at {place}"),
            "start PostgreSQL, or check host and port",
        ),
        ErrorKind::PermissionDenied => (
            format!("no permission to use the socket at {place}"),
            "connect as a user who may, or over TCP with a host in the URL",
        ),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => (
            format!("{place} cannot be reached: {text}"),
            "check the network; a Supabase project's direct host has only IPv6: take the pooler's URL from its dashboard",
        ),
        ErrorKind::UnexpectedEof
        | ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe => (
            format!("{place} closed the connection before it was open"),
            "check that it is PostgreSQL that listens there, and that it lets this machine in",
        ),
        _ => (
            format!("cannot connect to {place}: {text}"),
            "check host, port and network",
        ),
    }
}

fn explain_tls(text: &str, place: &str) -> (String, &'static str) {
    if text.contains("does not support") || text.contains("not supported") {
        return (
            format!("{place} offers no TLS, and sslmode demands it"),
            "take sslmode=prefer, or sslmode=disable where the way is safe; or switch TLS on at the server (ssl = on)",
        );
    }
    if text.contains("certificate") || text.contains("UnknownIssuer") || text.contains("NotValidForName") {
        return (
            format!("the certificate of {place} is not trusted: {text}"),
            "name the authority's certificate with sslrootcert=FILE, or take sslmode=require to go without the check",
        );
    }
    (
        format!("TLS with {place} failed: {text}"),
        "check sslmode, sslrootcert, sslcert and sslkey",
    )
}

/// What the server refused, by its SQLSTATE (manual, appendix A).
fn explain_refusal(code: &str, said: &str, options: &PgConnectOptions, place: &str) -> (String, &'static str) {
    let user = options.get_username();
    match code {
        "28P01" => (
            format!("wrong password for user `{user}` at {place}"),
            "put the right one into the URL's variable, PGPASSWORD or ~/.pgpass, percent-encoded where it is in a URL",
        ),
        "28000" if said.contains("pg_hba.conf") && said.contains("no encryption") => (
            format!("{place} does not let this user in from this machine without TLS"),
            "take sslmode=require where the server has TLS; else add a line for this user to the server's pg_hba.conf",
        ),
        "28000" if said.contains("pg_hba.conf") => (
            format!("{place} does not let this user in from this machine"),
            "add a line for them to the server's pg_hba.conf, or use a user, host or database that has one",
        ),
        "28000" if said.contains("does not exist") => (
            format!("there is no role `{user}` at {place}"),
            "check the user in the URL, or create the role",
        ),
        "28000" => (
            format!("{place} does not accept user `{user}`"),
            "check the user, and how the server authenticates it",
        ),
        "3D000" => (
            format!(
                "there is no database `{}` at {place}",
                options.get_database().unwrap_or(user)
            ),
            "check the name at the end of the URL; psql -l lists what is there",
        ),
        "42501" => (
            format!("user `{user}` may not connect to {place}"),
            "grant it: GRANT CONNECT ON DATABASE … TO …, or use another user",
        ),
        "53300" => (
            format!("{place} has no connection left"),
            "close some, or use a pooler's URL",
        ),
        "57P03" => (
            format!("{place} is not ready yet"),
            "wait until it has started, and run it again",
        ),
        _ if said.contains("Tenant or user not found") => (
            format!("the pooler at {place} knows no such project or user"),
            "its users are called postgres.PROJECT: copy the pooler's URL from the project's dashboard",
        ),
        _ if options_refused(said) => (
            format!("the pooler at {place} refuses a start-up parameter"),
            "remove `options` from the URL, or PGOPTIONS from the environment",
        ),
        _ => (
            format!("{place} refused the connection"),
            "what the server said is above",
        ),
    }
}

fn options_refused(said: &str) -> bool {
    said.contains("unsupported startup parameter")
}

/// Whether `url` is of a Supabase project: its own host or its pooler.
pub fn is_supabase(url: &str) -> bool {
    let Ok(parts) = UrlParts::split(url.trim()) else {
        return false;
    };
    let hosts = parts.hosts.iter().map(String::as_str).chain(parts.get("host"));
    hosts
        .map(|host| host.split_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase())
        .any(|host| {
            [".supabase.co", ".supabase.com", ".supabase.net"]
                .iter()
                .any(|domain| host.ends_with(domain))
        })
}

#[cfg(test)]
mod tests {
    use sqlx::postgres::PgSslMode;

    use super::*;

    fn server(url: &str) -> PgConnectOptions {
        Address::parse(url).unwrap().servers.remove(0)
    }

    #[test]
    fn urls_mean_what_libpq_means() {
        let options = server("postgresql://me:p%40ss@h:6543/db?sslmode=require&options=-c%20work_mem%3D1MB");
        assert_eq!(target(&options), "me@h:6543/db");
        assert!(matches!(options.get_ssl_mode(), PgSslMode::Require));
        assert_eq!(
            target(&server("postgres:///db?host=/tmp&user=me&port=5433")),
            "me@/tmp:5433/db"
        );
        assert_eq!(target(&server("postgres://me@[::1]:5433/db")), "me@::1:5433/db");
        assert_eq!(target(&server("postgres://me@%2Fvar%2Frun/db")), "me@/var/run:5432/db");
        assert!(matches!(
            server("postgres://me@h/db?sslrootcert=system").get_ssl_mode(),
            PgSslMode::VerifyFull
        ));
        assert_eq!(describe("postgres://me@a:1,b:2/db").unwrap(), "me@a:1/db or me@b:2/db");
        assert_eq!(
            Address::parse("postgres://h/db?connect_timeout=3").unwrap().timeout,
            Duration::from_secs(3)
        );
    }

    #[test]
    fn bad_urls_are_refused_without_their_password() {
        for url in [
            "mysql://me:secret@h/db",
            "me:secret@h",
            "postgres://me:se/secret@h/db",
            "postgres://me:secret@h:port/db",
            "postgres://me:secret@h/db?sslmode=maybe",
            "postgres://me:secret@h/db?connect_timeout=soon",
            "postgres://me:secret@h h/db",
        ] {
            let error = describe(url).expect_err(url);
            assert!(error.hint().is_some_and(|hint| hint.contains("%40")), "{url}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }

    #[test]
    fn supabase_is_known_by_its_host() {
        for url in [
            "postgres://postgres:x@db.abc.supabase.co:5432/postgres",
            "postgresql://postgres.abc:x@aws-0-eu-central-1.pooler.supabase.com:6543/postgres",
        ] {
            assert!(is_supabase(url), "{url}");
        }
        for url in [
            "postgres://h/supabase.co",
            "postgres://supabase.co.example.com/db",
            "supabase.co",
        ] {
            assert!(!is_supabase(url), "{url}");
        }
    }
}
