//! `pgkeel man`: the manual page, every command on it.

use super::args;
use super::exit::Exit;
use super::report;
use crate::{Error, Result};

/// Prints the page as roff.
pub(super) fn run() -> Result<Exit> {
    let mut command = args::command();
    command.build();
    let mut page = Vec::new();
    let failed = |error: std::io::Error| Error::new(format!("cannot render the manual page: {error}"));
    clap_mangen::Man::new(command.clone())
        .render(&mut page)
        .map_err(failed)?;
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        page.extend_from_slice(format!(".SH \"PGKEEL {}\"\n", sub.get_name().to_uppercase()).as_bytes());
        let man = clap_mangen::Man::new(sub.clone());
        man.render_description_section(&mut page).map_err(failed)?;
        man.render_synopsis_section(&mut page).map_err(failed)?;
        man.render_options_section(&mut page).map_err(failed)?;
        man.render_extra_section(&mut page).map_err(failed)?;
    }
    report::print(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Clean)
}
