use std::collections::BTreeMap;

use super::Rule;
use super::cover::{Cover, cover, cover_of, why_not};
use super::fix::{self, Done};
use crate::advise::Context;
use crate::advise::context::{constraint_name, listed};
use crate::advise::evidence;
use crate::catalog::constraint::{Constraint, ForeignKey};
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::Relation;
use crate::catalog::{Name, QName};
use crate::finding::{Finding, Severity};
use crate::sql::identifier;

pub(super) const RULE: Rule = Rule::new(
    "unindexed-foreign-keys",
    Severity::Warning,
    "A row that is referenced is only deleted, or given another key, after a search for rows that refer to it. Without an \
     index that begins with the foreign key's columns, each such search reads the whole referencing table, and so do most \
     joins.",
    look,
);

/// Up to how many rows a table is read as quickly without an index.
const SMALL: f64 = 1_000.0;

/// A foreign key that no index serves as a whole.
struct Wanting<'a> {
    table: RelationRef<'a>,
    constraint: &'a Constraint,
    key: &'a ForeignKey,
    found: Cover,
}

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut wanting = BTreeMap::<&QName, Vec<Wanting<'_>>>::new();
    for (table, constraint, key) in context.foreign_keys() {
        let found = cover(context, table.row, &key.columns);
        if found != Cover::Full {
            let one = Wanting {
                table,
                constraint,
                key,
                found,
            };
            wanting.entry(&table.row.name).or_default().push(one);
        }
    }
    let mut done = Done::new(context);
    let mut fixes = BTreeMap::new();
    let mut findings = Vec::new();
    for one in wanting.values().flatten() {
        let finding = finding(context, one);
        let broken = broken(context, one);
        if let Some(fix) = broken.and_then(|index| fix::repair(context, one.table.row, index, &mut done)) {
            findings.push(finding.with_fix(fix));
            continue;
        }
        let (table, columns) = served_with(context, &wanting, one);
        let fix = fixes
            .entry((&table.name, columns))
            .or_insert_with(|| fix::create_index(context, table, columns, &mut done));
        findings.push(finding.with_fix(fix.clone()));
    }
    findings
}

fn finding(context: &Context<'_>, one: &Wanting<'_>) -> Finding {
    let columns = one.key.columns.iter().map(|column| identifier(column).to_string());
    let columns = listed(&columns.collect::<Vec<_>>());
    let mut indexes = context.indexes(&one.table.row.name).iter();
    let near = indexes.find_map(|index| Some((&index.name.name, why_not(index, &one.key.columns)?)));
    let message = match (one.found, near) {
        (Cover::OtherOrder, _) => {
            format!("an index has {columns} in another order, which serves who looks for all of them alone")
        }
        (Cover::Part, _) => format!("an index begins with some of its columns, and none with {columns}"),
        (_, Some((index, why))) => format!("{} begins with {columns}, but {why}", identifier(index)),
        (_, None) => format!("no index begins with {columns}"),
    };
    let rows = context.rows(one.table.row);
    let severity = match one.found > Cover::None || rows.is_some_and(|rows| rows < SMALL) {
        true => Severity::Info,
        false => RULE.about.severity,
    };
    let finding = RULE
        .about
        .finding_of(severity, constraint_name(one.constraint), message);
    match rows {
        Some(rows) => {
            let known = format!("{} has about {} rows", one.table.row.name, evidence::count(rows));
            finding.with_evidence(known)
        }
        None => finding,
    }
}

/// The index that would serve the key, if it were whole.
fn broken<'a>(context: &Context<'a>, one: &Wanting<'a>) -> Option<&'a Index> {
    let would_serve = |index: &Index| {
        let whole = Index {
            valid: true,
            ..index.clone()
        };
        cover_of(&whole, &one.key.columns) == Cover::Full
    };
    let mut indexes = context.indexes(&one.table.row.name).iter().copied();
    indexes.find(|index| !index.valid && would_serve(index))
}

/// The table and the columns of the index that serves the key together with others: one index serves every key that it
/// begins with, and that of a partitioned table those of its partitions.
fn served_with<'a>(
    context: &Context<'a>,
    wanting: &BTreeMap<&QName, Vec<Wanting<'a>>>,
    one: &Wanting<'a>,
) -> (&'a Relation, &'a [Name]) {
    let mut best = (one.table.row, one.key.columns.as_slice());
    let mut next = Some(one.table.row);
    while let Some(table) = next {
        let keys = wanting.get(&table.name).into_iter().flatten();
        let longer = keys.filter(|other| other.key.columns.starts_with(&one.key.columns));
        if let Some(longest) = longer.max_by_key(|other| other.key.columns.len()) {
            best = (longest.table.row, &longest.key.columns);
        }
        let parent = table.partition_of.as_ref().map(|place| &place.parent);
        next = parent
            .and_then(|parent| context.catalog.relation(parent))
            .map(|parent| parent.row);
    }
    best
}
