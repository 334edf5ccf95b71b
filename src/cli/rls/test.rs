//! `pgkeel rls test`: runs as each role, and holds what it reaches against what it should.

mod matrix;

use std::path::{Path, PathBuf};

use sqlx::{Connection as _, PgConnection};

use crate::access::Settings;
use crate::access::audit::RULES;
use crate::access::prove::{self, Expected, Tested, Wish};
use crate::catalog::scope::{Scope, Standing};
use crate::catalog::{Catalog, QName};
use crate::cli::args::rls::{FindingsFormat, Test};
use crate::cli::exit::Exit;
use crate::cli::findings::{self, Shown};
use crate::cli::report::{self, Report};
use crate::cli::source::{Reading, Source};
use crate::config::load::Project;
use crate::introspect::{Depth, connect};
use crate::{Error, Result, introspect};

/// The file of expectations, beside `pgkeel.toml`.
const FILE: &str = "rls.expect.toml";

/// Runs the command.
pub(super) async fn run(words: &Test, project: &Project, report: Report) -> Result<Exit> {
    let file = words.expect.clone().unwrap_or_else(|| project.resolve(Path::new(FILE)));
    let expected = read(&file, words)?;
    match &words.database {
        Some(url) => {
            let source = Source::parse(url, project)?;
            let Source::Database(url) = &source else {
                return Err(Error::new(format!("--database {source} is not a database")).with_hint(
                    "give a URL, or env:NAME; other sources go with --source, and are tested in a scratch copy",
                ));
            };
            let reading = Reading::of(source.clone(), &words.source.reading, project, report)?;
            let mut connection = connect::connect(url).await?;
            report.say(&format!("testing on {source}, in a transaction that is rolled back"));
            let ran = test(&mut connection, &reading, true, words, project, expected, &file, report).await;
            // The server notices by itself where this fails.
            let _ = connection.close().await;
            ran
        }
        None => {
            let reading = Reading::new(&words.source, project, report)?;
            let (scratch, diagnostics) = reading.scratch_copy(report).await?;
            report.diagnostics(&diagnostics);
            let mut connection = scratch.connect().await?;
            let ran = test(
                &mut connection,
                &reading,
                false,
                words,
                project,
                expected,
                &file,
                report,
            )
            .await;
            let _ = connection.close().await;
            let closed = scratch.close().await;
            let exit = ran?;
            closed?;
            Ok(exit)
        }
    }
}

#[allow(clippy::too_many_arguments)]
async fn test(
    connection: &mut PgConnection,
    reading: &Reading,
    live: bool,
    words: &Test,
    project: &Project,
    expected: Option<Expected>,
    file: &Path,
    report: Report,
) -> Result<Exit> {
    let (catalog, _) = introspect::read(connection, &Scope::default(), Depth::Whole).await?;
    let config = &project.config.rls;
    let roles = prove::roles(connection).await?;
    let settings = Settings::new(config, &catalog, &roles)?;
    let open = config
        .archetypes
        .iter()
        .filter(|(_, declared)| prove::OPEN.contains(&declared.archetype));
    let wish = Wish {
        open: open.filter_map(|(name, _)| name.parse().ok()).collect(),
        login: config.login.clone(),
        live,
    };
    let progress = report.progress("running as each role");
    let stage = prove::prepare(connection, &catalog, &settings, &wish, |name| {
        is_tested(name, &catalog, &settings, reading)
    })
    .await?;
    let tested = stage.run(connection).await?;
    prove::leave(connection).await?;
    drop(progress);
    let observed = tested.observed();
    if words.accept {
        let text = observed.render();
        std::fs::write(file, text).map_err(|error| Error::io("cannot write", file, error))?;
        report.done(&format!("wrote {}", file.display()));
    }
    if let Some(folder) = &words.pgtap {
        write_pgtap(folder, &tested, report)?;
    }
    let expected = if words.accept { Some(observed) } else { expected };
    let mut findings = prove::findings(&tested, expected.as_ref());
    // The audit's findings are accepted in the same place.
    let rules = RULES
        .iter()
        .map(|rule| rule.about)
        .chain(prove::RULES.iter().copied())
        .collect::<Vec<_>>();
    findings = findings::unaccepted(findings, config.allow.iter(), &rules, "[rls] allow")?;
    if words.format == FindingsFormat::Human {
        report::print(&format!("{}\n", matrix::render(&tested)))?;
    }
    let place = file.strip_prefix(&project.base).unwrap_or(file);
    let shown = Shown {
        command: "rls test",
        findings: &findings,
        rules: prove::RULES,
        file: &place.display().to_string(),
    };
    findings::show(&shown, words.format, report)?;
    summary(&tested, report);
    Ok(match findings.is_empty() {
        // What was not tried to the end is never clean.
        _ if !tested.unfinished.is_empty() => Exit::Failure,
        true => Exit::Clean,
        false => Exit::Difference,
    })
}

/// The file of expectations, where it is there. One that is named has to be, unless it is to be written.
fn read(file: &Path, words: &Test) -> Result<Option<Expected>> {
    match std::fs::read_to_string(file) {
        Ok(text) => Expected::parse(&text).map(Some).map_err(|error| {
            let hint = error.hint().unwrap_or_default().to_owned();
            Error::new(error.to_string())
                .at(PathBuf::from(file), None)
                .with_hint(hint)
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && (words.expect.is_none() || words.accept) => {
            Ok(None)
        }
        Err(error) => {
            Err(Error::io("cannot read", file, error).with_hint("`pgkeel rls test --accept` writes what it sees"))
        }
    }
}

/// Whether rows are made in the relation: ours, and no extension's.
fn is_tested(name: &QName, catalog: &Catalog, settings: &Settings, reading: &Reading) -> bool {
    reading.scope.standing(&name.schema) == Standing::Ours
        && !reading.scope.excludes(name)
        && settings.is_ours(&name.schema)
        && catalog
            .relation(name)
            .is_some_and(|relation| relation.row.extension.is_none())
}

fn write_pgtap(folder: &Path, tested: &Tested<'_, '_>, report: Report) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Error::io("cannot make the folder", folder, error))?;
    let files = tested.pgtap();
    for (name, text) in &files {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(|error| Error::io("cannot write", &file, error))?;
    }
    report.done(&format!("wrote {} pgTAP files to {}", files.len(), folder.display()));
    Ok(())
}

fn summary(tested: &Tested<'_, '_>, report: Report) {
    let cells = tested.tables.values().flatten().map(Vec::len).sum::<usize>();
    report.say(&format!(
        "ran {cells} statements as {} identities on {} tables and views",
        tested.stage.identities.len(),
        tested.tables.len(),
    ));
}
