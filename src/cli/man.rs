//! `pgkeel man`: the manual page, every command on it.

use std::io::Result as IoResult;

use clap::Command;
use clap_mangen::Man;

use super::args;
use super::exit::Exit;
use super::report;
use crate::{Error, Result};

/// Prints the page as roff.
pub(super) fn run() -> Result<Exit> {
    let page = page().map_err(|error| Error::new(format!("cannot render the manual page: {error}")))?;
    report::print(&String::from_utf8_lossy(&page))?;
    Ok(Exit::Clean)
}

fn page() -> IoResult<Vec<u8>> {
    let mut command = args::command();
    command.build();
    let mut page = Vec::new();
    Man::new(command.clone()).render(&mut page)?;
    push(&mut page, &command, "PGKEEL")?;
    Ok(page)
}

/// Adds a chapter for each command below, and those below it.
fn push(page: &mut Vec<u8>, command: &Command, name: &str) -> IoResult<()> {
    for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
        let name = format!("{name} {}", sub.get_name().to_uppercase());
        page.extend_from_slice(format!(".SH \"{name}\"\n").as_bytes());
        // What every command understands is said once.
        let own = sub.clone().mut_args(|arg| {
            let is_global = arg.is_global_set();
            arg.hide(is_global)
        });
        let man = Man::new(own);
        man.render_description_section(page)?;
        man.render_synopsis_section(page)?;
        man.render_options_section(page)?;
        man.render_extra_section(page)?;
        push(page, sub, &name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_option_is_on_the_page() {
        fn check(page: &str, command: &Command, name: &str) {
            for option in command.get_opts().filter(|option| !option.is_hide_set()) {
                let long = format!("\\-\\-{}", option.get_long().unwrap().replace('-', "\\-"));
                assert!(page.contains(&long), "{name} {long}");
            }
            for sub in command.get_subcommands().filter(|sub| sub.get_name() != "help") {
                let name = format!("{name} {}", sub.get_name().to_uppercase());
                assert!(page.contains(&format!(".SH \"{name}\"\n")), "{name}");
                check(page, sub, &name);
            }
        }
        let page = String::from_utf8(page().unwrap()).unwrap();
        check(&page, &args::command(), "PGKEEL");
        assert!(page.contains("PGKEEL MIGRATE UP"));
    }
}
