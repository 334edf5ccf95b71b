//! The words of `advise`.

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};

use super::SourceWords;
use super::findings::{Counting, FindingsFormat};

pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  pgkeel advise                           what the schema would be better with
  pgkeel advise --source env:PROD_URL     with what the server has counted: sizes, use of indexes, spread of values
  pgkeel advise --workload pg_stat_statements     which indexes the queries want that the server has counted
  pgkeel advise --workload app.log --max-size 1GB those of its log, and the same of .sql, .json, .sqlx/ or a folder
  pgkeel advise --format sql              the statements alone that mend what they can
  pgkeel advise --write                   the same as the next migration, proved
  pgkeel advise --fail-on warning         for CI: what is merely worth knowing does not fail";

/// The words of `advise`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Advise {
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// Recommend indexes for these queries: pg_stat_statements, a log, a file of queries or a folder of them
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) workload: Option<String>,
    /// The most room for new indexes, such as 500MB; else no more than an index on each single column that helps takes,
    /// nor a third of what the workload reads, and 16 MB in any case
    #[arg(long, value_name = "SIZE", requires = "workload")]
    pub(in crate::cli) max_size: Option<String>,
    /// The most that new indexes may add to the cost of what writes, in percent of the whole workload's
    #[arg(long, value_name = "PERCENT", requires = "workload")]
    pub(in crate::cli) max_write_cost: Option<f64>,
    /// How to show it
    #[arg(long, value_enum, default_value_t)]
    pub(in crate::cli) format: AdviseFormat,
    #[command(flatten)]
    pub(in crate::cli) counting: Counting,
    /// Write a migration of this name that mends what can be mended
    #[arg(long, value_name = "NAME", num_args = 0..=1, default_missing_value = "advice")]
    pub(in crate::cli) write: Option<String>,
}

/// How advice is shown: as all findings are, or as the statements that mend, alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum AdviseFormat {
    Findings(FindingsFormat),
    Sql,
}

impl Default for AdviseFormat {
    fn default() -> Self {
        Self::Findings(FindingsFormat::default())
    }
}

impl ValueEnum for AdviseFormat {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Findings(FindingsFormat::Human),
            Self::Findings(FindingsFormat::Json),
            Self::Findings(FindingsFormat::Github),
            Self::Findings(FindingsFormat::Sarif),
            Self::Findings(FindingsFormat::Junit),
            Self::Sql,
            Self::Findings(FindingsFormat::JsonSchema),
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Findings(format) => format.to_possible_value(),
            Self::Sql => Some(PossibleValue::new("sql").help("The statements that mend, alone")),
        }
    }
}
