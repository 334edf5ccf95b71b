//! Relations, types and routines are read back exactly, from servers of every major, by whoever reads.

use std::collections::BTreeSet;
use std::path::Path;

use pgkeel::catalog::scope::Scope;
use pgkeel::catalog::{Catalog, QName};
use pgkeel::diagnostic::Diagnostic;
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch::{self, Scratch, SqlFile};
use pgkeel::{Error, snapshot};

use super::introspect_access::ACCESS;
use super::introspect_objects::{OBJECTS, read};
use super::support::corpus;
use super::support::database::{database, database_from, database_on, every_server};

const RELATIONS: &str = include_str!("introspect/relations.sql");

#[tokio::test]
async fn every_major_gives_the_same_relations() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/introspect/relations.json");
    for server in every_server() {
        let scratch = database_on(&server, RELATIONS).await;
        let (mut catalog, _) = read(&scratch).await;
        let major = catalog.server.major;
        catalog.server.major = 0;
        // The schema `public` belongs to the database's owner since 15.
        catalog.schemas.retain(|row| row.name != "public");
        // Each major brings its own version.
        catalog.extensions.retain(|row| row.name != "citext");
        // Servers before 16 write `c.id` where one table alone is read, later ones `id`.
        let found = snapshot::render(&catalog).unwrap();
        let found = found
            .replace(r"SELECT c.id,\n    c.parent_id,", r"SELECT id,\n    parent_id,")
            .replace("(c.self + 1) AS more", "(self + 1) AS more");
        if std::env::var_os("PGKEEL_BLESS").is_some() {
            if major > 13 {
                std::fs::write(&golden, &found).unwrap();
            }
            continue;
        }
        let mut expected = std::fs::read_to_string(&golden).unwrap();
        if major < 18 {
            // Only newer servers know that the constraint of a partition is called otherwise than its parent's.
            let is_named = |line: &&str| line.contains(r#""name":"logs_2024_at_not_null""#);
            assert_eq!(expected.lines().filter(is_named).count(), 1);
            expected = expected
                .lines()
                .filter(|line| !is_named(line))
                .collect::<Vec<_>>()
                .join("\n");
        }
        if major == 13 {
            expected = expected.replace(r#","multirange":"app.span_multirange""#, "");
            expected = expected
                .lines()
                .filter(|line| !line.contains("span_multirange"))
                .collect::<Vec<_>>()
                .join("\n");
        }
        let (found, expected) = (
            found.lines().collect::<BTreeSet<_>>(),
            expected.lines().collect::<BTreeSet<_>>(),
        );
        let extra = found.difference(&expected).collect::<Vec<_>>();
        let missing = expected.difference(&found).collect::<Vec<_>>();
        assert!(
            extra.is_empty() && missing.is_empty(),
            "PostgreSQL {major}\nfound:    {extra:#?}\nexpected: {missing:#?}"
        );
    }
}

/// What a major added to relations: the SQL that uses it, and the parts of the snapshot's lines that show it.
const NEWER: &[(u32, &str, &[&str])] = &[
    (
        14,
        "alter table t alter column note set compression pglz;
        create statistics of_expressions on (a + 1), (a * 2), b from t;
        create type span as range (subtype = float8, multirange_type_name = spans);
        create function atomic(x int) returns int language sql begin atomic select x + 1; end;",
        &[
            r#""compression":"pglz""#,
            r#""expressions":["(a + 1)","(a * 2)"]"#,
            r#"{"multirange":{"range":"public.span"}}"#,
            r#""body":{"sql":"BEGIN ATOMIC\n SELECT (x + 1);\nEND"}"#,
        ],
    ),
    (
        15,
        "create unique index distinctless on t (b) nulls not distinct;
        alter table t add constraint back foreign key (a, b) references t (id, a) on delete set null (b);
        create view invoked with (security_invoker = true) as select 1 as one;",
        &[
            r#""nulls_not_distinct":true"#,
            r#""delete_set_columns":["b"]"#,
            r#""options":["security_invoker=true"]"#,
        ],
    ),
    (
        16,
        "alter table t alter column note set storage default;",
        &[r#""name":"note""#],
    ),
    (
        17,
        "create domain filling as text constraint filled not null;",
        &[r#"{"domain":"public.filling","name":"filled"}"#],
    ),
    (
        18,
        "alter table t add column twice int generated always as (a * 2) virtual;
        alter table t add constraint lax check (a > 0) not enforced;
        alter table t add constraint soon not null b not valid;
        create extension btree_gist;
        create table booked (room int, during tsrange, primary key (room, during without overlaps));
        create table stays (room int, during tsrange,
            foreign key (room, period during) references booked (room, period during));
        create table named (a int constraint filled not null, b int not null no inherit);",
        &[
            r#""generated":"virtual""#,
            r#""name":"lax","kind":{"check":{"expression":"(a > 0)","columns":["a"]}},"validated":false,"enforced":false"#,
            r#""name":"soon","kind":{"not_null":{"column":"b"}},"validated":false"#,
            r#""without_overlaps":true"#,
            r#""period":true"#,
            r#""relation":"public.named","name":"filled","kind":{"not_null":{"column":"a"}}}"#,
            r#""name":"named_b_not_null","kind":{"not_null":{"column":"b"}},"no_inherit":true"#,
        ],
    ),
];

#[tokio::test]
async fn what_newer_majors_added_to_relations_is_read() {
    for server in every_server() {
        let table = "create table t (id int primary key, a int not null, b int, note text, unique (id, a));";
        let scratch = database_on(&server, table).await;
        let added = NEWER.iter().filter(|(since, ..)| scratch.version() / 10_000 >= *since);
        let added = added.collect::<Vec<_>>();
        for (_, sql, _) in &added {
            replay(&scratch, sql).await;
        }
        let (catalog, _) = read(&scratch).await;
        let text = round_trip(&catalog, "newer majors");
        let of_range = catalog
            .routines
            .iter()
            .filter(|row| row.id.name.name.starts_with("span"));
        assert_eq!((of_range.count(), catalog.casts.len()), (0, 0), "a range's own");
        for part in added.iter().flat_map(|(_, _, parts)| *parts) {
            assert!(text.contains(part), "PostgreSQL {}: {part}\n{text}", scratch.version());
        }
    }
}

#[tokio::test]
async fn names_are_kept_whatever_they_are() {
    let long = "ü".repeat(31);
    let names = [
        "select",
        "Mixed Case",
        "ünï-çødé",
        "a\"b",
        "a'b",
        "$1",
        "1st",
        "a.b",
        "a\nb",
        "a\\b",
        " ",
        &long,
        "*/",
    ];
    let label = |name: &str| name.replace('\'', "''");
    let quote = |name: &str| format!("\"{}\"", name.replace('"', "\"\""));
    let mut sql = String::new();
    for (name, label) in names.map(|name| (quote(name), label(name))) {
        sql.push_str(&format!(
            "create schema {name};
            create type {name}.{name} as enum ('{label}');
            create table {name}.{name}2 ({name} {name}.{name}[] not null default '{{}}', id int constraint {name} primary key);
            create index {name}3 on {name}.{name}2 ({name});
            create view {name}.{name}4 as select {name} from {name}.{name}2;
            create function {name}.{name}({name} {name}.{name}2) returns {name}.{name} language sql as $body$ select null::{name}.{name} $body$;
            comment on column {name}.{name}2.{name} is 'x';\n"
        ));
    }
    // A name has 63 bytes, and what is added to the longest must fit.
    let sql = sql
        .replace(&format!("{long}\"2"), "long2\"")
        .replace("\"2", "2\"")
        .replace("\"3", "3\"")
        .replace("\"4", "4\"");
    let scratch = database(&sql).await;
    let (catalog, diagnostics) = read(&scratch).await;
    assert_eq!(diagnostics, []);
    round_trip(&catalog, "odd names");
    for name in names {
        let table = if name == long {
            "long2".to_owned()
        } else {
            format!("{name}2")
        };
        let table = catalog.relation(&QName::new(name, &*table)).expect(name);
        let column = table.column(&name.into()).expect(name);
        let data_type = catalog.data_type(&column.data_type).expect(name);
        assert_eq!((&data_type.name, data_type.array), (&QName::new(name, name), true));
    }
}

#[tokio::test]
async fn schemas_of_any_size_are_read() {
    let scratch = database("").await;
    let (catalog, _) = read(&scratch).await;
    assert!(catalog.relations.is_empty());
    round_trip(&catalog, "no tables");
    let columns = (1..=1600)
        .map(|number| format!("c{number} boolean"))
        .collect::<Vec<_>>();
    replay(
        &scratch,
        &format!(
            "create table none (); create table all_columns ({});",
            columns.join(", ")
        ),
    )
    .await;
    let (catalog, _) = read(&scratch).await;
    let of = |name: &str| catalog.relation(&QName::new("public", name)).unwrap().columns();
    assert!(of("none").is_empty());
    assert_eq!(
        (of("all_columns").len(), of("all_columns")[1599].name.as_str()),
        (1600, "c1600")
    );
    round_trip(&catalog, "no columns, all columns");
}

#[tokio::test]
async fn a_snapshot_is_the_same_however_the_schema_came_to_be() {
    let first = "create type mood as enum ('a'); create table a (x int, y mood); create table b (id int primary key);
        alter table a add constraint k foreign key (x) references b; create index i on a (x); create view v as select a.x from a, b;";
    let second = "create table b (gone int, id int); create table trash (); create type mood as enum ('a');
        create view early as select 1 as one; create table a (x text, gone int, y mood); drop view early; drop table trash;
        alter table b drop column gone, add primary key (id); alter table a drop column gone, alter column x type int using 1;
        create index i on a (x); alter table a add constraint k foreign key (x) references b; create view v as select a.x from a, b;";
    let (first, second) = (database(first).await, database(second).await);
    let render = async |scratch: &Scratch| snapshot::render(&read(scratch).await.0).unwrap();
    assert_eq!(render(&first).await, render(&second).await);
}

#[tokio::test]
async fn every_field_survives_a_snapshot() {
    for sql in [RELATIONS, OBJECTS, ACCESS] {
        round_trip(&read(&database(sql).await).await.0, "our own schema");
    }
    for path in corpus::schemas() {
        round_trip(&read(&database_from(&path).await).await.0, &path.display().to_string());
    }
}

#[tokio::test]
async fn other_schemas_are_read_where_ours_point_at_them() {
    let scratch = database(
        "create schema auth; create schema quiet;
        create type auth.level as enum ('low'); create type auth.unused as enum (); create domain auth.tag as text;
        create table auth.users (id int primary key, email text unique, level auth.level, secret int check (secret > 0));
        create index users_level on auth.users (level);
        create table auth.sessions (id int);
        create table quiet.nothing (id int);
        create function auth.uid() returns int language sql as 'select 1';
        create table public.posts (author int references auth.users, tag auth.tag, old int);
        create table public.tmp_1 (id int primary key);
        comment on table public.tmp_1 is 'x'; comment on table auth.sessions is 'x';
        create policy own on public.posts using (author = auth.uid());",
    )
    .await;
    let scope = Scope {
        schemas: vec!["public".into()],
        exclude: vec![QName::new("public", "tmp_*")],
        ..Scope::default()
    };
    let catalog = read_in(&scratch, &scope, Depth::Whole).await.unwrap().0;
    round_trip(&catalog, "a scope");
    let names = |names: Vec<&QName>| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(
        names(catalog.relations.iter().map(|row| &row.name).collect()),
        ["auth.users", "public.posts"]
    );
    assert_eq!(
        names(catalog.types.iter().map(|row| &row.name).collect()),
        ["auth.level", "auth.tag"]
    );
    let schemas = catalog
        .schemas
        .iter()
        .map(|row| (row.name.as_str(), row.reference_only))
        .collect::<Vec<_>>();
    assert_eq!(schemas, [("auth", true), ("public", false)]);
    let keys = catalog
        .constraints
        .iter()
        .map(|row| row.name.as_str())
        .collect::<Vec<_>>();
    assert_eq!(keys, ["users_email_key", "users_pkey", "posts_author_fkey"]);
    assert!(catalog.indexes.is_empty() && catalog.routines.is_empty() && catalog.comments.is_empty());
    let types = read_in(&scratch, &scope, Depth::Types).await.unwrap().0;
    assert_eq!(
        (&types.relations, &types.columns),
        (&catalog.relations, &catalog.columns)
    );
    assert!(types.policies.is_empty());
}

#[tokio::test]
async fn a_role_without_rights_reads_what_it_may() {
    let scratch = database(RELATIONS).await;
    replay(
        &scratch,
        "create role nobody login; revoke select on pg_catalog.pg_policy from public;",
    )
    .await;
    let (whole, _) = read(&scratch).await;
    let mut connection = scratch.connect().await.unwrap();
    sqlx::raw_sql("set session authorization nobody")
        .execute(&mut connection)
        .await
        .unwrap();
    let read = introspect::read(&mut connection, &Scope::default(), Depth::Whole).await;
    let (catalog, diagnostics) = read.unwrap();
    let subjects = diagnostics
        .iter()
        .map(|diagnostic| diagnostic.subject.as_str())
        .collect::<Vec<_>>();
    assert!(subjects.contains(&"policies"), "{diagnostics:?}");
    assert_eq!(catalog.columns, whole.columns);
    assert_eq!(catalog.routines, whole.routines);
    assert_eq!(catalog.relations, whole.relations);
    // Without the rights to read at all there is nothing to go on with.
    replay(&scratch, "revoke select on pg_catalog.pg_attribute from public;").await;
    let error = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("cannot read data types: permission denied"),
        "{error:?}"
    );
    assert!(error.hint().is_some());
}

#[tokio::test]
async fn connections_that_cannot_be_read_through_say_why() {
    let scratch = database("create table t (id int);").await;
    let mut connection = scratch.connect().await.unwrap();
    sqlx::raw_sql("begin; select 1").execute(&mut connection).await.unwrap();
    let error = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap_err();
    assert!(error.hint().unwrap().contains("in a transaction already"), "{error:?}");
    // The failed transaction is over, and the connection is good again.
    introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    let mut other = scratch.connect().await.unwrap();
    let kill =
        "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and datname is not null";
    sqlx::raw_sql(kill).execute(&mut other).await.unwrap();
    let error = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the schema"), "{error:?}");
}

/// Renders the catalog, reads that again and compares.
fn round_trip(catalog: &Catalog, what: &str) -> String {
    let text = snapshot::render(catalog).unwrap();
    let again = snapshot::parse(&text, Path::new("schema.snapshot.json"), Depth::Whole)
        .unwrap_or_else(|error| panic!("{what}: {error:?}"));
    assert!(again == *catalog, "{what}");
    text
}

async fn read_in(scratch: &Scratch, scope: &Scope, depth: Depth) -> Result<(Catalog, Vec<Diagnostic>), Error> {
    introspect::read(&mut scratch.connect().await.unwrap(), scope, depth).await
}

async fn replay(scratch: &Scratch, sql: &str) {
    let file = SqlFile {
        path: "more.sql".into(),
        text: sql.to_owned(),
    };
    scratch::replay(&mut scratch.connect().await.unwrap(), &[file])
        .await
        .unwrap();
}
