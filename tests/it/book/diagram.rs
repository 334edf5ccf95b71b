//! `pgkeel diagram`: what is drawn is what is there, in every language, and always in the same way.

use std::path::Path;
use std::process::Command;

use crate::support::command::Folder;

const SQL: &str = r#"
create table users (id bigint primary key, name text);
create table profiles (user_id bigint primary key references users, bio text);
create table orders (id bigint primary key, buyer bigint not null references users, parent bigint references orders);
create table "odd ""<name>" (id int primary key, "a--> b" bigint references orders);
create view buyers as select users.name from users join orders on orders.buyer = users.id;
create schema other;
create table other.alone (id int primary key);
comment on table users is '</title><script>alert(1)</script>';
"#;

#[test]
fn each_format_says_what_is_there_and_says_it_again() {
    let folder = Folder::new("diagram");
    folder.write("schema.sql", SQL);
    folder.run(&["pull", "--source", "schema.sql"]).succeeds();
    let draw = |more: &[&str]| {
        let words = [&["diagram", "--source", "schema.snapshot.json"], more].concat();
        let first = folder.run(&words).succeeds().stdout.clone();
        assert_eq!(folder.run(&words).stdout, first, "{more:?}");
        first
    };
    let svg = draw(&[]);
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"), "{svg}");
    for part in [
        "orders",
        "odd &quot;&lt;name&gt;",
        "other.alone",
        "url(#foot-m)",
        "url(#foot-u)",
        "url(#foot-0)",
    ] {
        assert!(svg.contains(part), "no {part} in {svg}");
    }
    assert!(!svg.contains("<script"), "{svg}");
    assert!(!svg.contains("buyers"), "views have no keys to draw: {svg}");

    let mermaid = draw(&["--format", "mermaid"]);
    assert!(mermaid.starts_with("erDiagram\n"), "{mermaid}");
    for line in [
        "public_users ||--o{ public_orders : \"orders_buyer_fkey\"",
        "public_users ||--o| public_profiles : \"profiles_user_id_fkey\"",
        "public_orders |o--o{ public_orders : \"orders_parent_fkey\"",
        "public_odd___name_[\"odd '<name>\"]",
    ] {
        assert!(mermaid.contains(line), "no `{line}` in {mermaid}");
    }
    let dot = draw(&["--format", "dot"]);
    assert!(
        dot.starts_with("digraph") && dot.contains("<b>odd &quot;&lt;name&gt;</b>"),
        "{dot}"
    );

    let near = draw(&["--around", "public.profiles", "--format", "mermaid"]);
    assert!(
        near.contains("public_users") && !near.contains("public_orders"),
        "{near}"
    );
    let wider = draw(&["--around", "profiles", "--depth", "2", "--format", "mermaid"]);
    assert!(
        wider.contains("public_orders ") && wider.contains("public_buyers"),
        "{wider}"
    );
    assert!(
        wider.contains("public_users ||..o{ public_buyers : \"reads\""),
        "{wider}"
    );
    assert!(!draw(&["--schema", "other"]).contains("orders"));
}

#[test]
fn the_picture_of_the_example_is_fresh() {
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations-example");
    let arguments = ["diagram", "--source", "schema.snapshot.json", "--schema", "public"];
    let drawn = Command::new(env!("CARGO_BIN_EXE_pgkeel"))
        .args(arguments)
        .current_dir(&example)
        .output()
        .unwrap();
    let committed = std::fs::read_to_string(example.join("schema.svg")).unwrap();
    assert!(
        String::from_utf8_lossy(&drawn.stdout) == committed,
        "in migrations-example: pgkeel {} --out schema.svg",
        arguments.join(" ")
    );
}

#[test]
fn the_files_ending_says_the_format() {
    let folder = Folder::new("diagram-file");
    folder.write("schema.sql", "create table t (id int primary key);");
    folder.run(&["pull", "--source", "schema.sql"]).succeeds();
    let draw = |out: &str| folder.run(&["diagram", "--source", "schema.snapshot.json", "--out", out]);
    for (out, start) in [("a.svg", "<svg"), ("b/a.mmd", "erDiagram"), ("a.dot", "digraph")] {
        draw(out).succeeds();
        assert!(folder.read(out).starts_with(start), "{out}");
    }
    draw("a.png").fails("`.png` says nothing of the diagram's format", "--format svg");
    let around = |name: &str| folder.run(&["diagram", "--source", "schema.snapshot.json", "--around", name]);
    around("public.tt").fails("there is no relation public.tt", "did you mean `public.t`?");
}
