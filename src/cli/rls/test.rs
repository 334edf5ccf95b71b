//! `pgkeel rls test`: runs as each role, and holds what it reaches against what it should.

mod matrix;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sqlx::{Connection as _, PgConnection};

use crate::access::Settings;
use crate::access::audit::RULES;
use crate::access::prove::{self, Expected, Tested, Wish};
use crate::access::stubs;
use crate::catalog::scope::{Scope, Standing};
use crate::catalog::{Catalog, QName};
use crate::cli::args::findings::FindingsFormat;
use crate::cli::args::rls::Test;
use crate::cli::exit::Exit;
use crate::cli::findings::{self, Shown};
use crate::cli::report::{self, Report};
use crate::cli::source::{Reading, Source};
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
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
    let (facts, _) = introspect::facts::read(connection).await;
    let settings = super::settings(project, &catalog, &roles, &facts)?;
    prove::claims::read(connection, &settings.claims).await?;
    let archetypes = stubs::Wish::new(config, &catalog)?.archetypes;
    let wish = Wish {
        archetypes,
        files: None,
        login: config.login.clone(),
        live,
    };
    let of_files = prove::buckets(&catalog).into_iter().map(|files| Wish {
        files: Some(files),
        ..wish.clone()
    });
    let wishes = [wish.clone()].into_iter().chain(of_files).collect::<Vec<_>>();
    let stages = wishes.iter().map(|_| OnceCell::new()).collect::<Vec<_>>();
    let mut all = Vec::new();
    let progress = report.progress("running as each role");
    for (wish, stage) in wishes.iter().zip(&stages) {
        let is_tested = |name: &QName| is_tested(name, &catalog, &settings, reading);
        let prepared = prove::prepare(connection, &catalog, &settings, wish, is_tested).await?;
        all.push(stage.get_or_init(|| prepared).run(connection).await?);
        prove::leave(connection).await?;
    }
    drop(progress);
    report.diagnostics(&untested(&catalog, &settings, live));
    let mut observed = Expected::default();
    for tested in &all {
        observed.0.extend(tested.observed().0);
    }
    if words.accept {
        let text = observed.render();
        std::fs::write(file, text).map_err(|error| Error::io("cannot write", file, error))?;
        report.done(&format!("wrote {}", file.display()));
    }
    if let Some(folder) = &words.pgtap {
        write_pgtap(folder, &all, report)?;
    }
    let expected = if words.accept { Some(observed) } else { expected };
    let found = all.iter().map(|tested| prove::findings(tested, expected.as_ref()));
    let mut findings = found.flatten().collect::<Vec<_>>();
    findings.extend(expected.iter().flat_map(|expected| prove::unknown(&all, expected)));
    findings.sort();
    // The audit's findings are accepted in the same place.
    let rules = RULES
        .iter()
        .map(|rule| rule.about)
        .chain(prove::RULES.iter().copied())
        .collect::<Vec<_>>();
    findings = findings::unaccepted(findings, config.allow.iter(), &rules, "[rls] allow")?;
    if words.format == FindingsFormat::Human {
        let drawn = all.iter().map(matrix::render).collect::<String>();
        report::print(&format!("{}{drawn}\n", matrix::LEGEND))?;
    }
    let place = file.strip_prefix(&project.base).unwrap_or(file);
    let shown = Shown::new("rls test", &findings, prove::RULES, place.display().to_string());
    findings::show(&shown, words.format, report)?;
    summary(&all, report);
    Ok(match findings.is_empty() {
        // What was not tried to the end is never clean.
        _ if all.iter().any(|tested| !tested.unfinished.is_empty()) => Exit::Failure,
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

/// What is left out, and why.
fn untested(catalog: &Catalog, settings: &Settings, live: bool) -> Vec<Diagnostic> {
    let mut noticed = Vec::new();
    if live {
        let message = "statements without a condition and TRUNCATE are not tried where others use the database";
        noticed
            .push(Diagnostic::warning("--database", message).with_hint("leave it out to try them in a scratch copy"));
    }
    // The platform's own policies are its own matter; those on what it leaves to users are not.
    let is_users = |name: &QName| ["auth", "storage", "realtime"].contains(&name.schema.as_str());
    let tables = catalog.policies.iter().map(|policy| &policy.relation);
    let tables = tables
        .filter(|name| !settings.is_ours(&name.schema) && is_users(name) && **name != QName::new("storage", "objects"));
    for name in tables.collect::<BTreeSet<_>>() {
        let message = "its policies are not tested: no rows are made in the platform's own tables but files";
        noticed.push(Diagnostic::warning(name.to_string(), message));
    }
    noticed
}

/// Writes a file for each table, and removes those of tables that are no longer there.
fn write_pgtap(folder: &Path, all: &[Tested<'_, '_>], report: Report) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Error::io("cannot make the folder", folder, error))?;
    let files = all.iter().flat_map(Tested::pgtap).collect::<BTreeMap<_, _>>();
    for (name, text) in &files {
        let file = folder.join(name);
        std::fs::write(&file, text).map_err(|error| Error::io("cannot write", &file, error))?;
    }
    let entries = std::fs::read_dir(folder).map_err(|error| Error::io("cannot read", folder, error))?;
    let mut stale = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_ours = |text: String| prove::is_pgtap(&text);
        if !files.contains_key(&name) && std::fs::read_to_string(entry.path()).is_ok_and(is_ours) {
            stale.push(name);
        }
    }
    stale.sort();
    for name in &stale {
        let file = folder.join(name);
        std::fs::remove_file(&file).map_err(|error| Error::io("cannot remove", &file, error))?;
        report.done(&format!("removed {}, whose table is no longer there", file.display()));
    }
    report.done(&format!("wrote {} pgTAP files to {}", files.len(), folder.display()));
    Ok(())
}

fn summary(all: &[Tested<'_, '_>], report: Report) {
    let tables = || all.iter().flat_map(|tested| &tested.tables);
    let cells = tables().flat_map(|(_, tried)| tried).map(Vec::len).sum::<usize>();
    let identities = all.iter().map(|tested| tested.stage.identities.len()).max();
    report.say(&format!(
        "ran {cells} statements as {} identities on {} tables and views",
        identities.unwrap_or_default(),
        tables().count(),
    ));
}
