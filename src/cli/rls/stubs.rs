//! `pgkeel rls stubs`.

mod pins;

use sqlx::Connection as _;

use crate::access::Settings;
use crate::access::prove::claims;
use crate::access::stubs::{Stubs, Wish, stubs};
use crate::catalog::access::Role;
use crate::catalog::{Catalog, Name, Rows};
use crate::cli::args::rls;
use crate::cli::exit::Exit;
use crate::cli::planning::{self, accept};
use crate::cli::report::{self, Report};
use crate::cli::source::{Reading, check_schemas};
use crate::config::Profile;
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::files;
use crate::introspect::Depth;
use crate::migrate::prove::{self, Grounds, Proof};
use crate::migrate::{self, Plan, render};
use crate::{Error, Result};

/// Reads the schema, concludes whose the rows of its tables are, plans, proves and prints.
pub(super) async fn run(words: &rls::Stubs, project: &Project, report: Report) -> Result<Exit> {
    let config = &project.config;
    let mut reading = Reading::new(&words.source, project, report)?;
    // What the chosen schemas lean on is read and built with them, and left as it is.
    let schemas = std::mem::take(&mut reading.scope.schemas);
    reading.wants_facts = true;
    let side = reading.side(Depth::Whole, report).await?;
    let known = side.catalog.schemas.iter().map(|row| row.name.as_str());
    check_schemas(&schemas, &known.collect::<Vec<_>>(), &reading.source)?;
    report.diagnostics(&side.diagnostics);
    let settings = super::settings(project, &side.catalog, &side.roles, &side.facts)?;
    if settings.outside.is_empty() {
        return Err(
            Error::new("there are no roles from outside, for whom policies would be").with_hint(
                "name the roles that requests run as in pgkeel.toml: [rls] roles = [\"app_user\"], and make them first",
            ),
        );
    }
    let from = with_roles(side.catalog, settings.outside.iter().chain(&settings.service));
    let mut wish = Wish::new(&config.rls, &from)?;
    for table in &words.tables {
        wish.with_table(table, &from)?;
    }
    wish.schemas = schemas;
    wish.names = side.facts.names;
    wish.roles = side.facts.roles;
    // Who replays in a scratch database is nobody elsewhere.
    wish.session = side.session.clone().filter(|_| !side.is_replayed);
    wish.profile = words.profile.map(profile).or(wish.profile);
    let grounds = Grounds {
        session: side.session.as_ref(),
        ..Grounds::new(&reading.scope, &reading.scratch)
    };
    let mut concluded = stubs(&from, &settings, &wish)?;
    if !words.no_prove {
        require_claims(&from, &settings, &grounds).await?;
        concluded = pins::tried(&from, concluded, &grounds).await?;
    }
    tell(&concluded, report);
    let (plan, wished) = proved(&from, concluded, &grounds, words.no_prove, report).await?;
    if plan.is_empty() {
        report.done("row-level security is as the schema asks for");
        return Ok(Exit::Clean);
    }
    report.diagnostics(&render::diagnostics(&plan));
    if words.no_prove {
        let message =
            "only a server tells how it writes an expression: policies that are there already may be printed again";
        report.diagnostics(&[Diagnostic::warning("--no-prove", message).with_hint("without it they are compared")]);
    }
    if let Some(name) = &words.write {
        return planning::write(name, &plan, [&from, &wished], &grounds, words.no_prove, project, report).await;
    }
    let sql = render::sql(&plan, &planning::style(project));
    match &words.out {
        Some(out) => {
            files::replace(out, sql.as_bytes())?;
            report.done(&format!("wrote {}", out.display()));
        }
        None => report::print(&sql)?,
    }
    Ok(Exit::Difference)
}

/// What is declared of claims has to be SQL: else what fails is a policy, which nobody wrote.
async fn require_claims(from: &Catalog, settings: &Settings, grounds: &Grounds<'_>) -> Result<()> {
    if settings.claims.all_declared().next().is_none() {
        return Ok(());
    }
    let scratch = prove::copy(from, grounds).await?;
    let mut connection = scratch.connect().await?;
    let read = claims::read(&mut connection, &settings.claims).await;
    // The scratch server goes, whatever becomes of the connection.
    let _ = connection.close().await;
    scratch.close().await?;
    read
}

/// What makes `from` what is wished, tried in a scratch database, and what is wished in the server's own words.
async fn proved(
    from: &Catalog,
    concluded: Stubs,
    grounds: &Grounds<'_>,
    no_prove: bool,
    report: Report,
) -> Result<(Plan, Catalog)> {
    let first = plan(from, &concluded, grounds)?;
    if first.is_empty() || no_prove {
        return Ok((first, concluded.wished));
    }
    let _progress = report.progress("trying the policies in a scratch database");
    let (read, _) = prove::after(from, first.steps, |_| Vec::new(), grounds).await?;
    let written = concluded.clone().unless_there(from, &read);
    let concluded = concluded.reworded(&read);
    if plan(from, &concluded, grounds)?.is_empty() {
        return Ok((Plan::default(), concluded.wished));
    }
    // People read our words more easily than those that the server makes of them.
    let plan = plan(from, &written, grounds)?;
    match prove::prove(from, &concluded.wished, &plan, grounds).await? {
        Proof::Nothing => Ok((Plan::default(), concluded.wished)),
        proof => accept(proof).map(|()| (plan, concluded.wished)),
    }
}

/// The indexes first, which are built while others go on; then all that decides on access, at once.
fn plan(from: &Catalog, concluded: &Stubs, grounds: &Grounds<'_>) -> Result<Plan> {
    let options = planning::options(grounds);
    let mut plan = migrate::plan(from, &concluded.indexed, &options)?;
    plan.steps
        .extend(migrate::plan(&concluded.indexed, &concluded.wished, &options)?.steps);
    Ok(plan)
}

/// Says what was concluded of each table, and what to know of it.
fn tell(concluded: &Stubs, report: Report) {
    let tables = concluded.tables.iter().map(|(name, access)| {
        let message = format!("{}: {}", access.archetype.name(), access.evidence);
        Diagnostic::note(name.to_string(), message)
    });
    let mut notes = tables.collect::<Vec<_>>();
    notes.extend(concluded.diagnostics.iter().cloned());
    report.diagnostics(&notes);
}

/// Roles that nothing in the schema names yet, but policies will.
fn with_roles<'a>(mut catalog: Catalog, roles: impl Iterator<Item = &'a Name>) -> Catalog {
    let mut rows = catalog.roles.to_vec();
    for name in roles {
        if !rows.iter().any(|row| row.name == *name) {
            rows.push(Role::plain(name.clone()));
        }
    }
    catalog.roles = Rows::sorted(rows);
    catalog
}

fn profile(profile: rls::Profile) -> Profile {
    match profile {
        rls::Profile::ApiOnly => Profile::ApiOnly,
        rls::Profile::Postgrest => Profile::Postgrest,
    }
}
