//! Whether a database's schema may have changed, without reading it.

use sqlx::PgConnection;

use crate::{Error, Result};

/// A text that differs from an earlier one wherever a schema object was made, changed or dropped in between.
///
/// # Errors
/// Where the server does not answer.
pub async fn read(connection: &mut PgConnection) -> Result<String> {
    let query = sqlx::query_scalar::<_, Option<String>>(include_str!("sql/fingerprint.sql"));
    let print = query.fetch_one(connection).await;
    print.map(Option::unwrap_or_default).map_err(|error| {
        Error::new(format!("cannot ask the database whether it has changed: {error}")).with_source(error)
    })
}
