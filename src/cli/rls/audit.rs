//! `pgkeel rls audit`.

pub(in crate::cli) mod matrix;

use crate::access::Settings;
use crate::access::audit::matrix::Cell;
use crate::access::audit::{self, Context, RULES};
use crate::catalog::Name;
use crate::catalog::facts::Facts;
use crate::cli::args::findings::FindingsFormat;
use crate::cli::args::rls::Audit;
use crate::cli::exit::Exit;
use crate::cli::findings::{self, Shown};
use crate::cli::mend;
use crate::cli::report::{self, Report};
use crate::cli::source::{Reading, Side};
use crate::config::load::{Project, unknown};
use crate::diagnostic::{Diagnostic, Severity};
use crate::finding::Finding;
use crate::introspect::{Depth, REFUSED};
use crate::{Error, Result};

/// Runs the command.
pub(super) async fn run(words: &Audit, project: &Project, report: Report) -> Result<Exit> {
    if words.matrix && words.format == FindingsFormat::JsonSchema {
        report::print(matrix::JSON_SCHEMA)?;
        return Ok(Exit::Clean);
    }
    let is_drawn = matches!(words.format, FindingsFormat::Human | FindingsFormat::Json);
    if words.matrix && !is_drawn {
        return Err(Error::new("--matrix has no such format").with_hint("--format human and --format json show it"));
    }
    let mut reading = Reading::new(&words.source, project, report)?;
    reading.wants_facts = true;
    let side = reading.side(Depth::Whole, report).await?;
    report.diagnostics(&side.diagnostics);
    if words.matrix {
        let cells = cells(&side, project, report)?;
        report::print(&match words.format {
            FindingsFormat::Json => matrix::json(&cells),
            _ => matrix::human(&cells),
        })?;
        return Ok(exit(&[], words, side.diagnostics.iter()));
    }
    let (found, noticed) = found(&side, &words.counting.allow, project, report)?;
    report.diagnostics(&noticed);
    let Some(mut found) = findings::fresh(found, &words.counting, findings::alone, report)? else {
        return Ok(Exit::Clean);
    };
    findings::locate(&mut found, &reading.source);
    let about = RULES.iter().map(|rule| rule.about).collect::<Vec<_>>();
    let file = reading.source.file();
    let shown = Shown {
        command: "rls audit",
        findings: &found,
        rules: &about,
        file: &file,
    };
    findings::show(&shown, words.format, report)?;
    if let Some(name) = &words.write {
        let staying = mend::write(name, &found, &side, &reading, project, report).await?;
        let staying = staying.into_iter().cloned().collect::<Vec<_>>();
        return Ok(exit(&staying, words, side.diagnostics.iter().chain(&noticed)));
    }
    Ok(exit(&found, words, side.diagnostics.iter().chain(&noticed)))
}

/// What is wrong in a schema that was read with its facts and is not accepted, and what could not be looked at.
pub(in crate::cli) fn found(
    side: &Side,
    allow: &[String],
    project: &Project,
    report: Report,
) -> Result<(Vec<Finding>, Vec<Diagnostic>)> {
    let settings = super::settings(project, &side.catalog, &side.roles, &side.facts)?;
    let (found, noticed) = audit::audit(&context(side, &settings, project, report)?);
    // Those of the test are accepted in the same place.
    let rules = RULES.iter().map(|rule| rule.about);
    let known = rules.chain(crate::access::prove::RULES.iter().copied());
    let allowed = allow.iter().chain(&project.config.rls.allow);
    let found = findings::unaccepted(found, allowed, &known.collect::<Vec<_>>(), "[rls] allow")?;
    Ok((found, noticed))
}

/// Who can do what in a schema that was read with its facts.
pub(in crate::cli) fn cells(side: &Side, project: &Project, report: Report) -> Result<Vec<Cell>> {
    let settings = super::settings(project, &side.catalog, &side.roles, &side.facts)?;
    Ok(audit::matrix::matrix(&context(side, &settings, project, report)?))
}

fn context<'a>(side: &'a Side, settings: &'a Settings, project: &Project, report: Report) -> Result<Context<'a>> {
    check_complete(&side.diagnostics)?;
    if settings.outside.is_empty() {
        let message = "no roles from outside are known, so nothing is said of who reaches what from there";
        let noticed = Diagnostic::warning("[rls] roles", message);
        report.diagnostics(&[noticed.with_hint("name the roles that requests run as: [rls] roles = [\"app_user\"]")]);
    }
    let exposed = exposed(project, side, report)?;
    Ok(Context::new(&side.catalog, settings, &side.facts, exposed))
}

/// What every rule builds on has to be there: without it, what is protected would look open, or the other way round.
fn check_complete(noticed: &[Diagnostic]) -> Result<()> {
    const NEEDED: [&str; 6] = ["policies", "grants", "memberships", "edges", "routines", "views"];
    let is_missing = |noticed: &&Diagnostic| noticed.message == REFUSED && NEEDED.contains(&noticed.subject.as_str());
    match noticed.iter().find(is_missing) {
        None => Ok(()),
        Some(missing) => Err(Error::new(format!(
            "the role may not read {}, without which nothing can be said of access",
            missing.subject
        ))
        .with_hint("audit as a role that can see the system catalogs")),
    }
}

/// What was found decides; where nothing was, and not everything could be looked at, that is no clean bill.
fn exit<'a>(found: &[Finding], words: &Audit, noticed: impl Iterator<Item = &'a Diagnostic>) -> Exit {
    let is_gap = |noticed: &Diagnostic| {
        noticed.severity == Severity::Warning
            && (noticed.message == REFUSED || noticed.message.contains("could not be"))
    };
    match findings::exit(found, words.counting.fail_on) {
        Exit::Clean if noticed.into_iter().any(is_gap) => Exit::Failure,
        exit => exit,
    }
}

/// The schemas that outside roles can address: as configured, as the database says, as the platform's configuration
/// does, or `public`.
fn exposed(project: &Project, side: &Side, report: Report) -> Result<Vec<Name>> {
    let known = side
        .catalog
        .schemas
        .iter()
        .map(|schema| schema.name.as_str())
        .collect::<Vec<_>>();
    let configured = &project.config.rls.exposed_schemas;
    if !configured.is_empty() {
        let platform = crate::catalog::scope::Platform::Supabase.schemas();
        for name in configured {
            if known.contains(&name.as_str()) || platform.contains(&name.as_str()) {
                continue;
            }
            let message = format!("[rls] exposed-schemas: there is no schema `{name}`");
            return Err(unknown(message, name, &known));
        }
        return Ok(configured.iter().map(|name| name.as_str().into()).collect());
    }
    let (exposed, why) = match (&side.facts, supabase_schemas(project)?) {
        (
            Facts {
                exposed_schemas: Some(names),
                ..
            },
            _,
        ) => (names.clone(), "pgrst.db_schemas of the database says so"),
        (_, Some(names)) => (names, "supabase/config.toml says so"),
        _ => (
            vec!["public".into()],
            "nothing says which are: [rls] exposed-schemas can",
        ),
    };
    let names = exposed.iter().map(Name::as_str).collect::<Vec<_>>();
    report.say(&format!(
        "taking {} for what the API serves, because {why}",
        names.join(", ")
    ));
    Ok(exposed)
}

/// `[api] schemas` of Supabase's configuration, where there is one.
fn supabase_schemas(project: &Project) -> Result<Option<Vec<Name>>> {
    let path = project.base.join("supabase/config.toml");
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(None);
    };
    let table = text.parse::<toml::Table>().map_err(|error| {
        Error::new(format!("cannot read {}: {}", path.display(), error.message()))
            .with_hint("it says which schemas the API serves; [rls] exposed-schemas says it too")
    })?;
    let schemas = table
        .get("api")
        .and_then(|api| api.get("schemas"))
        .and_then(toml::Value::as_array);
    Ok(schemas.map(|schemas| schemas.iter().filter_map(toml::Value::as_str).map(Name::from).collect()))
}
