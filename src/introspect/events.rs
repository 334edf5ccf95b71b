//! What an event trigger tells of changes of the schema (manual, chapter 40): sooner than anybody could ask.

use std::sync::Arc;

use sqlx::PgConnection;
use sqlx::postgres::{PgListener, PgPoolOptions};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::connect;
use crate::{Error, Result};

/// SQL that installs the trigger. It needs a superuser, or a platform that lets others make event triggers.
pub const TRIGGER: &str = include_str!("sql/events_install.sql");

/// The channel that the trigger notifies.
const CHANNEL: &str = "pgkeel_ddl";

/// Somebody who listens; until it is dropped, or the connection is lost.
pub struct Events {
    rung: Arc<Notify>,
    task: JoinHandle<()>,
}

impl Events {
    /// Listens on a connection of its own to the database at `url`; `None` where the trigger is not installed, which
    /// `connection` finds out.
    ///
    /// # Errors
    /// Where the database cannot be asked, or cannot be reached a second time.
    pub async fn listen(url: &str, connection: &mut PgConnection) -> Result<Option<Self>> {
        let failed = |error: sqlx::Error| {
            Error::new(format!("cannot listen for changes of the schema: {error}")).with_source(error)
        };
        let installed = sqlx::query_scalar::<_, bool>(include_str!("sql/events_installed.sql"));
        if !installed.fetch_one(connection).await.map_err(failed)? {
            return Ok(None);
        }
        let Some(server) = connect::servers(url)?.into_iter().next() else {
            return Ok(None);
        };
        let pool = PgPoolOptions::new().max_connections(1).connect_lazy_with(server);
        let mut listener = PgListener::connect_with(&pool).await.map_err(failed)?;
        listener.listen(CHANNEL).await.map_err(failed)?;
        let rung = Arc::new(Notify::new());
        let bell = Arc::clone(&rung);
        let task = tokio::spawn(async move {
            while let Ok(Some(_)) = listener.try_recv().await {
                bell.notify_one();
            }
        });
        Ok(Some(Self { rung, task }))
    }

    /// Waits for the next change since the last wait.
    pub async fn next(&self) {
        self.rung.notified().await;
    }

    /// Whether anybody still listens.
    pub fn is_lost(&self) -> bool {
        self.task.is_finished()
    }
}

impl Drop for Events {
    fn drop(&mut self) {
        self.task.abort();
    }
}
