//! The laboratory of the advice: plans as production would make them, from its statistics alone.

use pgkeel::advise::workload::lab::{Call, Lab};
use pgkeel::introspect::planner_statistics;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgConnection};

use super::workload::{ROWS, SCHEMA, explained};
use crate::support::database::{database_on, every_server};

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_plans_as_the_original_does() {
    const QUERIES: [&str; 13] = [
        // Where the one follows from the other, which extended statistics tell.
        "select * from shop.customers where city = 'City7' and joined = '2020-01-08'",
        "select city, joined, count(*) from shop.customers group by city, joined",
        "select * from shop.orders where customer_id = 77",
        "select * from shop.orders where state = 'paid'",
        "select * from shop.orders where state = 'open' and total > 900",
        "select * from shop.orders where placed > '2023-01-20' order by placed limit 10",
        "select * from shop.orders where sent is null",
        "select * from shop.customers where tags @> array['t3']",
        "select * from shop.customers where lower(city) = 'city7'",
        "select * from shop.customers where email like 'Customer12%'",
        "select city, count(*) from shop.customers group by city",
        "select * from shop.orders o join shop.customers c on c.id = o.customer_id where c.city = 'City9'",
        // Not at an end, where PostgreSQL asks the index, which is empty in the copy.
        "select * from shop.orders where id between 30100 and 30200",
    ];
    for options in every_server() {
        let original = database_on(&options, &[SCHEMA, ROWS].concat()).await;
        let mut connection = original.connect().await.unwrap();
        let statistics = planner_statistics::read(&mut connection).await.unwrap();
        let copy = database_on(&options, SCHEMA).await;
        let (mut lab, noticed) = Lab::open(&copy, &statistics).await.unwrap();
        assert!(noticed.is_empty(), "{noticed:?}");
        for sql in QUERIES {
            let expected = explained(&mut connection, sql).await;
            let planned = planned(&mut lab, sql).await;
            let version = original.version();
            assert_eq!(planned["Node Type"], expected["Node Type"], "{version}: {sql}");
            assert_eq!(planned["Plan Rows"], expected["Plan Rows"], "{version}: {sql}");
            let cost = |plan: &Value| plan["Total Cost"].as_f64().unwrap();
            let ratio = cost(&planned) / cost(&expected);
            assert!((0.95..1.05).contains(&ratio), "{version}: {sql}: {ratio}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_knows_ranges_as_the_original_does() {
    const BOOKINGS: &str =
        "create table public.bookings (id int primary key, during tstzrange, seats int4range not null);";
    const RANGES: &str = "
        insert into public.bookings
          select g, case when g % 9 > 0 then tstzrange(at, at + g % 40 * interval '1 hour') end,
            case when g % 5 = 0 then 'empty' else int4range(g % 300, g % 300 + g % 7) end
          from (select g, timestamptz '2024-01-01' + g * interval '3 minutes' as at from generate_series(1, 20000) g) as g;
        analyze;";
    const SETS: &str = "create table public.sets (days int4multirange);";
    const DAYS: &str = "insert into public.sets
          select int4multirange(int4range(g % 90, g % 90 + g % 12), int4range(500, 500 + g % 40)) from generate_series(1, 9000) g;
        analyze;";
    const QUERIES: [&str; 5] = [
        "select * from public.bookings where during && tstzrange('2024-01-20', '2024-01-21')",
        "select * from public.bookings where during @> timestamptz '2024-02-01'",
        "select * from public.bookings where seats <@ int4range(10, 90)",
        "select * from public.bookings where seats && int4range(10, 12)",
        "select * from public.sets where days && int4range(40, 44)",
    ];
    for options in every_server() {
        let original = database_on(&options, &[BOOKINGS, RANGES].concat()).await;
        let mut connection = original.connect().await.unwrap();
        let copy = database_on(&options, BOOKINGS).await;
        let version = original.version();
        // 13 has no multiranges.
        let queries = if version >= 140_000 {
            &QUERIES[..]
        } else {
            &QUERIES[..4]
        };
        if version >= 140_000 {
            sqlx::raw_sql(AssertSqlSafe([SETS, DAYS].concat()))
                .execute(&mut connection)
                .await
                .unwrap();
            let mut connection = copy.connect().await.unwrap();
            sqlx::raw_sql(SETS).execute(&mut connection).await.unwrap();
        }
        let statistics = planner_statistics::read(&mut connection).await.unwrap();
        let (mut lab, noticed) = Lab::open(&copy, &statistics).await.unwrap();
        assert!(noticed.is_empty(), "{noticed:?}");
        for sql in queries {
            rows_are_as_in(&mut connection, &mut lab, sql, version).await;
        }
        // Somebody who may read everything, and is no superuser.
        become_reader(&mut connection, "range_reader").await;
        let statistics = planner_statistics::read(&mut connection).await.unwrap();
        let copy = database_on(&options, BOOKINGS).await;
        let (_, noticed) = Lab::open(&copy, &statistics).await.unwrap();
        let of_ranges = noticed.iter().filter(|noticed| noticed.message.contains("its ranges"));
        let of_ranges = of_ranges.map(|noticed| noticed.subject.as_str()).collect::<Vec<_>>();
        if version >= 170_000 {
            assert!(of_ranges.is_empty(), "{noticed:?}");
        } else {
            assert_eq!(
                of_ranges,
                ["public.bookings.during", "public.bookings.seats"],
                "{version}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_copy_knows_expressions_as_the_original_does() {
    const CALLS: &str = "
        create table public.calls (gone int, id int not null, number text, at timestamptz not null) partition by range (at);
        create table public.calls_now partition of public.calls for values from ('2024-01-01') to ('2025-01-01');
        create statistics public.callers on (lower(number)) from public.calls_now;
        create statistics public.rounds (ndistinct, dependencies) on (id % 40), (id % 20), at from public.calls_now;
        create statistics public.all_callers on (lower(number)) from public.calls;";
    const MADE: &str = "
        insert into public.calls select g, g, case when g % 10 > 0 then 'N' || g % 70 end, timestamptz '2024-01-01' + g * interval '1 minute'
          from generate_series(1, 30000) g;
        analyze;";
    const QUERIES: [&str; 5] = [
        "select * from public.calls_now where lower(number) = 'n7'",
        "select * from public.calls_now where lower(number) > 'n6'",
        "select * from public.calls_now where id % 40 = 3",
        "select id % 40, id % 20, count(*) from public.calls_now group by 1, 2",
        "select lower(number), count(*) from public.calls group by 1",
    ];
    for options in every_server() {
        let empty = database_on(&options, "").await;
        if empty.version() < 140_000 {
            // It has none.
            continue;
        }
        let original = database_on(&options, &[CALLS, MADE].concat()).await;
        let mut connection = original.connect().await.unwrap();
        let statistics = planner_statistics::read(&mut connection).await.unwrap();
        let copy = database_on(&options, CALLS).await;
        let (mut lab, noticed) = Lab::open(&copy, &statistics).await.unwrap();
        assert!(noticed.is_empty(), "{noticed:?}");
        for sql in QUERIES {
            rows_are_as_in(&mut connection, &mut lab, sql, original.version()).await;
        }
        // Somebody who may read everything, and owns nothing.
        become_reader(&mut connection, "calls_reader").await;
        let statistics = planner_statistics::read(&mut connection).await.unwrap();
        let (_, noticed) = Lab::open(&database_on(&options, CALLS).await, &statistics)
            .await
            .unwrap();
        let unseen = noticed
            .iter()
            .filter(|noticed| noticed.message.contains("does not own its table"));
        assert_eq!(unseen.count(), 3, "{noticed:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_another_major_knows_the_columns() {
    const QUERIES: [&str; 4] = [
        "select * from shop.orders where state = 'paid'",
        "select * from shop.customers where tags @> array['t3']",
        "select * from shop.customers where lower(city) = 'city7'",
        "select * from shop.orders where customer_id = 77",
    ];
    let servers = every_server();
    let (first, last) = (servers.first().unwrap(), servers.last().unwrap());
    for (of_original, of_copy) in [(first, last), (last, first)] {
        let original = database_on(of_original, &[SCHEMA, ROWS].concat()).await;
        let mut connection = original.connect().await.unwrap();
        let statistics = planner_statistics::read(&mut connection).await.unwrap();
        let copy = database_on(of_copy, SCHEMA).await;
        let (mut lab, noticed) = Lab::open(&copy, &statistics).await.unwrap();
        let subjects = noticed.iter().map(|noticed| noticed.subject.as_str());
        let is_setting = |subject: &&str| !subject.contains('_');
        let is_same_major = original.version() / 10_000 == copy.version() / 10_000;
        let expected = if is_same_major {
            &[][..]
        } else {
            &["CREATE STATISTICS"][..]
        };
        assert_eq!(subjects.filter(is_setting).collect::<Vec<_>>(), expected, "{noticed:?}");
        for sql in QUERIES {
            rows_are_as_in(&mut connection, &mut lab, sql, original.version()).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_copy_does_not_take_is_said() {
    for options in every_server() {
        let original = database_on(&options, &[SCHEMA, ROWS].concat()).await;
        let mut connection = original.connect().await.unwrap();
        let mut statistics = planner_statistics::read(&mut connection).await.unwrap();
        let is_it = |column: &&mut planner_statistics::ColumnStatistics| column.column == "customer_id";
        let customer = statistics.columns.iter_mut().find(is_it).unwrap();
        customer.histogram = Some("{1,many}".to_owned());
        let copy = database_on(&options, SCHEMA).await;
        let (_, noticed) = Lab::open(&copy, &statistics).await.unwrap();
        let [only] = &noticed[..] else { panic!("{noticed:?}") };
        assert_eq!(only.subject, "shop.orders.customer_id");
        // The functions only warn, and take the rest.
        let reason = if copy.version() >= 180_000 {
            "refuses histogram_bounds"
        } else {
            "invalid input syntax"
        };
        assert!(only.message.contains(reason), "{only:?}");
    }
}

/// The copy expects as many rows as the original does.
async fn rows_are_as_in(original: &mut PgConnection, lab: &mut Lab, sql: &str, version: u32) {
    let expected = explained(original, sql).await;
    let planned = planned(lab, sql).await;
    assert_eq!(planned["Plan Rows"], expected["Plan Rows"], "{version}: {sql}");
}

/// Goes on as a role of this name, which may read all tables of `public`.
async fn become_reader(connection: &mut PgConnection, role: &str) {
    let reader = format!(
        "do $$ begin
           if not exists (select from pg_roles where rolname = '{role}') then create role {role}; end if;
         end $$;
         grant select on all tables in schema public to {role}; set role {role}"
    );
    sqlx::raw_sql(AssertSqlSafe(reader)).execute(connection).await.unwrap();
}

async fn planned(lab: &mut Lab, sql: &str) -> Value {
    let call = Call {
        sql: sql.to_owned(),
        ..Call::default()
    };
    lab.plans(&[&call], &[], &[]).await.unwrap().remove(0)
}
