//! `pgkeel migrate`: runs migrations, and shows how a database stands to them.

mod fleet;
pub(super) mod write;

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::args::migrate::{Baseline, Common, Down, Migrate, Repair, Status as StatusWords, Up};
use super::exit::Exit;
use super::report::{self, Report};
use super::source;
use crate::config::MigrationLayout;
use crate::config::load::Project;
use crate::introspect::connect;
use crate::migrate::run::{self, Back, Entry, Event, Folder, Options, State, Status, Target, Version, folder};
use crate::redact::redact;
use crate::{Error, Result};

/// What the JSON form of a status means: a JSON Schema.
const STATUS_SCHEMA: &str = include_str!("migrate/status.schema.json");

/// What is run, and where.
struct Settings {
    target: Option<Target>,
    folder: Folder,
    options: Options,
}

/// Runs the command.
pub(super) async fn run(words: &Migrate, project: &Project, report: Report) -> Result<Exit> {
    match words {
        Migrate::New(words) => write::new(words, project, report).await,
        Migrate::Squash(words) => write::squash(words, project, report).await,
        Migrate::Up(words) => match &words.fleet {
            Some(file) => fleet::up(file, words, project, report).await,
            None => up(words, project, report).await,
        },
        Migrate::Down(words) => down(words, project, report).await,
        Migrate::Status(words) => status(words, project, report, false).await,
        Migrate::Verify(words) => status(words, project, report, true).await,
        Migrate::Baseline(words) => baseline(words, project, report).await,
        Migrate::Repair(words) => repair(words, project, report).await,
    }
}

impl Settings {
    /// What was typed and configured, put together.
    fn new(words: &Common, lock_timeout: Option<&String>, project: &Project, report: Report) -> Result<Self> {
        let target = Target {
            url: database(words.database.as_deref(), project)?,
            schema: words.tenant.clone(),
        };
        report.detail(&format!("on {}", connect::describe(&target.url)?));
        let mut settings = Self::for_fleet(words, lock_timeout, project, report)?;
        settings.target = Some(target);
        Ok(settings)
    }

    /// As [`Self::new`], without a database.
    fn for_fleet(words: &Common, lock_timeout: Option<&String>, project: &Project, report: Report) -> Result<Self> {
        let config = &project.config.migrations;
        let directory = directory(words.dir.as_ref(), project)?;
        let said = layout(words.layout.as_deref()).or(config.layout);
        let layout = match said {
            Some(layout) => layout,
            None => folder::detect(&directory, uses_sqlx(project))?,
        };
        if layout == MigrationLayout::Sqlx {
            refuse_sqlx_settings(project)?;
        }
        let folder = folder::read(&directory, layout)?;
        report.diagnostics(&folder.notes);
        let defaults = Options::default();
        let options = Options {
            lock_timeout: lock_timeout
                .cloned()
                .or_else(|| config.lock_timeout.clone())
                .or(defaults.lock_timeout),
            wait: Duration::from_secs(words.wait),
            out_of_order: false,
            is_layout_guessed: said.is_none(),
        };
        Ok(Self {
            target: None,
            folder,
            options,
        })
    }

    fn target(&self) -> Result<&Target> {
        self.target
            .as_ref()
            .ok_or_else(|| Error::new("there is no database to run on"))
    }

    /// A version as it was typed.
    fn version(&self, text: &str) -> Result<Version> {
        Version::parse(text, self.folder.layout).ok_or_else(|| {
            Error::new(format!("`{text}` is no version"))
                .with_hint("a version is the number that a migration's file name begins with")
        })
    }

    /// How far to go back.
    fn back(&self, words: &Down) -> Result<Back> {
        Ok(match &words.to {
            Some(to) => Back::To(self.version(to)?),
            None => Back::Steps(words.steps),
        })
    }

    fn versions(&self, texts: &[String]) -> Result<Vec<Version>> {
        texts.iter().map(|text| self.version(text)).collect()
    }
}

/// The folder of migrations: the one that was typed, else the project's.
fn directory(typed: Option<&PathBuf>, project: &Project) -> Result<PathBuf> {
    let directory = typed.cloned().or_else(|| source::migrations_folder(project));
    directory.ok_or_else(|| {
        Error::new("there is no folder of migrations")
            .with_hint("make `migrations` or `supabase/migrations`, or name a folder with --dir or [migrations] dir")
    })
}

/// The layout that was typed.
fn layout(typed: Option<&str>) -> Option<MigrationLayout> {
    Some(match typed? {
        "supabase" => MigrationLayout::Supabase,
        "sqlx" => MigrationLayout::Sqlx,
        _ => MigrationLayout::Pgkeel,
    })
}

/// The project's folder of migrations, where there is one.
pub(super) fn folder(project: &Project) -> Result<Option<Folder>> {
    let Some(directory) = source::migrations_folder(project).filter(|directory| directory.is_dir()) else {
        return Ok(None);
    };
    let layout = match project.config.migrations.layout {
        Some(layout) => layout,
        None => folder::detect(&directory, uses_sqlx(project))?,
    };
    folder::read(&directory, layout).map(Some)
}

/// The URL that was typed, or that the configured variable holds.
fn database(typed: Option<&str>, project: &Project) -> Result<String> {
    let name = match typed {
        Some(typed) => match typed.strip_prefix("env:") {
            Some(name) => name,
            None => return Ok(typed.to_owned()),
        },
        None => &project.config.database.url_env,
    };
    source::variable(project, name).ok_or_else(|| {
        Error::new(format!("the environment variable `{name}` is not set")).with_hint(format!(
            "set it: export {name}=postgres://user:password@host:5432/database; or name the database with --database"
        ))
    })
}

/// Whether the project's own code depends on sqlx, whose folders look like pgkeel's.
pub(super) fn uses_sqlx(project: &Project) -> bool {
    let manifest = std::fs::read_to_string(project.resolve(Path::new("Cargo.toml"))).unwrap_or_default();
    let Ok(manifest) = manifest.parse::<toml::Table>() else {
        return false;
    };
    let depends = |table: &toml::Table| {
        table
            .get("dependencies")
            .is_some_and(|found| found.get("sqlx").is_some())
    };
    let workspace = manifest.get("workspace").and_then(toml::Value::as_table);
    depends(&manifest) || workspace.is_some_and(depends)
}

/// What sqlx's own configuration says of its history would have to be heeded to the letter.
fn refuse_sqlx_settings(project: &Project) -> Result<()> {
    let path = project.resolve(Path::new("sqlx.toml"));
    let Ok(settings) = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .parse::<toml::Table>()
    else {
        return Ok(());
    };
    let migrate = settings.get("migrate");
    let found = ["table-name", "create-schemas", "ignored-chars"]
        .into_iter()
        .find(|key| migrate.is_some_and(|table| table.get(key).is_some()));
    let Some(key) = found else { return Ok(()) };
    Err(Error::new(format!(
        "`{key}` of sqlx.toml is not supported: the history would be another than sqlx's"
    ))
    .at(path, None)
    .with_hint("run this folder with sqlx, or leave its history where sqlx has it by default"))
}

/// How the database at `url` stands to the project's folder.
pub(super) async fn history(url: &str, project: &Project, report: Report) -> Result<Status> {
    let words = Common {
        database: Some(url.to_owned()),
        tenant: None,
        dir: None,
        layout: None,
        wait: 0,
    };
    let settings = Settings::new(&words, None, project, report)?;
    run::status(settings.target()?, &settings.folder, &settings.options).await
}

async fn up(words: &Up, project: &Project, report: Report) -> Result<Exit> {
    let mut settings = Settings::new(&words.common, words.lock_timeout.as_ref(), project, report)?;
    settings.options.out_of_order = words.out_of_order;
    let (target, folder, options) = (settings.target()?, &settings.folder, &settings.options);
    let to = words.to.as_deref().map(|to| settings.version(to)).transpose()?;
    if words.dry_run {
        let status = run::status(target, folder, options).await?;
        return finish_dry_run(&running(&status, to.as_ref(), words, folder)?, report);
    }
    let tell = |event| show(report, None, &event);
    let ran = run::up(target, folder, to.as_ref(), options, &tell).await?;
    report.done(&match ran.len() {
        0 => "nothing is pending".to_owned(),
        count => format!("{} run", counted(count)),
    });
    Ok(Exit::Clean)
}

/// What would run, as SQL.
fn running(status: &Status, to: Option<&Version>, words: &Up, folder: &Folder) -> Result<String> {
    let mut text = String::new();
    for entry in status.to_run(to, words.out_of_order)? {
        let migration = folder.migrations.iter().find(|file| file.version == entry.version);
        if let Some(migration) = migration {
            show_plan(&mut text, entry, &migration.up)?;
        }
    }
    Ok(text)
}

async fn down(words: &Down, project: &Project, report: Report) -> Result<Exit> {
    if let Some(file) = &words.fleet {
        return fleet::down(file, words, project, report).await;
    }
    let settings = Settings::new(&words.common, words.lock_timeout.as_ref(), project, report)?;
    let (target, folder, options) = (settings.target()?, &settings.folder, &settings.options);
    let back = settings.back(words)?;
    let status = run::status(target, folder, options).await?;
    let (text, entries) = undoing(&status, &back, folder)?;
    if words.dry_run {
        return finish_dry_run(&text, report);
    }
    let lines = entries.iter().map(|entry| format!("{} {}", entry.version, entry.name));
    if !is_agreed(words, &lines.collect::<Vec<_>>(), project, report) {
        return Ok(Exit::Refused);
    }
    let tell = |event| show(report, None, &event);
    let agreed: Vec<Version> = entries.iter().map(|entry| entry.version.clone()).collect();
    run::down(target, folder, &back, &agreed, options, &tell).await?;
    report.done(&match agreed.len() {
        0 => "nothing was run that could be undone".to_owned(),
        count => format!("{} undone", counted(count)),
    });
    Ok(Exit::Clean)
}

/// What going back undoes, and how.
fn undoing<'s>(status: &'s Status, back: &Back, folder: &Folder) -> Result<(String, Vec<&'s Entry>)> {
    let entries = status.to_undo(back)?;
    let mut text = String::new();
    for entry in &entries {
        show_plan(&mut text, entry, run::way_back(folder, &entry.version)?.1)?;
    }
    Ok((text, entries))
}

/// Whether what the lines name may be undone; says how to agree where it may not.
fn is_agreed(words: &Down, lines: &[String], project: &Project, report: Report) -> bool {
    let mut allowed = words.allow.iter().chain(&project.config.migrations.allow);
    if lines.is_empty() || allowed.any(|rule| rule == "all") || confirmed(lines, report) {
        return true;
    }
    report.error(
        &Error::new(format!(
            "{} would be undone, with the data that it made",
            counted(lines.len())
        ))
        .with_hint("look with --dry-run, then allow it with --allow all, or answer yes on a terminal"),
    );
    false
}

/// Asks on a terminal; elsewhere nobody answers.
fn confirmed(lines: &[String], report: Report) -> bool {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return false;
    }
    lines.iter().for_each(|line| report.say(line));
    let _ = write!(anstream::stderr(), "undo {}? [y/N] ", counted(lines.len()));
    let _ = anstream::stderr().flush();
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
}

async fn status(words: &StatusWords, project: &Project, report: Report, only_problems: bool) -> Result<Exit> {
    if words.format == "json-schema" {
        report::print(STATUS_SCHEMA)?;
        return Ok(Exit::Clean);
    }
    if let Some(file) = &words.fleet {
        return fleet::status(file, words, project, report, only_problems).await;
    }
    let settings = Settings::new(&words.common, None, project, report)?;
    let target = settings.target()?;
    let status = run::status(target, &settings.folder, &settings.options).await?;
    let problems = status.problems();
    if words.format == "json" {
        report::print(&format!("{:#}\n", as_json(&status, &connect::describe(&target.url)?)))?;
    } else {
        let mut text = if only_problems {
            String::new()
        } else {
            as_table(&status)
        };
        tell_problems(&mut text, &status);
        report::print(&text)?;
    }
    if !problems.is_empty() || (pending(&status) > 0 && !only_problems) {
        return Ok(Exit::Difference);
    }
    report.done(if only_problems {
        "the history and the folder fit"
    } else {
        "nothing is pending"
    });
    Ok(Exit::Clean)
}

fn pending(status: &Status) -> usize {
    let pending = |entry: &&Entry| entry.state == State::Pending;
    status.entries.iter().filter(pending).count()
}

fn tell_problems(text: &mut String, status: &Status) {
    for problem in status.problems() {
        let _ = writeln!(text, "{}: {}\n  {}", problem.rule, problem.message, problem.cure);
    }
}

fn as_table(status: &Status) -> String {
    let width = |of: &dyn Fn(&Entry) -> usize| status.entries.iter().map(of).max().unwrap_or(0);
    let (versions, words) = (
        width(&|entry| entry.version.as_str().len()),
        width(&|entry| entry.word().len()),
    );
    let mut text = String::new();
    for entry in &status.entries {
        let when = entry
            .applied_at
            .as_deref()
            .map(|at| format!("  {at}"))
            .unwrap_or_default();
        let line = format!(
            "{:versions$}  {:words$}  {}{when}",
            entry.version.as_str(),
            entry.word(),
            entry.name
        );
        let _ = writeln!(text, "{}", line.trim_end());
    }
    text
}

fn as_json(status: &Status, database: &str) -> serde_json::Value {
    let layout = match status.layout {
        MigrationLayout::Supabase => "supabase",
        MigrationLayout::Sqlx => "sqlx",
        MigrationLayout::Pgkeel => "pgkeel",
    };
    let migrations = status.entries.iter().map(|entry| {
        let file = entry.path.as_ref().map(|path| path.display().to_string());
        serde_json::json!({
            "version": entry.version.as_str(), "name": entry.name, "state": entry.word().replace(' ', "-"),
            "file": file, "applied_at": entry.applied_at,
        })
    });
    let findings = status.entries.iter().filter_map(|entry| {
        let problem = entry.problem()?;
        let location = entry
            .path
            .as_ref()
            .map(|path| serde_json::json!({ "file": path.display().to_string(), "line": null, "column": null }));
        Some(serde_json::json!({
            "rule": problem.rule, "severity": "error", "subject": entry.version.as_str(), "message": problem.message,
            "location": location, "evidence": null, "fix": null, "hint": problem.cure,
        }))
    });
    serde_json::json!({
        "version": 1, "database": database, "layout": layout,
        "migrations": migrations.collect::<Vec<_>>(), "findings": findings.collect::<Vec<_>>(),
    })
}

async fn baseline(words: &Baseline, project: &Project, report: Report) -> Result<Exit> {
    let settings = Settings::new(&words.common, None, project, report)?;
    let to = words.to.as_deref().map(|to| settings.version(to)).transpose()?;
    let tell = |event| show(report, None, &event);
    let target = settings.target()?;
    let known = run::baseline(target, &settings.folder, to.as_ref(), &settings.options, &tell).await?;
    report.done(&format!("{} recorded, without being run", counted(known.len())));
    Ok(Exit::Clean)
}

async fn repair(words: &Repair, project: &Project, report: Report) -> Result<Exit> {
    let settings = Settings::new(&words.common, None, project, report)?;
    let repair = run::Repair {
        accept: settings.versions(&words.accept)?,
        clear: settings.versions(&words.clear)?,
        remove: settings.versions(&words.remove)?,
    };
    let tell = |event| show(report, None, &event);
    run::repair(settings.target()?, &settings.folder, &repair, &settings.options, &tell).await?;
    report.done("the history is mended");
    Ok(Exit::Clean)
}

/// A migration with what it would do, as SQL that says in comments how it runs.
fn show_plan(text: &mut String, entry: &Entry, file: &crate::scratch::SqlFile) -> Result<()> {
    let _ = writeln!(text, "-- {} {}: {}", entry.version, entry.name, file.path.display());
    for (index, segment) in run::outline(file)?.iter().enumerate() {
        let how = if segment.alone {
            "outside any transaction"
        } else {
            "one transaction"
        };
        let done = match entry.state {
            State::HalfDone { done, .. } if index < done => ", done already",
            _ => "",
        };
        let _ = writeln!(text, "-- segment {}: {how}{done}", index + 1);
        for statement in &segment.statements {
            let _ = writeln!(text, "{statement};");
        }
    }
    Ok(())
}

fn finish_dry_run(text: &str, report: Report) -> Result<Exit> {
    report::print(&redact(text))?;
    report.done(if text.is_empty() {
        "nothing would be run"
    } else {
        "nothing was run: this is what would be"
    });
    Ok(Exit::Clean)
}

/// Says what goes on, for one of several targets with its name.
fn show(report: Report, target: Option<&str>, event: &Event) {
    let of = target.map(|name| format!("{name}: ")).unwrap_or_default();
    match event {
        Event::Waiting { holder } => report.say(&format!("{of}waiting for another run: {holder}")),
        Event::Begun {
            version,
            name,
            is_down,
            done,
        } => {
            let way = if *is_down { "undoing" } else { "running" };
            let again = match done {
                0 => String::new(),
                done => format!(", from segment {} on", done + 1),
            };
            report.say(&format!("{of}{way} {version} {name}{again}"));
        }
        Event::Segment { number, of: all, alone } => {
            let how = if *alone { ", outside any transaction" } else { "" };
            report.detail(&format!("{of}segment {number} of {all}{how}"));
        }
        Event::Retrying {
            why,
            blocked_by,
            attempt,
            of: all,
            pause,
        } => {
            let who = match blocked_by.as_slice() {
                [] => String::new(),
                names => format!(", in the way: {}", names.join(" and ")),
            };
            report.say(&format!(
                "{of}{why}{who}; try {} of {all} in {:.1} s",
                attempt + 1,
                pause.as_secs_f64()
            ));
        }
        Event::Done { version, took } => {
            report.detail(&format!("{of}{version} took {:.3} s", took.as_secs_f64()));
        }
    }
}

fn counted(count: usize) -> String {
    report::counted(count, "migration")
}
