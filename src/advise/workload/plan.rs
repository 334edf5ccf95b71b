//! What a plan reads: its scans, with what they look for, how their rows are to be ordered, and which columns are needed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::conditions::{self, Condition, Fixed, Key};
use crate::catalog::relation::RelationKind;
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, QName};
use crate::sql::identifier;

/// One relation of a plan.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Scan {
    /// What is looked for.
    pub(super) conditions: BTreeSet<Condition>,
    /// What could limit an index.
    pub(super) fixed: BTreeSet<Fixed>,
    /// The orders that are wanted.
    pub(super) orders: BTreeSet<Vec<Ordered>>,
    /// What can be met in several ways: a condition for each of them.
    pub(super) either: BTreeSet<Vec<Condition>>,
    /// The columns that are needed, [`WHOLE`] for all of them.
    pub(super) needed: BTreeSet<Name>,
}

impl Scan {
    /// Forgets what has values in it that another run does not have: an index that is limited to them, or computes with
    /// them, would serve this run alone.
    pub(super) fn forget_constants(&mut self) {
        let has_value = |key: &Key| matches!(key, Key::Expression(text) if text.contains(|letter: char| letter == '\'' || letter.is_ascii_digit()));
        self.fixed.retain(|fixed| !fixed.compares);
        self.conditions.retain(|condition| !has_value(&condition.key));
        self.either
            .retain(|ways| !ways.iter().any(|condition| has_value(&condition.key)));
        self.orders
            .retain(|order| !order.iter().any(|ordered| has_value(&ordered.key)));
    }
}

/// One key of an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ordered {
    /// What is ordered by.
    pub(super) key: Key,
    /// Whether from the last to the first.
    pub(super) descending: bool,
    /// Whether NULLs come first.
    pub(super) nulls_first: bool,
}

/// The scans of a plan, by table and alias: a partition's count as its partitioned table's.
pub(super) fn scans(plan: &Value, catalog: &Catalog) -> BTreeMap<(QName, String), Scan> {
    let mut reading = Reading {
        catalog,
        tables: BTreeMap::new(),
        scans: BTreeMap::new(),
    };
    reading.name(plan);
    reading.walk(plan, None);
    reading
        .scans
        .into_iter()
        .filter_map(|(alias, scan)| Some(((reading.tables.get(&alias)?.clone(), alias), scan)))
        .collect()
}

/// The tables that a plan reads.
pub(super) fn tables(plan: &Value, catalog: &Catalog, found: &mut BTreeSet<QName>) {
    if let (Some(schema), Some(name)) = (plan["Schema"].as_str(), plan["Relation Name"].as_str())
        && plan["Node Type"] != "ModifyTable"
    {
        found.insert(root(catalog, QName::new(schema, name)));
    }
    for child in children(plan) {
        tables(child, catalog, found);
    }
}

/// The names of the indexes that a plan uses, without their schemas.
pub(super) fn indexes(plan: &Value, found: &mut BTreeSet<Name>) {
    if let Some(name) = plan["Index Name"].as_str() {
        found.insert(name.into());
    }
    for child in children(plan) {
        indexes(child, found);
    }
}

/// What a plan does to a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Written {
    /// The table.
    pub(super) table: QName,
    /// What its rows may go through.
    pub(super) events: &'static [Event],
    /// How many of them.
    pub(super) rows: f64,
}

/// All that a plan writes: a query can do so in a `WITH`, and an `INSERT` can come to an `UPDATE`.
pub(super) fn written(plan: &Value) -> Vec<Written> {
    let mut found = Vec::new();
    if plan["Node Type"] == "ModifyTable"
        && let (Some(schema), Some(name)) = (plan["Schema"].as_str(), plan["Relation Name"].as_str())
    {
        let read = children(plan).filter(|child| !is_apart(child));
        let rows = read.map(|child| child["Plan Rows"].as_f64().unwrap_or(1.0));
        found.push(Written {
            table: QName::new(schema, name),
            events: match (plan["Operation"].as_str(), plan["Conflict Resolution"].as_str()) {
                (Some("Insert"), Some("UPDATE")) | (Some("Merge"), _) => &[Event::Insert, Event::Update],
                (Some("Insert"), _) => &[Event::Insert],
                (Some("Update"), _) => &[Event::Update],
                (Some("Delete"), _) => &[Event::Delete],
                _ => &[],
            },
            rows: rows.sum::<f64>().max(1.0),
        });
    }
    found.extend(children(plan).flat_map(written));
    found
}

/// Whether a part of a plan is not among what its node goes through.
pub(super) fn is_apart(plan: &Value) -> bool {
    ["InitPlan", "SubPlan"]
        .iter()
        .any(|apart| plan["Parent Relationship"] == *apart)
}

/// What a plan costs. One that hopes to find enough rows early is charged for finding them later: how rows that pass a
/// filter lie in the order of an index is nothing that the planner knows.
pub(super) fn cost(plan: &Value) -> f64 {
    plan["Total Cost"].as_f64().unwrap_or(0.0) + doubt(plan)
}

/// What `LIMIT` may cost more than is hoped, where rows are filtered.
fn doubt(plan: &Value) -> f64 {
    /// How many times as far it may have to look: where a part of the plan is the filter, such as a policy's list of
    /// tenants, the planner takes it for every second row.
    const GUESSED: f64 = 50.0;
    const ESTIMATED: f64 = 3.0;
    /// The part of the runs by somebody for whom nothing passes such a list, so that all of it is looked at.
    const IN_VAIN: f64 = 0.2;
    let below = children(plan).map(doubt).sum::<f64>();
    let total = |plan: &Value| plan["Total Cost"].as_f64().unwrap_or(0.0);
    match children(plan).next() {
        Some(child) if plan["Node Type"] == "Limit" && is_filtered(child) => {
            let expected = match has_guess(child) {
                true => (total(plan) * GUESSED).max(total(child) * IN_VAIN),
                false => total(plan) * ESTIMATED,
            };
            below + (total(child).min(expected) - total(plan)).max(0.0)
        }
        _ => below,
    }
}

/// Whether a part of the plan filters rows.
fn has_guess(plan: &Value) -> bool {
    plan["Filter"].as_str().is_some_and(|filter| filter.contains("SubPlan")) || children(plan).any(has_guess)
}

/// Whether rows are left out on the way, and the rest come as they are found.
fn is_filtered(plan: &Value) -> bool {
    let kind = plan["Node Type"].as_str().unwrap_or_default();
    let is_blocking = ["Sort", "Aggregate", "Hash", "Materialize"].contains(&kind);
    !is_blocking
        && (plan["Filter"].is_string()
            || kind == "Nested Loop"
            || kind.ends_with("Join")
            || children(plan).any(is_filtered))
}

/// The nodes below a node.
pub(super) fn children(plan: &Value) -> impl Iterator<Item = &Value> {
    plan["Plans"].as_array().into_iter().flatten()
}

struct Reading<'a> {
    catalog: &'a Catalog,
    tables: BTreeMap<String, QName>,
    scans: BTreeMap<String, Scan>,
}

impl Reading<'_> {
    /// Finds what each alias stands for.
    fn name(&mut self, plan: &Value) {
        let text = |field: &str| plan[field].as_str();
        if let (Some(schema), Some(name), Some(alias)) = (text("Schema"), text("Relation Name"), text("Alias")) {
            let table = root(self.catalog, QName::new(schema, name));
            let is_table = self.catalog.relation(&table).is_some_and(|relation| {
                matches!(
                    relation.row.kind,
                    RelationKind::Table | RelationKind::PartitionedTable | RelationKind::MaterializedView
                )
            });
            if is_table {
                self.tables.insert(alias.to_owned(), table);
            }
        }
        for child in children(plan) {
            self.name(child);
        }
    }

    fn walk(&mut self, plan: &Value, parent: Option<&str>) {
        let kind = plan["Node Type"].as_str().unwrap_or_default();
        let tables = self.tables.clone();
        let is_text = |alias: &str, column: &str| {
            let relation = tables.get(alias).and_then(|table| self.catalog.relation(table));
            let column = relation.and_then(|relation| relation.column(&column.into()));
            column.is_some_and(|column| column.data_type.starts_with("character varying"))
        };
        for field in [
            "Filter",
            "Index Cond",
            "Recheck Cond",
            "Hash Cond",
            "Merge Cond",
            "Join Filter",
        ] {
            let Some(text) = plan[field].as_str() else {
                continue;
            };
            let demands = conditions::read(text, &is_text);
            // A loop that looks up each row has a condition that names the other relation.
            for condition in demands.conditions {
                let scan = self.scans.entry(condition.alias.clone()).or_default();
                scan.conditions.insert(condition);
            }
            for ways in demands.either {
                let Some(first) = ways.first() else { continue };
                self.scans.entry(first.alias.clone()).or_default().either.insert(ways);
            }
            for fixed in demands.fixed {
                self.scans.entry(fixed.alias.clone()).or_default().fixed.insert(fixed);
            }
        }
        for field in ["Sort Key", "Group Key"] {
            let keys = strings(&plan[field])
                .map(|text| ordered(text, &is_text))
                .collect::<Option<Vec<_>>>();
            let Some(((alias, _), keys)) = keys.as_ref().and_then(|keys| Some((keys.first()?, keys))) else {
                continue;
            };
            if keys.iter().all(|(other, _)| other == alias) {
                let order = keys.iter().map(|(_, key)| key.clone()).collect();
                self.scans.entry(alias.clone()).or_default().orders.insert(order);
            }
        }
        if kind == "Aggregate" && plan["Group Key"].is_null() {
            let sole = self.sole().map(|(alias, _)| alias.clone());
            let extremes = strings(&plan["Output"]).filter_map(|text| extreme(text, sole.as_deref(), &is_text));
            for (alias, key) in extremes {
                self.scans.entry(alias).or_default().orders.insert(vec![key]);
            }
        }
        self.need(plan, kind, parent);
        for child in children(plan) {
            self.walk(child, Some(kind));
        }
    }

    /// The only relation of the plan, whose columns its output names without it.
    fn sole(&self) -> Option<(&String, &QName)> {
        self.tables.first_key_value().filter(|_| self.tables.len() == 1)
    }

    /// Collects the columns that are used. What a scan gives to a join or an aggregate is often the whole row, because
    /// that is cheaper than to leave something out, and says nothing.
    fn need(&mut self, plan: &Value, kind: &str, parent: Option<&str>) {
        let is_scan = kind.ends_with("Scan");
        let is_exact = parent.is_none_or(|parent| {
            [
                "Limit",
                "Sort",
                "Incremental Sort",
                "Hash",
                "Materialize",
                "Memoize",
                "Unique",
            ]
            .contains(&parent)
        });
        let is_changed = kind == "ModifyTable" || kind == "LockRows";
        for (field, value) in plan.as_object().into_iter().flatten() {
            let counts = match field.as_str() {
                "Output" => (!is_scan || is_exact) && !is_changed,
                "Filter" | "Index Cond" | "Recheck Cond" | "Hash Cond" | "Merge Cond" | "Join Filter" | "Sort Key"
                | "Group Key" | "Order By" => true,
                _ => false,
            };
            if !counts {
                continue;
            }
            for text in value.as_str().into_iter().chain(strings(value)) {
                if let Some((alias, table)) = self.sole().filter(|_| field == "Output") {
                    let is_column = |name: &Name| {
                        let relation = self.catalog.relation(table);
                        relation.is_some_and(|relation| relation.column(name).is_some())
                    };
                    let named = conditions::bare_names(text).into_iter().filter(is_column);
                    let (alias, named) = (alias.clone(), named.collect::<Vec<_>>());
                    self.scans.entry(alias).or_default().needed.extend(named);
                }
                for (alias, column) in conditions::references(text) {
                    // A row's place is asked for in order to change the row.
                    let column = column.filter(|column| column != "ctid").unwrap_or_else(|| WHOLE.into());
                    self.scans.entry(alias).or_default().needed.insert(column);
                }
            }
        }
    }
}

/// Stands for all columns among those that are needed.
pub(super) const WHOLE: &str = "*";

/// The texts of a list.
pub(super) fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// What `min` or `max` looks for: the first of an order, or the last.
fn extreme(text: &str, sole: Option<&str>, is_text: &dyn Fn(&str, &str) -> bool) -> Option<(String, Ordered)> {
    let text = text.strip_prefix("min(").or_else(|| text.strip_prefix("max("))?;
    let text = text.strip_suffix(')')?;
    match (sole, &*conditions::bare_names(text)) {
        (Some(alias), [column]) => ordered(&format!("{}.{}", identifier(alias), identifier(column)), is_text),
        _ => ordered(text, is_text),
    }
}

/// A key as `Sort Key` shows it.
fn ordered(text: &str, is_text: &dyn Fn(&str, &str) -> bool) -> Option<(String, Ordered)> {
    let (text, nulls) = match (text.strip_suffix(" NULLS FIRST"), text.strip_suffix(" NULLS LAST")) {
        (Some(text), _) => (text, Some(true)),
        (_, Some(text)) => (text, Some(false)),
        _ => (text, None),
    };
    let (text, descending) = match text.strip_suffix(" DESC") {
        Some(text) => (text, true),
        None => (text, false),
    };
    if text.contains(" USING ") || text.contains(" COLLATE ") {
        return None;
    }
    let (alias, key) = conditions::key(text, is_text)?;
    let nulls_first = nulls.unwrap_or(descending);
    Some((
        alias,
        Ordered {
            key,
            descending,
            nulls_first,
        },
    ))
}

/// The partitioned table at the top, or the table itself.
fn root(catalog: &Catalog, mut table: QName) -> QName {
    while let Some(place) = catalog
        .relation(&table)
        .and_then(|relation| relation.row.partition_of.as_ref())
    {
        table = place.parent.clone();
    }
    table
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Scan, cost};
    use crate::advise::workload::conditions;

    #[test]
    fn values_of_one_run_limit_no_index() {
        let text = "((a.state = 'open'::text) AND (a.gone IS NULL) AND ((a.info ->> 'k'::text) = 'x'::text) AND (lower(a.b) = 'y'::text))";
        let demands = conditions::read(text, &|_, _| false);
        let mut scan = Scan {
            conditions: demands.conditions.into_iter().collect(),
            fixed: demands.fixed.into_iter().collect(),
            ..Scan::default()
        };
        scan.forget_constants();
        let fixed = scan.fixed.iter().map(|fixed| fixed.text.as_str()).collect::<Vec<_>>();
        assert_eq!(fixed, ["gone IS NULL"]);
        assert_eq!(
            scan.conditions.len(),
            3,
            "the state, what is gone, and the expression that has no value: {scan:?}"
        );
    }

    #[test]
    fn a_limit_may_have_to_look_further() {
        let limit = |filter: &str, below: &str| {
            json!({"Node Type": "Limit", "Total Cost": 10.0, "Plans": [
                {"Node Type": below, "Total Cost": 1000.0, "Filter": filter}]})
        };
        assert!((cost(&limit("(a.b = 1)", "Index Scan")) - 30.0).abs() < 0.01);
        assert!((cost(&limit("(hashed SubPlan 1)", "Index Scan")) - 500.0).abs() < 0.01);
        assert!(
            (cost(&limit("(hashed SubPlan 1)", "Sort")) - 10.0).abs() < 0.01,
            "all of it has been read by then"
        );
    }
}
