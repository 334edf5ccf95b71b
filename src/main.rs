//! The `pgkeel` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    pgkeel::cli::main()
}
