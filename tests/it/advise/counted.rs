//! Advice by what the server has counted, with other counts than a test could wait for.

use std::collections::BTreeSet;

use pgkeel::advise::{Context, advise};
use pgkeel::catalog::QName;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::catalog::usage::{DatabaseUsage, IndexUsage, Replication, Usage};
use pgkeel::finding::Severity;
use pgkeel::introspect;

use crate::support::database::database;

#[tokio::test]
async fn an_unused_index_is_dropped_only_when_it_had_its_time() {
    const MONTH: i64 = 40 * 86_400;
    const ALONE: Replication = Replication::Alone;
    let scratch =
        database("create table public.notes (id int primary key, body text); create index on public.notes (body);")
            .await;
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    let (usage, _) = introspect::usage::read(&mut connection, &scope).await.unwrap();
    let name = QName::new("public", "notes_body_idx");
    let fix = |counted_for: i64, replication: Replication, change: IndexUsage| {
        let mut usage = usage.clone();
        let server = usage.server.as_mut().unwrap();
        (server.counted_for, server.replication) = (counted_for, replication);
        usage.indexes.insert(name.clone(), change);
        let (found, _) = advise(&Context::new(&catalog, Some(&usage)));
        found
            .into_iter()
            .find(|finding| finding.rule == "unused-index")
            .map(|finding| finding.fix)
    };
    let index = |age: Option<i64>, scans: i64, last_scan: Option<i64>| IndexUsage {
        age,
        scans,
        last_scan,
        ..usage.indexes[&name]
    };
    let drop = Some("DROP INDEX CONCURRENTLY public.notes_body_idx;".to_owned());
    assert_eq!(fix(MONTH, ALONE, index(Some(MONTH), 0, None)), Some(drop.clone()));
    assert_eq!(
        fix(MONTH, ALONE, index(None, 0, None)),
        Some(None),
        "nobody knows how old it is"
    );
    assert_eq!(fix(MONTH, ALONE, index(Some(3600), 0, None)), Some(None), "it is new");
    assert_eq!(
        fix(3600, ALONE, index(Some(MONTH), 0, None)),
        Some(None),
        "the counters are new"
    );
    for replication in [Replication::Primary, Replication::Standby] {
        assert_eq!(
            fix(MONTH, replication, index(Some(MONTH), 0, None)),
            Some(None),
            "other servers may read it"
        );
    }
    assert_eq!(
        fix(9 * MONTH, ALONE, index(None, 7, Some(8 * MONTH))),
        Some(drop),
        "it was used once"
    );
    assert_eq!(
        fix(9 * MONTH, ALONE, index(None, 7, Some(MONTH))),
        None,
        "it is used now and then"
    );
    assert_eq!(fix(9 * MONTH, ALONE, index(None, 7, None)), None);
}

#[tokio::test]
async fn of_indexes_that_serve_alike_the_one_that_is_read_stays() {
    const MONTH: i64 = 40 * 86_400;
    let scratch = database(
        "create table public.notes (id int primary key, body text, at date);
         create index notes_a on public.notes (body);
         create index notes_b on public.notes (body desc);
         create index notes_c on public.notes (at);
         create index notes_d on public.notes (at, id);",
    )
    .await;
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    let (mut usage, _) = introspect::usage::read(&mut connection, &scope).await.unwrap();
    usage.server.as_mut().unwrap().counted_for = MONTH;
    let mut dropped = |read: &[&str]| {
        for (name, index) in &mut usage.indexes {
            index.scans = i64::from(read.contains(&name.name.as_str()));
            index.age = Some(MONTH);
        }
        let (found, _) = advise(&Context::new(&catalog, Some(&usage)));
        let found = found.into_iter().filter(|finding| finding.fix.is_some());
        found.map(|finding| finding.subject).collect::<BTreeSet<_>>()
    };
    let set = |names: &[&str]| {
        names
            .iter()
            .map(|name| format!("public.notes_{name}"))
            .collect::<BTreeSet<_>>()
    };
    assert_eq!(dropped(&["notes_a", "notes_d"]), set(&["b", "c"]));
    assert_eq!(
        dropped(&["notes_b", "notes_c"]),
        set(&["a", "d"]),
        "whatever it is called"
    );
    assert_eq!(dropped(&["notes_a", "notes_b", "notes_c", "notes_d"]), set(&["b", "c"]));
    assert_eq!(dropped(&[]), set(&["a", "b", "c", "d"]));
}

#[tokio::test]
async fn a_database_that_nobody_vacuums_is_named() {
    let scratch = database("create table public.notes (id int primary key);").await;
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    let (mut usage, _) = introspect::usage::read(&mut connection, &scope).await.unwrap();
    let server = usage.server.unwrap();
    assert_eq!(
        (server.freeze_max_age, server.multi_freeze_max_age),
        (200_000_000, 400_000_000)
    );
    assert_eq!(usage.databases.values().filter(|database| database.current).count(), 1);
    let of = |age: i64, multi_age: i64, current: bool| DatabaseUsage {
        current,
        age,
        multi_age,
    };
    usage.databases = [
        ("fresh", of(299_999_999, 599_999_999, true)),
        ("left", of(300_000_000, 0, false)),
        ("locked", of(0, 1_600_000_000, false)),
        ("own", of(400_000_000, 700_000_000, true)),
    ]
    .map(|(name, usage)| (name.into(), usage))
    .into();
    let found = |usage: &Usage| {
        let (found, _) = advise(&Context::new(&catalog, Some(usage)));
        let found = found
            .into_iter()
            .filter(|finding| finding.rule == "transaction-wraparound");
        found
            .map(|finding| (finding.subject, finding.severity))
            .collect::<Vec<_>>()
    };
    let database = |name: &str, severity| (format!("database {name}"), severity);
    assert_eq!(
        found(&usage),
        [
            database("locked", Severity::Error),
            database("left", Severity::Warning),
            database("own", Severity::Warning),
        ]
    );
    // Its tables say more.
    usage.tables.get_mut(&QName::new("public", "notes")).unwrap().multi_age = 700_000_000;
    assert_eq!(
        found(&usage),
        [
            database("locked", Severity::Error),
            database("left", Severity::Warning),
            ("public.notes".to_owned(), Severity::Warning),
        ]
    );
}
