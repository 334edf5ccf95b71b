//! `pgkeel diff`, held against `pg_dump -s`, which knows nothing of our reader.

mod comments;
mod corpus;
mod hazards;
mod json;
mod majors;
mod pairs;
mod platform;
mod prompt;
mod property;
mod roles;
mod roundtrip;
mod rows;
mod schemas;
mod spelling;
mod together;

use std::path::PathBuf;
use std::process::Command;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::introspect::connect::session_user;
use pgkeel::migrate::render::{self, Style};
use pgkeel::scratch::{Options, Scratch};
use pgkeel::{introspect, migrate};

use crate::support::database::environment;
use crate::support::servers::{installable_majors, pg_bin, pg_dump, psql};
use crate::support::toolchain::run;

/// What `pg_dump -s` says of a database.
#[derive(Clone)]
struct Dump {
    text: String,
    /// The entries without what is no part of the schema: their order, the order of columns, and that of what are sets.
    entries: Vec<String>,
    /// The schemas that were left out: a platform's.
    left_out: &'static [&'static str],
}

/// The local server, and the newest that can be had; with `PGKEEL_MAJOR=n` the server of that major alone.
fn servers() -> Vec<Options> {
    let of = |major| Options {
        pg_bin: Some(pg_bin(major)),
        ..Options::default()
    };
    if let Ok(major) = std::env::var("PGKEEL_MAJOR") {
        return vec![of(major.parse().unwrap())];
    }
    let newest = installable_majors().last().map(|&major| of(major));
    [Options::default()].into_iter().chain(newest).collect()
}

fn dump(scratch: &Scratch) -> Result<Dump, String> {
    dump_without(&[], scratch)
}

fn dump_without(left_out: &'static [&'static str], scratch: &Scratch) -> Result<Dump, String> {
    let mut command = client(pg_dump(), scratch);
    command.args(left_out.iter().map(|schema| format!("--exclude-schema={schema}")));
    let text = run(command.arg("--schema-only"))?;
    let text = text
        .lines()
        .filter(|line| !line.starts_with("\\restrict") && !line.starts_with("\\unrestrict"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    let mut entries = text.split("--\n-- Name: ").skip(1).map(normalised).collect::<Vec<_>>();
    entries.sort();
    Ok(Dump {
        text,
        entries,
        left_out,
    })
}

/// An entry that can be compared as text.
fn normalised(entry: &str) -> String {
    let (head, body) = entry.split_once('\n').unwrap_or((entry, ""));
    let kind = head.split("; ").find_map(|part| part.strip_prefix("Type: "));
    let lines = body.lines().filter(|line| {
        let is_frame = line.is_empty() || *line == "--" || line.starts_with("-- PostgreSQL database dump");
        !is_frame && !line.starts_with("SET default_table")
    });
    let mut lines = lines.map(str::to_owned).collect::<Vec<_>>();
    match kind.unwrap_or_default() {
        "TABLE" | "FOREIGN TABLE" => {
            let bare = |line: &String| line.trim_end_matches(',').to_owned();
            lines = lines.iter().map(bare).collect();
            lines.sort();
        }
        "ACL" | "DEFAULT ACL" => lines.sort(),
        _ => (),
    }
    let set = |line: &String| {
        let is_set = line.starts_with("WITH (") || line.contains("WHEN TAG IN (") || line.contains(" WITH (")
            // They follow the order of the table's columns.
            || line.starts_with("CREATE STATISTICS");
        if !is_set {
            return line.clone();
        }
        let mut parts = line.split([',', '(', ')', ';', ' ']).map(str::trim).collect::<Vec<_>>();
        parts.sort_unstable();
        parts.join(" ")
    };
    let lines = lines.iter().map(set).collect::<Vec<_>>();
    format!("{head}\n{}", lines.join("\n"))
}

/// Whether a database is what another is, and if not, what one has that the other lacks. PostgreSQL may write an
/// expression in another way once it has read it back: then both are read back.
async fn same(found: &Scratch, wanted: &Scratch, wanted_dump: &Dump) -> Result<(), String> {
    let found_dump = dump_without(wanted_dump.left_out, found)?;
    if found_dump.entries == wanted_dump.entries {
        return Ok(());
    }
    let (again, wanted_again) = (reread(found, &found_dump).await?, reread(wanted, wanted_dump).await?);
    if again.entries == wanted_again.entries {
        return Ok(());
    }
    let without = |one: &Dump, other: &Dump| {
        let entries = one.entries.iter().filter(|entry| !other.entries.contains(entry));
        entries.cloned().collect::<Vec<_>>().join("\n")
    };
    Err(format!(
        "too much:\n{}\n\ntoo little:\n{}",
        without(&found_dump, wanted_dump),
        without(wanted_dump, &found_dump)
    ))
}

/// The dump of what a dump makes, in another database.
async fn reread(scratch: &Scratch, dump_of_it: &Dump) -> Result<Dump, String> {
    let roles = "select format('create role %I superuser;', rolname) from pg_roles where rolname !~ '^pg_'";
    let roles = run(client(psql(), scratch).args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", roles]))?;
    let again = scratch.database("again").await.map_err(|error| error.to_string())?;
    feed(client(psql(), &again), &roles, false)?;
    feed(client(psql(), &again), &dump_of_it.text, false)?;
    dump(&again)
}

/// Runs SQL as psql does: every statement on its own, and none after the first that fails.
pub(crate) fn apply(scratch: &Scratch, sql: &str) -> Result<(), String> {
    feed(client(psql(), scratch), sql, true)
}

fn feed(mut psql: Command, sql: &str, stops: bool) -> Result<(), String> {
    use std::io::Write;
    use std::process::Stdio;
    let stop = format!("--set=ON_ERROR_STOP={}", u8::from(stops));
    psql.args(["--no-psqlrc", "--quiet", &stop, "--file=-"])
        .env("PGOPTIONS", "-c client_min_messages=error")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    let mut child = psql.spawn().unwrap();
    // Where psql stops at an error, it does not read the rest.
    let written = child.stdin.take().unwrap().write_all(sql.as_bytes());
    let output = child.wait_with_output().unwrap();
    if stops && !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    written.map_err(|error| error.to_string())
}

fn client(program: PathBuf, scratch: &Scratch) -> Command {
    let mut command = Command::new(program);
    command.envs(environment(scratch));
    command
}

/// What turns a database into another, as SQL; without the proof.
async fn migration(from: &Scratch, to: &Scratch, scope: &Scope) -> Result<String, String> {
    let (old, new) = (read(from, scope).await?, read(to, scope).await?);
    migration_between(from, &old, &new).await
}

/// What turns the catalog of `scratch` into another, as SQL.
async fn migration_between(scratch: &Scratch, old: &Catalog, new: &Catalog) -> Result<String, String> {
    let mut connection = scratch.connect().await.map_err(|error| error.to_string())?;
    let session = session_user(&mut connection).await.map_err(|error| error.to_string())?;
    let options = migrate::Options {
        session: Some(session),
        offline: false,
    };
    let plan = migrate::plan(old, new, &options)
        .map_err(|error| format!("{error}: {}", error.detail().unwrap_or_default()))?;
    let style = Style {
        lock_timeout: Some(render::LOCK_TIMEOUT.to_owned()),
    };
    Ok(render::sql(&plan, &style))
}

async fn read(scratch: &Scratch, scope: &Scope) -> Result<Catalog, String> {
    let mut connection = scratch.connect().await.map_err(|error| error.to_string())?;
    let read = introspect::read(&mut connection, scope, Depth::Whole).await;
    Ok(read.map_err(|error| error.to_string())?.0)
}
