//! `pgkeel book`: the schema as pages to look at.

use std::collections::BTreeMap;

use super::args::book::Book;
use super::exit::Exit;
use super::generate::USUAL;
use super::report::Report;
use super::rls::audit::{self, Ground};
use super::source::{Reading, Side, Source};
use super::{advise, migrate};
use crate::access::audit::matrix::matrix;
use crate::access::audit::{Context, rights};
use crate::book::{self, Access, Change, Changes, Code, Contents, Language, Migration, Reach};
use crate::codegen::{self, lower};
use crate::config::load::Project;
use crate::config::{Config, Generate, Lang};
use crate::finding::{self, Finding};
use crate::introspect::Depth;
use crate::migrate as plans;
use crate::threads::joined;
use crate::{Error, Result};

/// Reads the schema, finds out all that is known of it, and writes the pages.
pub(super) async fn run(words: &Book, project: &Project, report: Report) -> Result<Exit> {
    let mut reading = Reading::new(&words.source, project, report)?;
    reading.wants_facts = true;
    reading.wants_usage = true;
    let side = reading.side(Depth::Whole, report).await?;
    report.diagnostics(&side.diagnostics);
    let mut gaps = Vec::new();
    let ground = Ground::of(&side, project, report);
    let audited = ground.as_ref().map(|ground| ground.context(&side));
    if let Err(error) = &ground {
        gaps.push(format!("Who reaches what could not be found out: {error}."));
    }
    let audited = audited.as_ref().ok();
    // Each looks at the whole schema, and at nothing of what the others find.
    let (languages, access, findings) = std::thread::scope(|threads| {
        let languages = threads.spawn(|| languages(&side, &reading, &project.config));
        let access = threads.spawn(|| audited.map(access).unwrap_or_default());
        let findings = threads.spawn(|| findings(&side, audited, project, report));
        (joined(languages), joined(access), joined(findings))
    });
    let languages = languages?;
    let (findings, unable) = findings;
    gaps.extend(unable);
    let history = history(&reading.source, project, report, &mut gaps).await;
    let changes = match &words.since {
        Some(since) => Some(changes(since, words, &side, project, report).await?),
        None => None,
    };
    let title = words.title.clone().unwrap_or_else(|| title(&reading.source, project));
    let contents = Contents {
        title: &title,
        catalog: &side.catalog,
        scope: &reading.scope,
        languages: &languages,
        access: &access,
        findings: &findings,
        history: &history,
        changes: changes.as_ref(),
        gaps: &gaps,
    };
    let _progress = report.progress("writing the pages");
    let written = book::write(&contents, &words.out)?;
    report.done(&format!(
        "wrote {} of {} files, removed {}: open {}",
        written.changed,
        written.files,
        written.removed,
        words.out.join("index.html").display()
    ));
    Ok(Exit::Clean)
}

/// What the book is called, if nobody says: as the project's folder is, or as the source.
fn title(source: &Source, project: &Project) -> String {
    // Of a file in the working directory the folder has no name.
    let folder = std::fs::canonicalize(std::path::Path::new(".").join(&project.base)).ok();
    let name = folder.as_deref().and_then(|folder| folder.file_name());
    match name {
        Some(name) if project.file.is_some() => name.to_string_lossy().into_owned(),
        _ => source.to_string(),
    }
}

/// The generated code: of what the configuration generates, else of the usual languages.
fn languages(side: &Side, reading: &Reading, config: &Config) -> Result<Vec<Language>> {
    let mut config = config.clone();
    config.generate.retain(|entry| entry.lang() != Lang::JsonSchema);
    if config.generate.is_empty() {
        config.generate = USUAL.map(Generate::new).to_vec();
    }
    let (api, _) = lower::lower(&side.catalog, &config, &reading.scope);
    let excerpts = std::thread::scope(|threads| {
        let running = config
            .generate
            .iter()
            .map(|entry| threads.spawn(|| codegen::excerpts(&api, entry)));
        let running = running.collect::<Vec<_>>();
        running.into_iter().map(joined).collect::<Result<Vec<_>>>()
    })?;
    let mut languages = Vec::<Language>::new();
    for (entry, excerpts) in config.generate.iter().zip(excerpts) {
        let lang = match entry.lang() {
            Lang::Typescript => "TypeScript",
            Lang::Rust => "Rust",
            Lang::Python => "Python",
            Lang::JsonSchema => "JSON Schema",
        };
        let is_taken = languages.iter().any(|other| other.name == lang);
        let relations = api
            .relations
            .iter()
            .zip(excerpts)
            .filter(|(relation, _)| relation.named.emitted);
        let relations = relations.map(|(relation, excerpt)| {
            let code = Code {
                columns: excerpt.columns,
                text: excerpt.text,
            };
            (relation.named.id.clone(), code)
        });
        languages.push(Language {
            name: match is_taken {
                // Two styles of one language are told apart by their files.
                true => format!("{lang} {}", entry.out.display()),
                false => lang.to_owned(),
            },
            relations: relations.collect(),
        });
    }
    Ok(languages)
}

/// Who can do what, as the audit has it.
fn access(audited: &Context<'_>) -> Vec<Access> {
    let cells = matrix(audited).into_iter().map(|cell| Access {
        role: cell.role,
        object: cell.object,
        command: cell.command.name(),
        reach: match cell.reach {
            rights::Reach::Denied => Reach::Denied,
            rights::Reach::None => Reach::None,
            rights::Reach::Some => Reach::Some,
            rights::Reach::All => Reach::All,
        },
        columns: cell.columns,
        because: cell.because,
    });
    cells.collect()
}

/// What the audit and the advice say, the worst first.
fn findings(
    side: &Side,
    audited: Option<&Context<'_>>,
    project: &Project,
    report: Report,
) -> (Vec<Finding>, Vec<String>) {
    let (mut all, mut gaps) = (Vec::new(), Vec::new());
    let audited = audited.map(|context| ("rls audit", audit::found(context, &[], project)));
    let advised = ("advise", advise::found(side, &[], project));
    for (command, found) in audited.into_iter().chain([advised]) {
        match found {
            Ok((found, noticed)) => {
                report.diagnostics(&noticed);
                all.extend(found);
            }
            Err(error) => gaps.push(format!("`pgkeel {command}` could not look at this schema: {error}.")),
        }
    }
    finding::sort(&mut all);
    (all, gaps)
}

/// The migrations of the folder, and how a live database stands to them.
async fn history(source: &Source, project: &Project, report: Report, gaps: &mut Vec<String>) -> Vec<Migration> {
    let mut gap = |error: Error| gaps.push(format!("The history of migrations could not be read: {error}."));
    let folder = match migrate::folder(project) {
        Ok(Some(folder)) => folder,
        Ok(None) => return Vec::new(),
        Err(error) => {
            gap(error);
            return Vec::new();
        }
    };
    let history = folder.migrations.iter().map(|file| Migration {
        version: file.version.to_string(),
        name: file.name.clone(),
        state: String::new(),
        applied_at: None,
        sql: Some(file.up.text.clone()),
    });
    let Source::Database(url) = source else {
        return history.collect();
    };
    match migrate::history(url, project, report).await {
        Ok(status) => {
            let files = history
                .map(|file| (file.version.clone(), file))
                .collect::<BTreeMap<_, _>>();
            let entries = status.entries.into_iter().map(|entry| Migration {
                version: entry.version.to_string(),
                state: entry.word().to_owned(),
                name: entry.name,
                applied_at: entry.applied_at,
                sql: files.get(entry.version.as_str()).and_then(|file| file.sql.clone()),
            });
            entries.collect()
        }
        Err(error) => {
            gap(error);
            history.collect()
        }
    }
}

/// What turns the earlier schema into this one.
async fn changes(since: &str, words: &Book, side: &Side, project: &Project, report: Report) -> Result<Changes> {
    let source = Source::parse(since, project)?;
    let reading = Reading::of(source, &words.source.reading, project, report)?;
    let (old, noticed) = reading.read(Depth::Whole, report).await?;
    report.diagnostics(&noticed);
    let options = plans::Options {
        session: side.session.clone(),
        offline: true,
    };
    let plan = plans::plan(&old, &side.catalog, &options)
        .map_err(|error| Error::new(format!("cannot tell what is different from {since}: {error}")))?;
    let mut changes = Vec::<Change>::new();
    for step in plan.steps {
        let verb = plans::render::verb(step.action);
        let (sql, loss) = (format!("{};", step.statement.sql), step.statement.risk.loss);
        match changes.last_mut() {
            Some(last) if last.object == step.object && last.verb == verb => last.sql.push(sql),
            _ => changes.push(Change {
                verb,
                object: step.object,
                loss: None,
                sql: vec![sql],
            }),
        }
        if let (Some(last), Some(loss)) = (changes.last_mut(), loss) {
            last.loss = Some(loss.id());
        }
    }
    Ok(Changes {
        since: since.to_owned(),
        changes,
    })
}
