//! Who sent a request, and what he may do.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use sqlx::{PgPool, Postgres, Transaction};
use uuid::Uuid;

use crate::failure::Failure;

/// A transaction as the user whose token was sent: what row-level security leaves him is all there is. It is rolled back
/// unless a handler commits it.
pub struct SignedIn {
    pub transaction: Transaction<'static, Postgres>,
}

impl FromRequestParts<PgPool> for SignedIn {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, pool: &PgPool) -> Result<Self, Failure> {
        let header = parts.headers.get(AUTHORIZATION).and_then(|header| header.to_str().ok());
        let token = header
            .and_then(|header| header.strip_prefix("Bearer "))
            .ok_or(Failure::Unknown)?;
        let mut transaction = pool.begin().await?;
        let user: Option<Uuid> = sqlx::query_scalar("select private.user_of($1)")
            .bind(token)
            .fetch_one(&mut *transaction)
            .await?;
        let user = user.ok_or(Failure::Unknown)?;
        sqlx::query("set local role app_user")
            .execute(&mut *transaction)
            .await?;
        sqlx::query("select set_config('app.user_id', $1, true)")
            .bind(user.to_string())
            .execute(&mut *transaction)
            .await?;
        Ok(Self { transaction })
    }
}
