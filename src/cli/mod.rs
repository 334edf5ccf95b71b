//! The command line: words are read in `args`, turned into settings by each command, and shown by `report` alone.

mod args;
mod completions;
mod detect;
mod doors;
mod exit;
mod generate;
mod git;
mod init;
mod man;
mod pull;
mod report;
mod source;
mod watch;

use std::process::ExitCode;

use args::{Command, Words};
use exit::Exit;
use report::Report;

use crate::config::load::{self, Project};
use crate::{Error, Result};

/// Runs the process's command line, and gives its exit code.
pub fn main() -> ExitCode {
    let words = match args::read() {
        Ok(words) => words,
        Err(error) => {
            Report::plain().error(&error);
            return Exit::Failure.into();
        }
    };
    let report = Report::new(&words.global);
    let exit = run(words, report).unwrap_or_else(|error| {
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
    let project = || -> Result<Project> {
        let project = load::load(words.global.config.as_deref())?;
        match &project.file {
            Some(file) => report.detail(&format!("configured by {}", file.display())),
            None => report.detail("no pgkeel.toml here or above: the defaults"),
        }
        Ok(project)
    };
    match &words.command {
        Command::Init(init) => init::run(init, words.global.config.as_deref(), report),
        Command::Pull(pull) => pull::run(&pull::Settings::new(pull, &project()?, report)?, report).await,
        Command::Generate(generate) if generate.watch => {
            watch::run(generate, words.global.config.as_deref(), report).await
        }
        Command::Generate(generate) => {
            generate::run(&generate::Settings::new(generate, &project()?, report)?, report).await
        }
        Command::Completions(completions) => completions::run(completions),
        Command::Man => man::run(),
    }
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
