//! The words of `rls`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::SourceWords;
use super::findings::{Counting, FindingsFormat};

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  pgkeel rls stubs                        print the policies that the schema asks for
  pgkeel rls stubs --write policies       write them as the next migration
  pgkeel rls audit                        who can reach what, and what is wrong with it
  pgkeel rls audit --format sarif         for CI
  pgkeel rls test                         run as each role in a scratch copy, and compare";

/// The commands of `rls`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum Rls {
    /// Write the policies that the schema asks for: what is not certain is denied
    Stubs(Stubs),
    /// Report who can reach what
    Audit(Audit),
    /// Run as each role, and compare what it reaches with what it should
    Test(Test),
}

/// The words of `rls stubs`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Stubs {
    /// Tables to write policies for, by schema.table [default: all]
    #[arg(value_name = "TABLE")]
    pub(in crate::cli) tables: Vec<String>,
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// Whether the front end queries the database [default: [rls] profile, or as the grants are now]
    #[arg(long, value_enum)]
    pub(in crate::cli) profile: Option<Profile>,
    /// Write a migration of this name instead of printing
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "policies", conflicts_with = "out")]
    pub(in crate::cli) write: Option<String>,
    /// Write the SQL to a file instead of printing
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
    /// Give it out without having tried it in a scratch database
    #[arg(long)]
    pub(in crate::cli) no_prove: bool,
}

/// The words of `rls audit`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Audit {
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: FindingsFormat,
    #[command(flatten)]
    pub(in crate::cli) counting: Counting,
    /// Show who can do what instead of what is wrong
    #[arg(long, conflicts_with = "write")]
    pub(in crate::cli) matrix: bool,
    /// Write a migration of this name that mends what can be mended
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "access")]
    pub(in crate::cli) write: Option<String>,
}

/// The words of `rls test`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Test {
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// Run on this database, in a transaction that is always rolled back, instead of in a scratch copy
    #[arg(long, value_name = "URL", conflicts_with = "source")]
    pub(in crate::cli) database: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: FindingsFormat,
    /// What each role is expected to reach [default: rls.expect.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) expect: Option<PathBuf>,
    /// Write what was observed to that file
    #[arg(long)]
    pub(in crate::cli) accept: bool,
    /// Write pgTAP tests to this folder too
    #[arg(long, value_name = "DIR")]
    pub(in crate::cli) pgtap: Option<PathBuf>,
}

/// Whether the front end queries the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Profile {
    /// It never does.
    ApiOnly,
    /// It does, through PostgREST or the like.
    Postgrest,
}
