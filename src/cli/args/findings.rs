//! The words of every command that gives findings.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Which findings count.
#[derive(Debug, Args)]
pub(in crate::cli) struct Counting {
    /// A finding that is accepted: a rule, or rule:subject; may be repeated
    #[arg(long, value_name = "RULE")]
    pub(in crate::cli) allow: Vec<String>,
    /// The least severity that fails the command
    #[arg(long, value_name = "SEVERITY", value_enum, default_value_t)]
    pub(in crate::cli) fail_on: FailOn,
    /// Findings that are accepted because they were there before
    #[arg(long, value_name = "FILE")]
    pub(in crate::cli) baseline: Option<PathBuf>,
    /// Write what is found now to the baseline
    #[arg(long, requires = "baseline")]
    pub(in crate::cli) write_baseline: bool,
}

/// Which findings fail a command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FailOn {
    /// What is wrong, or open to somebody who must not have it.
    Error,
    /// What is likely to go wrong, too.
    Warning,
    /// Whatever is found.
    #[default]
    Info,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum FindingsFormat {
    /// For reading.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0.
    Sarif,
    /// JUnit's XML.
    Junit,
    /// What the JSON object means, as JSON Schema; nothing is looked at.
    JsonSchema,
}
