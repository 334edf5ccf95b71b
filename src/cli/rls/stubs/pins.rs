//! Whether SQL functions find their names in the path that they are given: the server reads each of them once more.

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};

use crate::access::stubs::Stubs;
use crate::catalog::routine::Routine;
use crate::catalog::{Catalog, Rows};
use crate::migrate::prove::{self, Grounds};
use crate::{Error, Result};

/// Takes the path back from those that do not, with a note.
pub(super) async fn tried(from: &Catalog, mut concluded: Stubs, grounds: &Grounds<'_>) -> Result<Stubs> {
    let is_pinned = |row: &&Routine| {
        let before = from.routines.find(|old| old.id.cmp(&row.id));
        row.language == "sql" && before.is_some_and(|before| before.settings != row.settings)
    };
    let pinned = concluded.wished.routines.iter().filter(is_pinned).cloned();
    let pinned = pinned.collect::<Vec<_>>();
    if pinned.is_empty() {
        return Ok(concluded);
    }
    let mut catalog = from.clone();
    let with_paths = from.routines.iter().map(|row| {
        let wished = pinned.iter().find(|wished| wished.id == row.id);
        wished.unwrap_or(row).clone()
    });
    catalog.routines = Rows::sorted(with_paths.collect());
    let scratch = prove::copy(&catalog, grounds).await?;
    let mut connection = scratch.connect().await?;
    for row in &pinned {
        if let Some(why) = refusal(&mut connection, row).await? {
            concluded.unpin(from, &row.id, &why);
        }
    }
    // The scratch server goes, whatever becomes of the connection.
    let _ = connection.close().await;
    scratch.close().await?;
    Ok(concluded)
}

/// Why the server does not take the function as it is.
async fn refusal(connection: &mut PgConnection, row: &Routine) -> Result<Option<String>> {
    let definition = sqlx::query_scalar::<_, Option<String>>("select pg_get_functiondef(to_regprocedure($1))")
        .bind(row.id.to_string())
        .fetch_one(&mut *connection)
        .await;
    let ran = match definition {
        Ok(Some(definition)) => {
            let checked = format!("set check_function_bodies = on; {definition}");
            sqlx::raw_sql(AssertSqlSafe(checked)).execute(connection).await
        }
        Ok(None) => return Ok(Some("it is not found again".to_owned())),
        Err(error) => Err(error),
    };
    match ran {
        Ok(_) => Ok(None),
        Err(sqlx::Error::Database(error)) => Ok(Some(error.message().to_owned())),
        Err(error) => Err(Error::new("the scratch server does not answer").with_source(error)),
    }
}
