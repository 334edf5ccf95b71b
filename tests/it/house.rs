//! The rules of the house: floors, file lengths, nothing unfinished and no test skipped.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The tidy limit of a file, in lines.
const LINE_LIMIT: usize = 600;
/// The endings of the files that have one.
const LIMITED: [&str; 5] = ["rs", "sql", "py", "ts", "sh"];
/// Folders of generated files and of those that a test compares them with.
const GENERATED: [&str; 2] = ["generated", "golden"];
/// What `lib.rs` gives out under a shorter name, and the room it belongs to.
const RE_EXPORTED: [(&str, &str); 2] = [("Error", "error"), ("Result", "error")];

#[test]
fn imports_only_point_down_a_floor() {
    let floors = floors(&read("ARCHITECTURE.md"));
    let mut wrong = Vec::new();
    for path in source_files("src/") {
        let module = module_path(&path);
        match module.first() {
            Some(room) => wrong.extend(wrong_imports(&path, room, module.len(), &read(&path), &floors)),
            None => assert_eq!(path, "src/lib.rs"),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_floor_check_sees_every_way_to_name_a_room() {
    let floors =
        floors("```\n 2  cli/  main.rs\n 1  codegen/ (feature x)   access/   the sinks\n 0  catalog/  error.rs\n```\n");
    let wrong = |source: &str| wrong_imports("src/codegen/a.rs", "codegen", 2, source, &floors).len();
    assert_eq!(
        wrong("use crate::catalog::{Table, View}; use crate::{catalog, Error}; use super::names;"),
        0
    );
    assert_eq!(wrong("use crate::access::Role;"), 1, "a neighbour");
    assert_eq!(wrong("use crate::{catalog::Table, cli};"), 1, "a group");
    assert_eq!(wrong("fn f() { crate::cli::run() }"), 1, "a path");
    assert_eq!(
        wrong("fn f() { format!(\"{}\", crate::cli::NAME) }"),
        1,
        "inside a macro"
    );
    assert_eq!(wrong("use super::super::cli;"), 1, "by way of super");
    assert_eq!(
        wrong("mod tests { use super::super::names; }"),
        0,
        "super within the room"
    );
    assert_eq!(
        wrong("mod tests { use super::super::super::{access, catalog}; }"),
        1,
        "super out of a nested module"
    );
    assert_eq!(wrong("use crate::attic;"), 1, "a room on no floor");
    assert_eq!(wrong("use crate::*;"), 1, "everything at once");
    assert_eq!(
        wrong_imports("src/attic.rs", "attic", 1, "", &floors).len(),
        1,
        "a file on no floor"
    );
    let main = wrong_imports("src/main.rs", "main", 1, "fn main() { pgkeel::attic::run() }", &floors);
    assert_eq!(main.len(), 1, "by the crate's own name");
}

#[test]
fn files_are_no_longer_than_they_can_be_read() {
    let files = files();
    let long = files
        .iter()
        .filter(|path| is_limited(path))
        .map(|path| (path, read(path).lines().count()))
        .filter(|(_, lines)| *lines > LINE_LIMIT)
        .map(|(path, lines)| format!("{path}: {lines} lines, {LINE_LIMIT} are the limit"))
        .collect::<Vec<_>>();
    assert!(long.is_empty(), "{}", long.join("\n"));
    assert!(is_limited("src/a.rs") && is_limited("migrations-example/migrations/1.sql"));
    assert!(!is_limited("tests/golden/shop/types.rs") && !is_limited("migrations-example/generated/types.ts"));
    assert!(!is_limited("README.md"));
}

#[test]
fn nothing_is_unfinished_and_no_test_is_skipped() {
    let wrong = source_files("")
        .iter()
        .flat_map(|path| leftovers(path, &read(path)))
        .collect::<Vec<_>>();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_leftover_check_sees_stubs_and_skipped_tests() {
    let count = |source: &str| leftovers("a.rs", source).len();
    assert_eq!(count("fn f() { todo!() }"), 1);
    assert_eq!(count("fn f() { g(|| { unimplemented!(\"later\") }) }"), 1);
    assert_eq!(count("#[test] #[ignore] fn f() {}"), 1);
    assert_eq!(count("#[test] #[ignore = \"slow\"] fn f() {}"), 1);
    assert_eq!(count("#[cfg_attr(windows, ignore)] fn f() {}"), 1);
    assert_eq!(count("/// ```ignore\n/// f();\n/// ```\nfn f() {}"), 1);
    assert_eq!(
        count("// todo!() is refused\nfn f() -> &'static str { \"todo!()\" }"),
        0
    );
    assert_eq!(count("#[must_use] fn todo() {}"), 0);
}

/// The floor of every room, read from the drawing in ARCHITECTURE.md: its lines start with the floor's number and
/// name rooms as `folder/` or `file.rs`.
fn floors(page: &str) -> BTreeMap<String, u32> {
    let drawing = page.split("```").nth(1).unwrap_or_default();
    let mut floors = BTreeMap::new();
    for line in drawing.lines() {
        let mut words = line.split_whitespace();
        let Some(floor) = words.next().and_then(|word| word.parse().ok()) else {
            continue;
        };
        for word in words {
            if let Some(room) = word.strip_suffix('/').or_else(|| word.strip_suffix(".rs")) {
                floors.insert(room.to_owned(), floor);
            }
        }
    }
    assert!(
        floors.contains_key("catalog"),
        "ARCHITECTURE.md begins with the drawing of the floors"
    );
    floors
}

/// The imports of a file in `room` that do not point down a floor. `depth` is how many modules the file is below the
/// crate's root.
fn wrong_imports(path: &str, room: &str, depth: usize, source: &str, floors: &BTreeMap<String, u32>) -> Vec<String> {
    let Some(own) = floors.get(room) else {
        return vec![format!("{path}: `{room}` is on no floor of ARCHITECTURE.md")];
    };
    let mut named = Vec::new();
    collect_rooms(&tokens(path, source), depth, &mut named);
    named
        .iter()
        .map(|name| {
            RE_EXPORTED
                .iter()
                .find(|(short, _)| short == name)
                .map_or(name.as_str(), |(_, home)| home)
        })
        .filter(|name| *name != room)
        .filter_map(|name| match floors.get(name) {
            Some(floor) if floor < own => None,
            Some(floor) => Some(format!(
                "{path}: `{room}` on floor {own} knows `{name}` on floor {floor}"
            )),
            None => Some(format!(
                "{path}: `{room}` knows `{name}`, which is on no floor of ARCHITECTURE.md"
            )),
        })
        .collect()
}

/// Collects the first name after every path to the crate's root: `crate::name`, `crate::{name, …}`, the crate's own
/// name, and as many `super`s as the code is deep. Tokens are read, not syntax, so that macros hide nothing.
fn collect_rooms(tokens: &[TokenTree], depth: usize, rooms: &mut Vec<String>) {
    let mut at = 0;
    while at < tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            let inside_module = group.delimiter() == Delimiter::Brace && at >= 2 && is_ident(&tokens[at - 2], "mod");
            let inner = group.stream().into_iter().collect::<Vec<_>>();
            collect_rooms(&inner, depth + usize::from(inside_module), rooms);
            at += 1;
            continue;
        }
        let after = after_root(&tokens[at..], depth);
        if after > 0 {
            at += after;
            if let Some(next) = tokens.get(at) {
                rooms.extend(first_names(next));
            }
        }
        at += 1;
    }
}

/// How many tokens at the start lead to the crate's root, with the `::` that ends them; 0 where they do not.
fn after_root(tokens: &[TokenTree], depth: usize) -> usize {
    if (is_ident(&tokens[0], "crate") || is_ident(&tokens[0], "pgkeel")) && is_path_separator(&tokens[1..]) {
        return 3;
    }
    let mut supers = 0;
    while tokens.get(3 * supers).is_some_and(|token| is_ident(token, "super"))
        && is_path_separator(&tokens[3 * supers + 1..])
    {
        supers += 1;
    }
    if supers >= depth { 3 * supers } else { 0 }
}

/// The first name of each path that starts at `token`: itself, or one for every part of a group.
fn first_names(token: &TokenTree) -> Vec<String> {
    match token {
        TokenTree::Group(group) => {
            let inner = group.stream().into_iter().collect::<Vec<_>>();
            inner
                .split(is_comma)
                .filter_map(<[TokenTree]>::first)
                .flat_map(first_names)
                .collect()
        }
        other => vec![other.to_string()],
    }
}

/// The stubs, skipped tests and skipped examples of a Rust file.
fn leftovers(path: &str, source: &str) -> Vec<String> {
    let mut found = Vec::new();
    collect_leftovers(&tokens(path, source), &mut found);
    found.into_iter().map(|what| format!("{path}: {what}")).collect()
}

fn collect_leftovers(tokens: &[TokenTree], found: &mut Vec<String>) {
    for (token, next) in tokens.iter().zip(tokens.iter().skip(1)) {
        if (is_ident(token, "todo") || is_ident(token, "unimplemented")) && is_punct(next, '!') {
            found.push(format!("{token}!"));
        }
        if let (true, TokenTree::Group(group)) = (is_punct(token, '#'), next) {
            let attribute = group.stream().to_string();
            let names = attribute
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .collect::<Vec<_>>();
            let skips = names[0] == "ignore" || (names[0] == "cfg_attr" && names.contains(&"ignore"));
            if skips || (names[0] == "doc" && attribute.contains("```ignore")) {
                found.push(format!("#[{attribute}]"));
            }
        }
    }
    for token in tokens {
        if let TokenTree::Group(group) = token {
            collect_leftovers(&group.stream().into_iter().collect::<Vec<_>>(), found);
        }
    }
}

fn is_ident(token: &TokenTree, name: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident == name)
}

fn is_punct(token: &TokenTree, character: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == character)
}

fn is_comma(token: &TokenTree) -> bool {
    is_punct(token, ',')
}

fn is_path_separator(tokens: &[TokenTree]) -> bool {
    matches!(tokens, [first, second, ..] if is_punct(first, ':') && is_punct(second, ':'))
}

fn tokens(path: &str, source: &str) -> Vec<TokenTree> {
    let source = source
        .strip_prefix("#!/")
        .map_or(source, |rest| rest.split_once('\n').map_or("", |(_, rest)| rest));
    let stream = source
        .parse::<TokenStream>()
        .unwrap_or_else(|error| panic!("{path}: {error}"));
    stream.into_iter().collect()
}

/// The modules that lead to a file, from the crate's root: `src/catalog/id.rs` is `catalog`, `id`.
fn module_path(path: &str) -> Vec<String> {
    let inner = path
        .strip_prefix("src/")
        .and_then(|path| path.strip_suffix(".rs"))
        .expect("a source file");
    inner
        .split('/')
        .filter(|part| !["mod", "lib"].contains(part))
        .map(str::to_owned)
        .collect()
}

fn is_limited(path: &str) -> bool {
    let path = Path::new(path);
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    LIMITED.contains(&ending)
        && !path
            .components()
            .any(|part| GENERATED.iter().any(|name| part.as_os_str() == *name))
}

fn source_files(under: &str) -> Vec<String> {
    let mut files = files();
    files.retain(|path| path.starts_with(under) && path.ends_with(".rs") && !path.contains("/golden/"));
    assert!(!files.is_empty(), "no source files under `{under}`");
    files
}

/// Every file of the project: what git tracks, and what is new and not ignored.
fn files() -> Vec<String> {
    let output = Command::new("git")
        .args([
            "-c",
            "safe.directory=*",
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .current_dir(root())
        .output()
        .expect("`git` runs: the rules of the house are checked in a clone, with git installed");
    assert!(
        output.status.success(),
        "git ls-files: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let list = String::from_utf8(output.stdout).expect("file names are UTF-8");
    let mut files = list.split_terminator('\0').map(str::to_owned).collect::<Vec<_>>();
    files.retain(|path| root().join(path).is_file());
    files.sort();
    files
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
