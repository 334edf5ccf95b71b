//! The words of `book` and `diagram`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::SourceWords;

pub(in crate::cli) const DIAGRAM: &str = "\
Examples:
  pgkeel diagram --out schema.svg                         the tables, and what connects them
  pgkeel diagram --source migrations/ --schema billing    one schema
  pgkeel diagram --around public.users --depth 2          what is near one table
  pgkeel diagram --format mermaid                         for a README or a merge request";

/// The words of `diagram`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Diagram {
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// The language of the diagram [default: what the ending of --out says, or svg]
    #[arg(long, value_enum)]
    pub(in crate::cli) format: Option<DiagramFormat>,
    /// Only what is near this relation, by schema.name
    #[arg(long, value_name = "RELATION")]
    pub(in crate::cli) around: Option<String>,
    /// How many steps away
    #[arg(long, value_name = "N", default_value_t = 1, requires = "around")]
    pub(in crate::cli) depth: u8,
    /// Which columns to show [default: fewer, the more tables there are]
    #[arg(long, value_enum)]
    pub(in crate::cli) columns: Option<DiagramColumns>,
    /// Where to write it [default: standard output]
    #[arg(short, long, value_name = "FILE")]
    pub(in crate::cli) out: Option<PathBuf>,
}

/// The language of a diagram.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiagramFormat {
    /// A picture.
    Svg,
    /// Mermaid's erDiagram.
    Mermaid,
    /// Graphviz's.
    Dot,
}

/// Which columns a diagram shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum DiagramColumns {
    /// All.
    All,
    /// Those of primary and foreign keys.
    Keys,
    /// None.
    None,
}
