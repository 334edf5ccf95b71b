//! `pgkeel pull`: reads a schema and writes the snapshot.

use std::path::{Path, PathBuf};

use super::args::Pull;
use super::drop_aside;
use super::exit::Exit;
use super::report::{self, Report};
use super::source::Reading;
use crate::config::load::Project;
use crate::files;
use crate::introspect::Depth;
use crate::{Error, Result, snapshot};

/// What is pulled, and where to.
pub(super) struct Settings {
    reading: Reading,
    /// The file; nothing where it is printed.
    out: Option<PathBuf>,
    force: bool,
}

impl Settings {
    /// What was typed and configured, put together.
    pub(super) fn new(words: &Pull, project: &Project, report: Report) -> Result<Self> {
        let out = match &words.out {
            Some(out) if out == Path::new("-") => None,
            Some(out) => Some(out.clone()),
            None => Some(project.resolve(&project.config.snapshot.path)),
        };
        let reading = Reading::live(&words.source, project, report)?;
        Ok(Self {
            reading,
            out,
            force: words.force,
        })
    }
}

/// Reads, and writes what was read where it differs from what is there.
pub(super) async fn run(settings: &Settings, report: Report) -> Result<Exit> {
    if let Some(out) = &settings.out
        && !settings.force
    {
        refuse_strangers(out)?;
    }
    let (catalog, diagnostics) = settings.reading.read(Depth::Whole, report).await?;
    report.diagnostics(&diagnostics);
    let text = snapshot::render(&catalog)?;
    let Some(out) = &settings.out else {
        report::print(&text)?;
        return Ok(Exit::Clean);
    };
    drop_aside(catalog);
    if matches!(files::holds(out, text.as_bytes()), Ok(Some(true))) {
        report.done(&format!("{} is up to date", out.display()));
    } else {
        files::replace(out, text.as_bytes())?;
        report.done(&format!("wrote {}", out.display()));
    }
    Ok(Exit::Clean)
}

/// A file that is there is replaced only where it is a snapshot, if a broken one.
fn refuse_strangers(out: &Path) -> Result<()> {
    match std::fs::read_to_string(out) {
        Ok(text) if !text.trim().is_empty() && !snapshot::is_snapshot(&text) => Err(Error::new(format!(
            "{} is not a snapshot, and stays as it is",
            out.display()
        ))
        .with_hint("name another file with --out, or replace it with --force")),
        _ => Ok(()),
    }
}
