//! `pgkeel completions`: a script for the shell.

use super::args::{self, Completions};
use super::exit::Exit;
use super::report;
use crate::Result;

/// Prints the script.
pub(super) fn run(words: &Completions) -> Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(words.shell, &mut args::command(), "pgkeel", &mut script);
    report::print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}
