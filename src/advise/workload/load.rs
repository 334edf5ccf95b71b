//! The workload as the planner sees it: what each query costs with which indexes, and what indexes cost those that write.

use std::collections::{BTreeMap, BTreeSet};

use super::lab::{Built, Call, Lab, family};
use super::plan;
use crate::Result;
use crate::advise::online::distinguished;
use crate::catalog::index::Index;
use crate::catalog::{Catalog, Name, QName};

/// What it costs to add a row to a b-tree, in the planner's units: a page is looked for and written, as for a random read.
const ENTRY: f64 = 5.0;

/// A query that can be planned.
#[derive(Clone, Debug)]
pub(super) struct Costed {
    /// Its name in the workload.
    pub(super) id: String,
    /// What is run: the same with several values. Its cost is their mean.
    pub(super) calls: Vec<Call>,
    /// How often, or how much of the whole a unit of its cost is.
    pub(super) weight: f64,
    /// How often, in the measure of `weight`, what it writes is written.
    pub(super) write_weight: f64,
    /// The tables that it reads.
    pub(super) tables: BTreeSet<QName>,
    /// Its scans, by table, of all calls.
    pub(super) scans: Vec<(QName, plan::Scan)>,
    /// What it writes.
    pub(super) writes: Vec<Write>,
    /// What it costs now.
    pub(super) before: f64,
    /// Whether values were made up for its parameters.
    pub(super) is_guessed: bool,
}

impl Costed {
    /// A statement that has no plan of its own, but runs what has.
    pub(super) fn without_plan(id: String, call: Call) -> Self {
        Self {
            id,
            calls: vec![call],
            weight: 0.0,
            write_weight: 0.0,
            tables: BTreeSet::new(),
            scans: Vec::new(),
            writes: Vec::new(),
            before: 0.0,
            is_guessed: false,
        }
    }
}

/// What a query writes to a table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Write {
    /// The table.
    pub(super) table: QName,
    /// The rows of one run.
    pub(super) rows: f64,
    /// The columns that an `UPDATE` sets; `None` for an `INSERT`.
    pub(super) columns: Option<BTreeSet<Name>>,
}

/// An index to choose, as the laboratory has it.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The index.
    pub(super) index: Index,
    /// What the scratch server has of it.
    pub(super) built: Built,
}

/// Asks the laboratory for costs, and for none twice.
pub(super) struct Costs<'a> {
    pub(super) lab: &'a mut Lab,
    pub(super) catalog: &'a Catalog,
    pub(super) queries: Vec<Costed>,
    pub(super) choices: Vec<Choice>,
    known: BTreeMap<(usize, Vec<usize>), f64>,
}

impl<'a> Costs<'a> {
    pub(super) fn new(lab: &'a mut Lab, catalog: &'a Catalog, queries: Vec<Costed>) -> Self {
        Self {
            lab,
            catalog,
            queries,
            choices: Vec::new(),
            known: BTreeMap::new(),
        }
    }

    /// Makes more indexes to choose from; gives the number of each, and `None` for those that cannot be made.
    pub(super) async fn add(&mut self, mut indexes: Vec<Index>) -> Result<Vec<Option<usize>>> {
        let taken = self.choices.iter().map(|choice| choice.index.name.clone());
        distinguished(&mut indexes, self.catalog, &taken.collect::<Vec<_>>());
        let built = self.lab.build(self.catalog, &indexes).await?;
        let made = indexes.into_iter().zip(built).map(|(index, built)| {
            self.choices.push(Choice { index, built: built? });
            Some(self.choices.len() - 1)
        });
        Ok(made.collect())
    }

    /// Removes what was made, by its numbers from the last to the first.
    pub(super) async fn remove(&mut self, numbers: &[usize]) -> Result<()> {
        // The numbers of what stays change, and with them what is known.
        self.known.clear();
        let mut gone = Vec::new();
        for &number in numbers {
            gone.push(self.choices.remove(number).index.name);
        }
        self.lab.discard(&gone).await
    }

    /// The bytes of the tables that are read, and of their indexes.
    pub(super) fn room(&self) -> f64 {
        let tables = self
            .queries
            .iter()
            .flat_map(|query| &query.tables)
            .collect::<BTreeSet<_>>();
        let families = tables
            .iter()
            .flat_map(|table| family(self.catalog, table))
            .collect::<BTreeSet<_>>();
        let indexes = self
            .catalog
            .indexes
            .iter()
            .filter(|index| families.contains(&index.relation));
        let relations = indexes.map(|index| &index.name).chain(&families);
        relations.map(|name| self.lab.own_bytes(name)).sum::<u64>().max(1) as f64
    }

    /// The queries that read the table.
    pub(super) fn readers(&self, table: &QName) -> Vec<usize> {
        (0..self.queries.len())
            .filter(|&at| self.queries[at].tables.contains(table))
            .collect()
    }

    /// What each of `queries` costs when the choices in `set` are there.
    pub(super) async fn of(&mut self, queries: &[usize], set: &BTreeSet<usize>) -> Result<Vec<f64>> {
        let keys = queries
            .iter()
            .map(|&query| (query, self.relevant(query, set)))
            .collect::<Vec<_>>();
        let missing = keys
            .iter()
            .filter(|key| !self.known.contains_key(key))
            .cloned()
            .collect::<Vec<_>>();
        if !missing.is_empty() {
            let shown = missing
                .iter()
                .flat_map(|(_, set)| set)
                .copied()
                .collect::<BTreeSet<_>>();
            let oids = shown
                .iter()
                .flat_map(|&choice| self.choices[choice].built.oids.clone())
                .collect::<Vec<_>>();
            let calls = missing
                .iter()
                .flat_map(|(query, _)| &self.queries[*query].calls)
                .collect::<Vec<_>>();
            let mut plans = self.lab.plans(&calls, &oids, &[]).await?.into_iter();
            for key in missing {
                let count = self.queries[key.0].calls.len();
                let costs = plans.by_ref().take(count).map(|plan| plan::cost(&plan)).sum::<f64>();
                self.known.insert(key, costs / count as f64);
            }
        }
        Ok(keys
            .iter()
            .map(|key| self.known.get(key).copied().unwrap_or_default())
            .collect())
    }

    /// The plans of a query when the choices in `set` are there.
    pub(super) async fn plans(&mut self, query: usize, set: &BTreeSet<usize>) -> Result<Vec<serde_json::Value>> {
        let oids = set
            .iter()
            .flat_map(|&choice| self.choices[choice].built.oids.clone())
            .collect::<Vec<_>>();
        let calls = self.queries[query].calls.iter().collect::<Vec<_>>();
        self.lab.plans(&calls, &oids, &[]).await
    }

    /// What the whole workload costs.
    pub(super) async fn total(&mut self, set: &BTreeSet<usize>) -> Result<f64> {
        let all = (0..self.queries.len()).collect::<Vec<_>>();
        let costs = self.of(&all, set).await?;
        let reads = costs
            .iter()
            .zip(&self.queries)
            .map(|(cost, query)| cost * query.weight)
            .sum::<f64>();
        Ok(reads + self.writes(set))
    }

    /// What the choices in `set` add to the cost of those that write.
    pub(super) fn writes(&self, set: &BTreeSet<usize>) -> f64 {
        let of_table = |write: &Write| {
            set.iter()
                .map(|&at| &self.choices[at])
                .filter(|choice| choice.index.relation == write.table)
                .collect::<Vec<_>>()
        };
        let charge = |write: &Write| {
            let new = of_table(write);
            let entries = new.iter().map(|choice| entries(choice)).sum::<f64>();
            let entries = match &write.columns {
                None => entries,
                Some(columns) => {
                    let old = self
                        .catalog
                        .indexes
                        .iter()
                        .filter(|index| index.relation == write.table);
                    let is_hot = |index: &Index| !touches(index, columns);
                    if !old.clone().all(is_hot) {
                        entries
                    } else if new.iter().all(|choice| is_hot(&choice.index)) {
                        0.0
                    } else {
                        // What changed the row where it was, now makes a new one, which every index has to find.
                        entries + old.count() as f64
                    }
                }
            };
            entries * ENTRY * write.rows
        };
        let of_query = |query: &Costed| query.writes.iter().map(charge).sum::<f64>() * query.write_weight;
        self.queries.iter().map(of_query).sum()
    }

    /// The bytes of the choices in `set`.
    pub(super) fn bytes(&self, set: &BTreeSet<usize>) -> u64 {
        set.iter().map(|&choice| self.choices[choice].built.bytes).sum()
    }

    fn relevant(&self, query: usize, set: &BTreeSet<usize>) -> Vec<usize> {
        let tables = &self.queries[query].tables;
        set.iter()
            .copied()
            .filter(|&choice| tables.contains(&self.choices[choice].index.relation))
            .collect()
    }
}

/// The entries that a row has in an index, in those of a b-tree. A partial index has none for most.
fn entries(choice: &Choice) -> f64 {
    match choice.index.method.as_str() {
        // Its entries are collected, and put in their places together.
        "gin" => 6.0,
        "brin" => 0.02,
        _ if choice.index.predicate.is_some() => 0.5,
        _ => 1.0,
    }
}

/// Whether an index has one of the columns, so that a row in which it changes is a new one for every index.
fn touches(index: &Index, columns: &BTreeSet<Name>) -> bool {
    let mentions = |text: &String| {
        let words = text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '_')
            .collect::<Vec<_>>();
        columns.iter().any(|column| words.contains(&column.as_str()))
    };
    index.method != "brin"
        && (index
            .keys
            .iter()
            .any(|key| key.column.as_ref().is_some_and(|column| columns.contains(column)))
            || index
                .keys
                .iter()
                .filter_map(|key| key.expression.as_ref())
                .any(mentions)
            || index.include.iter().any(|column| columns.contains(column))
            || index.predicate.as_ref().is_some_and(mentions))
}
