//! `pgkeel rls`: policies, their audit and their proof.

pub(super) mod audit;
mod stubs;
mod test;

use super::args::rls::Rls;
use super::exit::Exit;
use super::report::Report;
use crate::Result;
use crate::access::{Settings, stubs as stubs_of};
use crate::catalog::facts::Facts;
use crate::catalog::scope::Platform;
use crate::catalog::{Catalog, Name};
use crate::config::load::{Project, unknown};

/// `[rls]` against the schema. Where it names no roles, those that PostgREST may act as come from outside, and those of
/// them that policies do not bind are its servers'.
pub(super) fn settings(project: &Project, catalog: &Catalog, roles: &[Name], facts: &Facts) -> Result<Settings> {
    let config = &project.config.rls;
    // What is said of tables and schemas has to be there, whichever command asks for it.
    stubs_of::Wish::new(config, catalog)?;
    let schemas = catalog.schemas.iter().map(|schema| schema.name.as_str());
    let schemas = schemas.collect::<Vec<_>>();
    for name in &config.exposed_schemas {
        if !schemas.contains(&name.as_str()) && !Platform::Supabase.schemas().contains(&name.as_str()) {
            let message = format!("[rls] exposed-schemas: there is no schema `{name}`");
            return Err(unknown(message, name, &schemas));
        }
    }
    let mut settings = Settings::new(config, catalog, roles)?;
    let new = |found: &Option<Vec<Name>>, settings: &Settings| {
        let is_new = |role: &&Name| !settings.service.contains(role) && !settings.outside.contains(role);
        found.iter().flatten().filter(is_new).cloned().collect::<Vec<_>>()
    };
    if config.service.is_empty() {
        settings.service.extend(new(&facts.api_services, &settings));
    }
    if config.roles.is_empty() {
        settings.outside.extend(new(&facts.api_roles, &settings));
    }
    if config.anonymous.is_none() && settings.anonymous.is_none() {
        let mut nobody = settings.outside.iter().filter(|role| role.contains("anon"));
        settings.anonymous = nobody.next().filter(|_| nobody.next().is_none()).cloned();
    }
    Ok(settings)
}

/// Runs one of the commands.
pub(super) async fn run(words: &Rls, project: &Project, report: Report) -> Result<Exit> {
    match words {
        Rls::Stubs(words) => stubs::run(words, project, report).await,
        Rls::Audit(words) => audit::run(words, project, report).await,
        Rls::Test(words) => test::run(words, project, report).await,
    }
}
