//! A migration of twenty steps, each of which can be held up where it begins and in its midst.

use sqlx::PgConnection;

use super::{execute, rows, wait_for};
use crate::support::command::Folder;

/// A segment of the migration.
struct Step {
    sql: &'static str,
    /// What somebody else does, in a transaction, to hold it up: at its beginning and, where it has one, in its midst.
    holds: &'static [&'static str],
}

const SETUP: &str = "
create function gate(number int) returns void language sql as 'select pg_advisory_xact_lock_shared(7, number)';
create table w2 (id int, v int);
create table w4 (id int, v int);
create table w6 (id int, v int);
create table w8 (id int, v int);
create index w8_i on w8 (v);
create table m10 (id int) partition by range (id);
create table m10_a partition of m10 for values from (0) to (1000);
create table m10_b partition of m10 for values from (1000) to (2000);
create table w12 (id int, v int);
create table w14 (id int, v int);
create index w14_i on w14 (v);
create table w16 (id int, v int);
create table w18 (id int, v int);
create table log (step int);
insert into w2 select i, i % 7 from generate_series(1, 500) as i;
insert into w4 select * from w2;
insert into w6 select * from w2;
insert into w8 select * from w2;
insert into m10 select id from w2;
insert into w12 select * from w2;
insert into w14 select * from w2;
insert into w16 select * from w2;
insert into w18 select * from w2;
";

const STEPS: [Step; 20] = [
    Step {
        sql: "begin; select gate(1); insert into log values (1); create table a1 (id int primary key); \
              insert into a1 select generate_series(1, 100); select gate(21); alter table a1 add b int default 3; commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 1)",
            "select pg_advisory_xact_lock(7, 21)",
        ],
    },
    Step {
        sql: "create index concurrently w2_i on w2 (v);",
        holds: &[
            "lock table w2 in share update exclusive mode",
            "lock table w2 in row exclusive mode",
        ],
    },
    Step {
        sql: "begin; select gate(3); insert into log values (3); alter table a1 add c text; select gate(23); \
              create view v3 as select id, c from a1; commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 3)",
            "select pg_advisory_xact_lock(7, 23)",
        ],
    },
    Step {
        sql: "create index concurrently on w4 (id, v);",
        holds: &[
            "lock table w4 in share update exclusive mode",
            "lock table w4 in row exclusive mode",
        ],
    },
    Step {
        sql: "begin; select gate(5); insert into log values (5); create type e5 as enum ('a', 'b'); select gate(25); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 5)",
            "select pg_advisory_xact_lock(7, 25)",
        ],
    },
    Step {
        sql: "create unique index concurrently if not exists \"W6 i\" on w6 (id);",
        holds: &[
            "lock table w6 in share update exclusive mode",
            "lock table w6 in row exclusive mode",
        ],
    },
    Step {
        sql: "begin isolation level serializable; select gate(7); insert into log values (7); \
              alter table w6 add constraint w6_u unique using index \"W6 i\"; select gate(27); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 7)",
            "select pg_advisory_xact_lock(7, 27)",
        ],
    },
    Step {
        sql: "drop index concurrently w8_i;",
        holds: &[
            "lock table w8 in share update exclusive mode",
            "lock table w8 in row exclusive mode",
        ],
    },
    Step {
        sql: "begin; select gate(9); insert into log values (9); comment on table w8 is 'nine'; select gate(29); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 9)",
            "select pg_advisory_xact_lock(7, 29)",
        ],
    },
    Step {
        sql: "alter table m10 detach partition m10_b concurrently;",
        holds: &[
            "lock table only m10 in share update exclusive mode",
            "lock table only m10 in access share mode",
        ],
    },
    Step {
        sql: "set my.setting = 'kept'; begin; select gate(11); insert into log values (11); \
              drop table m10_b; select gate(31); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 11)",
            "select pg_advisory_xact_lock(7, 31)",
        ],
    },
    Step {
        sql: "vacuum w12;",
        holds: &["lock table w12 in share update exclusive mode"],
    },
    Step {
        sql: "begin; select gate(13); insert into log values (13); \
              create table a13 as select current_setting('my.setting') as value; select gate(33); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 13)",
            "select pg_advisory_xact_lock(7, 33)",
        ],
    },
    Step {
        sql: "reindex index concurrently w14_i;",
        holds: &[
            "lock table w14 in share update exclusive mode",
            "lock table w14 in row exclusive mode",
        ],
    },
    Step {
        sql: "begin; select gate(15); insert into log values (15); insert into w2 select id + 1000, v from w2; \
              select gate(35); delete from w4 where id > 400; commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 15)",
            "select pg_advisory_xact_lock(7, 35)",
        ],
    },
    Step {
        sql: "create index concurrently w16_i on public.w16 ((v + 1)) where id > 3;",
        holds: &[
            "lock table w16 in share update exclusive mode",
            "lock table w16 in row exclusive mode",
        ],
    },
    Step {
        sql: "begin; select gate(17); insert into log values (17); create table a17 (id int generated always as identity); \
              select gate(37); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 17)",
            "select pg_advisory_xact_lock(7, 37)",
        ],
    },
    Step {
        sql: "vacuum (analyze) w18;",
        holds: &["lock table w18 in share update exclusive mode"],
    },
    Step {
        sql: "begin; select gate(19); insert into log values (19); update w18 set v = v + 1; select gate(39); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 19)",
            "select pg_advisory_xact_lock(7, 39)",
        ],
    },
    Step {
        sql: "begin; select gate(20); insert into log values (20); grant select on w18 to public; select gate(40); commit;",
        holds: &[
            "select pg_advisory_xact_lock(7, 20)",
            "select pg_advisory_xact_lock(7, 40)",
        ],
    },
];

/// Writes the migration and the one that it stands on.
pub(super) fn write(folder: &Folder) {
    // PostgreSQL 14 and later know all of them.
    let steps = STEPS.iter().map(|step| step.sql).collect::<Vec<_>>().join("\n");
    folder
        .write(
            "pgkeel.toml",
            "[migrations]\nlayout = \"pgkeel\"\ndir = \"migrations\"\n",
        )
        .write("migrations/1_setup.sql", SETUP)
        .write("migrations/2_steps.sql", steps)
        .write("migrations/3_after.sql", "insert into log values (100);");
}

/// All ways to hold the migration up, in the order in which it meets them.
pub(super) fn holds() -> impl Iterator<Item = &'static str> {
    STEPS.iter().flat_map(|step| step.holds.iter().copied())
}

/// Holds the migration up: until the connection's transaction ends.
pub(super) async fn hold(conn: &mut PgConnection, hold: &str) {
    execute(conn, "begin").await;
    execute(conn, hold).await;
}

/// Waits until the migration meets what `holder` holds, as seen from `conn`; gives the server process that waits.
pub(super) async fn held_up(conn: &mut PgConnection, holder: i32) -> String {
    let waiting = format!(
        "from pg_stat_activity where application_name = 'pgkeel' and datname = current_database() \
         and {holder} = any (pg_blocking_pids(pid))"
    );
    wait_for(conn, &format!("select exists (select {waiting})")).await;
    rows(conn, &format!("select pid::text {waiting}")).await
}
