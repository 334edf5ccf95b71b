//! The words of `lint`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SourceWords;
use super::findings::{Counting, FindingsFormat};

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  pgkeel lint                                         the project's migrations
  pgkeel lint migrations/20260131_add_team.sql        one of them, knowing what those before it make
  pgkeel lint new.sql --source env:PROD_URL           against a live schema and the sizes of its tables
  pgkeel lint new.sql --trace                         run in a scratch copy, and observed
  pgkeel lint new.sql --trace --seed-data seed.sql    the same with rows
  pgkeel lint --fix                                   write the safe form, to files right behind where it takes those
  pgkeel lint --baseline lint.json --write-baseline   accept what an old project has, and nothing new
In a file, for the next statement or, at its head with an empty line behind it, for all of it:
  -- pgkeel:allow drop-column the column has been unused since March";

/// The words of `lint`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Lint {
    /// Files or folders; `-` reads one from standard input [default: the project's migrations]
    #[arg(value_name = "FILE")]
    pub(in crate::cli) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// How statements run [default: as the layout's own tool runs them; each for itself in a plain file]
    #[arg(long, value_name = "HOW", value_enum)]
    pub(in crate::cli) transaction: Option<Transactions>,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: FindingsFormat,
    #[command(flatten)]
    pub(in crate::cli) counting: Counting,
    /// Write the safe form to the files, and what may not share their transactions to new migrations right behind
    #[arg(long)]
    pub(in crate::cli) fix: bool,
    /// Run the files in a scratch copy of the schema, and report what is observed
    #[arg(long)]
    pub(in crate::cli) trace: bool,
    /// Rows that the scratch copy has when the files are run: an SQL file, or a folder of them
    #[arg(long, value_name = "PATH", requires = "trace")]
    pub(in crate::cli) seed_data: Option<PathBuf>,
}

/// How the statements of a file run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Transactions {
    /// All in one transaction.
    PerFile,
    /// Each in one of its own, as psql does.
    PerStatement,
}
