//! What `pgkeel diff` promises to scripts: exit codes, forms of output, and what it never prints.

use serde_json::Value;

use crate::support::command::{Folder, Ran};

const OLD: &str = "create table public.person (id int primary key, age int, note text);";
const NEW: &str = "create table public.person (id int primary key, age int not null, name text,
    constraint grown check (age > 0));
create index person_name on public.person (name);";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(&format!("diff-contract-{name}"));
    folder.write("old.sql", OLD).write("new.sql", NEW);
    folder
}

/// Runs `diff` from the old schema to the new one.
fn diff(folder: &Folder, words: &[&str]) -> Ran {
    folder.run(&[&["diff", "--from", "old.sql", "--to", "new.sql"], words].concat())
}

#[test]
fn equal_schemas_give_nothing_however_they_are_written() {
    let folder = folder("equal");
    folder.write(
        "a.sql",
        "create table t (a varchar(9), b int default 1, c serial, primary key (b));",
    );
    folder.write(
        "b.sql",
        "create table public.t (b integer default '1'::integer constraint t_pkey primary key, a character varying(9));
        create sequence t_c_seq as int;
        alter table t add column c int4 not null default nextval('t_c_seq');
        alter sequence t_c_seq owned by t.c;",
    );
    for words in [&[][..], &["--down"], &["--offline"], &["--format", "summary"]] {
        let ran = folder.run(&[&["diff", "--from", "a.sql", "--to", "b.sql"], words].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{words:?}: {}", ran.stderr);
    }
    let ran = folder.run(&["diff", "--from", "empty", "--to", "empty"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
}

#[test]
fn an_expression_that_is_written_in_another_way_is_no_difference() {
    let folder = folder("rewritten");
    let with =
        |predicate: &str| format!("create table t (a varchar(20), b int); create index i on t (b) where {predicate};");
    folder.write("a.sql", with("a in ('x', 'y')"));
    folder.write(
        "b.sql",
        with("(a)::text = any ((array['x'::character varying, 'y'::character varying])::text[])"),
    );
    let words = ["diff", "--from", "a.sql", "--to", "b.sql"];
    let ran = folder.run(&words);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    // Only a scratch database can tell.
    assert_eq!(folder.run(&[&words[..], &["--no-prove"]].concat()).code, 1);
}

#[test]
fn declared_renames_keep_data() {
    let folder = folder("renames");
    folder.write(
        "a.sql",
        "create table users (id bigint generated always as identity primary key, name text not null);
        create index users_name_idx on users (name); create view v as select id, name from users;",
    );
    folder.write(
        "b.sql",
        "create table people (id bigint generated always as identity primary key, full_name text not null);
        create index people_full_name_idx on people (full_name);
        create view v as select id, full_name as name from people;",
    );
    folder.write("rows.sql", "insert into users (name) values ('a'), ('b');");
    let words = ["diff", "--from", "a.sql", "--to", "b.sql"];
    let ran = folder.run(&words);
    assert!(ran.stdout.contains("-- loses data: drop-table"), "{}", ran.stdout);
    assert!(ran.stderr.contains("`public.people` comes"), "{}", ran.stderr);
    folder.write(
        "pgkeel.toml",
        "[migrations]\nrenames = [{ from = \"public.users\", to = \"public.people\" }, \
         { from = \"public.users.name\", to = \"public.people.full_name\" }]\n",
    );
    let ran = folder.run(&[&words[..], &["--seed-data", "rows.sql"]].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        !ran.stdout.contains("DROP TABLE") && !ran.stdout.contains("loses"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("ALTER SEQUENCE public.users_id_seq RENAME TO people_id_seq"),
        "{}",
        ran.stdout
    );
    let back = folder.run(&[&words[..], &["--down"]].concat());
    assert!(
        back.stdout.contains("ALTER TABLE public.people RENAME TO users"),
        "{}\n{}",
        back.stdout,
        back.stderr
    );
    assert!(!back.stdout.contains("loses data"), "{}", back.stdout);
}

#[test]
fn rows_are_there_first_whichever_way_it_goes() {
    let folder = Folder::new("seeded");
    folder
        .write("strict.sql", "create table t (id int primary key, a int not null);")
        .write("loose.sql", "create table t (id bigint primary key, a int);")
        .write("full.sql", "insert into t values (1, 1), (2, 2);")
        .write("gap.sql", "insert into t values (1, null);");
    let seeded = |words: &[&str], rows: &str| folder.run(&[words, &["--seed-data", rows]].concat());
    let refused = |words: &[&str], rows: &str| {
        let ran = seeded(words, rows);
        let message = "the migration fails its proof, and is not given out";
        ran.fails(message, "unless the rows of --seed-data are to be refused");
    };
    let there = ["diff", "--from", "loose.sql", "--to", "strict.sql"];
    assert_eq!(seeded(&there, "full.sql").code, 1);
    refused(&there, "gap.sql");
    let back = ["diff", "--from", "strict.sql", "--to", "loose.sql", "--down"];
    assert_eq!(seeded(&back, "full.sql").code, 1);
    refused(&back, "gap.sql");
    folder
        .run(&["migrate", "new", "first", "--to", "loose.sql", "--dir", "migrations"])
        .succeeds();
    let second = [
        "migrate",
        "new",
        "second",
        "--to",
        "strict.sql",
        "--dir",
        "migrations",
        "--allow",
        "all",
    ];
    refused(&second, "gap.sql");
    seeded(&second, "full.sql").succeeds();
}

#[test]
fn the_next_migration_is_written_and_makes_the_schema() {
    for layout in ["pgkeel", "sqlx", "supabase"] {
        let folder = folder(&format!("next-{layout}"));
        let new = |words: &[&str]| {
            folder.run(&[&["migrate", "new", "--layout", layout, "--dir", "migrations"], words].concat())
        };
        new(&["first", "--to", "old.sql"]).succeeds();
        new(&["second", "--to", "new.sql", "--down", "--allow", "drop-column"]).succeeds();
        let third = new(&["third", "--to", "new.sql"]);
        assert!(third.succeeds().stderr.contains("nothing differs"), "{}", third.stderr);
        let refused = new(&["fourth", "--to", "empty"]);
        assert_eq!(refused.code, 3, "{}", refused.stderr);
        assert!(refused.stderr.contains("--allow drop-table"), "{}", refused.stderr);
        let made = folder.run(&["diff", "--from", "migrations", "--to", "new.sql"]);
        assert_eq!((made.code, made.stdout.as_str()), (0, ""), "{layout}: {}", made.stderr);
        let squashed = folder
            .run(&["migrate", "squash", "--dir", "migrations"])
            .succeeds()
            .stdout
            .clone();
        folder.write("squashed.sql", &squashed);
        let same = folder.run(&["diff", "--from", "squashed.sql", "--to", "new.sql"]);
        assert_eq!((same.code, same.stdout.as_str()), (0, ""), "{layout}: {}", same.stderr);
    }
}

#[test]
fn a_difference_is_printed_as_sql() {
    let ran = diff(&folder("sql"), &[]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for part in [
        "BEGIN;\n",
        "COMMIT;\n",
        "SET LOCAL lock_timeout",
        "ADD COLUMN name text",
        "-- loses data: ",
    ] {
        assert!(ran.stdout.contains(part), "no `{part}` in:\n{}", ran.stdout);
    }
    assert_eq!(ran.stdout, diff(&folder("sql-again"), &[]).stdout);
}

#[test]
fn json_tells_what_each_step_does() {
    let ran = diff(&folder("json"), &["--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(json["version"], 1);
    let steps = json["steps"].as_array().unwrap();
    let step = |text: &str| {
        let found = steps.iter().find(|step| step["sql"].as_str().unwrap().contains(text));
        found.unwrap_or_else(|| panic!("no `{text}` in {}", ran.stdout))
    };
    let mode = |step: &Value| step["locks"][0]["mode"].as_str().unwrap().to_owned();
    let index = step("CREATE INDEX CONCURRENTLY");
    assert_eq!(
        (index["transaction"].as_str(), mode(index)),
        (Some("outside"), "SHARE UPDATE EXCLUSIVE".to_owned())
    );
    let validation = step("VALIDATE CONSTRAINT grown");
    assert_eq!(
        (&validation["scan"], mode(validation)),
        (&Value::Bool(true), "SHARE UPDATE EXCLUSIVE".to_owned())
    );
    let drop = step("DROP COLUMN note");
    assert_eq!(
        (drop["kind"].as_str(), mode(drop)),
        (Some("drop"), "ACCESS EXCLUSIVE".to_owned())
    );
    assert!(drop["data_loss"].is_string(), "{drop}");
    let segments = steps
        .iter()
        .map(|step| step["segment"].as_u64().unwrap())
        .collect::<Vec<_>>();
    assert!(segments.is_sorted() && segments[0] == 1, "{segments:?}");
}

#[test]
fn a_summary_names_the_objects() {
    let ran = diff(&folder("summary"), &["--format", "summary"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for line in [
        "create    column public.person.name",
        "drop      column public.person.note  (loses data: ",
    ] {
        assert!(ran.stdout.contains(line), "no `{line}` in:\n{}", ran.stdout);
    }
    assert!(!ran.stdout.contains(';'), "{}", ran.stdout);
}

#[test]
fn the_way_back_is_the_way_there_with_the_sides_exchanged() {
    let folder = folder("down");
    let down = diff(&folder, &["--down"]);
    let exchanged = folder.run(&["diff", "--from", "new.sql", "--to", "old.sql"]);
    assert_eq!((down.code, &down.stdout), (1, &exchanged.stdout), "{}", down.stderr);
    assert!(down.stdout.contains("DROP COLUMN name"), "{}", down.stdout);
}

#[test]
fn the_short_form_is_one_transaction() {
    let folder = folder("offline");
    let (short, long) = (diff(&folder, &["--offline"]), diff(&folder, &["--online"]));
    assert_eq!((short.code, long.code), (1, 1), "{}", short.stderr);
    assert!(
        !short.stdout.contains("CONCURRENTLY") && !short.stdout.contains("NOT VALID"),
        "{}",
        short.stdout
    );
    assert_eq!(short.stdout.matches("BEGIN;").count(), 1);
    assert!(long.stdout.len() > short.stdout.len());
    assert_eq!(diff(&folder, &[]).stdout, long.stdout);
    assert_eq!(diff(&folder, &["--offline", "--online"]).code, 2);
}

#[test]
fn a_source_that_cannot_be_read_is_a_failure() {
    let folder = folder("source");
    folder.write("broken.sql", "create tabel t ();");
    let from = |source: &str| folder.run(&["diff", "--from", source, "--to", "new.sql"]);
    from("nowhere.sql").fails("nowhere.sql", "a source is a URL");
    from("postgres://someone:secret@127.0.0.1:1/nothing").fails("127.0.0.1", "");
    let broken = from("broken.sql");
    assert_eq!((broken.code, broken.stdout.as_str()), (2, ""));
    assert!(broken.stderr.contains("broken.sql:1"), "{}", broken.stderr);
}

#[test]
fn secrets_are_never_printed() {
    let folder = folder("secrets");
    let side = |port: u32, password: &str| {
        format!(
            "create role app;
            create foreign data wrapper wrap;
            create server far foreign data wrapper wrap options (host 'h', port '{port}', passcode '{password}');
            create user mapping for app server far options (user 'u{port}', password '{password}');
            create subscription s connection 'host=h{port} password={password}' publication p
                with (connect = false, slot_name = none);"
        )
    };
    folder
        .write("a.sql", side(1, "hush-one"))
        .write("b.sql", side(2, "hush-two"));
    for sides in [["a.sql", "b.sql"], ["empty", "a.sql"], ["b.sql", "empty"]] {
        for format in ["sql", "json", "summary"] {
            for proof in [&[][..], &["--no-prove"]] {
                let words = ["diff", "--from", sides[0], "--to", sides[1], "--format", format];
                let ran = folder.run(&[&words, proof].concat());
                let all = format!("{}{}", ran.stdout, ran.stderr);
                assert!(!all.contains("hush"), "{sides:?} as {format}: {all}");
                assert_eq!(ran.code, 1, "{sides:?} as {format}: {all}");
            }
        }
    }
}

#[test]
fn options_that_may_be_secrets_are_left_out_of_every_kind_and_told() {
    let folder = folder("options");
    let base = "create foreign data wrapper w; create server s foreign data wrapper w;";
    let side =
        |column: &str, table: &str| format!("{base} create foreign table t (id int {column}, n int) server s {table};");
    folder
        .write("none.sql", base)
        .write("bare.sql", side("", ""))
        .write("hidden.sql", side("options (salt 'hush')", "options (passcode 'hush')"))
        .write(
            "both.sql",
            side("options (salt 'hush', key 'k')", "options (passcode 'hush', host 'h')"),
        )
        .write(
            "added.sql",
            format!("{} alter table t add column o int options (salt 'hush')", side("", "")),
        );
    let told = |name: &str| format!("-- left out, because its value may be a secret: option {name:?}\n");
    for (from, to, said, unsaid) in [
        (
            "none.sql",
            "hidden.sql",
            &[told("passcode"), told("salt")][..],
            "OPTIONS",
        ),
        ("none.sql", "both.sql", &[told("passcode"), told("salt")], "OPTIONS ()"),
        ("bare.sql", "hidden.sql", &[told("passcode"), told("salt")], "OPTIONS"),
        ("bare.sql", "both.sql", &[told("passcode"), told("salt")], "OPTIONS ()"),
        ("bare.sql", "added.sql", &[told("salt")], "OPTIONS"),
        ("hidden.sql", "both.sql", &[], "left out"),
        ("both.sql", "bare.sql", &[], "left out"),
    ] {
        let words = ["diff", "--verbose", "--from", from, "--to", to];
        let ran = folder.run(&words);
        assert_eq!(ran.code, 1, "{from} to {to}: {}", ran.stderr);
        for line in said {
            assert!(ran.stdout.contains(line), "{from} to {to}: {}", ran.stdout);
        }
        assert!(!ran.stdout.contains(unsaid), "{from} to {to}: {}", ran.stdout);
        assert!(!ran.stdout.contains("hush"), "{from} to {to}: {}", ran.stdout);
        let is_marked = ran.stderr.contains("secret-option-left-out");
        assert_eq!(is_marked, !said.is_empty(), "{from} to {to}: {}", ran.stderr);
    }
}

#[test]
fn what_fails_its_proof_is_not_printed() {
    let folder = folder("proof");
    folder.write("rows.sql", "insert into public.person values (1, -1, 'x');");
    let refused = diff(&folder, &["--seed-data", "rows.sql"]);
    assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{}", refused.stderr);
    assert!(refused.stderr.contains("grown"), "{}", refused.stderr);

    folder.write("good.sql", "insert into public.person values (1, 5, 'x');");
    assert_eq!(diff(&folder, &["--seed-data", "good.sql"]).code, 1);

    // Nowhere in the new table has a row of the old one its place.
    folder.write(
        "parted.sql",
        "create table public.person (id int primary key, age int, note text) partition by range (id);",
    );
    let seeded = ["--seed-data", "good.sql"];
    let stuck = folder.run(&[&["diff", "--from", "old.sql", "--to", "parted.sql"], &seeded[..]].concat());
    stuck.fails("fails its proof", "--no-prove");
    let step = "table public.person: no partition of relation";
    assert!(stuck.stderr.contains(step), "{}", stuck.stderr);

    let parted = "create table public.person (id int) partition by range (id);";
    let low = "create table public.low partition of public.person for values from (0) to (9);";
    folder
        .write("parted.sql", parted)
        .write("low.sql", format!("{parted}{low}"));
    folder.write("good.sql", "insert into public.person values (1);");
    let lossy = ["diff", "--from", "low.sql", "--to", "parted.sql"];
    let lost = folder.run(&[&lossy, &seeded[..]].concat());
    assert_eq!(lost.code, 1, "{}", lost.stderr);
    assert!(lost.stdout.contains("-- loses data: "), "{}", lost.stdout);
}

/// Rows that go with a partition or a table go knowingly; what happens to the rest counts.
#[test]
fn rows_go_with_what_is_dropped_and_with_nothing_else() {
    let folder = Folder::new("seeded-drops");
    let sides = |parts: &[&str]| {
        let mut sql = String::from("create table p (id int, v text) partition by range (id);");
        parts.iter().for_each(|part| sql.push_str(part));
        sql
    };
    let low = "create table low partition of p for values from (0) to (9);";
    let high = "create table high partition of p for values from (9) to (99);";
    let apart = "create table high (id int, v text);";
    let default = "create table rest partition of p default;";
    folder
        .write("both.sql", sides(&[low, high, "create table alone (id int);"]))
        .write("low.sql", sides(&[low]))
        .write("apart.sql", sides(&[low, apart]))
        .write(
            "plain.sql",
            "create table p (id int, v text); create table alone (id int);",
        )
        .write("rest.sql", sides(&[low, default, "create table alone (id int);"]))
        .write(
            "rows.sql",
            "insert into p values (1, 'a'), (10, 'b'), (11, 'c'); insert into alone values (1), (2);",
        );
    for (to, loses) in [
        ("low.sql", true),
        ("apart.sql", true),
        ("plain.sql", false),
        ("rest.sql", true),
    ] {
        let words = ["diff", "--from", "both.sql", "--to", to, "--seed-data", "rows.sql"];
        let ran = folder.run(&words);
        assert_eq!(ran.code, 1, "{to}: {}", ran.stderr);
        assert_eq!(
            ran.stdout.contains("-- loses data: drop-table"),
            loses,
            "{to}: {}",
            ran.stdout
        );
    }
}
