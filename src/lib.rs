//! pgkeel reads a PostgreSQL or Supabase schema and keeps everything that depends on it true.
//!
//! A schema becomes a catalog, whatever it is read from; every product is a pure function of a catalog and
//! a configuration. `ARCHITECTURE.md` draws the floors.

#[cfg(feature = "plan")]
pub mod access;
#[cfg(feature = "plan")]
pub mod advise;
#[cfg(feature = "book")]
pub mod book;
#[cfg(feature = "build")]
pub mod build_script;
pub mod catalog;
#[cfg(feature = "cli")]
pub mod cli;
pub mod codegen;
pub mod config;
#[cfg(feature = "plan")]
pub mod ddl;
pub mod diagnostic;
pub mod error;
mod files;
#[cfg(feature = "plan")]
pub mod finding;
#[cfg(feature = "db")]
pub mod introspect;
#[cfg(feature = "lint")]
pub mod lint;
#[cfg(feature = "plan")]
pub mod migrate;
pub mod redact;
#[cfg(feature = "db")]
pub mod scratch;
pub mod snapshot;
pub mod sql;
mod threads;

pub use error::{Error, Result};
