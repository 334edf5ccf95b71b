//! Whether the rows of a database outlive a migration.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::AssertSqlSafe;
use sqlx::postgres::PgConnection;

use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, ObjectId, QName};
use crate::ddl::Loss;
use crate::migrate::plan::Plan;
use crate::{Error, Result};

/// How many rows each table has, without those below it.
pub(super) type Counts = BTreeMap<QName, u64>;

/// Counts the rows of all tables.
pub(super) async fn count(connection: &mut PgConnection, catalog: &Catalog) -> Result<Counts> {
    let mut counts = Counts::new();
    for table in catalog.relations.iter().filter(|row| row.kind == RelationKind::Table) {
        let sql = format!("SELECT count(*) FROM ONLY {}", crate::ddl::qualified(&table.name));
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(&mut *connection)
            .await
            .map_err(|error| {
                Error::new(format!("cannot count the rows of {}: {error}", table.name)).with_source(error)
            })?;
        counts.insert(table.name.clone(), u64::try_from(count).unwrap_or_default());
    }
    Ok(counts)
}

/// The tables that have another number of rows than before, with both numbers. Rows go from one partition to another, and
/// with a table that the plan says it drops. What has another name afterwards is not followed.
pub(super) fn lost([before, after]: [&Counts; 2], [from, to]: [&Catalog; 2], plan: &Plan) -> Vec<(String, u64, u64)> {
    let drops = plan
        .steps
        .iter()
        .filter(|step| step.statement.risk.loss == Some(Loss::DropTable))
        .map(|step| &step.object);
    let dropped = drops
        .filter_map(ObjectId::qualified)
        .filter(|table| !after.contains_key(table));
    let dropped = dropped.collect::<BTreeSet<_>>();
    let mut lost = Vec::new();
    for tables in sharing_rows(before.keys().chain(after.keys()), [from, to]) {
        let is_renamed =
            |table: &&QName| before.contains_key(table) && !after.contains_key(table) && !dropped.contains(table);
        let is_new = !tables.iter().any(|table| before.contains_key(*table));
        if is_new || tables.iter().any(is_renamed) {
            continue;
        }
        let sum = |counts: &Counts| tables.iter().filter_map(|table| counts.get(*table)).sum::<u64>();
        let knowingly = tables.iter().filter(|table| dropped.contains(*table));
        let knowingly = knowingly.filter_map(|table| before.get(*table)).sum::<u64>();
        let (all, left) = (sum(before), sum(after));
        if (all - knowingly..=all).contains(&left) {
            continue;
        }
        let differ = tables.iter().filter(|table| !dropped.contains(*table));
        lost.extend(differ.filter_map(|table| {
            let [old, new] = [before, after].map(|counts| counts.get(*table).copied().unwrap_or_default());
            (old != new).then(|| (table.to_string(), old, new))
        }));
    }
    lost.sort();
    lost
}

/// The tables by the partitioned tables that they are below on either side.
fn sharing_rows<'a>(tables: impl Iterator<Item = &'a QName>, catalogs: [&Catalog; 2]) -> Vec<BTreeSet<&'a QName>> {
    let mut groups: Vec<BTreeSet<&'a QName>> = Vec::new();
    let mut by_root: BTreeMap<QName, usize> = BTreeMap::new();
    for table in tables {
        let [before, after] = catalogs.map(|catalog| root(table, catalog));
        let known = by_root.get(&before).or(by_root.get(&after));
        let number = known.copied().unwrap_or(groups.len());
        if number == groups.len() {
            groups.push(BTreeSet::new());
        }
        groups[number].insert(table);
        by_root.insert(before, number);
        // A partition that goes from one table to another joins both.
        if let Some(other) = by_root.insert(after, number).filter(|other| *other != number) {
            let joined = std::mem::take(&mut groups[other]);
            groups[number].extend(joined);
            by_root
                .values_mut()
                .filter(|value| **value == other)
                .for_each(|value| *value = number);
        }
    }
    groups
}

/// The partitioned table that the table is below, or itself.
fn root(table: &QName, catalog: &Catalog) -> QName {
    let mut root = table;
    while let Some(relation) = catalog.relation(root)
        && let Some(place) = &relation.row.partition_of
    {
        root = &place.parent;
    }
    root.clone()
}
