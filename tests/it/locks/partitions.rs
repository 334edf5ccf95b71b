//! Partitions, as others see them come, go and change.

use super::watch::watch;
use super::{TABLES, servers};

#[tokio::test]
async fn a_foreign_key_of_a_partitioned_table_is_checked_partition_by_partition() {
    let partitioned = format!(
        "{TABLES}
        create table public.events (id int, user_id int) partition by range (id);
        create table public.events_1 partition of public.events for values from (0) to (10);
        create table public.events_2 partition of public.events for values from (10) to (90) partition by list (user_id);
        create table public.events_3 partition of public.events_2 default;
        insert into public.events select n, n from generate_series(1, 20) n;"
    );
    let after = format!(
        "{partitioned} alter table public.events add constraint f foreign key (user_id) references public.users
        on delete cascade;"
    );
    for server in servers() {
        let gently = watch(&server, &partitioned, &after, false).await;
        gently.is_as_labelled().is_gentle();
        watch(&server, &partitioned, &after, true).await.is_as_labelled();
        watch(&server, &after, &partitioned, false).await.is_as_labelled();
        // What is cut short goes on where it was. Since 18 the partitioned table's own need not be valid.
        if server.pg_bin.is_some() {
            continue;
        }
        let half = format!(
            "{partitioned} alter table public.events_1 add constraint f foreign key (user_id) references public.users
            on delete cascade not valid;"
        );
        watch(&server, &half, &after, false).await.is_as_labelled().is_gentle();
    }
}

#[tokio::test]
async fn partitions_come_and_go() {
    let parent = "create table public.events (id int, day int not null) partition by range (day);";
    let first = "create table public.events_1 partition of public.events for values from (0) to (10);";
    let apart = "create table public.events_2 (id int, day int not null);
        insert into public.events_2 select n, 10 + n % 10 from generate_series(1, 20) n;";
    let attached =
        format!("{apart} alter table public.events attach partition public.events_2 for values from (10) to (20);");
    let default = "create table public.events_d partition of public.events default;";
    for server in servers() {
        for more in ["", default] {
            let (alone, whole) = (
                format!("{parent}{first}{apart}{more}"),
                format!("{parent}{first}{attached}{more}"),
            );
            let attaching = watch(&server, &alone, &whole, false).await;
            attaching.is_as_labelled();
            let detaching = watch(&server, &whole, &alone, false).await;
            detaching.is_as_labelled();
            if more.is_empty() {
                attaching.is_gentle().says(&[
                    "ALTER TABLE public.events_2 ADD CONSTRAINT events_2_bound CHECK (day IS NOT NULL AND day >= '10' AND day < '20') NOT VALID",
                    "ALTER TABLE public.events_2 VALIDATE CONSTRAINT events_2_bound",
                    "ALTER TABLE ONLY public.events ATTACH PARTITION public.events_2 FOR VALUES FROM (10) TO (20)",
                    "ALTER TABLE public.events_2 DROP CONSTRAINT events_2_bound",
                ]);
                detaching.is_gentle();
                let texts = detaching
                    .steps
                    .iter()
                    .map(|(step, _)| step.statement.sql.as_str())
                    .collect::<Vec<_>>();
                assert!(
                    texts.contains(&"ALTER TABLE public.events DETACH PARTITION public.events_2 CONCURRENTLY"),
                    "{texts:#?}"
                );
            } else {
                // A validated check of the default partition saves the scan of it.
                attaching.is_gentle();
            }
            watch(&server, &alone, &whole, true).await.is_as_labelled();
            watch(&server, &whole, &alone, true).await.is_as_labelled();
            watch(&server, &whole, &format!("{parent}{first}{more}"), false)
                .await
                .is_as_labelled();
            watch(&server, &format!("{parent}{first}{more}"), &whole, false)
                .await
                .is_as_labelled();
        }
    }
}

#[tokio::test]
async fn partitions_keep_refusing_null_when_their_parent_gives_it_up() {
    let parent = "create table public.p (id int not null, note text not null) partition by range (id);
        create table public.p1 partition of public.p for values from (0) to (50);
        create table public.p2 partition of public.p for values from (50) to (99) partition by list (id);
        create table public.p3 partition of public.p2 default;
        create table public.p4 partition of public.p for values from (100) to (150);
        insert into public.p select n, n from generate_series(1, 90) n;";
    let after = format!(
        "{parent} alter table public.p alter note drop not null;
        alter table public.p1 alter note set not null; alter table public.p2 alter note set not null;
        alter table public.p4 alter note drop not null;"
    );
    // Since 18 a constraint of the partition's own is made of the one that its parent gives up.
    for server in servers().into_iter().take(1) {
        watch(&server, parent, &after, false).await.is_as_labelled().is_gentle();
        watch(&server, parent, &after, true).await.is_as_labelled();
        watch(&server, &after, parent, false).await.is_as_labelled().is_gentle();
    }
}

#[tokio::test]
async fn bounds_of_every_kind_are_vouched_for() {
    for (types, by, bound, row) in [
        ("id int, kind text", "list (kind)", "in ('it''s', 'b', null)", "1, 'b'"),
        ("id int, kind varchar(10)", "list (kind)", "in ('b')", "1, 'b'"),
        ("id int, kind varchar(10)", "list (kind)", "in ('a', 'b')", "1, 'b'"),
        (
            "id int, day date",
            "range (day)",
            "from ('2020-01-01') to (maxvalue)",
            "1, '2021-05-05'",
        ),
        (
            "id int, day timestamptz",
            "range (day)",
            "from (minvalue) to ('2020-01-01 00:00+00')",
            "1, '2019-05-05'",
        ),
        (
            "id int, \"Day\" bigint",
            "range (\"Day\")",
            "from (-5) to (9999999999)",
            "1, 7",
        ),
        (
            "id int, price numeric(10, 2)",
            "range (price)",
            "from (0) to (9.5)",
            "1, 7",
        ),
        ("id int, is_open boolean", "list (is_open)", "in (true)", "1, true"),
        (
            "id int, day date",
            "range (id, day)",
            "from (1, '2020-01-01') to (1, '2021-01-01')",
            "1, '2020-05-05'",
        ),
        (
            "id int, day date",
            "range (id, day)",
            "from (1, '2020-01-01') to (3, '2021-01-01')",
            "2, '2022-05-05'",
        ),
        (
            "id int, n int",
            "range (id, n)",
            "from (1, minvalue) to (3, maxvalue)",
            "3, 7",
        ),
        (
            "id int, n int",
            "range (id, n)",
            "from (1, maxvalue) to (3, minvalue)",
            "2, 7",
        ),
        ("id int, n int", "range (id, n)", "from (1, minvalue) to (1, 8)", "1, 7"),
        (
            "id int, n int",
            "range (id, n)",
            "from (minvalue, minvalue) to (3, 8)",
            "3, 7",
        ),
        (
            "id int, kind text",
            "range (lower(kind), (id + 1))",
            "from ('a', 1) to ('c', 9)",
            "1, 'B'",
        ),
        (
            "id int, kind text",
            "list (\"left\"(kind, 1))",
            "in ('a', 'b')",
            "1, 'bc'",
        ),
        (
            "id int, kind text",
            "hash (id)",
            "with (modulus 1, remainder 0)",
            "1, 'b'",
        ),
        (
            "id int, day date",
            "hash (day, id)",
            "with (modulus 1, remainder 0)",
            "1, '2020-01-01'",
        ),
    ] {
        let parent = format!("create table public.p ({types}) partition by {by};");
        let child = format!("create table public.c ({types}); insert into public.c values ({row});");
        let attach = format!("alter table public.p attach partition public.c for values {bound};");
        for server in servers() {
            let (alone, whole) = (format!("{parent}{child}"), format!("{parent}{child}{attach}"));
            let watched = watch(&server, &alone, &whole, false).await;
            assert_eq!(watched.is_as_labelled().is_gentle().steps.len(), 4);
            let watched = watch(&server, &whole, &alone, false).await;
            assert_eq!(watched.is_as_labelled().is_gentle().steps.len(), 4);
        }
    }
}

#[tokio::test]
async fn a_bound_that_nothing_can_vouch_for_says_that_it_is_looked_at() {
    let parent = "create table public.p (id int, kind text) partition by hash (kind);";
    let child = "create table public.c (id int, kind text); insert into public.c values (1, 'b');";
    let attach = "alter table public.p attach partition public.c for values with (modulus 1, remainder 0);";
    for server in servers() {
        let (alone, whole) = (format!("{parent}{child}"), format!("{parent}{child}{attach}"));
        let watched = watch(&server, &alone, &whole, false).await;
        watched.is_as_labelled();
        let hazards = watched.steps.iter().flat_map(|(step, _)| &step.statement.risk.hazards);
        assert!(hazards.collect::<Vec<_>>().contains(&&"attach-partition-scan"));
    }
}
