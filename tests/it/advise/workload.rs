//! Advice for a workload: indexes that are really used.

use std::collections::BTreeSet;

use pgkeel::scratch::Scratch;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection, Row as _};

use crate::support::command::{Folder, Ran};
use crate::support::database::database;

pub(super) const SCHEMA: &str = "
create schema shop;
create type shop.state as enum ('open', 'paid', 'sent');
create table shop.customers (
  id int primary key, email text not null, city varchar(40) not null, tags text[] not null, joined date not null
);
create table shop.orders (
  id bigint primary key,
  customer_id int not null references shop.customers on delete cascade,
  state shop.state not null, total numeric(10, 2) not null, placed timestamptz not null, sent timestamptz, info jsonb not null
);
create index orders_state on shop.orders (state);
create index customers_lower on shop.customers (lower(city));
create statistics shop.customers_together on city, joined from shop.customers;
";

pub(super) const ROWS: &str = "
insert into shop.customers
  select g, 'Customer' || g || '@example.org', 'City' || g % 300, array['t' || g % 7, 'u' || g % 900], date '2020-01-01' + g % 1500
  from generate_series(1, 6000) g;
insert into shop.orders
  select g, 1 + (g * 7919) % 6000, (array['open', 'paid', 'sent', 'sent', 'sent', 'sent', 'sent', 'sent'])[1 + g % 8]::shop.state,
    g % 1000, timestamptz '2022-01-01' + g * interval '10 minutes', case when g % 50 > 0 then timestamptz '2023-01-01' end,
    jsonb_build_object('ref', 'R' || g, 'kind', g % 5)
  from generate_series(1, 60000) g;
analyze;
";

#[tokio::test(flavor = "multi_thread")]
async fn what_is_chosen_is_used_and_makes_queries_cheaper() {
    const QUERIES: [(&str, &str); 7] = [
        (
            "of_customer",
            "select id, total from shop.orders where customer_id = 77 order by placed desc limit 10",
        ),
        (
            "unsent",
            "select id from shop.orders where sent is null order by placed limit 20",
        ),
        (
            "login",
            "select id from shop.customers where lower(email) = 'customer12@example.org'",
        ),
        (
            "by_ref",
            "select id from shop.orders where info @> '{\"ref\": \"R77\"}'",
        ),
        ("found", "select id from shop.customers where email ilike '%mer599%'"),
        (
            "anniversaries",
            "select id from shop.customers where extract(month from joined) = 3 and extract(day from joined) = 7",
        ),
        ("removal", "delete from shop.customers where id = 12"),
    ];
    let original = database(&[SCHEMA, ROWS].concat()).await;
    let mut connection = original.connect().await.unwrap();
    let folder = Folder::new("advise_workload_used");
    let queries = QUERIES.map(|(id, sql)| serde_json::json!({"id": id, "weight": 10, "variants": [sql]}));
    folder.write("queries.json", serde_json::json!({ "queries": queries }).to_string());
    let ran = advised(
        &folder,
        &original,
        &["--workload", "queries.json", "--format", "json", "--max-size", "20MB"],
    );
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let document = serde_json::from_str::<Value>(&ran.stdout).unwrap();
    let outcomes = document["workload"]["queries"].as_array().unwrap();
    let before = plans_of(&mut connection, &QUERIES).await;
    let fixes = document["findings"].as_array().unwrap().iter();
    for statement in fixes.flat_map(|finding| finding["fix"].as_str().unwrap().lines()) {
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned()))
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::raw_sql("analyze").execute(&mut connection).await.unwrap();
    let after = plans_of(&mut connection, &QUERIES).await;
    let made = document["workload"]["indexes"].as_array().unwrap();
    let names = made
        .iter()
        .map(|index| index["name"].as_str().unwrap().rsplit('.').next().unwrap().to_owned());
    let names = names.collect::<BTreeSet<_>>();
    for ((id, sql), (before, after)) in QUERIES.iter().zip(before.iter().zip(&after)) {
        if *id == "removal" {
            // What the foreign key looks up is in no plan.
            let look_up = "select from shop.orders where customer_id = 12";
            let plan = explained(&mut connection, look_up).await;
            assert!(plan["Total Cost"].as_f64().unwrap() < 200.0, "{plan}");
            continue;
        }
        let (cheap, dear) = (
            after["Total Cost"].as_f64().unwrap(),
            before["Total Cost"].as_f64().unwrap(),
        );
        assert!(cheap < dear / 3.0, "{sql}: {dear} -> {cheap}: {after}");
        let text = after.to_string();
        assert!(names.iter().any(|name| text.contains(name.as_str())), "{sql}: {text}");
        // What it was said to cost is what it costs.
        let outcome = outcomes.iter().find(|outcome| outcome["id"] == *id).unwrap();
        let said = outcome["cost_after"].as_f64().unwrap();
        assert!((0.4..2.5).contains(&(said / cheap)), "{sql}: {said} for {cheap}");
    }
    // Sizes are estimates, and near.
    for index in made {
        let name = index["name"].as_str().unwrap();
        let real = sqlx::query_scalar::<_, i64>("select pg_relation_size($1::regclass)").bind(name);
        let real = real.fetch_one(&mut connection).await.unwrap() as f64;
        let ratio = index["bytes"].as_f64().unwrap() / real;
        assert!((0.3..3.0).contains(&ratio), "{name}: {ratio}");
    }
    let conditions = document["findings"].to_string();
    for wanted in ["(lower(email))", "jsonb_path_ops", "gin_trgm_ops", "customer_id"] {
        assert!(conditions.contains(wanted), "no {wanted}: {conditions}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_more_room_would_give_is_told_and_holds() {
    let original = database(&[SCHEMA, ROWS].concat()).await;
    let folder = Folder::new("advise_workload_room");
    folder.write(
        "queries.sql",
        "select id, total from shop.orders where customer_id = 77 order by placed desc limit 10;\n\
         select id from shop.orders where placed > '2023-01-20' and placed < '2023-01-21';\n\
         select id from shop.orders where info @> '{\"ref\": \"R77\"}';",
    );
    let advice = |size: &str| {
        let arguments = ["--workload", "queries.sql", "--format", "json", "--max-size", size];
        let ran = advised(&folder, &original, &arguments);
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let document = serde_json::from_str::<Value>(&ran.stdout).unwrap();
        (document["workload"].clone(), ran.stderr)
    };
    let (little, said) = advice("600kB");
    let beyond = &little["without_limit"];
    let (bytes, cost) = (beyond["bytes"].as_f64().unwrap(), beyond["cost"].as_f64().unwrap());
    assert!(
        bytes > 600e3 && cost < little["cost_after"].as_f64().unwrap() / 2.0,
        "{little}"
    );
    let size = said
        .split("with --max-size ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next());
    let (enough, said) = advice(size.unwrap_or_else(|| panic!("no size: {said}")));
    assert!(enough["cost_after"].as_f64().unwrap() < cost * 1.01, "{enough}");
    assert!(
        enough["without_limit"].is_null() && !said.contains("--max-size"),
        "{said}"
    );
    // Each index that is worth its room costs a query more by its absence.
    for index in enough["indexes"].as_array().unwrap() {
        let (names, without) = (
            index["queries"].as_array().unwrap(),
            index["costs_without"].as_array().unwrap(),
        );
        assert_eq!(names.len(), without.len());
        let dearer = names.iter().zip(without).any(|(name, without)| {
            let mut queries = enough["queries"].as_array().unwrap().iter();
            let query = queries.find(|query| query["id"] == *name).unwrap();
            without.as_f64() > query["cost_after"].as_f64()
        });
        assert!(dearer, "{index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_alternatives_and_extremes_have_their_indexes() {
    const EVENTS: &str = "
        create table public.events (id int, at timestamptz not null, trace uuid not null, tags text[] not null, kind text not null default 'usual')
          partition by range (at);
        create table public.events_a partition of public.events for values from ('2024-01-01') to ('2024-02-01');
        create table public.events_b partition of public.events for values from ('2024-02-01') to ('2024-03-01');
        insert into public.events
          select g, timestamptz '2024-01-01' + g * interval '40 seconds', md5((g / 5)::text)::uuid, array['t' || g % 900],
            case when g % 500 = 7 then 'rare' else 'usual' end
          from generate_series(1, 120000) g;
        create table public.messages (id int primary key, sender int not null, recipient int not null, sent timestamptz not null);
        insert into public.messages
          select g, g % 7919, (g * 31) % 7907, timestamptz '2024-01-01' + (g * 7907 % 80000) * interval '1 minute'
          from generate_series(1, 80000) g;
        create table public.visits (id int not null, page int not null);
        create table public.archive (why text) inherits (public.visits);
        insert into public.visits select g, g * 31 % 2000 from generate_series(1, 40000) g;
        insert into public.archive select g, g * 31 % 4000, 'old' from generate_series(1, 90000) g;
        analyze;";
    const QUERIES: [(&str, &str); 7] = [
        // Its own rows, and those of a table that inherits from it, whose index is its own.
        ("visits", "select id from public.visits where page = 77"),
        // Two indexes whose parts PostgreSQL would call the same.
        (
            "latest",
            "select at, id from public.events where kind = 'rare' order by at desc limit 5",
        ),
        (
            "period",
            "select id, kind from public.events where at between '2024-01-20' and '2024-01-20 00:30'",
        ),
        ("trace", "select id from public.events where trace = md5('77')::uuid"),
        ("tagged", "select id from public.events where tags @> array['t77']"),
        (
            "mine",
            "select id from public.messages where sender = 77 or recipient = 77",
        ),
        ("newest", "select max(sent) from public.messages"),
    ];
    let original = database(EVENTS).await;
    let mut connection = original.connect().await.unwrap();
    let folder = Folder::new("advise_workload_parted");
    let queries = QUERIES.map(|(id, sql)| serde_json::json!({"id": id, "weight": 10, "variants": [sql]}));
    folder.write("queries.json", serde_json::json!({ "queries": queries }).to_string());
    let ran = advised(
        &folder,
        &original,
        &["--workload", "queries.json", "--format", "json", "--max-size", "40MB"],
    );
    let document = serde_json::from_str::<Value>(&ran.stdout).unwrap();
    let found = document["findings"].as_array().unwrap();
    for table in ["public.visits.", "public.archive."] {
        let is_its = |finding: &Value| finding["subject"].as_str().unwrap().starts_with(table);
        assert!(found.iter().any(is_its), "none on {table}: {found:?}");
    }
    let before = plans_of(&mut connection, &QUERIES).await;
    for finding in found {
        for statement in finding["fix"].as_str().unwrap().lines() {
            let run = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
            run.execute(&mut connection).await.unwrap();
        }
    }
    let after = plans_of(&mut connection, &QUERIES).await;
    for ((_, sql), (before, after)) in QUERIES.iter().zip(before.iter().zip(&after)) {
        let cost = |plan: &Value| plan["Total Cost"].as_f64().unwrap();
        assert!(cost(after) < cost(before) / 5.0, "{sql}: {before} {after}");
    }
    for index in document["workload"]["indexes"].as_array().unwrap() {
        let name = index["name"].as_str().unwrap();
        let real = "select sum(pg_relation_size(relid))::int8 from pg_partition_tree($1::regclass) \
            union all select pg_relation_size($1::regclass) order by 1 desc nulls last";
        let real = sqlx::query_scalar::<_, i64>(real).bind(name);
        let real = real.fetch_one(&mut connection).await.unwrap() as f64;
        let ratio = index["bytes"].as_f64().unwrap() / real;
        assert!((0.5..2.0).contains(&ratio), "{name}: {ratio}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn row_level_security_is_part_of_every_plan() {
    const POLICIES: &str = "
        do $$ begin
          if not exists (select from pg_roles where rolname = 'reader') then create role reader nologin; end if;
        end $$;
        create table public.notes (
          id int primary key, owner uuid not null, body text not null, info jsonb not null, rest text default repeat('x', 400)
        );
        create function public.me() returns uuid language sql stable
          as $$ select (current_setting('request.jwt.claims', true)::jsonb ->> 'sub')::uuid $$;
        alter table public.notes enable row level security;
        grant select on public.notes to reader;
        create policy own on public.notes for select to reader using (owner = (select public.me()));";
    const NOTES: &str = "
        insert into public.notes
          select g, md5((g % 3000)::text)::uuid, md5(g::text), jsonb_build_object('k', g) from generate_series(1, 60000) g;
        analyze;";
    const QUERIES: &str = r#"{"queries": [
        {"id": "mine", "weight": 5, "role": "reader", "variants": [
          {"sql": "select id from notes where body ilike '%abcdef%'", "claims": {"sub": "00000000-0000-0000-0000-000000000000"}}]},
        {"id": "kept", "weight": 5, "role": "reader", "variants": [
          {"sql": "select id from notes where info @> '{\"k\": 5}'", "claims": {"sub": "00000000-0000-0000-0000-000000000000"}}]}]}"#;
    let original = database(&[POLICIES, NOTES].concat()).await;
    let folder = Folder::new("advise_workload_rls");
    folder.write("queries.json", QUERIES);
    let ran = advised(
        &folder,
        &original,
        &["--workload", "queries.json", "--format", "sql", "--max-size", "50MB"],
    );
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("(owner"), "{}", ran.stdout);
    assert!(
        !ran.stdout.contains("gin"),
        "not for operators that leak: {}",
        ran.stdout
    );
    // The same queries of somebody whom no policy binds.
    folder.write("queries.json", QUERIES.replace(r#""role": "reader","#, ""));
    let ran = advised(
        &folder,
        &original,
        &["--workload", "queries.json", "--format", "sql", "--max-size", "50MB"],
    );
    assert!(
        ran.stdout.contains("gin_trgm_ops") && ran.stdout.contains("jsonb_path_ops"),
        "{}",
        ran.stdout
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_are_planned_for_roles_that_the_schema_does_not_name() {
    const ROLES: &str = "
        create role app_rights nologin;
        create role app_login login in role app_rights;
        create role app_super superuser;
        grant usage on schema shop to app_rights;
        grant select on shop.orders to app_rights;";
    let original = database(&[SCHEMA, ROWS, ROLES].concat()).await;
    let folder = Folder::new("advise_workload_roles");
    for role in ["app_login", "app_super"] {
        let query = r#"{"id": "one", "role": "ROLE", "variants": [{"sql": "select * from shop.orders where customer_id = 77"}]}"#;
        folder.write(
            "queries.json",
            format!(r#"{{"queries": [{}]}}"#, query.replace("ROLE", role)),
        );
        let ran = advised(&folder, &original, &["--workload", "queries.json", "--format", "sql"]);
        assert_eq!(ran.code, 1, "{role}: {}", ran.stderr);
        assert!(
            ran.stdout.contains("shop.orders USING btree (customer_id)"),
            "{role}: {}",
            ran.stdout
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_out_in_silence() {
    let original = database(&[SCHEMA, ROWS].concat()).await;
    let folder = Folder::new("advise_workload_left_out");
    folder.write(
        "app.log",
        "LOG:  duration: 100.0 ms  statement: select * from shop.nowhere\n\
         LOG:  duration: 50.0 ms  execute a: select * from shop.customers where id = $1\n\
         DETAIL:  parameters: $1 = '5'\n",
    );
    let ran = advised(&folder, &original, &["--workload", "app.log"]);
    assert_eq!(
        ran.code, 2,
        "nothing is found, and not everything could be looked at: {}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("shop.nowhere") && ran.stderr.contains("does not exist"),
        "{}",
        ran.stderr
    );
    // A statement that fails while its parameters are asked for, and a function that is not seen into.
    let function =
        "create function shop.opaque(int) returns int language plpgsql as $$ begin execute 'a' || $1; end $$";
    let mut connection = original.connect().await.unwrap();
    sqlx::raw_sql(function).execute(&mut connection).await.unwrap();
    folder.write(
        "opaque.sql",
        "select shop.nothing($1); select shop.opaque(id) from shop.customers where id = 5;",
    );
    let ran = advised(&folder, &original, &["--workload", "opaque.sql", "--verbose"]);
    assert_eq!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("shop.opaque") && ran.stderr.contains("track = all") && ran.stderr.contains("shop.nothing"),
        "{}",
        ran.stderr
    );
    // As for a role that may not read the table, and so sees nothing of what is in it.
    let forget = sqlx::raw_sql("delete from pg_statistic where starelid = 'shop.orders'::regclass");
    forget.execute(&mut original.connect().await.unwrap()).await.unwrap();
    folder.write("one.sql", "select * from shop.customers where id = $1;");
    let ran = advised(&folder, &original, &["--workload", "one.sql"]);
    assert_eq!(ran.code, 2, "what is not known is no clean bill: {}", ran.stderr);
    assert!(
        ran.stderr.contains("shop.orders") && ran.stderr.contains("pg_read_all_data"),
        "{}",
        ran.stderr
    );
    folder.write("empty.sql", "create table a ();");
    advised(&folder, &original, &["--workload", "empty.sql"])
        .fails("empty.sql holds no query", "a file has statements");
    advised(&folder, &original, &["--workload", "no.sql"]).fails("cannot read no.sql", "pg_stat_statements");
    advised(&folder, &original, &["--workload", "pg_stat_statements"])
        .fails("pg_stat_statements is not in this database", "CREATE EXTENSION");
    advised(&folder, &original, &["--workload", "app.log", "--max-size", "many"]).fails("`many` is no size", "50MB");
    folder.write("schema.sql", SCHEMA);
    folder
        .run(&["advise", "--source", "schema.sql", "--workload", "app.log"])
        .fails("schema.sql has no statistics", "live database");
}

/// What no plain index on a column would do has room, too.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_database_is_not_short_of_room() {
    let original = database(&[SCHEMA, ROWS].concat()).await;
    let folder = Folder::new("advise_workload_little");
    folder.write(
        "app.sql",
        "select id from shop.customers where lower(email) = 'customer12@example.org';",
    );
    let ran = advised(&folder, &original, &["--workload", "app.sql", "--format", "sql"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stdout.contains("(lower(email))"), "{}", ran.stdout);
}

/// What ANALYZE keeps of ranges is their bounds, and of long texts nothing.
#[tokio::test(flavor = "multi_thread")]
async fn indexes_on_expressions_are_as_large_as_they_come_out() {
    const STAYS: &str = "
        create table public.stays (id int primary key, room int not null, during tstzrange not null, letter text not null);
        insert into public.stays
          select g, g % 9, tstzrange(at, at + interval '2 days'), repeat(md5(g::text), 40)
          from (select g, timestamptz '2020-01-01' + g * interval '30 minutes' as at from generate_series(1, 40000) g) g;
        analyze;";
    let original = database(STAYS).await;
    let folder = Folder::new("advise_workload_expressions");
    folder.write(
        "app.sql",
        "select id from public.stays where room = 3 and lower(during) > '2022-02-01' order by lower(during) limit 5;\n\
         select id from public.stays where md5(letter) = 'c4ca4238a0b923820dcc509a6f75849b';",
    );
    let ran = advised(&folder, &original, &["--workload", "app.sql", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let advice = serde_json::from_str::<Value>(&ran.stdout).unwrap()["workload"].take();
    let indexes = advice["indexes"].as_array().unwrap();
    let mut connection = original.connect().await.unwrap();
    for expression in ["lower(during)", "md5(letter)"] {
        let has_it = |index: &&Value| index["statements"][0].as_str().unwrap().contains(expression);
        let index = indexes.iter().find(has_it).unwrap_or_else(|| panic!("{advice}"));
        let statement = index["statements"][0].as_str().unwrap().to_owned();
        sqlx::raw_sql(AssertSqlSafe(statement))
            .execute(&mut connection)
            .await
            .unwrap();
        let ask = sqlx::query_scalar::<_, i64>("select pg_relation_size($1::regclass)").bind(index["name"].as_str());
        let built = ask.fetch_one(&mut connection).await.unwrap() as f64;
        let ratio = index["bytes"].as_f64().unwrap() / built;
        assert!((0.8..1.25).contains(&ratio), "{ratio} of {built}: {index}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_workload_is_mended_by_a_migration() {
    let original = database(&[SCHEMA, ROWS].concat()).await;
    let folder = Folder::new("advise_workload_write");
    folder.write("q/feed.sql", "-- name: feed\n-- weight: 9\nselect id, total from shop.orders where customer_id = $1 order by placed desc limit $2;");
    folder.write(
        "pgkeel.toml",
        "[migrations]\ndir = \"migrations\"\nlayout = \"sqlx\"\n[scope]\nschemas = [\"shop\"]\n",
    );
    let ran = advised(
        &folder,
        &original,
        &["--workload", "q", "--write", "faster", "--max-size", "20MB"],
    );
    assert_eq!(ran.code, 0, "{}{}", ran.stdout, ran.stderr);
    let files = std::fs::read_dir(folder.path.join("migrations")).unwrap();
    let texts = files
        .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
        .collect::<String>();
    assert!(
        texts.contains("CREATE INDEX CONCURRENTLY") && texts.contains("customer_id"),
        "{texts}"
    );
}

/// Runs `advise` on the database.
fn advised(folder: &Folder, original: &Scratch, arguments: &[&str]) -> Ran {
    let url = original.url();
    folder.run(&[&["advise", "--source", &url], arguments].concat())
}

/// The plans of the queries.
async fn plans_of(connection: &mut PgConnection, queries: &[(&str, &str)]) -> Vec<Value> {
    let mut plans = Vec::new();
    for (_, sql) in queries {
        plans.push(explained(connection, sql).await);
    }
    plans
}

/// The plan of a statement where the rows are.
pub(super) async fn explained(connection: &mut PgConnection, sql: &str) -> Value {
    let text = format!("set max_parallel_workers_per_gather = 0; explain (format json, verbose) {sql}");
    let rows = sqlx::raw_sql(AssertSqlSafe(text)).fetch_all(connection).await.unwrap();
    let text = rows[0].try_get_unchecked::<String, _>(0).unwrap();
    serde_json::from_str::<Value>(&text).unwrap()[0]["Plan"].take()
}
