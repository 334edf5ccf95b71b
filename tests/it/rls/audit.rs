//! `pgkeel rls audit`: what is wrong with who can reach what.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pgkeel::access::audit::RULES;
use serde_json::Value;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;
use crate::support::findings::{RuleCase, findings, in_parallel, of_rule, rule_cases};

const PRELUDE: &str = include_str!("prelude.sql");

#[test]
fn every_rule_finds_its_case_and_leaves_its_near_miss() {
    let cases = rule_cases("rls/audit", RULES.iter().map(|rule| rule.about.id));
    let failures = in_parallel(cases, |case: &RuleCase| {
        let rule = case.rule.as_str();
        let mut failures = Vec::new();
        let found = of_rule(&audited(&format!("{rule}.bad"), PRELUDE, &case.hit), rule);
        for subject in &case.finds {
            if !found.iter().any(|finding| finding["subject"] == *subject) {
                failures.push(format!("{rule}: {subject} is not found: {found:?}"));
            }
        }
        let found = of_rule(&audited(&format!("{rule}.ok"), PRELUDE, &case.near_miss), rule);
        if !found.is_empty() {
            failures.push(format!("{rule}: its near miss is hit: {found:?}"));
        }
        failures
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn other_peoples_fixtures_are_found_and_their_near_misses_left() {
    /// What belongs to the advice on indexes and tables, not to access.
    const ADVICE: [&str; 5] = [
        "unindexed_foreign_keys",
        "no_primary_key",
        "unused_index",
        "duplicate_index",
        "table_bloat",
    ];
    let Some(corpus) = std::env::var_os("PGKEEL_CORPUS") else {
        println!("PGKEEL_CORPUS is not set: other people's fixtures are not tested");
        return;
    };
    let corpus = PathBuf::from(corpus).join("splinter");
    let prelude = std::fs::read_to_string(corpus.join("prelude.sql")).unwrap();
    let cases = std::fs::read_to_string(corpus.join("cases.jsonl")).unwrap();
    let cases = cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let cases = cases.filter(|case| !ADVICE.contains(&case["lint"].as_str().unwrap()));
    let cases = cases.collect::<Vec<_>>();
    assert!(!cases.is_empty());
    let failures = in_parallel(cases, |case: &Value| {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let sql = std::fs::read_to_string(corpus.join(text("file"))).unwrap();
        let found = audited(
            text("id"),
            &prelude,
            &format!("set allow_system_table_mods = on;\n{sql}"),
        );
        let lint = of_rule(&found, &text("lint").replace('_', "-"));
        let wanted = of_rule(&found, &text("want").replace('_', "-"));
        let is_object = |finding: &Value| {
            let subject = finding["subject"].as_str().unwrap();
            text("object").split(' ').all(|part| subject.contains(part))
        };
        let is_right = match text("kind") {
            "bad" => lint.iter().any(is_object),
            "miss" => !lint.is_empty() || !wanted.is_empty(),
            _ => lint.is_empty(),
        };
        match is_right {
            true => Vec::new(),
            false => vec![format!("{}: {found}", text("id"))],
        }
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

const OPEN: &str = "
create table public.notes (id int primary key, user_id uuid references auth.users, title text);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using (user_id = auth.uid());
create table public.open (id int primary key);
create view public.titles as select title from public.notes;
create function public.total() returns bigint language sql security definer set search_path = ''
  as $$ select count(*) from public.notes $$;
";

#[test]
fn the_fixes_become_a_migration_that_mends_what_it_can() {
    let folder = Folder::new("rls_audit_write");
    folder.write("pgkeel.toml", "[migrations]\ndown = true\n");
    let before = format!("{PRELUDE}{OPEN}");
    folder.write("schema.sql", &before);
    let run = |source: &str, more: &[&str]| {
        let words = ["rls", "audit", "--source", source, "--format", "json"];
        folder.run(&words.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let found = findings(&run("schema.sql", &["--write", "close it"]).stdout);
    let mended = found
        .iter()
        .filter(|finding| !finding["fix"].is_null())
        .collect::<Vec<_>>();
    let rules = mended.iter().map(|finding| finding["rule"].as_str().unwrap());
    let rules = rules.collect::<BTreeSet<_>>();
    for rule in [
        "rls-disabled-in-public",
        "security-definer-view",
        "auth-rls-initplan",
        "unindexed-policy-column",
    ] {
        assert!(rules.contains(rule), "{rule}: {rules:?}");
    }
    let migrations = std::fs::read_dir(folder.path.join("migrations")).unwrap();
    let files = migrations.map(|entry| entry.unwrap().path());
    let is_down = |path: &PathBuf| path.to_str().unwrap().ends_with(".down.sql");
    let (down, up): (Vec<_>, Vec<_>) = files.partition(is_down);
    assert_eq!((down.len(), up.len()), (1, 1), "{down:?} {up:?}");
    let after = format!("{before}{}", std::fs::read_to_string(&up[0]).unwrap());
    folder.write("after.sql", after);
    let ran = run("after.sql", &[]);
    let left = findings(&ran.stdout);
    for was in &mended {
        let again = left
            .iter()
            .find(|now| now["rule"] == was["rule"] && now["subject"] == was["subject"]);
        assert!(again.is_none(), "{again:?}");
    }
    // What takes a decision is still there, and still fails.
    assert_eq!(
        of_rule(&ran.stdout, "anon-security-definer-function-executable").len(),
        1
    );
    assert_eq!(ran.code, 1);
}

#[test]
fn findings_are_accepted_by_rule_or_by_rule_and_subject() {
    let folder = Folder::new("rls_audit_allow");
    folder.write(
        "schema.sql",
        format!("{PRELUDE}create table public.a (id int); create table public.b (id int);"),
    );
    let run = |more: &[&str]| {
        let words = ["rls", "audit", "--source", "schema.sql", "--format", "json"];
        folder.run(&words.iter().chain(more).copied().collect::<Vec<_>>())
    };
    let open = |ran: &Ran| of_rule(&ran.stdout, "rls-disabled-in-public").len();
    assert_eq!(open(&run(&[])), 2);
    assert_eq!(open(&run(&["--allow", "rls_disabled_in_public:public.a"])), 1);
    let rest = ["--allow", "references-granted", "--allow", "truncate-granted"];
    let ran = run(&[&["--allow", "rls-disabled-in-public"], &rest[..]].concat());
    assert_eq!((ran.code, findings(&ran.stdout).len()), (0, 0));
    run(&["--allow", "rls-disabled-in-publik"])
        .fails("there is no rule `rls-disabled-in-publik`", "rls-disabled-in-public");
    assert_eq!(
        run(&["--fail-on", "error", "--allow", "rls-disabled-in-public"]).code,
        0
    );
    folder.write("pgkeel.toml", "[rls]\nallow = [\"rls-disabled-in-public:public.b\"]\n");
    assert_eq!(open(&run(&[])), 1);
    folder.write("pgkeel.toml", "[rls]\nexposed-schemas = [\"publik\"]\n");
    run(&[]).fails("there is no schema `publik`", "public");
    folder.write("pgkeel.toml", "[rls]\nexposed-schemas = [\"auth\"]\n");
    assert_eq!(open(&run(&[])), 0, "what the API does not serve is not open");
}

#[test]
fn what_is_out_of_reach_matters_less() {
    let folder = Folder::new("rls_audit_severity");
    let table = |name: &str| {
        format!(
            "create table {name} (id int primary key); alter table {name} enable row level security;
             create policy p on {name} to authenticated using (true);"
        )
    };
    let sql = [
        table("public.open"),
        table("public.revoked"),
        "revoke all on public.revoked from anon, authenticated;".to_owned(),
        table("public.held"),
        "create policy floor on public.held as restrictive using (id < 10);".to_owned(),
        "create schema backstage; grant usage on schema backstage to authenticated;".to_owned(),
        table("backstage.notes"),
        "grant all on backstage.notes to authenticated;".to_owned(),
    ];
    folder.write("schema.sql", format!("{PRELUDE}{}", sql.join("\n")));
    let ran = folder.run(&["rls", "audit", "--source", "schema.sql", "--format", "json"]);
    let found = of_rule(&ran.stdout, "rls-policy-always-true");
    let severities = found.iter().map(|finding| {
        (
            finding["subject"].as_str().unwrap(),
            finding["severity"].as_str().unwrap(),
        )
    });
    assert_eq!(
        severities.collect::<Vec<_>>(),
        [
            ("public.open.p", "error"),
            ("backstage.notes.p", "warning"),
            ("public.held.p", "warning"),
            ("public.revoked.p", "info"),
        ]
    );
}

#[test]
fn findings_are_shown_in_every_format() {
    let folder = Folder::new("rls_audit_formats");
    folder.write("schema.sql", format!("{PRELUDE}create table public.\"a<b\" (id int);"));
    let run = |format: &str| folder.run(&["rls", "audit", "--source", "schema.sql", "--format", format]);
    let human = run("human").stdout;
    assert!(human.contains("error rls-disabled-in-public\n"), "{human}");
    assert!(
        human.contains("fix:   ALTER TABLE public.\"a<b\" ENABLE ROW LEVEL SECURITY;"),
        "{human}"
    );
    let github = run("github").stdout;
    assert!(
        github.contains("::error file=schema.sql,line=13,col=1,title=rls-disabled-in-public::public.\"a<b\": row-level security is off"),
        "{github}"
    );
    let sarif = serde_json::from_str::<Value>(&run("sarif").stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(
        (&result["ruleId"], &result["level"]),
        (&"rls-disabled-in-public".into(), &"error".into())
    );
    let place = &result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(place, "schema.sql");
    let region = &result["locations"][0]["physicalLocation"]["region"];
    assert!(region["startLine"].as_u64().is_some_and(|line| line > 1), "{region}");
    let junit = run("junit").stdout;
    assert!(junit.contains("name=\"public.&quot;a&lt;b&quot;\""), "{junit}");
    assert!(
        junit.contains("<testcase classname=\"policy-recursion\" name=\"nothing found\"/>"),
        "{junit}"
    );
    folder.write("empty.sql", PRELUDE);
    let nothing = folder.run(&["rls", "audit", "--source", "empty.sql"]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (0, "nothing found\n"));
}

#[test]
fn the_matrix_says_what_decides() {
    let folder = Folder::new("rls_audit_matrix");
    folder.write("schema.sql", format!("{PRELUDE}{OPEN}"));
    let ran = folder.run(&["rls", "audit", "--source", "schema.sql", "--matrix"]);
    ran.prints(&[
        "  authenticated  some    select, insert, update, delete: policy own",
        "  anon           none    select, insert, update, delete: granted, and no policy lets a row through",
        "  anon           all     select, insert, update, delete: granted, and row-level security is off",
        "  anon           all     execute: runs as postgres (SECURITY DEFINER)",
    ]);
    let json = folder.run(&["rls", "audit", "--source", "schema.sql", "--matrix", "--format", "json"]);
    let matrix = serde_json::from_str::<Value>(&json.stdout).unwrap();
    let cell = matrix["matrix"]
        .as_array()
        .unwrap()
        .iter()
        .find(|cell| cell["role"] == "anon" && cell["object"] == "public.titles" && cell["command"] == "select");
    let cell = cell.expect("a cell");
    assert_eq!(cell["reach"], "all");
    assert!(
        cell["because"].as_str().unwrap().starts_with("reads as its owner"),
        "{cell}"
    );
    folder
        .run(&[
            "rls",
            "audit",
            "--source",
            "schema.sql",
            "--matrix",
            "--format",
            "sarif",
        ])
        .fails("--matrix has no such format", "json");
}

#[test]
fn where_no_role_from_outside_is_known_there_is_no_clean_bill() {
    let folder = Folder::new("rls_audit_nobody");
    folder.write("schema.sql", "create table public.secrets (id int primary key);");
    for matrix in [&[][..], &["--matrix"]] {
        let ran = folder.run(&[&["rls", "audit", "--source", "schema.sql"], matrix].concat());
        assert_eq!(ran.code, 2, "{}", ran.stderr);
        assert!(
            ran.stderr.contains("name the roles that requests run as"),
            "{}",
            ran.stderr
        );
    }
}

#[tokio::test]
async fn what_may_not_be_read_is_no_clean_bill() {
    let protected = "create schema storage;
        create table storage.buckets (id text primary key, public boolean not null);
        create role looker login;";
    let scratch = database(&format!("{PRELUDE}{protected}")).await;
    let folder = Folder::new("rls_audit_unread");
    let run = |role: &str| {
        let join = if scratch.url().contains('?') { '&' } else { '?' };
        let url = format!("{}{join}options=-c%20role%3D{role}", scratch.url());
        folder.run(&["rls", "audit", "--source", &url])
    };
    assert_eq!(run("none").code, 0);
    let ran = run("looker");
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (2, "nothing found\n"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("storage.buckets: the role may not read them"),
        "{}",
        ran.stderr
    );
    // What is protected would look open: nothing is said at all.
    let mut connection = scratch.connect().await.unwrap();
    let revoke = sqlx::raw_sql("revoke select on pg_catalog.pg_policy from public");
    revoke.execute(&mut connection).await.unwrap();
    run("looker").fails(
        "the role may not read policies",
        "a role that can see the system catalogs",
    );
}

/// What the audit of a live database with this in it prints.
fn audited(name: &str, prelude: &str, sql: &str) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let scratch = database(&format!("{prelude}\n{sql}")).await;
        let folder = Folder::new(&format!("rls_audit_{name}"));
        let ran = folder.run(&["rls", "audit", "--source", &scratch.url(), "--format", "json"]);
        assert!(ran.code < 2, "{name}: {}", ran.stderr);
        scratch.close().await.unwrap();
        ran.stdout
    })
}

#[test]
fn traps_are_found_and_what_only_looks_like_one_is_left() {
    let sql = include_str!("traps.sql");
    let found = findings(&audited("traps", PRELUDE, sql));
    let is_found = |rule: &str, subject: &str| {
        found
            .iter()
            .any(|finding| finding["rule"] == rule && finding["subject"] == subject)
    };
    let mut wrong = Vec::new();
    let mut traps = 0;
    for line in sql.lines() {
        let (wanted, said) = match (line.strip_prefix("-- finds "), line.strip_prefix("-- leaves ")) {
            (Some(said), _) => (true, said),
            (_, Some(said)) => (false, said),
            _ => continue,
        };
        traps += 1;
        let (rule, subject) = said.split_once(' ').unwrap();
        if is_found(rule, subject) != wanted {
            wrong.push(line);
        }
    }
    assert!(traps > 80);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_is_read_from_a_revision_is_found_in_its_files() {
    let folder = Folder::new("rls_audit_git");
    folder
        .write("db/1_prelude.sql", PRELUDE)
        .write("db/2_open.sql", "\n\ncreate table public.open (id int primary key);\n");
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "."],
        &["commit", "-q", "-m", "x"],
    ] {
        let mut git = std::process::Command::new("git");
        git.args(["-c", "user.name=x", "-c", "user.email=x@example.com"])
            .args(arguments);
        assert!(git.current_dir(&folder.path).status().unwrap().success());
    }
    folder.write("db/2_open.sql", "select 1;\n");
    for source in ["git:main:db", "git:main:db/"] {
        let ran = folder.run(&["rls", "audit", "--source", source, "--format", "github"]);
        ran.prints(&["::error file=db/2_open.sql,line=3,col=1,title=rls-disabled-in-public"]);
    }
}
