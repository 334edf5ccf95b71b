//! `pgkeel rls stubs`.

use crate::cli::args::rls::Stubs;
use crate::cli::exit::Exit;
use crate::cli::report::Report;
use crate::config::load::Project;
use crate::{Error, Result};

/// Runs the command.
pub(super) async fn run(_words: &Stubs, _project: &Project, _report: Report) -> Result<Exit> {
    Err(Error::new("`pgkeel rls stubs` is not available yet"))
}
