//! `pgkeel rls test`.

use crate::cli::args::rls::Test;
use crate::cli::exit::Exit;
use crate::cli::report::Report;
use crate::config::load::Project;
use crate::{Error, Result};

/// Runs the command.
pub(super) async fn run(_words: &Test, _project: &Project, _report: Report) -> Result<Exit> {
    Err(Error::new("`pgkeel rls test` is not available yet"))
}
