//! Migrations: running them, and knowing what has been run.

#[cfg(feature = "db")]
pub mod run;
