//! A server that is watched while a migration runs, statement by statement.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::catalog::{Catalog, QName};
use pgkeel::ddl::{LockMode, Transaction};
use pgkeel::migrate::plan::Step;
use pgkeel::migrate::{self, Plan};
use pgkeel::scratch::{Options, Scratch};
use pgkeel::{ddl, introspect};
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor, Row};

use crate::support::database::database_on;

/// What one statement was seen to do to the relations that were there before it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Seen {
    /// The strongest lock on each; `ACCESS SHARE` aside.
    pub(super) locks: BTreeMap<String, LockMode>,
    /// Whether one got other files.
    pub(super) rewrite: bool,
    /// Whether one was read as a whole.
    pub(super) scan: bool,
}

/// A migration and what it was seen to do.
pub(super) struct Watched {
    pub(super) steps: Vec<(Step, Seen)>,
}

/// Turns a database with `before` in it into one with `after`, and watches.
pub(super) async fn watch(server: &Options, before: &str, after: &str, offline: bool) -> Watched {
    let database = database_on(server, before).await;
    let wanted = read(&database_on(server, after).await).await;
    let watched = watch_in(&database, &wanted, offline).await;
    let left = plan(&database, &wanted, offline).await;
    assert!(left.is_empty(), "left to do: {:#?}", texts(&left));
    watched
}

/// Turns a database into what `wanted` says, and watches.
pub(super) async fn watch_in(database: &Scratch, wanted: &Catalog, offline: bool) -> Watched {
    let plan = plan(database, wanted, offline).await;
    let mut runner = database.connect().await.unwrap();
    // What the migration makes is nobody else's yet.
    let there = relations(&mut runner, "pg_stat_get_numscans")
        .await
        .into_keys()
        .collect();
    let mut steps = Vec::new();
    for step in plan.steps {
        let seen = if step.statement.transaction == Transaction::Outside {
            watch_outside(database, &mut runner, &step, &there).await
        } else {
            watch_within(database, &mut runner, &step, &there).await
        };
        steps.push((step, seen));
    }
    Watched { steps }
}

pub(super) async fn plan(database: &Scratch, wanted: &Catalog, offline: bool) -> Plan {
    let from = read(database).await;
    let session = from.schemas.iter().next().map(|_| session_name(database));
    migrate::plan(&from, wanted, &migrate::Options { session, offline }).unwrap()
}

fn session_name(database: &Scratch) -> pgkeel::catalog::Name {
    pgkeel::catalog::Name::new(database.connect_options().get_username())
}

pub(super) async fn read(database: &Scratch) -> Catalog {
    let mut connection = database.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
        .await
        .unwrap();
    catalog
}

pub(super) fn texts(plan: &Plan) -> Vec<&str> {
    plan.steps.iter().map(|step| step.statement.sql.as_str()).collect()
}

/// What a transaction holds at its end it held all the time, so it is looked at before it is committed; and where it has
/// read rows and lets others write, another does.
async fn watch_within(database: &Scratch, runner: &mut PgConnection, step: &Step, there: &There) -> Seen {
    runner
        .execute("begin; set local search_path = ''; set local check_function_bodies = off")
        .await
        .unwrap();
    let mut before = relations(runner, "pg_stat_get_xact_numscans").await;
    before.retain(|oid, _| there.contains(oid));
    run(runner, step).await;
    let after = relations(runner, "pg_stat_get_xact_numscans").await;
    let pid = pid(runner).await;
    let locks = locks(runner, pid, &before).await;
    let seen = seen(locks, &before, &after);
    if (seen.scan || seen.rewrite) && seen.locks.values().max() <= Some(&LockMode::ShareUpdateExclusive) {
        let mut writer = database.connect().await.unwrap();
        writer.execute("set lock_timeout = '30s'").await.unwrap();
        for (table, _) in &step.statement.risk.locks {
            let delete = format!("delete from {} where false", ddl::qualified(table.qualified().unwrap()));
            writer.execute(AssertSqlSafe(delete)).await.unwrap();
        }
    }
    runner.execute("commit").await.unwrap();
    seen
}

/// What runs outside of transactions waits for a writer who is in the middle of one: meanwhile it is looked at, and
/// another writes.
async fn watch_outside(database: &Scratch, runner: &mut PgConnection, step: &Step, there: &There) -> Seen {
    let mut watcher = database.connect().await.unwrap();
    flush_statistics(runner).await;
    let mut before = relations(&mut watcher, "pg_stat_get_numscans").await;
    before.retain(|oid, _| there.contains(oid));
    // What waits for the strongest lock of all has to be seen waiting for that.
    let strongest = step.statement.risk.strongest_lock();
    let (held, rest) = step
        .statement
        .risk
        .locks
        .iter()
        .map(|(table, mode)| (table.qualified().unwrap(), Some(*mode)))
        .partition::<Vec<_>, _>(|(_, mode)| *mode == strongest);
    let tables: Vec<_> = held.iter().map(|(table, _)| *table).collect();
    let is_gentle = strongest <= Some(LockMode::ShareUpdateExclusive);
    let written = if is_gentle { &held } else { &rest };
    // A materialised view is not written: there it is a reader whose snapshot has to be waited for.
    let is_table = |table: &QName| {
        let mut relations = before.values();
        relations.any(|relation| relation.name == table.to_string() && relation.is_writable)
    };
    let mut writer = database.connect().await.unwrap();
    writer.execute("begin isolation level repeatable read").await.unwrap();
    for table in &tables {
        let table_name = ddl::qualified(table);
        let hold = match is_table(table) {
            true => format!("lock table {table_name} in row exclusive mode"),
            false => format!("select from {table_name} where false"),
        };
        writer.execute(AssertSqlSafe(hold)).await.unwrap();
    }
    let runner_pid = pid(runner).await;
    let (held, ()) = tokio::join!(
        async {
            wait_until_it_waits(&mut watcher, runner_pid).await;
            let held = locks(&mut watcher, runner_pid, &before).await;
            for (table, _) in written.iter().filter(|(table, _)| is_table(table)) {
                write(&mut watcher, &ddl::qualified(table)).await;
            }
            writer.execute("commit").await.unwrap();
            held
        },
        run(runner, step)
    );
    flush_statistics(runner).await;
    let after = relations(&mut watcher, "pg_stat_get_numscans").await;
    seen(held, &before, &after)
}

/// Writes to rows without reading the table as a whole: left to itself, the planner would read one as small as these, and
/// the server would count that sooner or later.
async fn write(writer: &mut PgConnection, table: &str) {
    let places = (1..30)
        .map(|line| format!("(0,{line})"))
        .collect::<Vec<_>>()
        .join("\",\"");
    let sql = format!(
        "set lock_timeout = '30s'; set enable_seqscan = off; \
         update {table} set id = id where ctid = any ('{{\"{places}\"}}'::tid[])"
    );
    writer.execute(AssertSqlSafe(sql)).await.unwrap();
}

pub(super) async fn wait_until_it_waits(watcher: &mut PgConnection, pid: i32) {
    let waits = "select wait_event_type is not distinct from 'Lock' from pg_stat_activity where pid = $1";
    for _ in 0..6000 {
        if sqlx::query_scalar::<_, bool>(waits)
            .bind(pid)
            .fetch_one(&mut *watcher)
            .await
            .unwrap()
        {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it does not wait for the writer");
}

async fn run(runner: &mut PgConnection, step: &Step) {
    let sql = step.statement.sql.clone();
    if let Err(error) = runner.execute(AssertSqlSafe(sql)).await {
        panic!("{}: {error}", step.statement.sql);
    }
}

async fn pid(connection: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(connection)
        .await
        .unwrap()
}

/// Makes the server count what the session has read by the time that this is done.
pub(super) async fn flush_statistics(connection: &mut PgConnection) {
    connection.execute("select pg_stat_force_next_flush()").await.unwrap();
}

/// The relations that were there before the migration.
type There = BTreeSet<i64>;

/// A relation as it is stored.
pub(super) struct Stored {
    name: String,
    is_writable: bool,
    file: Option<i64>,
    scans: i64,
}

/// Tables, views and materialised views by their OIDs, with the number of times that they were read as a whole.
async fn relations(connection: &mut PgConnection, count: &str) -> BTreeMap<i64, Stored> {
    let sql = format!(
        "select c.oid::int8, n.nspname || '.' || c.relname as name, c.relkind in ('r', 'p') as is_writable, \
         pg_catalog.pg_relation_filenode(c.oid)::int8 as file, pg_catalog.{count}(c.oid) as scans \
         from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
         where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'"
    );
    let rows = connection.fetch_all(AssertSqlSafe(sql)).await.unwrap();
    let stored = |row: &sqlx::postgres::PgRow| Stored {
        name: row.get("name"),
        is_writable: row.get("is_writable"),
        file: row.get("file"),
        scans: row.get("scans"),
    };
    rows.iter().map(|row| (row.get("oid"), stored(row))).collect()
}

/// The strongest lock that a session has, or waits for, on each of the relations.
async fn locks(
    connection: &mut PgConnection,
    pid: i32,
    relations: &BTreeMap<i64, Stored>,
) -> BTreeMap<String, LockMode> {
    let sql = "select relation::int8 as oid, mode from pg_catalog.pg_locks \
               where locktype = 'relation' and pid = $1 and relation is not null";
    let mut locks = BTreeMap::new();
    for row in sqlx::query(sql).bind(pid).fetch_all(connection).await.unwrap() {
        let Some(relation) = relations.get(&row.get("oid")) else {
            continue;
        };
        let mode = mode(row.get("mode"));
        if mode > LockMode::AccessShare {
            let strongest = locks.entry(relation.name.clone()).or_insert(mode);
            *strongest = mode.max(*strongest);
        }
    }
    locks
}

fn mode(name: &str) -> LockMode {
    match name {
        "AccessShareLock" => LockMode::AccessShare,
        "RowShareLock" => LockMode::RowShare,
        "RowExclusiveLock" => LockMode::RowExclusive,
        "ShareUpdateExclusiveLock" => LockMode::ShareUpdateExclusive,
        "ShareLock" => LockMode::Share,
        "ShareRowExclusiveLock" => LockMode::ShareRowExclusive,
        "ExclusiveLock" => LockMode::Exclusive,
        "AccessExclusiveLock" => LockMode::AccessExclusive,
        other => panic!("no lock is called {other}"),
    }
}

fn seen(locks: BTreeMap<String, LockMode>, before: &BTreeMap<i64, Stored>, after: &BTreeMap<i64, Stored>) -> Seen {
    let both = || {
        before
            .iter()
            .filter_map(|(oid, before)| Some((before, after.get(oid)?)))
    };
    Seen {
        locks,
        rewrite: both().any(|(before, after)| before.file != after.file),
        scan: both().any(|(before, after)| before.scans != after.scans),
    }
}

impl Watched {
    /// Asserts that each statement did what its label says, no less and no more.
    pub(super) fn is_as_labelled(&self) -> &Self {
        let wrong = self.mislabelled();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        self
    }

    /// The statements that did not do what their labels say.
    pub(super) fn mislabelled(&self) -> Vec<String> {
        let mut wrong = Vec::new();
        for (step, seen) in &self.steps {
            let risk = &step.statement.risk;
            let told = Seen {
                locks: risk
                    .locks
                    .iter()
                    .map(|(id, mode)| (id.qualified().unwrap().to_string(), *mode))
                    .collect(),
                rewrite: risk.rewrite,
                // A rewrite reads what it writes.
                scan: risk.scan || risk.rewrite,
            };
            if told != *seen {
                wrong.push(format!("{}\n  told {told:?}\n  seen {seen:?}", step.statement.sql));
            }
        }
        wrong
    }

    /// Asserts that nobody who reads or writes waits while rows are read or written.
    pub(super) fn is_gentle(&self) -> &Self {
        for (step, seen) in &self.steps {
            let strongest = seen.locks.values().max();
            let is_brief = !seen.rewrite && !seen.scan;
            assert!(
                is_brief || strongest <= Some(&LockMode::ShareUpdateExclusive),
                "{}: {seen:?}",
                step.statement.sql
            );
        }
        self
    }

    /// Asserts that the statements begin with these texts.
    pub(super) fn says(&self, beginnings: &[&str]) -> &Self {
        let texts = self
            .steps
            .iter()
            .map(|(step, _)| step.statement.sql.as_str())
            .collect::<Vec<_>>();
        let fits = texts.len() == beginnings.len()
            && texts
                .iter()
                .zip(beginnings)
                .all(|(text, beginning)| text.starts_with(beginning));
        assert!(fits, "{texts:#?}\nrather than\n{beginnings:#?}");
        self
    }

    /// The hazards of all statements.
    pub(super) fn hazards(&self) -> BTreeSet<&'static str> {
        let risks = self.steps.iter().map(|(step, _)| &step.statement.risk);
        risks.flat_map(|risk| risk.hazards.iter().copied()).collect()
    }
}
