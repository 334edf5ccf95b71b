//! Extensions that a script wants: installed ones, missing ones, and those that pgkeel's own objects stand in for.

use std::collections::BTreeSet;
use std::fmt::Write;

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::fault;
use super::files::SqlFile;
use super::replay::Session;
use super::split::Statement;
use super::statement::{CreateExtension, IndexOptions};
use crate::sql::literal;
use crate::{Error, Result};

/// An extension's types and functions as far as a schema can name them.
pub(super) struct StandIn {
    name: &'static str,
    /// The version that it stands for.
    version: &'static str,
    home: Home,
    /// Its objects, with `@extschema@` as in an extension's own script.
    script: &'static str,
}

/// The schema of an extension's objects.
enum Home {
    /// Whichever `CREATE EXTENSION` says, or the first of the search path.
    Free,
    /// Always this one, which is made where it is missing.
    Fixed(&'static str),
    /// Always this one, which is an object of the extension's own; the extension itself is elsewhere.
    Within(&'static str),
}

const STAND_INS: &[StandIn] = &[
    stand_in_for("http", "1.6", Home::Free, include_str!("stubs/http.sql")),
    stand_in_for("hypopg", "1.4.1", Home::Free, include_str!("stubs/hypopg.sql")),
    stand_in_for(
        "pg_cron",
        "1.6",
        Home::Within("cron"),
        include_str!("stubs/pg_cron.sql"),
    ),
    stand_in_for(
        "pg_graphql",
        "1.5.11",
        Home::Fixed("graphql"),
        include_str!("stubs/pg_graphql.sql"),
    ),
    stand_in_for(
        "pg_jsonschema",
        "0.3.3",
        Home::Free,
        include_str!("stubs/pg_jsonschema.sql"),
    ),
    stand_in_for(
        "pg_net",
        "0.14.0",
        Home::Within("net"),
        include_str!("stubs/pg_net.sql"),
    ),
    stand_in_for("pgaudit", "17.0", Home::Free, include_str!("stubs/pgaudit.sql")),
    stand_in_for("pgcrypto", "1.3", Home::Free, include_str!("stubs/pgcrypto.sql")),
    stand_in_for("pgjwt", "0.2.0", Home::Free, include_str!("stubs/pgjwt.sql")),
    stand_in_for("pgmq", "1.4.4", Home::Fixed("pgmq"), include_str!("stubs/pgmq.sql")),
    stand_in_for(
        "pgsodium",
        "3.1.8",
        Home::Fixed("pgsodium"),
        include_str!("stubs/pgsodium.sql"),
    ),
    stand_in_for("postgis", "3.3.7", Home::Free, include_str!("stubs/postgis.sql")),
    stand_in_for(
        "supabase_vault",
        "0.3.1",
        Home::Fixed("vault"),
        include_str!("stubs/supabase_vault.sql"),
    ),
    stand_in_for("uuid-ossp", "1.1", Home::Free, include_str!("stubs/uuid-ossp.sql")),
    stand_in_for("vector", "0.8.0", Home::Free, include_str!("stubs/vector.sql")),
    stand_in_for("wrappers", "0.5.3", Home::Free, include_str!("stubs/wrappers.sql")),
];

const fn stand_in_for(name: &'static str, version: &'static str, home: Home, script: &'static str) -> StandIn {
    StandIn {
        name,
        version,
        home,
        script,
    }
}

/// Those of which the real ones work only where the server loads them at its start, which a scratch server does not.
const PRELOADED: [&str; 5] = ["pg_cron", "pg_net", "pgaudit", "pgsodium", "supabase_vault"];

/// Which extensions are stood in for.
#[derive(Debug, Default)]
pub(super) struct StandIns {
    wanted: BTreeSet<String>,
    /// Whether a missing extension is stood in for without being asked: the platform has it.
    fill_in: bool,
}

impl StandIns {
    /// Reads names with commas between.
    pub(super) fn new(names: &str, fill_in: bool) -> Self {
        let wanted = names
            .split(',')
            .filter(|name| !name.is_empty())
            .map(str::to_owned)
            .collect();
        Self { wanted, fill_in }
    }
}

/// Refuses a wish for a stand-in that does not exist.
pub(super) fn check_names(names: &[String]) -> Result<()> {
    let Some(unknown) = names.iter().find(|name| stand_in(name).is_none()) else {
        return Ok(());
    };
    let known: Vec<&str> = STAND_INS.iter().map(|stand_in| stand_in.name).collect();
    Err(Error::new(format!("no stand-in for the extension {unknown}"))
        .with_hint(format!("there are stand-ins for {}", known.join(", "))))
}

pub(super) fn stand_in(name: &str) -> Option<&'static StandIn> {
    STAND_INS.iter().find(|stand_in| stand_in.name == name)
}

/// Runs a `CREATE EXTENSION`, or what stands in for it.
pub(super) async fn create(
    session: &mut Session<'_>,
    file: &SqlFile,
    statement: &Statement,
    wanted: &CreateExtension,
) -> Result<()> {
    let run_as_it_is = async |session: &mut Session<'_>| {
        session
            .execute_as_owner(&statement.text)
            .await
            .map_err(|error| fault::in_statement(file, statement, error))
    };
    // Within a failed transaction nothing can be asked, and the statement itself tells what is the matter.
    let Ok((is_there, is_available)) = state(session.conn, &wanted.name).await else {
        return run_as_it_is(session).await;
    };
    let stand_in = stand_in(&wanted.name);
    let is_usable = is_available && !is_preloaded(&wanted.name);
    let is_wanted = session.stand_ins.wanted.contains(&wanted.name) || (session.stand_ins.fill_in && !is_usable);
    match stand_in {
        _ if is_there && wanted.if_not_exists => Ok(()),
        Some(stand_in) if is_wanted && !is_there => install(session, file, statement, wanted, stand_in).await,
        _ if is_usable || is_there => run_as_it_is(session).await,
        _ if is_available => run_as_it_is(session)
            .await
            .map_err(|error| match (error.hint(), stand_in) {
                (None, Some(_)) => error.with_hint(format!("stand in for it: {}", setting(&wanted.name))),
                _ => error,
            }),
        _ => {
            let cure = match stand_in {
                Some(_) => format!("install it there, or stand in for it: {}", setting(&wanted.name)),
                None => "install it there, or name another server's programs in PGKEEL_PG_BIN".to_owned(),
            };
            let error = Error::new(format!(
                "the extension {} is not installed on the scratch server",
                wanted.name
            ));
            Err(fault::at(error.with_hint(cure), file, statement.start()))
        }
    }
}

/// How a stand-in is asked for.
fn setting(name: &str) -> String {
    format!("[scratch] stub-extensions = [\"{name}\"] in pgkeel.toml")
}

/// Whether a platform's own extension has to be stood in for.
pub(super) fn is_preloaded(name: &str) -> bool {
    PRELOADED.contains(&name)
}

/// Whether the database has the extension, and whether the server could install it.
pub(super) async fn state(conn: &mut PgConnection, name: &str) -> sqlx::Result<(bool, bool)> {
    let name = literal(name);
    let asked = format!(
        "SELECT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = {name}), \
         EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = {name})"
    );
    let row = sqlx::raw_sql(AssertSqlSafe(asked)).fetch_one(conn).await?;
    Ok((row.try_get(0)?, row.try_get(1)?))
}

/// Makes a stand-in's objects for a `CREATE EXTENSION`, with a note.
async fn install(
    session: &mut Session<'_>,
    file: &SqlFile,
    statement: &Statement,
    wanted: &CreateExtension,
    stand_in: &StandIn,
) -> Result<()> {
    let failed = |error| fault::about_statement(file, statement, error);
    let current = sqlx::raw_sql("SELECT current_schema()")
        .fetch_one(&mut *session.conn)
        .await;
    let current: Option<String> = current.and_then(|row| row.try_get(0)).map_err(failed)?;
    let schema = wanted.schema.clone().or(current).unwrap_or_else(|| "public".to_owned());
    let mut script = script(stand_in, &schema, wanted.version.as_deref());
    if let (true, Home::Fixed(own) | Home::Within(own)) = (session.has_migrator, &stand_in.home) {
        // The platform's own scripts let its users use what they install.
        for what in [
            "SCHEMA",
            "ALL TABLES IN SCHEMA",
            "ALL SEQUENCES IN SCHEMA",
            "ALL ROUTINES IN SCHEMA",
        ] {
            let _ = writeln!(script, "GRANT ALL ON {what} {own} TO postgres WITH GRANT OPTION;");
        }
    }
    session.execute_as_owner(&script).await.map_err(|error| {
        let is_denied = error
            .as_database_error()
            .is_some_and(|error| error.code().as_deref() == Some("42501"));
        let failure = failed(error);
        if is_denied {
            failure.with_hint("a stand-in takes a superuser of the scratch server")
        } else {
            failure
        }
    })?;
    let message = format!("pgkeel's own objects stand in for the extension {}", stand_in.name);
    session.note(file, statement.start(), &message, |note| note);
    Ok(())
}

/// The script that makes a stand-in's objects as members of an extension of its name, in `schema` where it is free to
/// choose. All of it is one message, and so one transaction.
///
/// PostgreSQL makes extensions from files of the server's installation only. Here the extension's row is made first; as
/// oids grow, every object with a higher one is the extension's, and is recorded as such (manual, `pg_depend`).
pub(super) fn script(stand_in: &StandIn, schema: &str, version: Option<&str>) -> String {
    let (objects, extension) = match stand_in.home {
        Home::Free => (schema, schema),
        Home::Fixed(fixed) => (fixed, fixed),
        Home::Within(within) => (within, schema),
    };
    let quoted = format!("\"{}\"", objects.replace('"', "\"\""));
    let making = format!("CREATE SCHEMA IF NOT EXISTS {quoted};\n");
    let mut script = String::new();
    if matches!(stand_in.home, Home::Fixed(_)) {
        script.push_str(&making);
    }
    let _ = writeln!(
        script,
        "INSERT INTO pg_catalog.pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion) \
         VALUES (pg_catalog.pg_nextoid('pg_catalog.pg_extension', 'oid', 'pg_catalog.pg_extension_oid_index'), {}, \
         CURRENT_USER::text::regrole, {}::regnamespace, {}, {});",
        literal(stand_in.name),
        literal(&format!("\"{}\"", extension.replace('"', "\"\""))),
        matches!(stand_in.home, Home::Free),
        literal(version.unwrap_or(stand_in.version)),
    );
    if matches!(stand_in.home, Home::Within(_)) {
        script.push_str(&making);
    }
    // Within a format string, a schema's percent sign is doubled; its quotes are as safe as the user's own schema.
    script.push_str(&stand_in.script.replace("@extschema@", &quoted));
    let _ = writeln!(
        script,
        "\n{}",
        include_str!("stubs/members.sql").replace("@extension@", stand_in.name)
    );
    script
}

/// Makes an index with storage parameters. A stand-in's access method does not know them: they are put into the catalog
/// afterwards, where PostgreSQL shows them from.
pub(super) async fn create_index(
    session: &mut Session<'_>,
    file: &SqlFile,
    statement: &Statement,
    options: &IndexOptions,
) -> Result<()> {
    let Ok(Some(newest)) = newest_index(session.conn, &options.method).await else {
        return session
            .execute(&statement.text)
            .await
            .map_err(|error| fault::in_statement(file, statement, error));
    };
    let plain = statement.with_replaced(options.place.clone(), " ");
    session
        .execute(&plain.text)
        .await
        .map_err(|error| fault::in_statement(file, &plain, error))?;
    let made = newest_index(session.conn, &options.method).await.ok().flatten();
    let Some(made) = made.filter(|made| *made > newest) else {
        return Ok(());
    };
    let values: Vec<String> = options
        .options
        .iter()
        .map(|option| literal(option).to_string())
        .collect();
    let update = format!(
        "UPDATE pg_catalog.pg_class SET reloptions = ARRAY[{}] WHERE oid = {made}",
        values.join(", ")
    );
    session
        .execute_as_owner(&update)
        .await
        .map_err(|error| fault::about_statement(file, statement, error))
}

/// The oid of the newest index of `method`, or 0 without one; `None` where `method` is no stand-in's.
async fn newest_index(conn: &mut PgConnection, method: &str) -> sqlx::Result<Option<i64>> {
    let asked = format!(
        "SELECT coalesce(max(c.oid::bigint), 0) FROM pg_catalog.pg_am a \
         JOIN pg_catalog.pg_proc p ON p.oid = a.amhandler AND p.prosrc = 'spghandler' \
         LEFT JOIN pg_catalog.pg_class c ON c.relam = a.oid \
         WHERE a.amname = {} AND a.amname <> 'spgist' GROUP BY a.oid",
        literal(method)
    );
    let row = sqlx::raw_sql(AssertSqlSafe(asked)).fetch_optional(conn).await?;
    row.map(|row| row.try_get(0)).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_known_by_name() {
        assert!(check_names(&["vector".to_owned(), "pg_net".to_owned()]).is_ok());
        let error = check_names(&["timescaledb".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("timescaledb"));
        assert!(error.hint().unwrap().contains("vector"));
    }

    #[test]
    fn scripts_go_where_they_are_told() {
        let made = |name: &str, schema| script(stand_in(name).unwrap(), schema, None);
        assert!(
            made("vector", "my\"x").contains("CREATE ACCESS METHOD hnsw TYPE INDEX HANDLER \"my\"\"x\".hnswhandler")
        );
        assert!(made("pgmq", "public").contains("CREATE SCHEMA IF NOT EXISTS \"pgmq\""));
        assert!(STAND_INS.windows(2).all(|pair| pair[0].name < pair[1].name));
    }
}
