//! The command line: words are read in `args`, turned into settings by each command, and shown by `report` alone.

mod advise;
mod args;
mod book;
mod check;
mod completions;
mod detect;
mod diagram;
mod diff;
mod exit;
mod findings;
mod generate;
mod git;
mod init;
mod lint;
mod man;
#[cfg(feature = "mcp")]
mod mcp;
mod mend;
mod migrate;
mod planning;
mod pull;
mod report;
mod rls;
mod source;
mod watch;

use std::path::Path;
use std::process::ExitCode;

use args::{Command, SourceWords, Words};
use exit::Exit;
use report::Report;

use crate::config::load::{self, Project};
use crate::{Error, Result};

/// Runs the process's command line, and gives its exit code.
pub fn main() -> ExitCode {
    let words = args::read();
    let report = Report::new(&words.global);
    // What could not be finished must not look like anything else: a bug is a failure too.
    let ended = std::panic::catch_unwind(|| run(words, report));
    let ended = ended.unwrap_or_else(|_| {
        Err(Error::new("pgkeel has a bug, and cannot go on").with_hint("please report it, with what is said above"))
    });
    let exit = ended.unwrap_or_else(|error| {
        report.error(&error);
        Exit::Failure
    });
    exit.into()
}

fn run(words: Words, report: Report) -> Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Error::new("cannot start the runtime").with_source(error))?;
    runtime.block_on(async {
        // A command that is interrupted is dropped, and with it whatever it has started.
        tokio::select! {
            exit = dispatch(words, report) => exit,
            exit = interrupted() => Ok(exit),
        }
    })
}

async fn dispatch(words: Words, report: Report) -> Result<Exit> {
    let config = words.global.config.as_deref();
    if asks_for_schema(&words.command) {
        findings::print_schema()?;
        return Ok(Exit::Clean);
    }
    match &words.command {
        Command::Watch(watch) => watch::command(watch, config, report).await,
        Command::Init(init) => init::run(init, config, report),
        Command::Pull(pull) => {
            let project = project(config, &pull.source, report)?;
            pull::run(&pull::Settings::new(pull, &project, report)?, report).await
        }
        Command::Generate(generate) if generate.watch => watch::run(&generate.types, config, report).await,
        Command::Generate(generate) => {
            let project = project(config, &generate.types.source, report)?;
            let settings = generate::Settings::new(&generate.types, generate.check, &project, report)?;
            generate::run(&settings, report).await
        }
        Command::Diff(words) => diff::run(words, &project_of(config, report)?, report).await,
        Command::Check(words) => check::run(words, &project_of(config, report)?, report).await,
        Command::Migrate(migrate) => migrate::run(migrate, &project_of(config, report)?, report).await,
        Command::Rls(words) => rls::run(words, &project_of(config, report)?, report).await,
        Command::Lint(words) => lint::run(words, &project_of(config, report)?, report).await,
        Command::Advise(words) => advise::run(words, &project_of(config, report)?, report).await,
        Command::Book(words) => book::run(words, &project(config, &words.source, report)?, report).await,
        Command::Diagram(words) => diagram::run(words, &project(config, &words.source, report)?, report).await,
        #[cfg(feature = "mcp")]
        Command::Mcp(words) => mcp::run(words.source.clone(), project_of(config, report)?, report).await,
        Command::Completions(completions) => completions::run(completions),
        Command::Man => man::run(),
    }
}

/// Whether nothing is wanted but what the JSON form of findings means.
fn asks_for_schema(command: &Command) -> bool {
    let format = match command {
        Command::Check(words) => Some(words.format),
        Command::Advise(words) => match words.format {
            args::advise::AdviseFormat::Findings(format) => Some(format),
            args::advise::AdviseFormat::Sql => None,
        },
        Command::Lint(words) => Some(words.format),
        Command::Rls(args::rls::Rls::Audit(words)) if !words.matrix => Some(words.format),
        Command::Rls(args::rls::Rls::Test(words)) => Some(words.format),
        _ => None,
    };
    format == Some(args::findings::FindingsFormat::JsonSchema)
}

/// The configuration: the file that is named, else the one that is found, else that of the project that is the source.
fn project(config: Option<&Path>, source: &SourceWords, report: Report) -> Result<Project> {
    let mut project = load::load(config)?;
    if project.file.is_none()
        && let Some(folder) = &source.source
    {
        let file = Path::new(folder).join(load::FILE_NAME);
        if file.is_file() {
            project = load::load(Some(&file))?;
        }
    }
    say_which(&project, report);
    Ok(project)
}

/// The configuration: the file that is named, else the one that is found.
fn project_of(config: Option<&Path>, report: Report) -> Result<Project> {
    let project = load::load(config)?;
    say_which(&project, report);
    Ok(project)
}

fn say_which(project: &Project, report: Report) {
    match &project.file {
        Some(file) => report.detail(&format!("configured by {}", file.display())),
        None => report.detail("no pgkeel.toml here or above: the defaults"),
    }
}

/// Drops what is large while work goes on.
fn drop_aside(value: impl Send + 'static) {
    std::thread::spawn(move || drop(value));
}

/// Waits for the wish to end.
#[cfg(unix)]
async fn interrupted() -> Exit {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => Exit::Interrupted,
        _ = terminate.recv() => Exit::Terminated,
    }
}

/// Waits for the wish to end.
#[cfg(not(unix))]
async fn interrupted() -> Exit {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Exit::Interrupted,
        Err(_) => std::future::pending().await,
    }
}
