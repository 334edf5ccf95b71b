//! Roles, schemas, types, operators and the other kinds that are no relation: made, changed and removed on every major.

use std::collections::BTreeMap;

use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::catalog::{Catalog, Object, ObjectId};
use pgkeel::scratch::Scratch;
use pgkeel::{introspect, migrate};
use sqlx::Executor;

use crate::support::database::{database_on, every_server};

/// What both sides have.
const COMMON: &str = include_str!("common.sql");
/// The one side.
const BEFORE: &str = include_str!("before.sql");
/// The other side.
const AFTER: &str = include_str!("after.sql");

/// What only servers since a major know, on the one side and on the other.
const SINCE: &[(u32, &str, &str)] = &[
    (
        14,
        "create type app.spans_of_old as range (subtype = int, multirange_type_name = app.many_of_old);",
        "create type app.spans_of_old as range (subtype = int, multirange_type_name = app.many_of_new);",
    ),
    (
        16,
        "create collation app.ruled (provider = icu, locale = 'und', rules = '& a < g');",
        "create collation app.ruled (provider = icu, locale = 'und', rules = '& a < h');",
    ),
    (
        17,
        "create collation app.built_in (provider = builtin, locale = 'C');
        create domain app.named as int constraint one not null;
        create domain app.unnamed as int not null;
        create domain app.hardened as int;
        create operator app.<<< (function = int4lt, leftarg = int, rightarg = int);
        create operator app.>>> (function = int4gt, leftarg = int, rightarg = int);",
        "create collation app.built_in (provider = builtin, locale = 'C.UTF-8');
        create domain app.named as int constraint two not null;
        create domain app.unnamed as int constraint three not null;
        create domain app.hardened as int constraint four not null;
        create operator app.<<< (function = int4lt, leftarg = int, rightarg = int);
        create operator app.>>> (function = int4gt, leftarg = int, rightarg = int, commutator = operator(app.<<<), hashes);",
    ),
];

#[tokio::test]
async fn every_major_takes_what_is_spelled() {
    for server in every_server() {
        let empty = database_on(&server, COMMON).await;
        let major = empty.version() / 10_000;
        let side = |pick: fn(&(u32, &'static str, &'static str)) -> &'static str, sql: &str| {
            let newer = SINCE.iter().filter(|(since, ..)| major >= *since).map(pick);
            [COMMON, sql].into_iter().chain(newer).collect::<Vec<_>>().join("\n")
        };
        let (before, after) = (side(|newer| newer.1, BEFORE), side(|newer| newer.2, AFTER));
        let before = database_on(&server, &before).await;
        let after = database_on(&server, &after).await;
        let (old, new) = (read(&before).await, read(&after).await);
        turn_into(&empty, &old).await;
        turn_into(&empty, &new).await;
        turn_into(&after, &old).await;
        turn_into(&before, &new).await;
        turn_into(&before, &read(&database_on(&server, COMMON).await).await).await;
    }
}

async fn read(scratch: &Scratch) -> Catalog {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    catalog
}

/// Runs what turns a database into another catalog, and checks that it is.
async fn turn_into(scratch: &Scratch, to: &Catalog) {
    let from = read(scratch).await;
    let plan = migrate::plan(&from, to, &migrate::Options::default()).unwrap();
    let mut connection = scratch.connect().await.unwrap();
    for step in plan.steps {
        let sql = sqlx::AssertSqlSafe(step.statement.sql.clone());
        if let Err(error) = connection.execute(sqlx::raw_sql(sql)).await {
            panic!("PostgreSQL {}: {error}\n{}", scratch.version(), step.statement.sql);
        }
    }
    let found = read(scratch).await;
    let (found, wanted) = (objects(&found), objects(to));
    for (id, wanted) in &wanted {
        assert_eq!(
            found.get(id),
            Some(wanted),
            "{} on PostgreSQL {}",
            id,
            scratch.version()
        );
    }
    // Roles stay.
    let extra = found
        .keys()
        .filter(|id| !wanted.contains_key(id) && !matches!(id, ObjectId::Role(_)));
    assert_eq!(extra.collect::<Vec<_>>(), Vec::<&ObjectId>::new());
}

/// The objects that these tests are about.
fn objects(catalog: &Catalog) -> BTreeMap<ObjectId, Object<'_>> {
    let mut objects = BTreeMap::new();
    catalog.each_object(|object| {
        let is_one = match object {
            Object::Type(row) => row.extension.is_none(),
            Object::ForeignDataWrapper(row) => row.extension.is_none(),
            Object::Role(_)
            | Object::Schema(_)
            | Object::Extension(_)
            | Object::Language(_)
            | Object::AccessMethod(_)
            | Object::Transform(_)
            | Object::Collation(_)
            | Object::Conversion(_)
            | Object::DomainConstraint(_)
            | Object::Cast(_)
            | Object::Operator(_)
            | Object::OperatorFamily(_)
            | Object::OperatorClass(_)
            | Object::TextSearchParser(_)
            | Object::TextSearchTemplate(_)
            | Object::TextSearchDictionary(_)
            | Object::TextSearchConfiguration(_)
            | Object::Server(_)
            | Object::UserMapping(_) => true,
            _ => false,
        };
        if is_one {
            objects.insert(object.id(), object);
        }
    });
    objects
}
