//! `pgkeel rls`: policies, their audit and their proof.

pub(super) mod audit;
mod stubs;
mod test;

use super::args::rls::Rls;
use super::exit::Exit;
use super::report::Report;
use crate::Result;
use crate::config::load::Project;

/// Runs one of the commands.
pub(super) async fn run(words: &Rls, project: &Project, report: Report) -> Result<Exit> {
    match words {
        Rls::Stubs(words) => stubs::run(words, project, report).await,
        Rls::Audit(words) => audit::run(words, project, report).await,
        Rls::Test(words) => test::run(words, project, report).await,
    }
}
