//! `pgkeel rls audit`.

pub(in crate::cli) mod matrix;

use crate::access::Settings;
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
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::finding::Finding;
use crate::introspect::Depth;
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
    let ground = Ground::of(&side, project, report)?;
    let context = ground.context(&side);
    let before = side.diagnostics.iter().chain(&ground.gap);
    if words.matrix {
        let cells = audit::matrix::matrix(&context);
        report::print(&match words.format {
            FindingsFormat::Json => matrix::json(&cells),
            _ => matrix::human(&cells),
        })?;
        return Ok(exit(&[], words, before));
    }
    let (found, noticed) = found(&context, &words.counting.allow, project)?;
    report.diagnostics(&noticed);
    let Some(mut found) = findings::fresh(found, &words.counting, findings::alone, report)? else {
        return Ok(Exit::Clean);
    };
    findings::locate(&mut found, &reading.source);
    let about = RULES.iter().map(|rule| rule.about).collect::<Vec<_>>();
    let shown = Shown::new("rls audit", &found, &about, reading.source.file());
    findings::show(&shown, words.format, report)?;
    if let Some(name) = &words.write {
        let staying = mend::write(name, &found, &side, &reading, project, report).await?;
        let staying = staying.into_iter().cloned().collect::<Vec<_>>();
        return Ok(exit(&staying, words, before.chain(&noticed)));
    }
    Ok(exit(&found, words, before.chain(&noticed)))
}

/// What an audit goes by besides a schema that was read with its facts.
pub(in crate::cli) struct Ground {
    settings: Settings,
    exposed: Vec<Name>,
    /// That nobody is known who could reach anything.
    pub(in crate::cli) gap: Option<Diagnostic>,
}

impl Ground {
    /// Finds it out, and tells what is taken for granted.
    pub(in crate::cli) fn of(side: &Side, project: &Project, report: Report) -> Result<Self> {
        const NEEDED: [&str; 6] = ["policies", "grants", "memberships", "edges", "routines", "views"];
        findings::check_complete(&side.diagnostics, &NEEDED, "nothing can be said of access")?;
        let settings = super::settings(project, &side.catalog, &side.roles, &side.facts)?;
        let gap = settings.outside.is_empty().then(|| {
            let message = "no roles from outside are known, so nothing is said of who reaches what from there";
            Diagnostic::gap("[rls] roles", message)
                .with_hint("name the roles that requests run as: [rls] roles = [\"app_user\"]")
        });
        report.diagnostics(gap.as_slice());
        let exposed = exposed(project, side, report)?;
        Ok(Self { settings, exposed, gap })
    }

    /// What the audit looks at.
    pub(in crate::cli) fn context<'a>(&'a self, side: &'a Side) -> Context<'a> {
        Context::new(&side.catalog, &self.settings, &side.facts, self.exposed.clone())
    }
}

/// What is wrong and is not accepted, and what could not be looked at.
pub(in crate::cli) fn found(
    context: &Context<'_>,
    allow: &[String],
    project: &Project,
) -> Result<(Vec<Finding>, Vec<Diagnostic>)> {
    let (found, noticed) = audit::audit(context);
    // Those of the test are accepted in the same place.
    let rules = RULES.iter().map(|rule| rule.about);
    let known = rules.chain(crate::access::prove::RULES.iter().copied());
    let allowed = allow.iter().chain(&project.config.rls.allow);
    let found = findings::unaccepted(found, allowed, &known.collect::<Vec<_>>(), "[rls] allow")?;
    Ok((found, noticed))
}

/// What was found decides, if everything could be looked at.
fn exit<'a>(found: &[Finding], words: &Audit, noticed: impl Iterator<Item = &'a Diagnostic>) -> Exit {
    findings::exit_whole(found, words.counting.fail_on, noticed)
}

/// The schemas that outside roles can address: as configured, as the database says, as the platform's configuration
/// does, or `public`.
fn exposed(project: &Project, side: &Side, report: Report) -> Result<Vec<Name>> {
    let configured = &project.config.rls.exposed_schemas;
    if !configured.is_empty() {
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

/// The schemas that outside roles can address, as far as files say: as configured, or as the platform's configuration does.
pub(in crate::cli) fn exposed_by_configuration(project: &Project) -> Result<Option<Vec<Name>>> {
    match project.config.rls.exposed_schemas.as_slice() {
        [] => supabase_schemas(project),
        configured => Ok(Some(configured.iter().map(|name| name.as_str().into()).collect())),
    }
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
