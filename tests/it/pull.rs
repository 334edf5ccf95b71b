//! `pull`, and what is generated from what it wrote.

use crate::support::command::Folder;

const SQL: &str = "create type mood as enum ('sad', 'ok');
create table people (id int primary key, mood mood not null default 'ok');
create view moods as select mood, count(*) as many from people group by mood;
comment on table people is 'Everybody';
";

#[test]
fn a_snapshot_says_what_the_migrations_say() {
    let folder = Folder::new("pull");
    folder.write("migrations/1_a.sql", SQL);
    let first = folder.run(&["pull"]);
    assert!(
        first.succeeds().stderr.contains("wrote schema.snapshot.json"),
        "{}",
        first.stderr
    );
    let again = folder.run(&["pull"]);
    assert!(
        again.succeeds().stderr.contains("schema.snapshot.json is up to date"),
        "{}",
        again.stderr
    );
    assert_eq!(
        folder.run(&["pull", "--out", "-"]).succeeds().stdout,
        folder.read("schema.snapshot.json")
    );
    for lang in ["typescript", "json-schema"] {
        let generate = |source: &str| {
            let ran = folder.run(&["generate", "--lang", lang, "--out", "-", "--source", source]);
            ran.succeeds().stdout.clone()
        };
        assert_eq!(generate("migrations"), generate("schema.snapshot.json"), "{lang}");
    }
    // Without a database and migrations the snapshot is what there is; but it is not pulled from itself.
    std::fs::remove_dir_all(folder.path.join("migrations")).unwrap();
    let offline = folder.run(&["generate", "--lang", "typescript", "--out", "-"]);
    assert!(
        offline
            .succeeds()
            .stderr
            .contains("reading schema.snapshot.json, because"),
        "{}",
        offline.stderr
    );
    folder
        .run(&["pull"])
        .fails("there is no schema to read", "set DATABASE_URL");
    let slip = folder.run(&["generate", "--lang", "typescript", "--schema", "pubic"]);
    slip.fails(
        "there is no schema `pubic` in schema.snapshot.json",
        "did you mean `public`?",
    );
}

#[test]
fn a_file_that_is_no_snapshot_stays() {
    let folder = Folder::new("pull-stranger");
    folder
        .write("a.sql", SQL)
        .write("package.json", "{ \"name\": \"mine\" }");
    let pull = |arguments: &[&str]| folder.run(&[&["pull", "--source", "a.sql", "--out"], arguments].concat());
    pull(&["package.json"]).fails("package.json is not a snapshot", "--force");
    assert_eq!(folder.read("package.json"), "{ \"name\": \"mine\" }");
    pull(&["package.json", "--force"]).succeeds();
    // One that a merge has torn is still one.
    let torn = format!("{}<<<<<<< HEAD\n", folder.read("package.json"));
    folder.write("package.json", &torn);
    let read = folder.run(&["generate", "--lang", "json-schema", "--source", "package.json"]);
    assert!(
        read.code == 2 && read.stderr.contains("package.json") && read.stderr.contains("hint: "),
        "{read:?}"
    );
    pull(&["package.json"]).succeeds();
    pull(&["a.sql/x.json"]).fails("cannot make the folder a.sql", "a file stands where a folder is needed");
}

#[test]
fn a_snapshot_of_a_git_revision_is_read() {
    let folder = Folder::new("pull-git");
    folder.write("a.sql", SQL);
    folder
        .run(&["pull", "--source", "a.sql", "--out", "db/schema.json"])
        .succeeds();
    let git = |arguments: &[&str]| {
        let mut command = std::process::Command::new("git");
        command
            .args(["-c", "user.name=t", "-c", "user.email=t@example.com"])
            .args(arguments);
        assert!(command.current_dir(&folder.path).status().unwrap().success());
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "x"]);
    let generate = |source: &str| {
        let ran = folder.run(&["generate", "--lang", "json-schema", "--out", "-", "--source", source]);
        ran.succeeds().stdout.clone()
    };
    let then = generate("git:main:db/schema.json");
    folder.write("b.sql", "create table later (id int);");
    folder
        .run(&["pull", "--source", "b.sql", "--out", "db/schema.json"])
        .succeeds();
    assert_eq!(then, generate("git:main:db/schema.json"));
    assert_ne!(then, generate("db/schema.json"));
}
