//! Renames that somebody before a terminal is asked about.

use serde_json::{Value, json};

use crate::support::command::Folder;
use crate::support::toolchain::{python_toolchain, run};

fn folder(name: &str) -> Folder {
    let folder = Folder::new(&format!("diff-prompt-{name}"));
    folder.write(
        "old.sql",
        "create table person (id int primary key, surname text, age int); create table pets (a int, b text, c date);",
    );
    folder.write(
        "new.sql",
        "create table person (id int primary key, last_name text, age int); create table animals (a int, b text, c date);",
    );
    folder
}

/// Runs `diff` before a terminal on which `answers` are typed.
fn ask(folder: &Folder, answers: &[&str]) -> Value {
    folder.write("prompt.py", include_str!("prompt.py"));
    let diff = folder.command(&["diff", "--from", "old.sql", "--to", "new.sql"]);
    let mut prompt = std::process::Command::new(python_toolchain().join("bin/python"));
    prompt
        .arg("prompt.py")
        .arg(json!(answers).to_string())
        .arg(diff.get_program())
        .args(diff.get_args())
        .current_dir(&folder.path);
    for (name, value) in diff.get_envs() {
        match value {
            Some(value) => prompt.env(name, value),
            None => prompt.env_remove(name),
        };
    }
    serde_json::from_str(&run(&mut prompt).unwrap()).unwrap()
}

#[test]
fn what_is_confirmed_is_renamed_and_what_is_not_is_lost() {
    let folder = folder("answers");
    let (column, table) = ("RENAME COLUMN surname TO last_name", "RENAME TO animals");
    for (answers, renames) in [
        (["y\n", "yes\n"], [true, true]),
        (["y\n", "n\n"], [true, false]),
        (["\n", " Y \n"], [false, true]),
        (["no idea\n", "\x04"], [false, false]),
    ] {
        let ran = ask(&folder, &answers);
        assert_eq!((&ran["code"], &ran["asked"]), (&json!(1), &json!(2)), "{ran}");
        let (shown, printed) = (ran["shown"].as_str().unwrap(), ran["printed"].as_str().unwrap());
        // Tables are asked about before columns.
        let at = |question: &str| {
            shown
                .find(question)
                .unwrap_or_else(|| panic!("no {question} in {shown}"))
        };
        let questions = [
            at("is `public.pets` renamed to `public.animals` ("),
            at("is `public.person.surname` renamed to `public.person.last_name` ("),
        ];
        let [first, second] = match questions.is_sorted() {
            true => [table, column],
            false => [column, table],
        };
        assert_eq!(
            [printed.contains(first), printed.contains(second)],
            renames,
            "{answers:?}: {printed}"
        );
        assert_eq!(
            printed.contains("-- loses data"),
            renames != [true, true],
            "{answers:?}: {printed}"
        );
    }
}

#[test]
fn nobody_is_asked_where_there_is_no_terminal() {
    use std::io::Write;
    use std::process::Stdio;
    let folder = folder("pipe");
    let mut child = folder
        .command(&["diff", "--from", "old.sql", "--to", "new.sql"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // It need not read what is typed to nobody.
    let _ = child.stdin.take().unwrap().write_all(b"y\ny\n");
    let output = child.wait_with_output().unwrap();
    let [printed, shown] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(1), "{shown}");
    assert!(!shown.contains("[y/N]"), "{shown}");
    assert!(printed.contains("-- loses data: drop-table"), "{printed}");
    assert!(!printed.contains("RENAME"), "{printed}");
    for (from, to) in [
        ("public.pets", "public.animals"),
        ("public.person.surname", "public.person.last_name"),
    ] {
        let cure = format!("[migrations] renames = [{{ from = {from:?}, to = {to:?} }}]");
        assert!(shown.contains(&cure), "no {cure} in {shown}");
    }
}
