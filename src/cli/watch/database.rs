//! A live database that is watched: by what its event trigger tells, and by asking.

use std::time::{Duration, Instant};

use sqlx::PgConnection;

use crate::Result;
use crate::cli::report::Report;
use crate::introspect::events::Events;
use crate::introspect::{connect, fingerprint};

/// How often a database is asked, unless it takes long to answer.
const OFTEN: Duration = Duration::from_millis(250);
/// How often one is asked that tells by itself: there are changes that fire no event trigger.
const SELDOM: Duration = Duration::from_secs(2);
/// A database is asked for at most this part of the time.
const SHARE: u32 = 10;
/// How long a lost database is left alone.
const RETRY: Duration = Duration::from_secs(1);

/// A live database, as it was last seen.
pub(super) struct Database {
    url: String,
    connection: Option<PgConnection>,
    events: Option<Events>,
    print: Option<String>,
    next_look: Instant,
}

impl Database {
    pub(super) async fn look(url: &str, report: Report) -> Self {
        let mut database = Self {
            url: url.to_owned(),
            connection: None,
            events: None,
            print: None,
            next_look: Instant::now(),
        };
        // That it cannot be reached is said by the reading that follows.
        database.print = database.ask(report).await.ok();
        database
    }

    /// Waits until its event trigger tells of a change; for ever where it has none.
    pub(super) async fn told(&mut self) {
        match &self.events {
            Some(events) => events.next().await,
            None => std::future::pending().await,
        }
        self.look_now();
    }

    /// Makes it time for a look.
    pub(super) fn look_now(&mut self) {
        self.next_look = Instant::now();
    }

    /// Whether it has changed since the last look, as far as it is time for another. That it is lost is said once.
    pub(super) async fn changed(&mut self, report: Report) -> bool {
        let asked = Instant::now();
        if asked < self.next_look {
            return false;
        }
        match self.ask(report).await {
            Ok(print) => {
                let pause = if self.events.is_some() { SELDOM } else { OFTEN };
                self.next_look = Instant::now() + pause.max(asked.elapsed() * SHARE);
                self.print.replace(print.clone()) != Some(print)
            }
            Err(error) => {
                self.next_look = Instant::now() + RETRY;
                // Without its print, it counts as changed when it is back.
                (self.connection, self.events) = (None, None);
                if self.print.take().is_some() {
                    report.error(&error);
                    report.say("waiting for the database to come back");
                }
                false
            }
        }
    }

    async fn ask(&mut self, report: Report) -> Result<String> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            None => self.connection.insert(connect::connect(&self.url).await?),
        };
        let print = fingerprint::read(connection).await?;
        let is_new = self.print.as_ref() != Some(&print);
        if self.events.as_ref().is_some_and(Events::is_lost) {
            self.events = None;
        }
        // The trigger may have been what is new.
        if is_new && self.events.is_none() {
            self.events = Events::listen(&self.url, connection).await.ok().flatten();
            if self.events.is_some() {
                report.detail("listening to the event trigger pgkeel_watch");
            }
        }
        Ok(print)
    }
}
