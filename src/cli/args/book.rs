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

pub(in crate::cli) const BOOK: &str = "\
Examples:
  pgkeel book --out book/                             what the project has, as pages; open book/index.html
  pgkeel book --source env:PROD_URL --out book/       a live database, with what it says of its use
  pgkeel book --out book/ --since git:main:schema.snapshot.json
                                                      with what is different from the snapshot on main";

/// The words of `book`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Book {
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
    /// The folder to write: a new one, an empty one, or a book already
    #[arg(short, long, value_name = "DIR")]
    pub(in crate::cli) out: PathBuf,
    /// Show what is different from this schema: a URL, env:NAME, SQL files, a snapshot, git:REV:path or empty
    #[arg(long, value_name = "SOURCE")]
    pub(in crate::cli) since: Option<String>,
    /// What the book is called [default: the project's folder, or the source]
    #[arg(long, value_name = "TEXT")]
    pub(in crate::cli) title: Option<String>,
}

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
