//! The words of `check`.

use clap::{Args, ValueEnum};

use super::ReadingWords;
use super::findings::{Counting, FindingsFormat};

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  pgkeel check                                everything that can be compared
  pgkeel check --only migrations,generated    what needs no database, for every pull request
  pgkeel check --only live,history            for a nightly run; what cannot be compared then fails
  pgkeel check --format github                annotations of GitHub Actions
  pgkeel check --format json-schema           what --format json means
Exit codes: 0 where all say the same; 1 where they differ; 2 where something that was asked for could not be compared.";

/// The words of `check`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Check {
    /// What is compared, and has to be: nothing else is
    #[arg(
        long,
        value_name = "PAIR",
        value_enum,
        value_delimiter = ',',
        conflicts_with = "skip"
    )]
    pub(in crate::cli) only: Vec<Pair>,
    /// What is not compared
    #[arg(long, value_name = "PAIR", value_enum, value_delimiter = ',')]
    pub(in crate::cli) skip: Vec<Pair>,
    /// The database: a URL or env:NAME [default: the one in DATABASE_URL]
    // Text, not a URL yet: clap would repeat a value that cannot be read, and it may hold a password.
    #[arg(short, long, value_name = "URL")]
    pub(in crate::cli) database: Option<String>,
    /// How to show what differs
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: FindingsFormat,
    #[command(flatten)]
    pub(in crate::cli) counting: Counting,
    /// Columns that stand in another order differ too
    #[arg(long)]
    pub(in crate::cli) strict_order: bool,
    #[command(flatten)]
    pub(in crate::cli) reading: ReadingWords,
}

/// What is held against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum Pair {
    /// The database against the snapshot (or, without one, against the migrations).
    Live,
    /// The migrations against the snapshot.
    Migrations,
    /// The generated files against the snapshot (or, without one, against the migrations).
    Generated,
    /// What was run on the database against the folder of migrations.
    History,
}
