//! The words of `mcp`.

use clap::Args;

use super::SourceWords;

/// What stands below the help.
pub(in crate::cli) const EXAMPLES: &str = "\
Examples:
  pgkeel mcp                                  serve what the project has, over standard input and output
  pgkeel mcp --source schema.snapshot.json    never a database
An editor or agent starts it as a Model Context Protocol server: command `pgkeel`, arguments [\"mcp\"]. It answers with
the schema, types, who can reach what, findings, what a statement would block or lose, and proved migrations; it changes
nothing, and what is wished for is tried in a scratch server alone.";

/// The words of `mcp`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Mcp {
    #[command(flatten)]
    pub(in crate::cli) source: SourceWords,
}
