//! What functions run, among a workload: their statements want indexes, too.

use pgkeel::scratch::Scratch;
use serde_json::Value;

use crate::support::command::{Folder, Ran};
use crate::support::database::database;

/// Tables with many rows, and functions that look into them.
const SCHEMA: &str = "
create schema app;
create schema private;
do $$ begin
  if not exists (select from pg_roles where rolname = 'reader') then create role reader nologin; end if;
end $$;
create table app.docs (id bigint primary key, org int not null, created timestamptz not null, state text not null);
create table app.members (org int not null, person int not null, since date not null);
create table app.audit (doc_id bigint not null, at timestamptz not null);
create table app.totals (org int not null, docs bigint not null);
create table app.old (id bigint not null, doc_id bigint not null);
create table app.marks (doc_id bigint not null, mark text not null, rest text not null default repeat('x', 400));
";

const ROWS: &str = "
insert into app.docs select g, g % 3000, timestamptz '2024-01-01' + g * interval '1 minute', 'open' from generate_series(1, 60000) g;
insert into app.members select g % 3000, g % 7919, '2024-01-01' from generate_series(1, 40000) g;
insert into app.audit select g * 7 % 60000, timestamptz '2024-01-01' + g * interval '1 second' from generate_series(1, 90000) g;
insert into app.totals select g, 5 from generate_series(1, 40000) g;
insert into app.old select g, g from generate_series(1, 50000) g;
insert into app.marks select g % 30000, md5((g % 20000)::text) from generate_series(1, 60000) g;
analyze;
";

#[tokio::test(flavor = "multi_thread")]
async fn statements_of_plpgsql_have_their_indexes() {
    // Names without a schema are found by the function's own path; `org` is a variable where no column can be meant.
    const FEED: &str = "
        create function app.feed(org int, most int default 20) returns table (id bigint, created timestamptz)
          language plpgsql stable set search_path = app as $$
        <<main>>
        declare
          latest docs.created%type;
          line record;
          person int := (select m.person from members m where m.org = feed.org order by since limit 1);
          kept cursor (wanted bigint) for select o.id from old o where o.doc_id = wanted;
        begin
          select max(d.created), count(*) into strict main.latest, most from docs d where d.org = $1 and d.state = 'open';
          if most = 0 or not exists (select from totals t where t.org = feed.org) then
            raise exception 'nothing of %', org;
          end if;
          for line in select d.id, case when d.org > 1 then 'a' else 'b' end as kind from docs d where d.org = feed.org loop
            perform 1 from audit where doc_id = line.id;
            most := most + 1;
          end loop;
          open kept(line.id);
          return query select d.id, d.created from docs d where d.org = feed.org and d.created >= latest;
          return query execute 'select m.doc_id, now() from app.marks as m where m.mark = $1' using line.kind;
        end $$;";
    let original = database(&[SCHEMA, FEED, ROWS].concat()).await;
    let folder = Folder::new("advise_functions_feed");
    folder.write("queries.sql", "select * from app.feed($1);");
    let ran = advised(&folder, &original, &["--verbose"]);
    has_all(
        &ran,
        &[
            "app.docs (org",
            "app.members (org",
            "app.totals (org",
            "app.audit (doc_id",
            "app.old (doc_id",
            "app.marks (mark",
        ],
    );
    assert!(
        ran.stdout.contains("the function app.feed, line 1"),
        "its lines are named: {}",
        ran.stdout
    );
    assert!(
        ran.stderr.contains("what is in a loop is taken to run") && !ran.stderr.contains("of its statements"),
        "what is assumed is said, and nothing is left out: {}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_writes_fire_and_procedures_and_blocks_run_counts() {
    const FUNCTIONS: &str = "
        create function app.count_it() returns trigger language plpgsql as $$
        begin
          if tg_op = 'INSERT' then
            update app.totals set docs = docs + 1 where org = new.org;
          end if;
          insert into app.audit (doc_id, at) values (new.id, now());
          return new;
        end $$;
        create trigger count_it after insert on app.docs for each row execute function app.count_it();
        create function app.note_all() returns trigger language plpgsql as $$
        begin
          perform 1 from changed c join app.members m on m.since = '2024-01-01'::date + c.org where m.org = c.org;
          return null;
        end $$;
        create trigger note_all after update on app.docs referencing new table as changed
          for each statement execute function app.note_all();
        create function app.clean(doc bigint) returns void language sql as 'delete from app.old where doc_id = doc';
        create procedure app.sweep(p_person int) language plpgsql as $$
        declare mine app.members;
        begin
          select * into mine from app.members where person = p_person;
          perform app.clean(mine.org);
        end $$;
        create table app.boxes (id int primary key);
        create table app.lids (id int primary key, box int references app.boxes on delete cascade);
        insert into app.boxes select generate_series(1, 2000);
        insert into app.lids select g, g % 2000 + 1 from generate_series(1, 40000) g;";
    let original = database(&[SCHEMA, FUNCTIONS, ROWS].concat()).await;
    let folder = Folder::new("advise_functions_fired");
    folder.write(
        "queries.sql",
        "insert into app.docs values ($1, $2, now(), 'open');\n\
         call app.sweep(5);\n\
         update app.docs set state = 'x' where id = $1;\n\
         with gone as (delete from app.boxes where id = 5 returning id) update app.totals set docs = 0 where org in (select id from gone);\n\
         do $$ begin delete from app.marks where doc_id = 77; end $$;",
    );
    let ran = advised(&folder, &original, &["--verbose"]);
    assert!(
        !ran.stderr.contains("of its statements"),
        "all can be planned: {}",
        ran.stderr
    );
    let found = indexes(&ran);
    has_all(
        &ran,
        &[
            "app.totals (org",
            "app.members (org",
            "app.members (person",
            "app.old (doc_id",
            "app.marks (doc_id",
            "app.lids (box",
        ],
    );
    assert!(
        !found.iter().any(|index| index.starts_with("app.audit")),
        "what is only written has none: {found:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn helpers_of_policies_run_as_who_they_say() {
    // The helper's own look-up is bound by no policy, since it runs as the owner; the invoker's is.
    const POLICIES: &str = "
        create function private.is_member(of int) returns boolean language plpgsql stable security definer as $$
        begin
          return exists (select 1 from app.members where org = of and person = 5);
        end $$;
        alter table app.docs enable row level security;
        alter table app.members enable row level security;
        create policy own on app.docs to reader using (private.is_member(org));
        create policy none on app.members to reader using (false);
        alter table app.marks enable row level security;
        create policy part on app.marks to reader using (doc_id > 5);
        grant usage on schema app, private to reader;
        grant select, insert on app.docs, app.members, app.marks to reader;
        create function app.search() returns bigint language plpgsql as $$
        begin return (select count(*) from app.marks where mark ilike '%ab12c%'); end $$;
        create function app.search_as_owner() returns bigint language plpgsql security definer as $$
        begin return (select count(*) from app.marks where mark ilike '%ab12c%'); end $$;";
    let original = database(&[SCHEMA, POLICIES, ROWS].concat()).await;
    let folder = Folder::new("advise_functions_policies");
    folder.write(
        "queries.sql",
        "-- role: reader\nselect * from app.docs where id between 10 and 400;",
    );
    let ran = advised(&folder, &original, &[]);
    let found = indexes(&ran);
    assert!(
        found.iter().any(|index| index.starts_with("app.members (")),
        "{found:?}\n{}",
        ran.stderr
    );
    folder.write(
        "queries.sql",
        "-- role: reader\ninsert into app.docs values ($1, $2, now(), 'open');",
    );
    let found = indexes(&advised(&folder, &original, &[]));
    assert!(
        found.iter().any(|index| index.starts_with("app.members (")),
        "what checks new rows is in no plan: {found:?}"
    );
    for (function, is_bound) in [("search", true), ("search_as_owner", false)] {
        folder.write("queries.sql", format!("-- role: reader\nselect app.{function}();"));
        let ran = advised(&folder, &original, &[]);
        let found = indexes(&ran);
        assert_eq!(found.is_empty(), is_bound, "{function}: {found:?}\n{}", ran.stderr);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_known_of_a_function_is_said() {
    const FUNCTIONS: &str = "
        create function app.dynamic(which text) returns bigint language plpgsql as $$
        declare n bigint;
        begin
          execute format('select count(*) from app.%I', which) into n;
          create temp table mine as select 1 as a;
          select count(*) into n from mine;
          return n + (select count(*) from app.docs where org = 5);
        end $$;
        create function app.again(n int) returns int language plpgsql as $$
        begin return app.again(n - (select count(*)::int from app.members where org = n)); end $$;
        create function app.seen(doc bigint) returns table (at timestamptz) language sql
          as 'select at from app.audit where doc_id = doc';";
    let original = database(&[SCHEMA, FUNCTIONS, ROWS].concat()).await;
    let folder = Folder::new("advise_functions_unknown");
    folder.write(
        "queries.sql",
        "select app.dynamic($1); select app.again(5); select * from app.seen(5);",
    );
    let ran = advised(&folder, &original, &["--verbose"]);
    let said = ran.stderr.replace('\n', " ");
    assert!(
        said.contains("1 that it puts together when it runs, and 1 that cannot be planned (line 6")
            && said.contains("\"mine\" does not exist")
            && said.contains("track = all"),
        "{said}"
    );
    has_all(&ran, &["app.docs (org", "app.members (org", "app.audit (doc_id"]);
}

/// Runs `advise` on the database for the workload in the folder.
fn advised(folder: &Folder, original: &Scratch, arguments: &[&str]) -> Ran {
    let url = original.url();
    let common = [
        "advise",
        "--source",
        &url,
        "--workload",
        "queries.sql",
        "--format",
        "json",
        "--max-size",
        "50MB",
    ];
    folder.run(&[&common, arguments].concat())
}

/// For each of these there is an index that begins so.
#[track_caller]
fn has_all(ran: &Ran, wanted: &[&str]) {
    let found = indexes(ran);
    for wanted in wanted {
        assert!(
            found.iter().any(|index| index.starts_with(wanted)),
            "no {wanted}: {found:?}\n{}",
            ran.stderr
        );
    }
}

/// What is recommended: `table (columns`.
fn indexes(ran: &Ran) -> Vec<String> {
    let document = serde_json::from_str::<Value>(&ran.stdout).unwrap_or_else(|_| panic!("{}", ran.stderr));
    let made = document["findings"].as_array().unwrap().iter();
    let made = made.filter(|finding| finding["rule"] == "missing-index");
    let texts = made.map(|finding| finding["fix"].as_str().unwrap().to_owned());
    let texts = texts.filter_map(|text| {
        let (_, rest) = text.split_once(" ON ")?;
        let (table, rest) = rest.split_once(" USING ")?;
        let (_, keys) = rest.split_once('(')?;
        Some(format!("{table} ({keys}"))
    });
    texts.collect()
}
