//! Extensions that a script wants: installed ones, missing ones, and those that pgkeel's own objects stand in for.

use std::collections::BTreeSet;

use sqlx::Row;

use super::fault;
use super::files::SqlFile;
use super::replay::{Session, lost};
use super::split::Statement;
use super::statement::{CreateExtension, IndexOptions};
use crate::sql::literal;
use crate::{Error, Result};

/// A stand-in: an extension's types and functions as far as a schema can name them.
struct StandIn {
    name: &'static str,
    /// The version that it stands for.
    version: &'static str,
    /// The schema that its objects always go to; otherwise the one that `CREATE EXTENSION` says.
    schema: Option<&'static str>,
    /// Its objects, with `@extschema@` as in an extension's own script.
    script: &'static str,
}

const STAND_INS: &[StandIn] = &[];

/// The stand-ins that the user asked for.
#[derive(Debug, Default)]
pub(super) struct StandIns(BTreeSet<String>);

impl StandIns {
    /// Reads names with commas between.
    pub(super) fn new(names: &str) -> Self {
        Self(
            names
                .split(',')
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        )
    }
}

/// Refuses a wish for a stand-in that does not exist.
pub(super) fn check_names(names: &[String]) -> Result<()> {
    let Some(unknown) = names.iter().find(|name| stand_in(name).is_none()) else {
        return Ok(());
    };
    Err(Error::new(format!("no stand-in for the extension {unknown}"))
        .with_hint(format!("there are stand-ins for {}", known().join(", "))))
}

fn stand_in(name: &str) -> Option<&'static StandIn> {
    STAND_INS.iter().find(|stand_in| stand_in.name == name)
}

fn known() -> Vec<&'static str> {
    STAND_INS.iter().map(|stand_in| stand_in.name).collect()
}

/// Runs a `CREATE EXTENSION`, or what stands in for it.
pub(super) async fn create(
    session: &mut Session<'_>,
    file: &SqlFile,
    statement: &Statement,
    wanted: &CreateExtension,
) -> Result<()> {
    if session.stand_ins.0.contains(&wanted.name)
        && let Some(stand_in) = stand_in(&wanted.name)
    {
        return install(session, file, statement, wanted, stand_in).await;
    }
    let asked = format!(
        "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = {})",
        literal(&wanted.name)
    );
    // Within a failed transaction the statement itself tells what is the matter.
    let asked = sqlx::raw_sql(sqlx::AssertSqlSafe(asked))
        .fetch_one(&mut *session.conn)
        .await;
    let is_available = asked.and_then(|row| row.try_get(0)).unwrap_or(true);
    if !is_available {
        let cure = match stand_in(&wanted.name) {
            Some(_) => format!(
                "install it there, or stand in for it: [scratch] stub-extensions = [\"{}\"] in pgkeel.toml",
                wanted.name
            ),
            None => "install it there, or name another server's programs in PGKEEL_PG_BIN".to_owned(),
        };
        let error = Error::new(format!(
            "the extension {} is not installed on the scratch server",
            wanted.name
        ));
        return Err(fault::at(error.with_hint(cure), file, statement.start()));
    }
    session
        .execute_as_owner(&statement.text)
        .await
        .map_err(|error| fault::in_statement(file, statement, error))
}

/// Makes a stand-in's objects, as members of an extension of its name.
async fn install(
    session: &mut Session<'_>,
    file: &SqlFile,
    statement: &Statement,
    wanted: &CreateExtension,
    stand_in: &StandIn,
) -> Result<()> {
    let _ = (
        session,
        file,
        statement,
        wanted,
        stand_in.version,
        stand_in.schema,
        stand_in.script,
    );
    Err(Error::new("stand-ins are not there yet"))
}

/// Makes an index with storage parameters, which a stand-in's access method does not know.
pub(super) async fn create_index(
    session: &mut Session<'_>,
    file: &SqlFile,
    statement: &Statement,
    options: &IndexOptions,
) -> Result<()> {
    let _ = (&options.method, &options.place, &options.options);
    session
        .execute(&statement.text)
        .await
        .map_err(|error| fault::in_statement(file, statement, error))
}

#[allow(dead_code, reason = "used by the stand-ins")]
fn refused(error: sqlx::Error) -> Error {
    lost(error)
}
