//! What a Supabase project's database has before its first migration.

use sqlx::postgres::PgConnection;

use crate::{Error, Result};

/// The SQL that prepares a database, written from Supabase's documentation.
pub(super) const PRELUDE: &str = "";

/// Prepares the database of a cluster of our own, whose superuser is `supabase_admin`.
pub(super) async fn prepare(_: &mut PgConnection) -> Result<()> {
    Err(Error::new("the supabase platform cannot be prepared yet"))
}

/// Prepares a database on a server that others share.
pub(super) async fn prepare_shared(_: &mut PgConnection) -> Result<()> {
    Err(Error::new("the supabase platform cannot be prepared yet"))
}
