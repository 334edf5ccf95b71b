//! A schema and what its own dump makes of it differ in how expressions are written, and in nothing else.

use pgkeel::scratch::{Options, Scratch};

use super::{apply, client, dump, feed, servers};
use crate::support::command::{Folder, Ran};
use crate::support::database::database_on;
use crate::support::servers::psql;

/// An expression of every kind of object, each of those that PostgreSQL writes otherwise when it has read them back.
const SCHEMA: &str = "
create table t (
    id int primary key,
    a varchar(20) check (a in ('x', 'y')),
    n int constraint positive check (n > 0),
    b boolean default ('x'::varchar in ('x', 'y')),
    c boolean generated always as (a in ('x', 'y')) stored
);
create index partial on t (n) where a in ('x', 'y');
create index computed on t ((a in ('x', 'y')));
create statistics counted on (a in ('x', 'y')), n from t;
create policy mine on t using (a in ('x', 'y')) with check (a in ('x', 'z'));
create view seen as select id from t where a in ('x', 'y');
create view above as select id from seen;
create materialized view kept as select id, a in ('x', 'y') as is_known from t;
create index kept_known on kept (is_known);
create rule quiet as on delete to t where old.a in ('x', 'y') do instead nothing;
create function stop() returns trigger language plpgsql as 'begin return null; end';
create trigger stops before update on t for each row when (new.a in ('x', 'y')) execute function stop();
create domain word as varchar(9) default 'x' check (value in ('x', 'y'));
create function is_known(a varchar, b boolean default ('x'::varchar in ('x', 'y'))) returns boolean language sql
    begin atomic; select a in ('x', 'y') or b; end;
create table parted (a varchar, n int) partition by list ((a in ('x', 'y')));
create table parted_yes partition of parted for values in (true);
create publication heard for table t where (id in (1, 2) and n > 0);
";

#[tokio::test]
async fn what_only_the_spelling_tells_apart_is_no_difference() {
    for server in servers() {
        let (made, restored) = both(&server).await;
        for (from, to) in [(&made, &restored), (&restored, &made)] {
            let ran = diff(&server, "alone", from, to, &[]);
            assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
            // Only PostgreSQL can tell.
            assert_eq!(diff(&server, "alone", from, to, &["--no-prove"]).code, 1);
        }
    }
}

#[tokio::test]
async fn beside_a_change_only_that_is_planned() {
    for server in servers() {
        let (made, restored) = both(&server).await;
        let change = "
            alter table t add column extra int;
            alter table t drop constraint positive, add constraint positive check (n > 1);
            create or replace view above as select id from seen where id in (1, 2);";
        apply(&restored, change).unwrap();
        let ran = diff(
            &server,
            "beside",
            &made,
            &restored,
            &["--format", "summary", "--offline"],
        );
        assert_eq!(ran.code, 1, "{}", ran.stderr);
        let mut lines = ran.stdout.lines().collect::<Vec<_>>();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "alter     view public.above",
                "create    column public.t.extra",
                "create    constraint positive on public.t",
                "drop      constraint positive on public.t",
            ]
        );
    }
}

/// The schema as it was made, and as its dump makes it.
async fn both(server: &Options) -> (Scratch, Scratch) {
    let made = database_on(server, SCHEMA).await;
    let restored = database_on(server, "").await;
    feed(client(psql(), &restored), &dump(&made).unwrap().text, false).unwrap();
    (made, restored)
}

fn diff(server: &Options, name: &str, from: &Scratch, to: &Scratch, words: &[&str]) -> Ran {
    let folder = Folder::new(&format!("diff-spelling-{name}-{}", from.version() / 10_000));
    let programs = server.pg_bin.as_ref().map(|dir| dir.to_str().unwrap());
    let programs = programs.map(|dir| ("PGKEEL_PG_BIN", dir));
    let arguments = ["diff", "--from", &from.url(), "--to", &to.url()];
    folder.run_with(&[&arguments, words].concat(), &programs.into_iter().collect::<Vec<_>>())
}
