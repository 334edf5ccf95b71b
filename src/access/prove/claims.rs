//! Whether what `[rls] claims` says is SQL: the server reads each of them alone, and runs none.

use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};

use super::{rows, statements};
use crate::access::Claims;
use crate::{Error, Result};

/// Has the server read the claims that are declared; nothing is run. An error of a statement before must not be pending.
///
/// # Errors
/// Where it does not take one of them: the claim is named, with what the server says.
pub async fn read(connection: &mut PgConnection, claims: &Claims) -> Result<()> {
    for (name, sql) in claims.all_declared() {
        let statement = AssertSqlSafe(statements::alone(sql)).into_sql_str();
        match (&mut *connection).prepare(statement).await {
            Ok(_) => {}
            Err(sqlx::Error::Database(error)) => {
                return Err(Error::new(format!(
                    "[rls] claims: the server does not take `{name}`, which is {sql:?}: {}",
                    error.message()
                ))
                .with_hint(format!(
                    "mend `{name}` of [rls] claims in pgkeel.toml: it has to be one expression without columns, names with their \
                     schemas, such as \"(auth.jwt() -> 'app_metadata' ->> '{name}')::uuid\""
                )));
            }
            Err(error) => return Err(rows::lost(&error)),
        }
    }
    Ok(())
}
