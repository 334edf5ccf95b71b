//! What is never committed by halves: rows that have been taken out of a table, and a partition that has left its place.

use pgkeel::catalog::scope::Scope;

use super::{apply, client, dump, migration, same, servers};
use crate::support::database::database_on;
use crate::support::servers::psql;
use crate::support::toolchain::run;

/// Tables that are made anew around their rows, beside all that ends a transaction.
const REBUILT: [&str; 2] = [
    "
create type mood as enum ('calm');
create table parted (id int not null, note text, mood mood) partition by range (id);
create table parted_1 partition of parted for values from (0) to (10);
create table joining (id bigint, note text, mood mood);
create table staying partition of parted for values from (10) to (20);
create table beside (id int, note text, mood mood, up int);
create index beside_up on beside (up);
create table refers (id int primary key, parted bigint);
insert into parted values (1, 'a', 'calm'), (12, 'b', 'calm');
insert into joining values (21, 'c', 'calm');
insert into beside values (1, 'x', 'calm', 1);
insert into refers values (1, 1);
",
    "
create type mood as enum ('calm', 'loud');
create table parted (id bigint not null, note text not null, mood mood default 'loud', primary key (id)) partition by range (id);
create table parted_1 partition of parted for values from (0) to (10);
create table joining (id bigint not null, note text not null, mood mood default 'loud', primary key (id));
alter table parted attach partition joining for values from (20) to (30);
create table staying partition of parted for values from (10) to (20);
create index parted_note on parted (note);
create table beside (id int not null, note text, mood mood default 'loud', up int, check (up > 0));
create index beside_note on beside (note);
create unique index beside_id on beside (id);
create table refers (id int primary key, parted bigint references parted);
",
];

#[tokio::test]
async fn rows_are_put_back_before_anything_is_committed() {
    for server in servers() {
        let from = database_on(&server, REBUILT[0]).await;
        let to = database_on(&server, REBUILT[1]).await;
        let wanted = dump(&to).unwrap();
        let sql = migration(&from, &to, &Scope::default()).await.unwrap();
        assert!(sql.contains("CONCURRENTLY") && sql.contains("ADD VALUE"), "{sql}");
        let start = sql
            .find("CREATE TABLE public.parted_rows AS")
            .expect("rows are set aside");
        let end = sql.find("DROP TABLE public.parted_rows").expect("rows are put back");
        assert!(!sql[start..end].contains("COMMIT"), "{sql}");
        apply(&from, &sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        same(&from, &to, &wanted)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{sql}"));
        let rows = "select string_agg(id::text, ' ' order by id) from parted";
        let rows = run(client(psql(), &from).args(["--no-psqlrc", "-At", "--command", rows])).unwrap();
        assert_eq!(rows.trim(), "1 12 21");
    }
}

#[tokio::test]
async fn a_partition_whose_rows_do_not_fit_stays_where_it_is() {
    let sides = |low: &str, rest: &str| {
        format!(
            "create table log (id int, note text) partition by range (id);
            create table log_low partition of log for values from (0) to ({low});
            {rest}
            create table other (id int, note text) partition by range (id);
            create table mover partition of {} for values from (100) to (200);",
            if low == "10" { "log" } else { "other" }
        )
    };
    let default = "create table log_rest partition of log default;";
    for server in servers() {
        for rest in ["", default] {
            for row in ["5", "100", ""] {
                let from = database_on(&server, &sides("10", rest)).await;
                let to = database_on(&server, &sides("5", rest).replace("(100)", "(101)")).await;
                if !row.is_empty() {
                    apply(&from, &format!("insert into log values ({row}, 'stays');")).unwrap();
                }
                let sql = migration(&from, &to, &Scope::default()).await.unwrap();
                let applied = apply(&from, &sql);
                assert_eq!(applied.is_ok(), row.is_empty(), "{applied:?}\n{sql}");
                let places = "select string_agg(inhrelid::regclass || ' of ' || inhparent::regclass, ', '
                    order by inhrelid::regclass::text) from pg_inherits where inhrelid::regclass::text !~ 'rest'";
                let places = run(client(psql(), &from).args(["--no-psqlrc", "-At", "--command", places])).unwrap();
                let parent = if row.is_empty() { "other" } else { "log" };
                // None has left its place, and the one whose rows fit may have gone to its own.
                let is_whole = places.contains("log_low of log") && places.contains("mover of ");
                let stays = row != "100" || places.contains("mover of log");
                assert!(is_whole && stays, "{row} in {parent}: {places}\n{sql}");
            }
        }
    }
}

#[tokio::test]
async fn a_partition_that_moves_gets_its_indexes_on_the_way() {
    let parents = "create table log (id int, note text) partition by range (id);
        create table other (id int, note text, at date) partition by range (id);
        create index other_at on other (at, id);
        create index other_note on other (note desc);";
    let mover = "create table mover partition of log for values from (0) to (10);
        create index mover_note on mover (note);
        insert into log select n, n from generate_series(0, 9) n;";
    let moved = "create table mover partition of other for values from (0) to (10);
        alter index mover_note_idx rename to mover_note;";
    for server in servers() {
        let from = database_on(&server, &format!("{parents}{mover}")).await;
        let to = database_on(&server, &format!("{parents}{moved}")).await;
        let wanted = dump(&to).unwrap();
        let sql = migration(&from, &to, &Scope::default()).await.unwrap();
        let start = sql.find("DETACH PARTITION public.mover").expect("it leaves");
        let end = sql.find("ATTACH PARTITION public.mover FOR").expect("it joins");
        assert!(!sql[start..end].contains("COMMIT"), "{sql}");
        apply(&from, &sql).unwrap_or_else(|error| panic!("{error}\n{sql}"));
        same(&from, &to, &wanted)
            .await
            .unwrap_or_else(|error| panic!("{error}\n{sql}"));
    }
}
