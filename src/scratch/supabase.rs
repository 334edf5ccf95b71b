//! What a Supabase project's database has before its first migration.

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use super::extension;
use super::fault;
use super::files::SqlFile;
use crate::Result;

/// The SQL that prepares a database, written from Supabase's documentation.
pub(super) const PRELUDE: &str = concat!(
    include_str!("supabase/roles.sql"),
    include_str!("supabase/schemas.sql"),
    include_str!("supabase/auth.sql"),
    include_str!("supabase/storage.sql"),
    include_str!("supabase/services.sql"),
);

/// What a project has from its first day, and the schema it is in.
const EXTENSIONS: &[(&str, &str)] = &[
    ("pgcrypto", "extensions"),
    ("uuid-ossp", "extensions"),
    ("pg_stat_statements", "extensions"),
    ("pg_net", "extensions"),
    ("pg_graphql", "graphql"),
    ("supabase_vault", "vault"),
];

/// The API's entry to GraphQL, which rests on the extension.
const GRAPHQL: &str = r#"
CREATE FUNCTION graphql_public.graphql(
  "operationName" text DEFAULT NULL, query text DEFAULT NULL, variables jsonb DEFAULT NULL,
  extensions jsonb DEFAULT NULL
) RETURNS jsonb LANGUAGE sql AS $$
  SELECT graphql.resolve(query, coalesce(variables, '{}'), "operationName", extensions)
$$;
GRANT EXECUTE ON FUNCTION graphql_public.graphql(text, text, jsonb, jsonb)
  TO postgres, anon, authenticated, service_role;
"#;

/// Prepares an empty database on a server of our own, whose superuser is `supabase_admin`.
#[cfg(unix)]
pub(super) async fn prepare(conn: &mut PgConnection) -> Result<()> {
    prepare_database(conn).await?;
    // As hosted: the logins' own search path, not the database's.
    for role in ["supabase_admin", "postgres"] {
        run(
            conn,
            &format!("ALTER ROLE {role} SET search_path TO \"$user\", public, extensions"),
        )
        .await?;
    }
    run(conn, "ALTER ROLE authenticated SET statement_timeout TO '8s'").await?;
    run(conn, "ALTER ROLE anon SET statement_timeout TO '3s'").await
}

/// Prepares an empty database on a server that others share: roles that it lacks are made, those it has stay.
pub(super) async fn prepare_shared(conn: &mut PgConnection) -> Result<()> {
    prepare_database(conn).await.map_err(|error| {
        error.with_hint(
            "the shadow server's role has to be a superuser to prepare a Supabase project's roles and schemas",
        )
    })?;
    let path = "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path TO \"$user\", public, extensions', \
                current_database()); END $$";
    run(conn, path).await
}

async fn prepare_database(conn: &mut PgConnection) -> Result<()> {
    run(conn, PRELUDE).await?;
    for (name, schema) in EXTENSIONS {
        let (_, is_available) = extension::state(conn, name).await.map_err(super::replay::lost)?;
        match extension::stand_in(name) {
            _ if is_available && !extension::is_preloaded(name) => {
                run(conn, &format!("CREATE EXTENSION \"{name}\" SCHEMA \"{schema}\"")).await?;
            }
            Some(stand_in) => run(conn, &extension::script(stand_in, schema, None)).await?,
            None => {}
        }
    }
    run(conn, GRAPHQL).await
}

async fn run(conn: &mut PgConnection, script: &str) -> Result<()> {
    let outcome = sqlx::raw_sql(AssertSqlSafe(script)).execute(conn).await;
    outcome.map(drop).map_err(|error| {
        let file = SqlFile {
            path: "pgkeel's preparation of a Supabase project".into(),
            text: script.to_owned(),
        };
        let statement = super::split::Statement::verbatim(script);
        fault::in_statement(&file, &statement, error)
    })
}
