//! Locks observed, not believed: each statement of a migration is run on a server with rows in its tables, and what it
//! locks, reads and writes anew has to be what its label says.

mod cut_short;
mod partitions;
mod printed;
mod watch;

use pgkeel::ddl::Risk;
use pgkeel::scratch::Options;

use crate::support::database::database_on;
use crate::support::servers::{installable_majors, pg_bin};
use watch::{plan, read, texts, watch};

/// The local server, and the newest that can be had.
fn servers() -> Vec<Options> {
    let newest = installable_majors().last();
    let newest = newest.map(|&major| Options {
        pg_bin: Some(pg_bin(major)),
        ..Options::default()
    });
    [Options::default()].into_iter().chain(newest).collect()
}

/// Two tables, one meant to refer to the other, and rows in both.
const TABLES: &str = "
create table public.users (id int primary key, email text, age int);
create table public.orders (id int primary key, user_id int, note text, total numeric(10, 2));
insert into public.users select n, 'user ' || n, n from generate_series(1, 20) n;
insert into public.orders select n, n, 'note ' || n, n from generate_series(1, 20) n;
";

/// Watches the change from `TABLES` and `before` to `TABLES` and `after` on every server, gently and at once.
async fn both_ways(before: &str, after: &str, beginnings: &[&str]) {
    for server in servers() {
        let (before, after) = (format!("{TABLES}{before}"), format!("{TABLES}{after}"));
        let gently = watch(&server, &before, &after, false).await;
        gently.says(beginnings).is_as_labelled().is_gentle();
        let at_once = watch(&server, &before, &after, true).await;
        at_once.is_as_labelled();
        assert!(at_once.steps.len() <= gently.steps.len());
    }
}

#[tokio::test]
async fn a_foreign_key_is_checked_while_tables_are_written() {
    both_ways(
        "",
        "alter table public.orders add constraint orders_user_fkey foreign key (user_id) references public.users;",
        &[
            "ALTER TABLE public.orders ADD CONSTRAINT orders_user_fkey FOREIGN KEY (user_id) REFERENCES public.users (id) NOT VALID",
            "ALTER TABLE public.orders VALIDATE CONSTRAINT orders_user_fkey",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_check_is_checked_while_the_table_is_written() {
    both_ways(
        "",
        "alter table public.users add constraint grown check (age > 0);",
        &[
            "ALTER TABLE public.users ADD CONSTRAINT grown CHECK ((age > 0)) NOT VALID",
            "ALTER TABLE public.users VALIDATE CONSTRAINT grown",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_column_comes_to_refuse_null_while_the_table_is_written() {
    let after = "alter table public.users alter column email set not null;";
    for server in servers() {
        let gently = watch(&server, TABLES, &format!("{TABLES}{after}"), false).await;
        let is_old = gently.steps.len() == 4;
        let beginnings: &[&str] = match is_old {
            true => &[
                "ALTER TABLE public.users ADD CONSTRAINT email_holds_no_null CHECK (email IS NOT NULL) NOT VALID",
                "ALTER TABLE public.users VALIDATE CONSTRAINT email_holds_no_null",
                "ALTER TABLE public.users ALTER COLUMN email SET NOT NULL",
                "ALTER TABLE public.users DROP CONSTRAINT email_holds_no_null",
            ],
            false => &[
                "ALTER TABLE public.users ADD CONSTRAINT users_email_not_null NOT NULL email NOT VALID",
                "ALTER TABLE public.users VALIDATE CONSTRAINT users_email_not_null",
            ],
        };
        gently.says(beginnings).is_as_labelled().is_gentle();
        let at_once = watch(&server, TABLES, &format!("{TABLES}{after}"), true).await;
        at_once
            .says(&["ALTER TABLE public.users ALTER COLUMN email SET NOT NULL"])
            .is_as_labelled();
        assert!(at_once.hazards().contains("set-not-null-scan"));
    }
}

#[tokio::test]
async fn a_check_that_vouches_for_a_column_saves_the_scan() {
    let vouches = "alter table public.users add constraint has_email check (email is not null);";
    both_ways(
        vouches,
        &format!("{vouches} alter table public.users alter column email set not null;"),
        &["ALTER TABLE public.users ALTER COLUMN email SET NOT NULL"],
    )
    .await;
}

#[tokio::test]
async fn indexes_come_and_go_while_their_tables_are_written() {
    both_ways(
        "create index gone on public.users (age);",
        "create index orders_by_user on public.orders (user_id) where note is not null;
        create unique index lower_email on public.users (lower(email));",
        &[
            "CREATE UNIQUE INDEX CONCURRENTLY lower_email ON public.users",
            "CREATE INDEX CONCURRENTLY orders_by_user ON public.orders",
            "DROP INDEX CONCURRENTLY public.gone",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_materialised_view_is_read_while_it_gets_an_index() {
    let view = "create materialized view public.ages as select age, count(*) as people from public.users group by age;";
    both_ways(
        view,
        &format!("{view} create unique index age on public.ages (age);"),
        &["CREATE UNIQUE INDEX CONCURRENTLY age ON public.ages"],
    )
    .await;
}

#[tokio::test]
async fn an_index_is_exchanged_for_another_while_its_table_is_written() {
    let around = "
        alter table public.users cluster on users_by_email;
        alter table public.users replica identity using index users_by_email;
        comment on index public.users_by_email is 'for logins';";
    both_ways(
        &format!(
            "alter table public.users alter email set not null;
            create unique index users_by_email on public.users (email); {around}"
        ),
        &format!(
            "alter table public.users alter email set not null;
            create unique index users_by_email on public.users (email desc); {around}"
        ),
        &[
            "CREATE UNIQUE INDEX CONCURRENTLY users_by_email_new ON public.users",
            "ALTER TABLE public.users CLUSTER ON users_by_email_new",
            "ALTER TABLE public.users REPLICA IDENTITY USING INDEX users_by_email_new",
            "DROP INDEX CONCURRENTLY public.users_by_email",
            "ALTER INDEX public.users_by_email_new RENAME TO users_by_email",
            "COMMENT ON INDEX public.users_by_email IS 'for logins'",
        ],
    )
    .await;
}

#[tokio::test]
async fn keys_get_their_indexes_while_the_table_is_written() {
    let keyless = "
        create table public.rooms (id int not null, number int not null, name text);
        insert into public.rooms select n, n, 'room ' || n from generate_series(1, 20) n;";
    both_ways(
        keyless,
        &format!(
            "{keyless} alter table public.rooms add primary key (id, number);
            alter table public.rooms add constraint one_name unique (name) deferrable;"
        ),
        &[
            "CREATE UNIQUE INDEX CONCURRENTLY one_name ON public.rooms",
            "CREATE UNIQUE INDEX CONCURRENTLY rooms_pkey ON public.rooms",
            "ALTER TABLE public.rooms ADD CONSTRAINT one_name UNIQUE USING INDEX one_name DEFERRABLE",
            "ALTER TABLE public.rooms ADD CONSTRAINT rooms_pkey PRIMARY KEY USING INDEX rooms_pkey",
        ],
    )
    .await;
}

#[tokio::test]
async fn a_primary_key_waits_until_its_columns_refuse_null() {
    let keyless = "
        create table public.things (id int, name text);
        insert into public.things select n, 'thing ' || n from generate_series(1, 20) n;";
    let after = format!(
        "{keyless} alter table public.things add primary key (id);
        alter table public.things alter name set not null;
        alter table public.things alter id add generated by default as identity;"
    );
    for server in servers() {
        let gently = watch(&server, keyless, &after, false).await;
        let texts: Vec<_> = gently
            .steps
            .iter()
            .map(|(step, _)| step.statement.sql.as_str())
            .collect();
        let place = |part: &str| {
            texts
                .iter()
                .position(|text| text.contains(part))
                .unwrap_or_else(|| panic!("{texts:#?}"))
        };
        assert!(
            place("VALIDATE CONSTRAINT") < place("PRIMARY KEY USING INDEX"),
            "{texts:#?}"
        );
        assert!(place("VALIDATE CONSTRAINT") < place("AS IDENTITY"), "{texts:#?}");
        gently.is_as_labelled().is_gentle();
    }
}

#[tokio::test]
async fn partitions_get_indexes_and_keys_one_by_one() {
    let partitioned = "
        create table public.events (id int, day int, note text) partition by range (day);
        create table public.events_1 partition of public.events for values from (0) to (10);
        create table public.events_2 partition of public.events for values from (10) to (20) partition by list (id);
        create table public.events_2_a partition of public.events_2 default;
        insert into public.events select n, n % 20, 'note' from generate_series(1, 40) n;";
    let after = format!(
        "{partitioned} create index events_by_note on public.events (note);
        alter table public.events add primary key (id, day);
        alter table public.events alter note set not null;
        alter table public.events add check (day >= 0);"
    );
    for server in servers() {
        let gently = watch(&server, partitioned, &after, false).await;
        gently.is_as_labelled().is_gentle();
        let built: Vec<_> = gently
            .steps
            .iter()
            .filter(|(step, _)| step.statement.sql.contains("INDEX CONCURRENTLY"))
            .collect();
        assert_eq!(
            built.len(),
            4,
            "one for each key and index of both partitions that have rows"
        );
        watch(&server, partitioned, &after, true).await.is_as_labelled();
        watch(&server, &after, partitioned, false).await.is_as_labelled();
    }
}

#[tokio::test]
async fn an_index_that_was_built_becomes_the_key_that_it_was_built_for() {
    both_ways_online(
        "create unique index one_email on public.users (email);",
        "alter table public.users add constraint one_email unique (email);",
        &["ALTER TABLE public.users ADD CONSTRAINT one_email UNIQUE USING INDEX one_email"],
    )
    .await;
}

#[tokio::test]
async fn labels_are_committed_before_rows_may_have_them() {
    let table = "create table public.people (id int, mood public.mood); insert into public.people select 1, 'sad';";
    both_ways(
        &format!("create type public.mood as enum ('sad', 'fine'); {table}"),
        &format!(
            "create type public.mood as enum ('sad', 'so so', 'fine', 'glad'); {table}
            alter table public.people alter mood set default 'glad';
            alter table public.people add constraint not_so check (mood <> 'so so');
            create index glad on public.people (id) where mood = 'glad';"
        ),
        &[
            "ALTER TYPE public.mood ADD VALUE 'so so' AFTER 'sad'",
            "ALTER TYPE public.mood ADD VALUE 'glad'",
            "ALTER TABLE ONLY public.people ALTER COLUMN mood SET DEFAULT 'glad'::public.mood",
            "ALTER TABLE public.people ADD CONSTRAINT not_so CHECK ((mood <> 'so so'::public.mood)) NOT VALID",
            "CREATE INDEX CONCURRENTLY glad ON public.people",
            "ALTER TABLE public.people VALIDATE CONSTRAINT not_so",
        ],
    )
    .await;
}

async fn both_ways_online(before: &str, after: &str, beginnings: &[&str]) {
    for server in servers() {
        let (before, after) = (format!("{TABLES}{before}"), format!("{TABLES}{after}"));
        let gently = watch(&server, &before, &after, false).await;
        gently.says(beginnings).is_as_labelled().is_gentle();
    }
}

#[tokio::test]
async fn what_cannot_be_gentle_is_labelled() {
    let mut wrong = Vec::new();
    for (before, after, hazard) in [
        (
            "",
            "alter table public.users add token uuid default gen_random_uuid();",
            "add-column-volatile-default",
        ),
        (
            "",
            "alter table public.users add serial bigint generated always as identity;",
            "add-column-serial-or-identity",
        ),
        (
            "",
            "alter table public.users add twice int generated always as (age * 2) stored;",
            "add-column-generated-stored",
        ),
        (
            "create domain public.positive as int check (value > 0);",
            "create domain public.positive as int check (value > 0); alter table public.users add score public.positive default 1;",
            "add-column-constrained-domain",
        ),
        (
            "",
            "alter table public.users alter age type bigint;",
            "type-change-rewrite",
        ),
        (
            "",
            "alter table public.users alter email type varchar(100);",
            "type-change-rewrite",
        ),
        (
            "alter table public.users alter email type varchar(100); alter table public.users add constraint e check (email <> '');",
            "alter table public.users alter email type varchar(200); alter table public.users add constraint e check (email <> '');",
            "check-validates",
        ),
        ("", "alter table public.users set unlogged;", "set-logged-rewrite"),
        (
            "create extension btree_gist;",
            "create extension btree_gist; alter table public.users add constraint x exclude using gist (age with =);",
            "exclusion-constraint",
        ),
    ] {
        for server in servers() {
            let watched = watch(
                &server,
                &format!("{TABLES}{before}"),
                &format!("{TABLES}{after}"),
                false,
            )
            .await;
            wrong.extend(watched.mislabelled());
            assert!(watched.hazards().contains(hazard), "{after}: {:?}", watched.hazards());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What takes a moment, whatever the table holds; strong locks among it.
const BRIEF: &[(&str, &str)] = &[
    ("", "alter table public.users add nick text default 'x' not null;"),
    ("", "alter table public.users add seen timestamptz default now();"),
    ("", "alter table public.users drop age;"),
    ("", "alter table public.users alter age set default 3;"),
    ("alter table public.users alter age set default 3;", ""),
    ("alter table public.users alter email set not null;", ""),
    ("", "alter table public.users alter email set storage external;"),
    ("", "alter table public.users alter email set statistics 50;"),
    ("", "alter table public.users alter email set (n_distinct = 5);"),
    (
        "alter table public.users alter age set not null;",
        "alter table public.users alter age set not null, alter age add generated by default as identity;",
    ),
    (
        "alter table public.users alter email type varchar(100);",
        "alter table public.users alter email type varchar(200);",
    ),
    ("", "alter table public.users set (fillfactor = 70);"),
    ("", "alter table public.users enable row level security;"),
    ("", "alter table public.users replica identity full;"),
    ("", "create policy p on public.users using (age > 1);"),
    ("create policy p on public.users using (age > 1);", ""),
    (
        "create policy p on public.users using (age > 1);",
        "create policy p on public.users using (age > 2);",
    ),
    ("", "create statistics public.s on email, age from public.users;"),
    (
        "",
        "comment on table public.users is 'people'; comment on column public.users.age is 'in years';",
    ),
    ("", "create view public.v as select id from public.users;"),
    ("create view public.v as select id from public.users;", ""),
    (
        "create view public.v as select id from public.users;",
        "create view public.v as select id, age from public.users;",
    ),
    (
        "create view public.v as select id from public.users;",
        "create view public.v with (security_barrier) as select id from public.users;",
    ),
    ("", "create rule r as on insert to public.users do also notify users;"),
    ("create rule r as on insert to public.users do also notify users;", ""),
    (
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';",
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';
        create trigger t before insert on public.users for each row execute function public.f();",
    ),
    (
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';
        create trigger t before insert on public.users for each row execute function public.f();",
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';
        create trigger t before insert on public.users for each row execute function public.f();
        alter table public.users disable trigger t;",
    ),
    (
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';
        create trigger t before insert on public.users for each row execute function public.f();",
        "create function public.f() returns trigger language plpgsql as 'begin return new; end';",
    ),
    ("alter table public.users add constraint c check (age > 0);", ""),
    (
        "alter table public.orders add constraint f foreign key (user_id) references public.users;",
        "",
    ),
    (
        "alter table public.orders add constraint f foreign key (user_id) references public.users;",
        "alter table public.orders add constraint f foreign key (user_id) references public.users deferrable;",
    ),
    (
        "alter table public.orders add constraint f foreign key (user_id) references public.users;",
        "alter table public.orders drop user_id;",
    ),
    (
        "",
        "create table public.notes (id int primary key, of int references public.users);",
    ),
    (
        "create table public.notes (id int primary key, of int references public.users);",
        "",
    ),
    ("", "create table public.admins (level int) inherits (public.users);"),
    ("create table public.admins (level int) inherits (public.users);", ""),
    (
        "create table public.admins (id int not null, email text, age int, level int);",
        "create table public.admins (id int not null, email text, age int, level int); alter table public.admins inherit public.users;",
    ),
    (
        "create table public.admins (level int) inherits (public.users);",
        "create table public.admins (level int) inherits (public.users); alter table public.users add nick text;",
    ),
    (
        "create role keeper;",
        "create role keeper; alter table public.users owner to keeper;",
    ),
    (
        "create materialized view public.m as select 1 as id;",
        "create materialized view public.m as select 1 as id; create view public.w as select id from public.m;",
    ),
    (
        "create type public.place as (x int);",
        "create type public.place as (x int, y int);",
    ),
    ("", "create publication p for table public.users;"),
    (
        "create publication p for table public.users;",
        "create publication p for table public.users, public.orders;",
    ),
    ("create publication p for table public.users;", ""),
    (
        "alter table public.users add constraint grown check (age > 0) not valid;",
        "alter table public.users add constraint grown check (age > 0);",
    ),
];

#[tokio::test]
async fn brief_changes_are_labelled() {
    let mut wrong = Vec::new();
    for server in servers() {
        for (before, after) in BRIEF {
            let watched = watch(
                &server,
                &format!("{TABLES}{before}"),
                &format!("{TABLES}{after}"),
                false,
            )
            .await;
            assert!(!watched.steps.is_empty(), "{after}");
            wrong.extend(watched.is_gentle().mislabelled());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn nothing_of_it_concerns_new_tables() {
    for server in servers() {
        let wanted = read(&database_on(&server, TABLES).await).await;
        let empty = database_on(&server, "").await;
        let plan = plan(&empty, &wanted, false).await;
        assert!(
            !texts(&plan)
                .iter()
                .any(|text| text.contains("CONCURRENTLY") || text.contains("NOT VALID"))
        );
        // What they are is told, and nothing of what it costs.
        let is_free = |risk: &Risk| {
            let told = Risk {
                hazards: risk.hazards.clone(),
                ..Risk::default()
            };
            *risk == told && risk.hazards.iter().all(|id| *id == "int-overflow")
        };
        assert!(plan.steps.iter().all(|step| is_free(&step.statement.risk)), "{plan:#?}");
    }
}
