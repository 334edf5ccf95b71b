//! Scratch databases on a server that we start ourselves, one server for each.

use std::path::PathBuf;

use super::cluster::Cluster;
use super::rundir::RunDirectory;
use super::{Options, Place, Progress, Scratch, locate, template, user};
#[cfg(not(feature = "embedded"))]
use crate::Error;
use crate::Result;
use crate::diagnostic::Diagnostic;

pub(super) use super::cluster::Cluster as Server;
pub(super) use super::locate::Programs;

/// Finds a server's programs and starts them.
pub(super) async fn start(options: &Options, report: &(dyn Fn(Progress) + Send + Sync)) -> Result<Scratch> {
    let programs = programs(options, report).await?;
    start_with(programs, options, report).await
}

/// Starts `programs` on a copy of their template.
pub(super) async fn start_with(
    programs: Programs,
    options: &Options,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<Scratch> {
    let user = user::for_server();
    let directory = RunDirectory::new(user).await?;
    template::copy_into(&directory, &programs, options.platform, user, report).await?;
    let server = Cluster::start(&programs, directory, user).await?;
    let connect = server.connect_options(template::superuser(options.platform));
    let description = format!(
        "PostgreSQL {} of {} (found by {})",
        programs.version,
        programs.bin.display(),
        programs.origin
    );
    let connect = super::with_marks(connect, options, false);
    let version = programs.version.number();
    let notes = version_note(options.major, &programs).into_iter().collect();
    Ok(Scratch {
        options: options.clone(),
        connect,
        version,
        description,
        notes,
        place: Place::Own { server, programs },
    })
}

async fn programs(options: &Options, report: &(dyn Fn(Progress) + Send + Sync)) -> Result<Programs> {
    if let Some(bin) = &options.pg_bin {
        return locate::explicit(bin, "the given directory");
    }
    if let Some(bin) = std::env::var_os("PGKEEL_PG_BIN").filter(|bin| !bin.is_empty()) {
        return locate::explicit(&PathBuf::from(bin), "PGKEEL_PG_BIN");
    }
    if options.installed
        && let Some(found) = locate::installed(options.major)
    {
        // One that was fetched before may be nearer.
        #[cfg(feature = "embedded")]
        if let Some(wanted) = options.major.filter(|wanted| *wanted != found.version.major) {
            return Ok(super::embedded::fetched(wanted).unwrap_or(found));
        }
        return Ok(found);
    }
    #[cfg(feature = "embedded")]
    return super::embedded::programs(options, report).await;
    #[cfg(not(feature = "embedded"))]
    {
        let _ = report;
        Err(Error::new("no PostgreSQL server was found on this machine").with_hint(
            "install PostgreSQL, name its programs' directory in PGKEEL_PG_BIN, or give a server by --shadow",
        ))
    }
}

/// What to say where the server is not of the major version that was asked for.
fn version_note(wanted: Option<u32>, programs: &Programs) -> Option<Diagnostic> {
    let wanted = wanted.filter(|wanted| *wanted != programs.version.major)?;
    let message = format!(
        "PostgreSQL {wanted} was asked for and {} is used instead",
        programs.version
    );
    Some(Diagnostic::note("the scratch server", message).with_hint(format!(
        "install PostgreSQL {wanted}, or name its programs' directory in PGKEEL_PG_BIN"
    )))
}
