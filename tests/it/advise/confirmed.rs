//! Advice for a workload, confirmed by the source's own planner where HypoPG is installed there.

use pgkeel::advise::workload::lab::Call;
use pgkeel::advise::workload::{self, Advice, Confidence, Outcome, Recommendation, Served, Workload};
use pgkeel::catalog::scope::Scope;
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::Scratch;
use serde_json::Value;
use sqlx::PgConnection;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;

const SHOP: &str = "
create table public.orders (
  id int primary key, customer int not null, at timestamptz not null, info jsonb not null, kind text not null
);
create table public.notes (id int primary key, owner int not null, body text not null);
create table public.visits (id int not null, page int not null, at timestamptz not null) partition by range (at);
create table public.visits_a partition of public.visits for values from ('2024-01-01') to ('2024-02-01');
create table public.visits_b partition of public.visits for values from ('2024-02-01') to ('2024-03-01');
insert into public.orders
  select g, g * 7919 % 6000, timestamptz '2022-01-01' + g * interval '10 minutes', jsonb_build_object('ref', 'R' || g), 'k' || g % 3
  from generate_series(1, 60000) g;
insert into public.notes select g, g % 3000, repeat('x', 60) from generate_series(1, 60000) g;
do $$ begin
  if not exists (select from pg_roles where rolname = 'shop_client') then create role shop_client; end if;
end $$;
alter table public.notes enable row level security;
grant select on public.notes to shop_client;
create policy own on public.notes for select to shop_client
  using (owner = (select (current_setting('request.jwt.claims')::jsonb ->> 'sub')::int));
insert into public.visits select g, g * 31 % 4000, timestamptz '2024-01-01' + g * interval '40 seconds' from generate_series(1, 100000) g;
analyze;
";

const QUERIES: &str = r#"{"queries": [
    {"id": "mine", "weight": 10, "variants": ["select id from orders where customer = 77 order by at desc limit 5"]},
    {"id": "by_ref", "weight": 10, "variants": ["select id from orders where info @> '{\"ref\": \"R77\"}'"]},
    {"id": "notes", "weight": 10, "role": "shop_client",
      "variants": [{"sql": "select count(body) from notes", "claims": {"sub": "77"}}]},
    {"id": "page", "weight": 10, "variants": ["select id from visits where page = 77"]}]}"#;

#[tokio::test(flavor = "multi_thread")]
async fn the_source_says_what_it_would_use() {
    let original = shop().await;
    let folder = Folder::new("advise_confirmed");
    folder.write("queries.json", QUERIES);
    let ran = advised(&folder, &original);
    let document = serde_json::from_str::<Value>(&ran.stdout).unwrap();
    let indexes = document["workload"]["indexes"].as_array().unwrap();
    let on = |query: &str| {
        let serves = |index: &&Value| index["queries"].as_array().unwrap().contains(&query.into());
        indexes.iter().find(serves).unwrap()
    };
    for query in ["mine", "page", "notes"] {
        let index = on(query);
        let source = &index["source"];
        assert_eq!(source["used"], true, "{index}");
        let cost = |when: &str| source[when].as_f64().unwrap();
        assert!(cost("cost_after") < cost("cost_before") / 5.0, "{index}");
        assert_eq!(index["confidence"], "high", "{index}");
        // What it costs now is what the laboratory has found.
        let said = document["workload"]["queries"].as_array().unwrap();
        let said = said.iter().find(|said| said["id"] == query).unwrap();
        let ratio = cost("cost_before") / said["cost_before"].as_f64().unwrap();
        assert!((0.9..1.1).contains(&ratio), "{index}: {said}");
    }
    assert!(
        ran.stdout
            .contains("the source's own planner uses it, too (HypoPG): cost"),
        "{}",
        ran.stdout
    );
    // What the extension does not know, it says.
    assert_eq!(on("by_ref")["source"], Value::Null);
    assert!(
        ran.stderr.contains("access method \"gin\" is not supported"),
        "{}",
        ran.stderr
    );
    let mut connection = original.connect().await.unwrap();
    let indexes = "select count(*) from pg_indexes where tablename in ('orders', 'visits', 'visits_a', 'visits_b')";
    assert_eq!(number(&mut connection, indexes).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_source_would_not_use_is_doubted() {
    let original = shop().await;
    let mut connection = original.connect().await.unwrap();
    let mut advice = advice(&mut connection, "select kind, count(*) from orders group by kind").await;
    workload::confirm(&mut connection, &Workload::default(), &mut advice).await;
    let source = advice.recommendations[0].source.unwrap();
    assert!(!source.is_used && source.before == source.after, "{source:?}");
    assert_eq!(advice.recommendations[0].confidence(), Confidence::Medium);
    let [note] = &advice.notes[..] else {
        panic!("{:?}", advice.notes)
    };
    assert!(note.message.contains("would not use it"), "{note:?}");
    // It stays, and says so.
    let found = workload::findings(&advice);
    assert!(
        found[0].evidence.as_ref().unwrap().contains("confidence medium"),
        "{found:?}"
    );
    // What was not sure is surer where it is used.
    advice.queries[0].calls[0].sql = "select id from orders where customer = 77".to_owned();
    advice.recommendations[0].statements = vec!["CREATE INDEX ON public.orders (customer)".to_owned()];
    advice.recommendations[0].known = Confidence::Medium;
    workload::confirm(&mut connection, &Workload::default(), &mut advice).await;
    assert_eq!(advice.recommendations[0].confidence(), Confidence::High);
    // What was imagined belongs to the session, which is as it was.
    assert_eq!(
        number(&mut connection, "select count(*) from imagined.hypopg()").await,
        0
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_source_is_not_asked_where_it_must_not_be() {
    let original = shop().await;
    let folder = Folder::new("advise_not_confirmed");
    folder.write("queries.json", QUERIES);
    let is_asked = |ran: &Ran| {
        let document = serde_json::from_str::<Value>(&ran.stdout).unwrap();
        let indexes = document["workload"]["indexes"].as_array().unwrap().clone();
        assert!(indexes.len() >= 3, "{}", ran.stdout);
        indexes.iter().any(|index| !index["source"].is_null())
    };
    run(&original, "alter database postgres set hypopg.enabled = off").await;
    let ran = advised(&folder, &original);
    assert!(
        !is_asked(&ran) && ran.stderr.contains("hypopg.enabled is off"),
        "{}",
        ran.stderr
    );
    run(&original, "alter database postgres reset hypopg.enabled").await;
    run(
        &original,
        "do $$ begin
           if not exists (select from pg_roles where rolname = 'hypo_reader') then create role hypo_reader login; end if;
         end $$;
         grant select on all tables in schema public to hypo_reader;
         revoke execute on all functions in schema imagined from public;
         grant usage on schema imagined to hypo_reader;
         alter database postgres set role = hypo_reader",
    )
    .await;
    let ran = advised(&folder, &original);
    assert!(
        !is_asked(&ran) && ran.stderr.contains("permission denied for function"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_gets_out_of_the_transaction() {
    let original = shop().await;
    let folder = Folder::new("advise_confirmed_safe");
    let sql = "select id from orders where customer = 77; commit; create table public.broken_out (a int)";
    let queries = serde_json::json!({"queries": [{"id": "several", "weight": 10, "variants": [sql]}]});
    folder.write("queries.json", queries.to_string());
    let ran = advised(&folder, &original);
    assert!(
        ran.stderr.contains("it is several statements"),
        "{}{}",
        ran.stdout,
        ran.stderr
    );
    // The source would not take them either.
    let mut connection = original.connect().await.unwrap();
    let mut advice = advice(&mut connection, sql).await;
    workload::confirm(&mut connection, &Workload::default(), &mut advice).await;
    let [note] = &advice.notes[..] else {
        panic!("{:?}", advice.notes)
    };
    assert!(note.message.contains("cannot insert multiple commands"), "{note:?}");
    assert_eq!(advice.recommendations[0].source, None);
    let made = "select count(*) from pg_tables where tablename = 'broken_out'";
    assert_eq!(number(&mut connection, made).await, 0);
}

/// An index on `orders (kind)`, recommended for a statement.
async fn advice(connection: &mut PgConnection, sql: &str) -> Advice {
    let (catalog, _) = introspect::read(connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    let call = Call {
        sql: sql.to_owned(),
        ..Call::default()
    };
    Advice {
        queries: vec![Outcome {
            id: "kinds".to_owned(),
            calls: vec![call],
            share: 1.0,
            before: 1451.0,
            after: 900.0,
            plan_before: String::new(),
            plan_after: String::new(),
        }],
        recommendations: vec![Recommendation {
            index: catalog.indexes.iter().next().unwrap().clone(),
            statements: vec!["CREATE INDEX CONCURRENTLY ON public.orders (kind)".to_owned()],
            bytes: 400_000,
            saving: 0.4,
            write_cost: 0.0,
            serves: vec![Served { query: 0, without: 0.0 }],
            redundant: Vec::new(),
            known: Confidence::High,
            source: None,
        }],
        ..Advice::default()
    }
}

/// A database with the extension, in a schema of its own.
async fn shop() -> Scratch {
    let original = database(SHOP).await;
    let sql = "create schema imagined; create extension hypopg schema imagined";
    let made = sqlx::raw_sql(sql).execute(&mut original.connect().await.unwrap()).await;
    if let Err(error) = made {
        panic!("{error}: install postgresql-{}-hypopg", original.version() / 10_000);
    }
    original
}

fn advised(folder: &Folder, original: &Scratch) -> Ran {
    let words = [
        "--workload",
        "queries.json",
        "--max-size",
        "50MB",
        "--format",
        "json",
        "--verbose",
    ];
    folder.run(&[&["advise", "--source", &original.url()], &words[..]].concat())
}

async fn run(original: &Scratch, sql: &'static str) {
    let mut connection = original.connect().await.unwrap();
    sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
}

async fn number(connection: &mut PgConnection, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(connection).await.unwrap()
}
