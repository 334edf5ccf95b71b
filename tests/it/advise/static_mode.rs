//! Advice without a workload: from the schema, and from what the server has counted.

use std::collections::BTreeSet;
use std::path::PathBuf;

use pgkeel::advise::RULES;
use pgkeel::scratch::Scratch;
use serde_json::Value;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;
use crate::support::findings::{RuleCase, findings, in_parallel, of_rule, rule_cases};

#[test]
fn every_rule_finds_its_case_and_leaves_its_near_miss() {
    let cases = rule_cases("advise/static", RULES.iter().map(|rule| rule.about.id));
    let failures = in_parallel(cases, |case: &RuleCase| {
        let rule = case.rule.as_str();
        let wanted = case.finds.iter().map(String::as_str).collect::<BTreeSet<_>>();
        let mut failures = Vec::new();
        let [before, after] = advised_and_mended(rule, &case.hit);
        let [found, left] = [&before, &after].map(|printed| of_rule(printed, rule));
        let subjects = found.iter().map(|finding| finding["subject"].as_str().unwrap());
        if subjects.collect::<BTreeSet<_>>() != wanted {
            failures.push(format!("{rule}: not {wanted:?}: {found:#?}"));
        }
        for was in found.iter().filter(|finding| !finding["fix"].is_null()) {
            if left.iter().any(|now| now["subject"] == was["subject"]) {
                failures.push(format!("{rule}: its fix does not mend it: {was:#?}"));
            }
        }
        let subjects = |printed: &str| {
            let all = findings(printed).into_iter();
            // An index that was made a moment ago has not been read.
            let all = all.filter(|finding| finding["rule"] != "unused-index");
            let all = all.map(|finding| format!("{} of {}", finding["rule"], finding["subject"]));
            all.collect::<BTreeSet<_>>()
        };
        for caused in subjects(&after).difference(&subjects(&before)) {
            failures.push(format!("{rule}: its fixes cause {caused}"));
        }
        let found = of_rule(&advised(&format!("{rule}.ok"), &case.near_miss), rule);
        if !found.is_empty() {
            failures.push(format!("{rule}: its near miss is hit: {found:#?}"));
        }
        failures
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn other_peoples_fixtures_are_found_and_their_near_misses_left() {
    let Some(corpus) = std::env::var_os("PGKEEL_CORPUS") else {
        println!("PGKEEL_CORPUS is not set: other people's fixtures are not tested");
        return;
    };
    let corpus = PathBuf::from(corpus).join("splinter");
    let prelude = std::fs::read_to_string(corpus.join("prelude.sql")).unwrap();
    let cases = std::fs::read_to_string(corpus.join("cases.jsonl")).unwrap();
    let cases = cases.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let is_rule = |name: &str| RULES.iter().any(|rule| rule.about.id == name.replace('_', "-"));
    let cases = cases.filter(|case| is_rule(case["lint"].as_str().unwrap()));
    let cases = cases.collect::<Vec<_>>();
    assert!(!cases.is_empty());
    let failures = in_parallel(cases, |case: &Value| {
        let text = |key: &str| case[key].as_str().unwrap_or_default();
        let sql = std::fs::read_to_string(corpus.join(text("file"))).unwrap();
        let found = advised(text("id"), &format!("{prelude}\n{sql}"));
        let mut lint = of_rule(&found, &text("lint").replace('_', "-"));
        // The prelude's own table is no part of the case.
        lint.retain(|finding| !finding["subject"].as_str().unwrap().starts_with("auth."));
        let wanted = of_rule(&found, &text("want").replace('_', "-"));
        let is_object = |finding: &Value| {
            let finding = finding.to_string();
            text("object").split(' ').all(|part| finding.contains(part))
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

const PLAIN: &str = "
create table public.users (id int primary key);
create table public.orders (id int primary key, user_id int not null references public.users);
create table public.notes (id int, body text);
";

fn run(folder: &Folder, more: &[&str]) -> Ran {
    folder.run(&[&["advise", "--source", "schema.sql"], more].concat())
}

#[test]
fn findings_are_accepted_denied_and_weighed() {
    let folder = Folder::new("advise_weighed");
    folder.write("schema.sql", PLAIN);
    let json = |more: &[&str]| run(&folder, &[&["--format", "json"], more].concat());
    let count = |ran: &Ran, rule: &str| of_rule(&ran.stdout, rule).len();
    let ran = json(&[]);
    assert_eq!(
        (
            ran.code,
            count(&ran, "unindexed-foreign-keys"),
            count(&ran, "no-primary-key")
        ),
        (1, 1, 1)
    );
    let ran = json(&["--allow", "unindexed_foreign_keys:public.orders.orders_user_id_fkey"]);
    assert_eq!((ran.code, count(&ran, "unindexed-foreign-keys")), (1, 0));
    assert_eq!(
        json(&["--allow", "unindexed-foreign-key", "--fail-on", "warning"]).code,
        0
    );
    assert_eq!(json(&["--fail-on", "error"]).code, 0);
    run(&folder, &["--allow", "unindexed-foreign-kez"]).fails("there is no rule", "unindexed-foreign-keys");
    folder.write(
        "pgkeel.toml",
        "[advise]\ndeny = [\"unindexed-foreign-key\"]\nallow = [\"no_primary_key\"]\n",
    );
    let ran = json(&["--fail-on", "error"]);
    assert_eq!((ran.code, count(&ran, "no-primary-key")), (1, 0));
    assert_eq!(of_rule(&ran.stdout, "unindexed-foreign-keys")[0]["severity"], "error");
    folder.write("pgkeel.toml", "[advise]\ndeny = [\"no-primary-kee\"]\n");
    run(&folder, &[]).fails("[advise] deny: there is no rule `no-primary-kee`", "no-primary-key");
}

#[test]
fn a_baseline_leaves_what_is_new() {
    let folder = Folder::new("advise_baseline");
    folder.write("schema.sql", PLAIN);
    let baseline = ["--baseline", "known.json", "--format", "json"];
    run(&folder, &baseline).fails("known.json", "--write-baseline writes it");
    assert_eq!(run(&folder, &[&baseline[..], &["--write-baseline"]].concat()).code, 0);
    let ran = run(&folder, &baseline);
    assert_eq!((ran.code, findings(&ran.stdout).len()), (0, 0), "{ran:?}");
    folder.write("schema.sql", format!("{PLAIN}\ncreate table public.keyless (x int);"));
    let ran = run(&folder, &baseline);
    let found = findings(&ran.stdout);
    assert_eq!((ran.code, found.len()), (1, 1), "{ran:?}");
    assert_eq!(found[0]["rule"], "no-primary-key");
    // Where it is made, so that an annotation stands there.
    assert_eq!(found[0]["location"]["file"], "schema.sql", "{}", ran.stdout);
    // What has been mended is told, and wants to be left out.
    folder.write("schema.sql", "create table public.keyless (x int);");
    let ran = run(&folder, &baseline);
    assert_eq!((ran.code, findings(&ran.stdout).len()), (1, 1), "{ran:?}");
    assert!(
        ran.stderr.contains("2 more of known.json are not found any more"),
        "{}",
        ran.stderr
    );
}

#[test]
fn the_fixes_are_sql_and_become_a_migration() {
    let folder = Folder::new("advise_fixes");
    folder.write("schema.sql", PLAIN);
    let ran = run(&folder, &["--format", "sql"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (
            1,
            "-- unindexed-foreign-keys: public.orders.orders_user_id_fkey\n\
             CREATE INDEX CONCURRENTLY ON public.orders (user_id);\n"
        )
    );
    run(&folder, &["--write", "index it", "--format", "json"]);
    let migrations = std::fs::read_dir(folder.path.join("migrations")).unwrap();
    let migration = migrations
        .map(|entry| entry.unwrap().path())
        .next()
        .expect("a migration");
    let migration = std::fs::read_to_string(migration).unwrap();
    assert!(
        migration.contains("CREATE INDEX CONCURRENTLY orders_user_id_idx ON public.orders"),
        "{migration}"
    );
    folder.write("schema.sql", format!("{PLAIN}{migration}"));
    let ran = run(&folder, &["--format", "json"]);
    assert!(
        of_rule(&ran.stdout, "unindexed-foreign-keys").is_empty(),
        "{}",
        ran.stdout
    );
}

#[test]
fn one_index_serves_every_key_that_it_begins_with() {
    let folder = Folder::new("advise_shared");
    folder.write(
        "schema.sql",
        "create table public.a (id int primary key, other int, unique (id, other));
         create table public.b (id int primary key, a int references public.a, other int,
           foreign key (a, other) references public.a (id, other));",
    );
    let ran = run(&folder, &["--format", "sql"]);
    assert_eq!(ran.stdout.matches("CREATE INDEX").count(), 1, "{}", ran.stdout);
    assert!(ran.stdout.contains("ON public.b (a, other);"), "{}", ran.stdout);
    run(&folder, &["--write"]);
    let migrations = std::fs::read_dir(folder.path.join("migrations")).unwrap();
    let migration = migrations
        .map(|entry| entry.unwrap().path())
        .next()
        .expect("a migration");
    let migration = std::fs::read_to_string(migration).unwrap();
    assert_eq!(migration.matches("CREATE INDEX").count(), 1, "{migration}");
}

#[test]
fn slow_policies_are_told_with_the_indexes_that_they_want() {
    let folder = Folder::new("advise_policies");
    folder.write(
        "schema.sql",
        "create role anon; create role authenticated;
         create schema auth;
         create function auth.uid() returns uuid language sql stable as 'select null::uuid';
         create table public.teams (id uuid, no int, primary key (id, no));
         create table public.notes (id int primary key, owner uuid not null, team uuid, no int, data jsonb,
           foreign key (team, no) references public.teams);
         create index notes_data on public.notes (data);
         alter table public.notes enable row level security;
         create policy own on public.notes to authenticated using (auth.uid() = owner);
         create policy team on public.notes for select to authenticated using (team = (select auth.uid()));
         grant select, update on public.notes to authenticated;",
    );
    let ran = run(&folder, &["--format", "json"]);
    let found = |rule: &str| {
        let found = of_rule(&ran.stdout, rule).into_iter();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        found
            .map(|one| [text(&one["subject"]), text(&one["fix"])])
            .collect::<Vec<_>>()
    };
    let pairs = |wanted: &[[&str; 2]]| wanted.iter().map(|pair| pair.map(str::to_owned)).collect::<Vec<_>>();
    let of_key = "CREATE INDEX CONCURRENTLY ON public.notes (team, no);";
    assert_eq!(
        found("unindexed-policy-column"),
        pairs(&[
            [
                "public.notes.owner",
                "CREATE INDEX CONCURRENTLY ON public.notes (owner);"
            ],
            ["public.notes.team", of_key],
        ])
    );
    assert_eq!(found("unindexed-foreign-keys")[0][1], of_key);
    assert_eq!(found("auth-rls-initplan")[0][0], "public.notes.own");
    assert_eq!(found("multiple-permissive-policies")[0][0], "public.notes");
    // Policies keep it from whom they bind.
    assert_eq!(found("wrong-index-method"), pairs(&[["public.notes_data", ""]]));
    // Who can reach what is the audit's.
    assert!(found("rls-disabled-in-public").is_empty());
    run(&folder, &["--allow", "unindexed-policy-colum"]).fails("there is no rule", "unindexed-policy-column");
    let allowed = [
        "unindexed-policy-column",
        "auth_rls_initplan:public.notes.own",
        "multiple-permissive-policies",
    ];
    folder.write(
        "pgkeel.toml",
        format!(
            "[rls]\nallow = [\"{}\"]\n[advise]\nallow = [\"{}\"]\ndeny = [\"{}\"]\n",
            allowed[0], allowed[1], allowed[2]
        ),
    );
    let ran = run(&folder, &["--format", "json"]);
    assert!(of_rule(&ran.stdout, allowed[0]).is_empty());
    assert!(of_rule(&ran.stdout, "auth-rls-initplan").is_empty());
    assert_eq!(of_rule(&ran.stdout, allowed[2])[0]["severity"], "error");
    // What mends it runs, and mends it.
    folder.write("pgkeel.toml", "");
    let fixes = run(&folder, &["--format", "sql"]).stdout;
    assert_eq!(fixes.matches("CREATE INDEX").count(), 2, "{fixes}");
    let schema = std::fs::read_to_string(folder.path.join("schema.sql")).unwrap();
    folder.write("schema.sql", format!("{schema}\n{fixes}"));
    let ran = run(&folder, &["--format", "json"]);
    let left = findings(&ran.stdout)
        .into_iter()
        .map(|finding| finding["rule"].to_string());
    let left = left.collect::<BTreeSet<_>>();
    assert_eq!(
        left.iter().map(|rule| rule.trim_matches('"')).collect::<Vec<_>>(),
        ["multiple-permissive-policies", "wrong-index-method"]
    );
}

#[test]
fn a_partitioned_table_is_indexed_part_by_part() {
    let folder = Folder::new("advise_partitions");
    let parted = "
        create table public.users (id int primary key);
        create table public.events (at date, user_id int references public.users) partition by range (at);
        create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
        create table public.events_b partition of public.events for values from ('2021-01-01') to ('2022-01-01');
        create index on public.events_b (user_id);";
    folder.write("schema.sql", parted);
    let printed = run(&folder, &["--format", "sql"]).stdout;
    run(&folder, &["--write", "--format", "json"]);
    let migrations = std::fs::read_dir(folder.path.join("migrations")).unwrap();
    let migration = migrations
        .map(|entry| entry.unwrap().path())
        .next()
        .expect("a migration");
    let migration = std::fs::read_to_string(migration).unwrap();
    for part in [
        "CREATE INDEX CONCURRENTLY events_a_user_id_idx ON public.events_a",
        "ON ONLY public.events",
        "ATTACH PARTITION public.events_b_user_id_idx",
    ] {
        assert!(migration.contains(part), "no `{part}` in\n{migration}");
        assert!(printed.contains(part), "no `{part}` in\n{printed}");
    }
}

#[test]
fn a_schema_alone_is_never_called_unused() {
    let folder = Folder::new("advise_snapshot");
    folder.write(
        "schema.sql",
        "create table public.notes (id int primary key, body text); create index on public.notes (body);",
    );
    let ran = run(&folder, &["-v"]);
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (0, "nothing found\n"),
        "{}",
        ran.stderr
    );
    assert_eq!(
        ran.stderr.matches("only a live database has them").count(),
        1,
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("unused-index"), "{}", ran.stderr);
    folder.run(&["pull", "--source", "schema.sql"]).succeeds();
    folder.run(&["advise", "--source", "schema.snapshot.json"]).succeeds();
}

#[tokio::test]
async fn what_may_not_be_seen_is_no_clean_bill() {
    let scratch = database(
        "create schema app;
         create table app.notes (id int generated always as identity primary key);
         insert into app.notes select from generate_series(1, 100);
         analyze app.notes;
         create role looker;
         grant usage on schema app to looker;",
    )
    .await;
    let folder = Folder::new("advise_unread");
    let run = |role: &str| {
        let join = if scratch.url().contains('?') { '&' } else { '?' };
        folder.run(&[
            "advise",
            "--source",
            &format!("{}{join}options=-c%20role%3D{role}", scratch.url()),
        ])
    };
    assert_eq!(run("none").code, 0);
    let ran = run("looker");
    assert_eq!(
        (ran.code, ran.stdout.as_str()),
        (2, "nothing found\n"),
        "{}",
        ran.stderr
    );
    for what in [
        "table app.notes: the role may not see",
        "sequence app.notes_id_seq: the role may not see",
    ] {
        assert!(ran.stderr.contains(what), "no `{what}` in {}", ran.stderr);
    }
    let execute = async |sql: &'static str| {
        let mut connection = scratch.connect().await.unwrap();
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    };
    execute("revoke select on pg_catalog.pg_stats from public").await;
    let ran = run("looker");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("statistics of columns: the role may not read them"),
        "{}",
        ran.stderr
    );
    execute("revoke select on pg_catalog.pg_policy from public").await;
    run("looker").fails(
        "the role may not read policies",
        "a role that can see the system catalogs",
    );
    execute("alter system set track_counts = off").await;
    execute("select pg_reload_conf()").await;
    let ran = run("none");
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(ran.stderr.contains("track_counts: it is off"), "{}", ran.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_is_being_built_is_not_broken() {
    let scratch = database("create table public.notes (id int primary key, body text);").await;
    let mut writer = scratch.connect().await.unwrap();
    // The build waits for whoever has written, and for all that time the index is invalid.
    let write = sqlx::raw_sql("begin; insert into public.notes values (1, 'a')");
    write.execute(&mut writer).await.unwrap();
    let mut builder = scratch.connect().await.unwrap();
    let build = tokio::spawn(async move {
        let build = sqlx::raw_sql("create index concurrently notes_body on public.notes (body)");
        build.execute(&mut builder).await
    });
    let invalid = "select exists (select from pg_index where not indisvalid)";
    let mut connection = scratch.connect().await.unwrap();
    while !sqlx::query_scalar::<_, bool>(invalid)
        .fetch_one(&mut connection)
        .await
        .unwrap()
    {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert!(of_rule(&ask("being_built", &scratch), "invalid-index").is_empty());
    sqlx::raw_sql("rollback").execute(&mut writer).await.unwrap();
    build.await.unwrap().unwrap();
    scratch.close().await.unwrap();
}

/// What the advice on a live database with this in it prints.
fn advised(name: &str, sql: &str) -> String {
    block_on(async {
        let scratch = database(sql).await;
        let found = ask(name, &scratch);
        scratch.close().await.unwrap();
        found
    })
}

/// What the advice on a live database with this in it prints, and what when all its fixes have been run there.
fn advised_and_mended(rule: &str, sql: &str) -> [String; 2] {
    block_on(async {
        let scratch = database(sql).await;
        let before = ask(rule, &scratch);
        let mut connection = scratch.connect().await.unwrap();
        let found = findings(&before);
        let fixes = found.iter().filter_map(|finding| finding["fix"].as_str());
        let mut run = BTreeSet::new();
        // One by one: some take no transaction. One fix may mend several findings.
        for fix in fixes.filter(|fix| run.insert(*fix)).flat_map(str::lines) {
            let ran = sqlx::raw_sql(sqlx::AssertSqlSafe(fix)).execute(&mut connection).await;
            assert!(ran.is_ok(), "{rule}: {fix}: {ran:?}");
        }
        let after = ask(rule, &scratch);
        scratch.close().await.unwrap();
        [before, after]
    })
}

fn ask(name: &str, scratch: &Scratch) -> String {
    let folder = Folder::new(&format!("advise_{name}"));
    let ran = folder.run(&["advise", "--source", &scratch.url(), "--format", "json"]);
    assert!(ran.code < 2, "{name}: {}", ran.stderr);
    findings(&ran.stdout);
    ran.stdout
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(work)
}
