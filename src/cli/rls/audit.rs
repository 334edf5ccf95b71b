//! `pgkeel rls audit`.

use crate::cli::args::rls::Audit;
use crate::cli::exit::Exit;
use crate::cli::report::Report;
use crate::config::load::Project;
use crate::{Error, Result};

/// Runs the command.
pub(super) async fn run(_words: &Audit, _project: &Project, _report: Report) -> Result<Exit> {
    Err(Error::new("`pgkeel rls audit` is not available yet"))
}
