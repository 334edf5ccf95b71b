//! The command: files and layouts, comments, baselines, fixes, formats and exit codes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::command::{Folder, Ran};

const FIRST: &str = "create table teams (id bigint generated always as identity primary key, name text);\n";
const SECOND: &str = "set lock_timeout = '2s';\ncreate index teams_name on teams (name);\n";

fn findings(ran: &Ran) -> Vec<Value> {
    let document = serde_json::from_str::<Value>(&ran.stdout).unwrap_or_else(|error| panic!("{error}: {ran:?}"));
    assert_eq!(document["version"], 1);
    document["findings"].as_array().unwrap().clone()
}

fn rules(ran: &Ran) -> BTreeSet<String> {
    findings(ran)
        .iter()
        .map(|finding| finding["rule"].as_str().unwrap().to_owned())
        .collect()
}

fn set(rules: &[&str]) -> BTreeSet<String> {
    rules.iter().map(|rule| (*rule).to_owned()).collect()
}

fn project(name: &str, second: &str) -> Folder {
    let folder = Folder::new(&format!("lint_{name}"));
    folder.write("migrations/20260101000000_first.sql", FIRST);
    folder.write("migrations/20260102000000_second.sql", second);
    folder
}

#[test]
fn a_file_is_seen_with_what_those_before_it_make() {
    let folder = project("before", SECOND);
    let ran = folder.run(&["lint", "--format", "json"]);
    assert_eq!((ran.code, rules(&ran)), (1, set(&["index-not-concurrent"])));
    let second = "migrations/20260102000000_second.sql";
    let ran = folder.run(&["lint", second, "--format", "json"]);
    let found = findings(&ran);
    assert_eq!(rules(&ran), set(&["index-not-concurrent"]));
    assert_eq!(found[0]["subject"], "public.teams");
    let place = &found[0]["location"];
    assert_eq!(
        (&place["file"], &place["line"], &place["column"]),
        (&second.into(), &2.into(), &1.into())
    );
    assert_eq!(found[0]["fix"], "create index CONCURRENTLY teams_name on teams (name);");
    // In the file that makes it, the table is nobody's yet.
    folder.write("both.sql", format!("{FIRST}{SECOND}"));
    let ran = folder.run(&["lint", "both.sql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, "nothing found\n"));
}

#[test]
fn a_layout_says_in_which_transaction_statements_run() {
    let concurrent = "create index concurrently teams_name on teams (name);\n";
    let folder = Folder::new("lint_layouts");
    folder.write("supabase/migrations/20260101000000_a.sql", concurrent);
    folder.write("plain.sql", concurrent);
    let table = "create table teams (id bigint primary key, owner uuid default auth.uid());\n";
    folder.write("supabase/migrations/20260102000000_b.sql", table);
    let ran = folder.run(&["lint", "supabase/migrations/20260102000000_b.sql", "--format", "json"]);
    assert_eq!(rules(&ran), set(&["new-table-without-rls"]));
    let in_transaction = |more: &[&str]| {
        let words = [&["lint", "--format", "json"], more].concat();
        rules(&folder.run(&words)).contains("concurrently-in-transaction")
    };
    assert!(!in_transaction(&["supabase/migrations"]), "it is alone in its file");
    folder.write(
        "supabase/migrations/20260101000000_a.sql",
        format!("{concurrent}select 1;\n"),
    );
    assert!(in_transaction(&["supabase/migrations"]));
    assert!(!in_transaction(&["plain.sql"]));
    assert!(in_transaction(&["plain.sql", "--transaction", "per-file"]));
    assert!(!in_transaction(&[
        "supabase/migrations",
        "--transaction",
        "per-statement"
    ]));
    folder.write("migrations/20260101000000_a.sql", concurrent);
    assert!(!in_transaction(&["migrations"]), "pgkeel runs it by itself");
    folder.write("pgkeel.toml", "[migrations]\nlayout = \"sqlx\"\n");
    assert!(in_transaction(&["migrations"]));
    folder.write(
        "migrations/20260101000000_a.sql",
        format!("-- no-transaction\n{concurrent}"),
    );
    assert!(!in_transaction(&["migrations"]));
}

#[test]
fn a_new_table_wants_row_security_where_it_is_exposed() {
    let folder = Folder::new("lint_exposed");
    folder.write("api.sql", "create table api.notes (id bigint primary key);\n");
    folder.write("public.sql", "create table public.notes (id bigint primary key);\n");
    let is_found =
        |file: &str| rules(&folder.run(&["lint", file, "--format", "json"])).contains("new-table-without-rls");
    assert!(!is_found("api.sql") && !is_found("public.sql"));
    folder.write("pgkeel.toml", "[rls]\nexposed-schemas = [\"api\"]\n");
    assert!(is_found("api.sql") && !is_found("public.sql"));
    folder.write("pgkeel.toml", "");
    folder.write("supabase/config.toml", "[api]\nschemas = [\"public\"]\n");
    assert!(!is_found("api.sql") && is_found("public.sql"));
}

#[test]
fn comments_allow_with_a_reason() {
    let lint = |name: &str, text: &str| {
        let folder = project(name, text);
        folder.run(&["lint", "--format", "json"])
    };
    let set_timeout = "set lock_timeout = '2s';\n";
    let drops = "drop table teams;\n";
    let allowed = format!("{set_timeout}-- pgkeel:allow drop-table nobody uses it\n{drops}");
    assert_eq!(rules(&lint("allow_next", &allowed)), set(&[]));
    let bare = lint(
        "allow_bare",
        &format!("{set_timeout}-- pgkeel:allow drop-table\n{drops}"),
    );
    assert_eq!(rules(&bare), set(&["drop-table"]));
    assert!(bare.stderr.contains("gives no reason"), "{}", bare.stderr);
    let other = lint(
        "allow_other",
        &format!("-- pgkeel:allow drop_table old news\n{set_timeout}{drops}"),
    );
    assert_eq!(rules(&other), set(&["drop-table"]));
    assert!(
        other.stderr.contains("not found: the comment can go"),
        "{}",
        other.stderr
    );
    let head = format!("-- All goes.\n-- pgkeel:allow drop-table old news\n\n{set_timeout}{drops}");
    assert_eq!(rules(&lint("allow_head", &head)), set(&[]));
    let slip = lint(
        "allow_slip",
        &format!("{set_timeout}-- pgkeel:allow drop-tabel old\n{drops}"),
    );
    assert!(slip.stderr.contains("did you mean `drop-table`?"), "{}", slip.stderr);
}

#[test]
fn words_and_configuration_accept_and_deny() {
    let folder = project("words", SECOND);
    let run = |more: &[&str]| folder.run(&[&["lint", "--format", "json"], more].concat());
    assert_eq!(run(&["--allow", "index_not_concurrent"]).code, 0);
    assert_eq!(run(&["--allow", "index-not-concurrent:public.team"]).code, 1);
    assert_eq!(run(&["--fail-on", "error"]).code, 0);
    run(&["--allow", "index-not-concurent"]).fails("there is no rule `index-not-concurent`", "index-not-concurrent");
    folder.write(
        "pgkeel.toml",
        "[advise]\ndeny = [\"index-not-concurrent\"]\nallow = [\"unindexed-foreign-key\"]\n",
    );
    assert_eq!(run(&["--fail-on", "error"]).code, 1);
    folder.write(
        "pgkeel.toml",
        "[advise]\nallow = [\"index-not-concurrent:public.teams\"]\n",
    );
    assert_eq!(run(&[]).code, 0);
}

#[test]
fn a_baseline_knows_what_was_there() {
    let folder = project("baseline", SECOND);
    let words = ["lint", "--baseline", "lint.json"];
    folder.run(&words).fails("cannot read lint.json", "--write-baseline");
    folder.run(&[&words[..], &["--write-baseline"]].concat()).succeeds();
    assert_eq!(folder.run(&words).code, 0);
    // It moves, and is known; another one is new.
    folder.write("migrations/20260102000000_second.sql", format!("-- Later.\n\n{SECOND}"));
    assert_eq!(folder.run(&words).code, 0);
    folder.write(
        "migrations/20260103000000_third.sql",
        "set lock_timeout = '2s';\ndrop table teams;\n",
    );
    let ran = folder.run(&[&words[..], &["--format", "json"]].concat());
    assert_eq!((ran.code, rules(&ran)), (1, set(&["drop-table"])));
}

#[test]
fn fixes_are_written_where_they_fit() {
    let folder = Folder::new("lint_fix");
    folder.write(
        "teams.sql",
        "create table teams (id bigint primary key, name text, size int);\n",
    );
    let new = "create index teams_name on teams (name);\n\
               alter table teams add constraint sized check (size > 0);\n\
               alter table teams alter column name set not null;\n";
    folder.write("new.sql", new);
    let words = ["lint", "new.sql", "--source", "teams.sql"];
    let ran = folder.run(&[&words[..], &["--fix"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(
        folder.read("new.sql"),
        "SET lock_timeout = '5s';\n\
         create index CONCURRENTLY teams_name on teams (name);\n\
         alter table teams add constraint sized check (size > 0) NOT VALID;\n\
         ALTER TABLE public.teams VALIDATE CONSTRAINT sized;\n\
         ALTER TABLE public.teams ADD CONSTRAINT teams_name_present CHECK (name IS NOT NULL) NOT VALID;\n\
         ALTER TABLE public.teams VALIDATE CONSTRAINT teams_name_present;\n\
         ALTER TABLE public.teams ALTER COLUMN name SET NOT NULL;\n\
         ALTER TABLE public.teams DROP CONSTRAINT teams_name_present;\n"
    );
    let again = folder.run(&words);
    assert_eq!((again.code, again.stdout.as_str()), (0, "nothing found\n"), "{again:?}");
    // What needs a file of its own is said, and left.
    folder.write("new.sql", format!("set local lock_timeout = '1s';\n{new}"));
    let ran = folder.run(&[&words[..], &["--fix", "--transaction", "per-file"]].concat());
    assert_eq!(ran.code, 1);
    assert!(
        ran.stderr.contains("a file of its own that runs without a transaction"),
        "{}",
        ran.stderr
    );
    assert!(folder.read("new.sql").ends_with(new));
}

/// What stands in the folder of migrations, by name.
fn migrations(folder: &Folder, directory: &str) -> Vec<(String, String)> {
    let mut found = std::fs::read_dir(folder.path.join(directory))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| (name.clone(), folder.read(&format!("{directory}/{name}"))))
        .collect::<Vec<_>>();
    found.sort();
    found
}

#[test]
fn what_may_not_share_a_transaction_goes_to_files_behind() {
    let second = "-- Names are looked up.\n\
                  create index teams_name on teams (name);\n\
                  alter table teams add constraint named check (name <> '');\n";
    let check = "SET LOCAL lock_timeout = '5s';\n\
                 alter table teams add constraint named check (name <> '') NOT VALID;\n";
    let index = "-- Names are looked up.\ncreate index CONCURRENTLY teams_name on teams (name);\n";
    let validate = "ALTER TABLE public.teams VALIDATE CONSTRAINT named;\n";
    let begun = "20260102000000_second.sql";
    for (layout, directory, mark) in [
        ("supabase", "supabase/migrations", ""),
        ("sqlx", "migrations", "-- no-transaction\n"),
    ] {
        let folder = Folder::new(&format!("lint_behind_{layout}"));
        folder.write(
            "pgkeel.toml",
            format!("[migrations]\ndir = \"{directory}\"\nlayout = \"{layout}\"\n"),
        );
        folder.write(&format!("{directory}/20260101000000_first.sql"), FIRST);
        folder.write(&format!("{directory}/{begun}"), second);
        folder.write(&format!("{directory}/20260103000000_third.sql"), "select 1;\n");
        let words = ["lint", "--allow", "new-table-without-rls"];
        let ran = folder.run(&[&words[..], &["--fix"]].concat());
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stderr.contains("whether they have been run"), "{}", ran.stderr);
        let names = ["20260102000001_second_2.sql", "20260102000002_second_3.sql"];
        assert_eq!(
            migrations(&folder, directory)[1..4],
            [
                (begun.to_owned(), check.to_owned()),
                (names[0].to_owned(), format!("{mark}{index}")),
                (names[1].to_owned(), validate.to_owned()),
            ],
            "{layout}"
        );
        let again = folder.run(&words);
        assert_eq!(
            (again.code, again.stdout.as_str()),
            (0, "nothing found\n"),
            "{layout}: {again:?}"
        );
    }
    // pgkeel's own files hold what no transaction takes; only the look at the rows goes behind.
    let folder = project("behind_own", second);
    assert_eq!(folder.run(&["lint", "--fix"]).code, 0);
    let found = migrations(&folder, "migrations");
    assert_eq!(
        found[2],
        ("20260102000001_second_2.sql".to_owned(), validate.to_owned())
    );
    assert_eq!(found.len(), 3);
    assert_eq!(folder.run(&["lint"]).stdout, "nothing found\n");
}

#[test]
fn a_file_of_one_such_statement_becomes_its_own() {
    let folder = project(
        "behind_hollow",
        "-- Names.\nset lock_timeout = '2s';\ncreate index teams_name on teams (name);\n",
    );
    folder.write("pgkeel.toml", "[migrations]\nlayout = \"sqlx\"\n");
    assert_eq!(folder.run(&["lint", "--fix"]).code, 0);
    let found = migrations(&folder, "migrations");
    assert_eq!(found.len(), 2);
    assert_eq!(
        found[1].1,
        "-- no-transaction\n-- Names.\ncreate index CONCURRENTLY teams_name on teams (name);\n"
    );
}

#[test]
fn files_behind_are_refused_where_they_cannot_be() {
    let second = "create index teams_name on teams (name);\nselect 1;\n";
    let folder = Folder::new("lint_behind_refused");
    folder.write("pgkeel.toml", "[migrations]\nlayout = \"sqlx\"\n");
    folder.write("migrations/1_first.sql", FIRST);
    folder.write("migrations/2_second.sql", second);
    folder.write("migrations/3_third.sql", "select 1;\n");
    let ran = folder.run(&["lint", "--fix", "--allow", "missing-lock-timeout"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("no version between 2 and 3"), "{}", ran.stderr);
    assert_eq!(folder.read("migrations/2_second.sql"), second);
    // What comes later in the file needs it.
    std::fs::remove_file(folder.path.join("migrations/3_third.sql")).unwrap();
    let needs = format!("{second}cluster teams using teams_name;\n");
    folder.write("migrations/2_second.sql", &needs);
    let ran = folder.run(&["lint", "--fix", "--allow", "missing-lock-timeout"]);
    assert_eq!(ran.code, 1);
    assert!(ran.stderr.contains("line 3 needs it done before"), "{}", ran.stderr);
    assert_eq!(folder.read("migrations/2_second.sql"), needs);
}

#[test]
fn what_has_been_run_stays_as_it_is() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let scratch = runtime.block_on(crate::support::database::database(FIRST));
    let folder = Folder::new("lint_behind_run");
    let second = "create index teams_name on teams (name);\nselect 1;\n";
    folder.write("migrations/20260102000000_second.sql", second);
    folder.run(&["migrate", "up", "--database", &scratch.url()]).succeeds();
    folder.write(
        "migrations/20260103000000_third.sql",
        second.replace("teams_name", "names"),
    );
    let ran = folder.run(&["lint", "--fix", "--source", &scratch.url()]);
    assert!(
        ran.stderr.contains("it has been run, and stays as it is"),
        "{}",
        ran.stderr
    );
    assert_eq!(folder.read("migrations/20260102000000_second.sql"), second);
    assert!(
        folder
            .read("migrations/20260103000000_third.sql")
            .contains("CONCURRENTLY")
    );
    assert!(!ran.stderr.contains("whether they have been run"), "{}", ran.stderr);
}

#[test]
fn what_runs_is_observed() {
    let folder = Folder::new("lint_trace");
    folder.write("teams.sql", "create table teams (id bigint primary key, name text);\n");
    // No rule looks into a function that is called.
    let hidden = "create function grow() returns void language plpgsql as \
                  $$ begin execute 'alter table teams alter id type int'; end $$;\nselect grow();\n";
    let run = |text: &str, more: &[&str]| {
        folder.write("new.sql", text);
        let words = ["lint", "new.sql", "--source", "teams.sql", "--format", "json"];
        folder.run(&[&words[..], more].concat())
    };
    assert_eq!(rules(&run(hidden, &[])), set(&[]));
    let ran = run(hidden, &["--trace"]);
    assert_eq!(rules(&ran), set(&["observed-rewrite"]), "{ran:?}");
    let evidence = findings(&ran)[0]["evidence"].as_str().unwrap().to_owned();
    assert!(evidence.contains("ACCESS EXCLUSIVE on public.teams"), "{evidence}");
    let fails = run(
        "set lock_timeout = '1s';\nalter table teams add column name text;\n",
        &["--trace"],
    );
    assert_eq!(rules(&fails), set(&["statement-fails"]));
    assert!(
        findings(&fails)[0]["message"]
            .as_str()
            .unwrap()
            .contains("already exists")
    );
    // What no transaction takes is seen by somebody else while it runs.
    let evidence = |text: &str, more: &[&str]| {
        let ran = run(text, &[&["--trace"], more].concat());
        let found = findings(&ran);
        let evidence = found.first().unwrap_or_else(|| panic!("{ran:?}"))["evidence"].clone();
        evidence.as_str().unwrap_or_default().to_owned()
    };
    let concurrent = "create index concurrently on teams (id, name, (name || 'a'), (name || 'b'));\n";
    assert_eq!(
        evidence(concurrent, &[]),
        "observed: SHARE UPDATE EXCLUSIVE on public.teams, public.teams read as a whole"
    );
    assert_eq!(
        evidence("vacuum full teams;\n", &[]),
        "observed: ACCESS EXCLUSIVE on public.teams, public.teams written anew, public.teams read as a whole"
    );
    let ran = run("vacuum (verbose) teams;\nvacuum full teams;\n", &["--trace"]);
    assert_eq!(rules(&ran), set(&["missing-lock-timeout", "vacuum-full"]), "{ran:?}");
    // What rows make of it takes rows.
    let each = "set lock_timeout = '1s';\n\
                do $$ declare names text[] := (select array_agg(name) from teams); column_name text; begin \
                foreach column_name in array coalesce(names, '{}') loop execute format( \
                'alter table teams add column %I text default clock_timestamp()', column_name); end loop; end $$;\n";
    assert_eq!(rules(&run(each, &["--trace"])), set(&[]));
    folder.write("rows.sql", "insert into teams values (1, 'a'), (2, 'b');\n");
    let ran = run(each, &["--trace", "--seed-data", "rows.sql"]);
    assert_eq!(rules(&ran), set(&["observed-rewrite"]), "{ran:?}");
    // Without the schema nothing is known of the type; a server knows that nothing happens.
    let folder = project(
        "trace_alone",
        "set lock_timeout = '1s';\nalter table teams alter name type varchar;\n",
    );
    assert_eq!(folder.run(&["lint", "--trace"]).code, 0);
}

#[test]
fn how_long_it_takes_is_no_matter() {
    let folder = Folder::new("lint_trace_slowly");
    let schema = "create function slow(id bigint) returns bigint language plpgsql immutable as \
                  $$ begin perform pg_sleep(1.2); return id; end $$;\n\
                  create table teams (id bigint primary key, name text);\n\
                  create index on teams (slow(id));\n";
    folder.write("teams.sql", schema);
    folder.write("rows.sql", "insert into teams values (1, 'a');\n");
    let run = |text: &str| {
        folder.write("new.sql", text);
        let words = ["lint", "new.sql", "--source", "teams.sql", "--format", "json"];
        folder.run(&[&words[..], &["--trace", "--seed-data", "rows.sql"]].concat())
    };
    // It is held up to be looked at for longer than it waits for a lock.
    let hurried = "set lock_timeout = '1ms';\ncreate index concurrently teams_name on teams (name);\n";
    assert_eq!(rules(&run(hurried)), set(&[]));
    // What it counts is handed in before anybody asks.
    let ran = run("set lock_timeout = '2s';\nreindex schema public;\n");
    assert_eq!(rules(&ran), set(&["reindex-not-concurrent"]), "{ran:?}");
    let evidence = findings(&ran)[0]["evidence"].clone();
    assert!(
        evidence.as_str().unwrap().contains("public.teams read as a whole"),
        "{evidence}"
    );
}

#[test]
fn sizes_decide_how_much_it_matters() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let sql =
        "create table teams (id bigint primary key, name text); insert into teams values (1, 'a'); analyze teams;";
    let scratch = runtime.block_on(crate::support::database::database(sql));
    let folder = Folder::new("lint_sizes");
    folder.write("new.sql", SECOND);
    let ran = folder.run(&["lint", "new.sql", "--source", &scratch.url(), "--format", "json"]);
    let found = findings(&ran);
    assert_eq!(
        (&found[0]["severity"], &found[0]["evidence"]),
        (&"info".into(), &"about 1 rows".into())
    );
}

#[test]
fn findings_are_shown_in_every_format() {
    let folder = project("formats", SECOND);
    let run = |format: &str| folder.run(&["lint", "--format", format]).stdout;
    let human = run("human");
    assert!(
        human.contains(
            "    2 | create index teams_name on teams (name);\n      | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        ),
        "{human}"
    );
    let file = "migrations/20260102000000_second.sql";
    // Signs of two cells, and one that is put together of several.
    folder.write("wide.sql", "\t/* 表🦀👩‍🔬 */ create index \"表\" on teams (name);\n");
    let human = folder.run(&["lint", "wide.sql"]).stdout;
    let marks = "^".repeat("create index \"__\" on teams (name);".len());
    assert!(
        human.contains(&format!("\n      | \t             {marks}\n")),
        "{human}"
    );
    let github = run("github");
    assert!(
        github.starts_with(&format!(
            "::warning file={file},line=2,col=1,title=index-not-concurrent::"
        )),
        "{github}"
    );
    let sarif = serde_json::from_str::<Value>(&run("sarif")).unwrap();
    let place = &sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startLine"]),
        (&file.into(), &2.into())
    );
    let junit = run("junit");
    assert!(
        junit.contains("<testcase classname=\"truncate\" name=\"nothing found\"/>"),
        "{junit}"
    );
}

#[test]
fn places_hold_with_windows_line_ends_and_letters_of_many_bytes() {
    let folder = Folder::new("lint_places");
    let text = "set lock_timeout = '2s';\r\n-- é\r\n/* ñ */ create index \"ü%\" on teams (name);\r\n\
                alter table teams add constraint c check (name <> 'a\r\nb');\r\n";
    let file = "a,b%c:d.sql";
    folder.write(file, text);
    folder.write("clean.sql", "select 1;\r\n");
    let run = |format: &str| folder.run(&["lint", file, "--format", format]).stdout;
    let human = run("human");
    let marks = "^".repeat("create index _ü%_ on teams (name);".chars().count());
    let excerpt = format!("    3 | /* ñ */ create index \"ü%\" on teams (name);\n      |         {marks}\n");
    assert!(human.contains(&excerpt) && !human.contains('\r'), "{human}");
    let github = run("github");
    let first = "::warning file=a%2Cb%25c%3Ad.sql,line=4,col=23,title=check-validates::public.teams: ";
    assert!(github.starts_with(first) && github.contains("'a%0D%0Ab'"), "{github}");
    assert!(github.contains("line=3,col=9,title=index-not-concurrent::"), "{github}");
    assert_eq!(github.lines().count(), 2);
    let sarif = serde_json::from_str::<Value>(&run("sarif")).unwrap();
    let place = &sarif["runs"][0]["results"][1]["locations"][0]["physicalLocation"];
    assert_eq!(sarif["runs"][0]["columnKind"], "unicodeCodePoints");
    assert_eq!(
        (&place["artifactLocation"]["uri"], &place["region"]["startColumn"]),
        (&"a%2Cb%25c%3Ad.sql".into(), &9.into())
    );
    assert!(run("junit").contains("<testcase classname=\"index-not-concurrent\" name=\"public.teams\">"));
    let found = serde_json::from_str::<Value>(&run("json")).unwrap();
    assert_eq!(found["findings"][1]["location"]["column"], 9);
    for (format, said) in [
        ("human", "nothing found"),
        ("json", "\"findings\": []"),
        ("sarif", "\"results\": []"),
        ("junit", "failures=\"0\""),
    ] {
        let ran = folder.run(&["lint", "clean.sql", "--format", format]);
        assert!(ran.code == 0 && ran.stdout.contains(said), "{ran:?}");
    }
    assert_eq!(folder.run(&["lint", "clean.sql", "--format", "github"]).stdout, "");
    folder.run(&["lint", file, "--fix"]);
    let fixed = folder.read(file);
    assert!(
        fixed.contains("NOT VALID;\r\nALTER TABLE public.teams VALIDATE"),
        "{fixed:?}"
    );
    assert_eq!(fixed.matches('\n').count(), fixed.matches("\r\n").count());
}

#[test]
fn what_cannot_be_understood_is_no_clean_bill() {
    let folder = Folder::new("lint_broken");
    folder.write("broken.sql", "create tabel teams (id int);\n");
    let ran = folder.run(&["lint", "broken.sql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, "nothing found\n"), "{ran:?}");
    assert!(ran.stderr.contains("broken.sql:1:"), "{}", ran.stderr);
    folder
        .run(&["lint"])
        .fails("there are no migrations here", "pgkeel lint migrations/");
    // psql's own commands and the rows of a COPY are no SQL.
    folder.write(
        "dump.sql",
        "\\restrict x\ncopy teams (id) from stdin;\n1\n2\n\\.\nanalyze teams;\n",
    );
    assert_eq!(folder.run(&["lint", "dump.sql"]).code, 0);
}
