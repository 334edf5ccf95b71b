//! What the macros expand to, and what they say about wrong use.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

#[test]
fn right_use_compiles_and_wrong_use_is_told_where() {
    // The cases are compiled as a package of their own, in whose folder the macros look.
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../tests/trybuild/pgkeel-macros");
    std::fs::create_dir_all(&package).unwrap();
    for file in ["schema.snapshot.json", "broken.snapshot.json", "pgkeel.toml"] {
        std::fs::copy(Path::new("tests/ui").join(file), package.join(file)).unwrap();
    }
    let cases = trybuild::TestCases::new();
    cases.pass("tests/ui/pass/*.rs");
    cases.compile_fail("tests/ui/fail/*.rs");
}
