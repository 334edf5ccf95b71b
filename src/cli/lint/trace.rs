//! `pgkeel lint --trace`: the files run in a scratch copy of the schema.

use sqlx::Connection as _;

use crate::Result;
use crate::cli::args::lint::Lint;
use crate::cli::report::Report;
use crate::cli::source::{Reading, Source};
use crate::config::load::Project;
use crate::diagnostic::Diagnostic;
use crate::lint::{self, File, Linted};
use crate::scratch::{self, Scratch, SqlFile};

/// Runs the files, and sets what was found right by what is observed. `before` is what runs before them where no source is
/// named.
pub(super) async fn trace(
    linted: &mut Linted,
    files: &[File],
    before: &[File],
    reading: Option<&Reading>,
    words: &Lint,
    project: &Project,
    report: Report,
) -> Result<()> {
    let scratch = copy(files, before, reading, words, project, report).await?;
    let progress = report.progress("running the files in a scratch copy");
    let mut connection = scratch.connect().await?;
    let mut observer = scratch.connect().await?;
    if let Some(path) = &words.seed_data {
        report.diagnostics(&scratch::replay(&mut connection, &scratch::sql_files(path)?).await?);
    }
    let noticed = linted.notes.len();
    for (at, file) in files.iter().enumerate().filter(|(_, file)| file.wanted) {
        let seen = lint::trace(&mut connection, &mut observer, file).await?;
        lint::observed(linted, at, file, &seen);
        if let Some(failed) = seen.iter().find(|one| one.error.is_some()) {
            let behind = file.text[failed.range.end..].trim();
            if !behind.is_empty() {
                let message = "what comes after the statement that failed was not run, and is not observed";
                linted
                    .notes
                    .push(Diagnostic::note(file.name.display().to_string(), message));
            }
        }
    }
    let _ = (connection.close().await, observer.close().await);
    scratch.close().await?;
    drop(progress);
    report.diagnostics(&linted.notes[noticed..]);
    Ok(())
}

/// A scratch database with the schema that the files meet.
async fn copy(
    files: &[File],
    before: &[File],
    reading: Option<&Reading>,
    words: &Lint,
    project: &Project,
    report: Report,
) -> Result<Scratch> {
    if let Some(reading) = reading {
        let (scratch, noticed) = reading.scratch_copy(report).await?;
        report.diagnostics(&noticed);
        return Ok(scratch);
    }
    // The platform is what the files' own place says.
    let place = files
        .last()
        .map_or(Source::Empty, |file| Source::Sql(file.name.clone()));
    let reading = Reading::of(place, &words.source.reading, project, report)?;
    let scratch = scratch::start(&reading.scratch).await?;
    let before = before.iter().map(|file| SqlFile {
        path: file.name.clone(),
        text: file.text.clone(),
    });
    let mut connection = scratch.connect().await?;
    report.diagnostics(&scratch::replay(&mut connection, &before.collect::<Vec<_>>()).await?);
    let _ = connection.close().await;
    Ok(scratch)
}
