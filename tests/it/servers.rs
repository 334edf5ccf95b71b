//! The servers of every major that the tests work against.

use std::process::Command;

use crate::support::servers::{MAJORS, installable_majors, pg_bin, pg_dump};
use crate::support::toolchain::run;

#[test]
fn every_major_runs_and_the_newest_dump_reads_it() {
    for &major in installable_majors() {
        let version = run(Command::new(pg_bin(major).join("postgres")).arg("--version")).unwrap();
        assert!(version.contains(&format!(" {major}.")), "{version}");
    }
    let version = run(Command::new(pg_dump()).arg("--version")).unwrap();
    assert!(
        version.contains(&format!(" {}.", MAJORS[MAJORS.len() - 1])),
        "{version}"
    );
}
