//! Which indexes are worth trying for a scan.
//!
//! A b-tree finds rows fast by what is equal, then by one range or by an order, so that its columns come in that order.
//! What narrows it (a condition) and what widens it (included columns) is tried where it has proved useful without.

use std::collections::BTreeSet;

use super::conditions::{Condition, Fixed, Key, Test};
use super::lab::Lab;
use super::plan::{Ordered, Scan, WHOLE};
use crate::advise::online::{index, named};
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::{Catalog, Name, QName};

/// The most columns of a key.
const WIDEST: usize = 4;
/// The most columns that are included, and their bytes in all.
const INCLUDED: (usize, f64) = (4, 64.0);
/// The most distinct values of a column that an index is limited by.
const FEW: f64 = 24.0;

/// The plain indexes for a scan.
pub(super) fn plain(table: &QName, scan: &Scan, lab: &Lab) -> Vec<Index> {
    let by = |wanted: &dyn Fn(Test) -> bool| {
        let keys = scan.conditions.iter().filter(|condition| wanted(condition.test));
        let mut keys = keys.map(|condition| condition.key.clone()).collect::<Vec<_>>();
        keys.dedup();
        keys
    };
    let mut equal = by(&|test| test == Test::Equal);
    // The most selective first, which other queries gain most from.
    equal.sort_by(|a, b| {
        distinct(table, b, lab)
            .total_cmp(&distinct(table, a, lab))
            .then_with(|| a.cmp(b))
    });
    equal.truncate(WIDEST);
    let joined = by(&|test| test == Test::Joined);
    let listed = by(&|test| test == Test::Listed);
    let mut heads = BTreeSet::from([Vec::new(), equal.clone()]);
    heads.extend(equal.iter().map(|key| vec![key.clone()]));
    if equal.len() == 2 {
        heads.insert(equal.iter().rev().cloned().collect());
    }
    for key in joined.iter().chain(&listed) {
        heads.insert(vec![key.clone()]);
        heads.insert(chain(&equal, [key.clone()]));
        if joined.contains(key) {
            heads.insert(chain(std::slice::from_ref(key), equal.clone()));
        }
    }
    let ranged = by(&|test| test == Test::Ranged);
    let mut shapes = BTreeSet::<Vec<Ordered>>::new();
    for head in &heads {
        let head = head.iter().map(ascending).collect::<Vec<_>>();
        shapes.insert(head.clone());
        shapes.extend(ranged.iter().map(|key| append(&head, &[ascending(key)])));
        for order in &scan.orders {
            shapes.insert(append(&head, &forward(order)));
        }
    }
    let mut found = Vec::new();
    for shape in shapes {
        if !shape.is_empty() && shape.len() <= WIDEST {
            found.push(btree(table, &shape));
        }
    }
    for condition in &scan.conditions {
        found.extend(special(table, &condition.key, condition.test, &equal, lab));
    }
    found
}

/// The index with all other columns that a scan needs, on a table that is large enough for it to matter.
pub(super) fn covering(index: &Index, scan: &Scan, lab: &Lab) -> Option<Index> {
    if index.keys.len() > 2 || lab.bytes(&index.relation) < 4_000_000 {
        return None;
    }
    including(index, scan, &[], lab)
}

/// The indexes of each condition that can be met in several ways: rows are found by all of them together, or by none.
pub(super) fn alternatives(table: &QName, scan: &Scan, lab: &Lab) -> Vec<Vec<Index>> {
    let of_arm = |condition: &Condition| match condition.test {
        Test::Equal | Test::Joined | Test::Listed | Test::Ranged => Some(btree(table, &[ascending(&condition.key)])),
        test => special(table, &condition.key, test, &[], lab).into_iter().next(),
    };
    let groups = scan.either.iter();
    groups
        .filter_map(|arms| arms.iter().map(of_arm).collect::<Option<Vec<_>>>())
        .collect()
}

/// An index with conditions and included columns that a scan allows, each alone and all together.
pub(super) fn variants(index: &Index, scan: &Scan, lab: &Lab) -> Vec<Index> {
    let mut found = Vec::new();
    let conditions = scan
        .fixed
        .iter()
        .filter(|fixed| is_few(&index.relation, fixed, lab))
        .collect::<Vec<_>>();
    let mut limits = vec![Vec::new()];
    limits.extend(conditions.iter().map(|fixed| vec![*fixed]));
    if conditions.len() > 1 && conditions.len() <= 3 {
        limits.push(conditions);
    }
    for limit in limits {
        let limited = limited(index, &limit);
        if limited.keys.is_empty() {
            continue;
        }
        found.extend(including(&limited, scan, &limit, lab));
        if !limit.is_empty() {
            found.push(limited);
        }
    }
    found
}

/// One index for what two do with the same key and condition.
pub(super) fn merged(one: &Index, other: &Index) -> Option<Index> {
    let is_same = (&one.relation, &one.method, &one.predicate) == (&other.relation, &other.method, &other.predicate);
    if !is_same || one.method != "btree" || one.include == other.include || !other.keys.starts_with(&one.keys) {
        return None;
    }
    let mut include = other.include.clone();
    for column in &one.include {
        let is_key = other.keys.iter().any(|key| key.column.as_ref() == Some(column));
        if !include.contains(column) && !is_key {
            include.push(column.clone());
        }
    }
    (include != other.include && include.len() <= INCLUDED.0).then(|| {
        named(Index {
            include,
            ..other.clone()
        })
    })
}

/// Whether the schema has an index that does what this one would, or nearly all of it.
pub(super) fn exists(index: &Index, catalog: &Catalog) -> bool {
    if finds_one(index, catalog) {
        return true;
    }
    let same = catalog
        .indexes
        .iter()
        .filter(|other| other.relation == index.relation && other.method == index.method && other.valid);
    same.into_iter().any(|other| {
        let has_keys = other.keys.len() >= index.keys.len()
            && index.keys.iter().zip(&other.keys).all(|(new, old)| {
                (&new.column, &new.expression, new.descending) == (&old.column, &old.expression, old.descending)
                    && class(new) == class(old)
            });
        let has_rows = other.predicate.is_none() || other.predicate == index.predicate;
        let has_columns = index.include.iter().all(|column| {
            other.include.contains(column) || other.keys.iter().any(|key| key.column.as_ref() == Some(column))
        });
        has_keys && has_rows && has_columns
    })
}

/// Whether a unique index finds the row by the first of these columns, so that the others would only spare a look at it.
fn finds_one(index: &Index, catalog: &Catalog) -> bool {
    let columns = |keys: &[IndexKey]| {
        keys.iter()
            .map(|key| key.column.clone())
            .collect::<Option<BTreeSet<_>>>()
    };
    let is_key = |key: &&Index| key.relation == index.relation && key.unique && key.valid && key.predicate.is_none();
    catalog.indexes.iter().filter(is_key).any(|key| {
        let first = index.keys.get(..key.keys.len()).and_then(columns);
        first.is_some() && first == columns(&key.keys)
    })
}

fn class(key: &IndexKey) -> Option<&str> {
    key.opclass.as_ref().map(|class| class.name.as_str())
}

/// The distinct values of an index's first key: of two that cost the same, the one that has more of them is of use to others.
pub(super) fn selectivity(index: &Index, lab: &Lab) -> f64 {
    let first = index.keys.first().and_then(|key| key.column.clone());
    first.map_or(0.0, |column| distinct(&index.relation, &Key::Column(column), lab))
}

/// The indexes that only one kind of condition uses.
fn special(table: &QName, key: &Key, test: Test, equal: &[Key], lab: &Lab) -> Vec<Index> {
    let mut found = Vec::new();
    let facts = match key {
        Key::Column(column) => lab.columns.get(&(table.clone(), column.clone())),
        Key::Expression(_) => None,
    };
    let class = |name: &str, schema: &str| {
        let mut key = index_key(&ascending(key));
        key.opclass = Some(QName::new(schema, name));
        key
    };
    match test {
        Test::Prefix if lab.is_c_collated => found.push(btree(table, &[ascending(key)])),
        Test::Prefix => {
            let name = if facts.is_some_and(|facts| facts.data_type.starts_with("character varying")) {
                "varchar_pattern_ops"
            } else {
                "text_pattern_ops"
            };
            let last = class(name, "pg_catalog");
            found.push(index(table, "btree", vec![last.clone()]));
            if !equal.is_empty() && equal.len() < WIDEST {
                let mut keys = equal
                    .iter()
                    .map(ascending)
                    .map(|key| index_key(&key))
                    .collect::<Vec<_>>();
                keys.push(last);
                found.push(index(table, "btree", keys));
            }
        }
        Test::Within => {
            if let Some(schema) = &lab.trigram_schema {
                found.push(index(table, "gin", vec![class("gin_trgm_ops", schema)]));
            }
        }
        Test::Has { key: asks_key } => {
            let is_jsonb = facts.is_some_and(|facts| facts.data_type == "jsonb");
            found.push(index(table, "gin", vec![index_key(&ascending(key))]));
            if is_jsonb && !asks_key {
                found.push(index(table, "gin", vec![class("jsonb_path_ops", "pg_catalog")]));
            }
            if facts.is_some_and(|facts| facts.category == 'R' || facts.category == 'G') {
                found.push(index(table, "gist", vec![index_key(&ascending(key))]));
            }
        }
        Test::Ranged => {
            let correlation = facts
                .and_then(|facts| facts.found.as_ref())
                .and_then(|found| found.correlation);
            if correlation.is_some_and(|correlation| correlation.abs() > 0.95) && lab.bytes(table) > 16_000_000 {
                found.push(index(table, "brin", vec![index_key(&ascending(key))]));
            }
        }
        Test::Equal | Test::Joined | Test::Listed => {}
    }
    found
}

/// The index with the rows alone for which `limit` holds; what has one value there is no key any more.
fn limited(index: &Index, limit: &[&Fixed]) -> Index {
    if limit.is_empty() {
        return index.clone();
    }
    let has_one_value = |column: Option<&Name>| {
        limit.iter().any(|fixed| {
            let is_equal = !fixed.compares && !fixed.text.ends_with("IS NOT NULL")
                || fixed.compares && !fixed.text.contains("<>") && !fixed.text.contains("ANY");
            is_equal && column.is_some_and(|column| fixed.columns.contains(column))
        })
    };
    let mut keys = index.keys.clone();
    keys.retain(|key| !has_one_value(key.column.as_ref()));
    // Others that are included may be given out without the row, and then this one with them.
    let mut include = index.include.clone();
    if include.iter().all(|column| has_one_value(Some(column))) {
        include.clear();
    }
    let text = limit.iter().map(|fixed| match limit.len() {
        1 => fixed.text.clone(),
        _ => format!("({})", fixed.text),
    });
    named(Index {
        keys,
        include,
        predicate: Some(text.collect::<Vec<_>>().join(" AND ")),
        ..index.clone()
    })
}

/// The index with every other column that the scan needs, where those are few and small.
fn including(index: &Index, scan: &Scan, limit: &[&Fixed], lab: &Lab) -> Option<Index> {
    if index.method != "btree" || scan.needed.contains(WHOLE) {
        return None;
    }
    let is_key = |column: &Name| index.keys.iter().any(|key| key.column.as_ref() == Some(column));
    let is_limit = |column: &Name| limit.iter().any(|fixed| fixed.columns.contains(column));
    // What is looked for in an expression is not given out.
    let more = scan.needed.iter().filter(|column| !is_key(column) && !is_limit(column));
    let more = more.cloned().collect::<Vec<_>>();
    let width = |column: &Name| {
        let facts = lab.columns.get(&(index.relation.clone(), column.clone()));
        facts.map_or(1000.0, |facts| facts.width())
    };
    let is_small = more.len() <= INCLUDED.0 && more.iter().map(width).sum::<f64>() <= INCLUDED.1;
    (is_small && !more.is_empty()).then(|| {
        named(Index {
            include: more,
            ..index.clone()
        })
    })
}

/// Whether a condition leaves out enough to be worth an index of its own.
fn is_few(table: &QName, fixed: &Fixed, lab: &Lab) -> bool {
    !fixed.compares
        || fixed.columns.iter().all(|column| {
            let facts = lab.columns.get(&(table.clone(), column.clone()));
            facts.is_some_and(|facts| facts.distinct(lab.rows(table)) <= FEW)
        })
}

/// The distinct values of a key.
fn distinct(table: &QName, key: &Key, lab: &Lab) -> f64 {
    let rows = lab.rows(table);
    match key {
        Key::Column(column) => {
            let facts = lab.columns.get(&(table.clone(), column.clone()));
            facts.map_or(1.0, |facts| facts.distinct(rows))
        }
        Key::Expression(_) => rows,
    }
}

fn chain(first: &[Key], then: impl IntoIterator<Item = Key>) -> Vec<Key> {
    let mut all = first.to_vec();
    all.extend(then);
    let mut seen = BTreeSet::new();
    all.retain(|key| seen.insert(key.clone()));
    all
}

fn append(head: &[Ordered], tail: &[Ordered]) -> Vec<Ordered> {
    let mut all = head.to_vec();
    for key in tail {
        if !all.iter().any(|other| other.key == key.key) {
            all.push(key.clone());
        }
    }
    all
}

fn ascending(key: &Key) -> Ordered {
    Ordered {
        key: key.clone(),
        descending: false,
        nulls_first: false,
    }
}

/// The order, or its reverse, which an index gives as well: the one whose first key is the usual one.
fn forward(order: &[Ordered]) -> Vec<Ordered> {
    match order.first() {
        Some(first) if first.descending => order
            .iter()
            .map(|key| Ordered {
                key: key.key.clone(),
                descending: !key.descending,
                nulls_first: !key.nulls_first,
            })
            .collect(),
        _ => order.to_vec(),
    }
}

fn index_key(ordered: &Ordered) -> IndexKey {
    let (column, expression) = match &ordered.key {
        Key::Column(column) => (Some(column.clone()), None),
        Key::Expression(text) => (None, Some(text.clone())),
    };
    IndexKey {
        column,
        expression,
        descending: ordered.descending,
        nulls_first: ordered.nulls_first,
        ..IndexKey::default()
    }
}

fn btree(table: &QName, shape: &[Ordered]) -> Index {
    index(table, "btree", shape.iter().map(index_key).collect())
}
