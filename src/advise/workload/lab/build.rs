//! Indexes that are tried: really made, while their table is empty, and then said to be as large as they would be.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::Row as _;

use super::statistics::elements;
use super::{ColumnFacts, Lab, Placed, failed};
use crate::Result;
use crate::advise::workload::size::{self, Elements, Part};
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::kin::Kin;
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::planning::{Sample, drop_indexes, rows_where};
use crate::ddl::{Ddl as _, World, qualified};
use crate::introspect::planner_statistics::ColumnStatistics;

/// An index that the scratch server has.
#[derive(Clone, Debug, PartialEq)]
pub struct Built {
    /// Its object ids there: its own, and those of its parts on partitions.
    pub oids: Vec<i64>,
    /// Their names, as plans have them.
    pub names: BTreeSet<Name>,
    /// The bytes that it would have.
    pub bytes: u64,
    /// The rows that would be in it.
    pub rows: f64,
}

/// The parts of an index that the server made.
const PARTS: &str = "select c.oid::int8, t.relname::text, n.nspname::text, pg_catalog.pg_relation_filepath(c.oid), \
    c.relname::text from pg_catalog.pg_class as c join pg_catalog.pg_index as i on i.indexrelid = c.oid \
    join pg_catalog.pg_class as t on t.oid = i.indrelid join pg_catalog.pg_namespace as n on n.oid = t.relnamespace \
    where c.oid in (select relid from pg_catalog.pg_partition_tree($1::regclass) union select $1::regclass) order by 1";

const HIDE: &str =
    "update pg_catalog.pg_index set indisvalid = false where indexrelid = any ($1::int8[]::pg_catalog.oid[])";

impl Lab {
    /// Makes every index that can be made; `None` stands for the others: what an expression is not immutable for, or a
    /// type has no operator class for. None of them is used until [`Lab::plans`] says so.
    ///
    /// # Errors
    /// Where the server is gone, or its files cannot be written.
    pub async fn build(&mut self, catalog: &Catalog, indexes: &[Index]) -> Result<Vec<Option<Built>>> {
        let mut built = vec![None; indexes.len()];
        let tables = indexes.iter().map(|index| &index.relation).collect::<BTreeSet<_>>();
        for table in tables {
            let family = family(catalog, table);
            let ours = (0..indexes.len())
                .filter(|&at| &indexes[at].relation == table)
                .collect::<Vec<_>>();
            let mut parts = BTreeMap::new();
            for &at in &ours {
                let share = self.share(&indexes[at]).await;
                let widths = self.parts(&indexes[at], catalog).await;
                parts.insert(at, (share, widths));
            }
            for name in &family {
                if let Some(path) = self.relations.get(name).and_then(|placed| placed.path.clone()) {
                    self.files.stretch(&path, 0)?;
                }
            }
            let mut made = Vec::new();
            for &at in &ours {
                if self.make(&indexes[at], catalog).await.is_ok() {
                    made.push(at);
                }
            }
            self.fill(&family).await?;
            for at in made {
                let (share, parts) = &parts[&at];
                if let Some(share) = share {
                    built[at] = Some(self.stretch(&indexes[at], *share, parts).await?);
                }
            }
        }
        Ok(built)
    }

    /// Removes indexes that were made.
    pub(in crate::advise::workload) async fn discard(&mut self, names: &[QName]) -> Result<()> {
        for some in names.chunks(100) {
            self.execute(&drop_indexes(some)).await?;
        }
        Ok(())
    }

    async fn make(&mut self, index: &Index, catalog: &Catalog) -> Result<()> {
        let kin = Kin::of(catalog);
        let world = World {
            from: catalog,
            to: catalog,
            before: &kin,
            after: &kin,
            session: None,
            online: false,
            replaced: &BTreeSet::new(),
        };
        for statement in index.create(&world) {
            // Partitions get theirs with it.
            self.execute(&statement.sql.replacen(" ON ONLY ", " ON ", 1)).await?;
        }
        Ok(())
    }

    /// The part of the table's rows that would be in the index; `None` where its condition cannot be planned.
    async fn share(&mut self, index: &Index) -> Option<f64> {
        let Some(predicate) = &index.predicate else {
            return Some(1.0);
        };
        let call = super::Call {
            sql: rows_where(&index.relation, predicate),
            ..super::Call::default()
        };
        let plan = self.plans(&[&call], &[], &[]).await.ok()?;
        let rows = plan.first()?["Plan Rows"].as_f64()?;
        Some((rows / self.rows(&index.relation).max(1.0)).min(1.0))
    }

    /// What its columns are like.
    async fn parts(&mut self, index: &Index, catalog: &Catalog) -> Parts {
        let mut parts = Parts::default();
        let rows = self.rows(&index.relation);
        for key in &index.keys {
            match (&key.column, &key.expression) {
                (Some(column), _) => {
                    let facts = self.columns.get(&(index.relation.clone(), column.clone()));
                    let facts = facts.cloned().unwrap_or_default();
                    parts.is_mergeable &= merges(&facts);
                    parts.columns.push(part(&facts, rows));
                }
                (None, Some(expression)) => {
                    let found = self.expression_statistics(&index.relation, expression, catalog).await;
                    let facts = ColumnFacts {
                        length: -1,
                        found: found.clone(),
                        ..ColumnFacts::default()
                    };
                    let mut part = part(&facts, rows);
                    if found.is_none() {
                        // Equal values take less room; nobody knows that there are any.
                        part.distinct = rows;
                    }
                    parts.columns.push(part);
                    parts.expressions.push(found);
                }
                (None, None) => {}
            }
        }
        for column in &index.include {
            if let Some(facts) = self.columns.get(&(index.relation.clone(), column.clone())) {
                parts.columns.push(part(facts, rows));
                parts.is_mergeable = false;
            }
        }
        if index.method == "gin"
            && let Some(key) = index.keys.first()
        {
            parts.elements = self.elements(&index.relation, key, rows).await;
        }
        parts
    }

    /// What the columns of an index are like on a partition, whose values are fewer than those of the whole.
    fn columns_on(&self, partition: &QName, index: &Index, whole: &Parts) -> Vec<Part> {
        let rows = self.rows(partition);
        let names = index.keys.iter().filter_map(|key| key.column.as_ref());
        let own = names.chain(&index.include).map(|column| {
            let facts = self.columns.get(&(partition.clone(), column.clone()))?;
            facts.found.as_ref().map(|_| part(facts, rows))
        });
        let own = own.collect::<Option<Vec<_>>>();
        own.filter(|own| own.len() == whole.columns.len())
            .unwrap_or_else(|| whole.columns.clone())
    }

    /// Gives an index that was made on an empty table the size that it would have.
    async fn stretch(&mut self, index: &Index, share: f64, parts: &Parts) -> Result<Built> {
        let name = qualified(&index.name).to_string();
        let rows = sqlx::query(PARTS).bind(&name).fetch_all(&mut self.connection).await;
        let rows = rows.map_err(|error| failed("cannot find an index that was made", error))?;
        let mut built = Built {
            oids: Vec::new(),
            names: BTreeSet::new(),
            bytes: 0,
            rows: 0.0,
        };
        for row in &rows {
            let text = |column: usize| row.try_get::<String, _>(column).unwrap_or_default();
            let oid = row.try_get::<i64, _>(0).unwrap_or_default();
            built.oids.push(oid);
            built.names.insert(text(4).into());
            let Ok(Some(path)) = row.try_get::<Option<String>, _>(3) else {
                continue;
            };
            let table = QName::new(text(2), text(1));
            let (all, table_pages) = (self.rows(&table), self.bytes(&table) / self.files.block);
            let inside = all * share;
            let pages = match index.method.as_str() {
                "gin" => size::gin(inside, table_pages as f64, &parts.elements),
                "brin" => size::brin(table_pages as f64, parts.columns.first().map_or(8.0, |part| part.width)),
                _ => size::btree(inside, &self.columns_on(&table, index, parts), parts.is_mergeable),
            };
            self.put_sizes(&[Placed {
                oid,
                path: None,
                pages: i32::try_from(pages).unwrap_or(i32::MAX),
                tuples: inside as f32,
                all_visible: 0,
                blocks: pages,
            }])
            .await?;
            self.files.stretch(&path, pages)?;
            built.bytes += pages * self.files.block;
            built.rows += inside;
        }
        for &oid in &built.oids {
            for (at, found) in expression_numbers(index).zip(&parts.expressions) {
                if let Some(found) = found {
                    // Without them it is planned as if nobody had analysed the table yet.
                    let _ = self.put(oid, at, found).await;
                }
            }
        }
        let hide = sqlx::query(HIDE).bind(&built.oids).execute(&mut self.connection).await;
        hide.map_err(|error| failed("cannot hide an index", error))?;
        Ok(built)
    }

    /// What ANALYZE would find in an expression of one column, from what it found in the column; `None` where that says
    /// nothing of the values.
    pub(in crate::advise::workload) async fn expression_statistics(
        &mut self,
        table: &QName,
        expression: &str,
        catalog: &Catalog,
    ) -> Option<ColumnStatistics> {
        let relation = catalog.relation(table)?;
        let named = relation
            .columns()
            .iter()
            .filter(|column| mentions(expression, &column.name));
        let [column] = named.collect::<Vec<_>>()[..] else {
            return None;
        };
        let facts = self.columns.get(&(table.clone(), column.name.clone()))?.clone();
        let found = facts.found.as_ref()?;
        let sql = sample(&facts, found).statistics_of(expression, &column.name);
        let answer = self.ask(&sql).await.ok()?.into_iter().next()??;
        let answer = serde_json::from_str::<serde_json::Value>(&answer).ok()?;
        let number = |key: &str| answer[key].as_f64().unwrap_or(0.0);
        let text = |key: &str| answer[key].as_str().map(str::to_owned);
        if number("sampled") == 0.0 {
            return None;
        }
        let kept = number("distinct") / number("sampled");
        let distinct = match kept {
            0.7.. => f64::from(found.distinct) * kept,
            _ => number("distinct"),
        };
        Some(ColumnStatistics {
            null_fraction: (number("nulls") + f64::from(found.null_fraction)).min(1.0) as f32,
            width: number("width").ceil() as i32,
            distinct: distinct as f32,
            common_values: text("common"),
            common_frequencies: text("frequencies"),
            histogram: text("histogram").filter(|list| list.contains(',')),
            ..ColumnStatistics::default()
        })
    }

    /// What rows have in an inverted index of the key.
    async fn elements(&mut self, table: &QName, key: &IndexKey, rows: f64) -> Elements {
        let unknown = Elements {
            known: vec![0.5; 4],
            others: 4.0,
            each: 0.001,
        };
        let Some(facts) = key
            .column
            .as_ref()
            .and_then(|column| self.columns.get(&(table.clone(), column.clone())))
        else {
            return unknown;
        };
        let facts = facts.clone();
        let class = key.opclass.as_ref().map_or("", |class| class.name.as_str());
        let entries = match (class, facts.data_type.as_str()) {
            ("gin_trgm_ops", _) => {
                return Elements {
                    known: Vec::new(),
                    others: facts.width().clamp(4.0, 200.0),
                    each: 0.005,
                };
            }
            ("jsonb_path_ops", _) => "k || x",
            (_, "jsonb") => "unnest(array[k, x])",
            (_, "tsvector") => return facts.elements(2, (facts.width() - 8.0) / 13.0).unwrap_or(unknown),
            _ if facts.category == 'A' => return facts.elements(3, 4.0).unwrap_or(unknown),
            _ => return unknown,
        };
        let Some(found) = &facts.found else {
            return unknown;
        };
        let sql = sample(&facts, found).entries_of(entries);
        let Ok(answer) = self.ask(&sql).await else {
            return unknown;
        };
        let answer = answer.into_iter().next().flatten().unwrap_or_default();
        let answer = serde_json::from_str::<serde_json::Value>(&answer).unwrap_or_default();
        let Some(sampled) = answer["sampled"].as_f64().filter(|sampled| *sampled > 0.0) else {
            return unknown;
        };
        let often = answer["often"].as_array().into_iter().flatten();
        let known = often.filter_map(|number| Some(number.as_f64()? / sampled)).collect();
        // What a sample has once, one row has, or as many as there are for each value of the whole.
        Elements {
            known,
            others: answer["once"].as_f64().unwrap_or(0.0) / sampled,
            each: 1.0 / facts.distinct(rows),
        }
    }
}

/// What sizes are computed from.
struct Parts {
    columns: Vec<Part>,
    is_mergeable: bool,
    expressions: Vec<Option<ColumnStatistics>>,
    elements: Elements,
}

impl Default for Parts {
    fn default() -> Self {
        Self {
            columns: Vec::new(),
            is_mergeable: true,
            expressions: Vec::new(),
            elements: Elements::default(),
        }
    }
}

/// A table and all that is partitioned from it.
pub(in crate::advise::workload) fn family(catalog: &Catalog, table: &QName) -> Vec<QName> {
    let mut family = vec![table.clone()];
    let mut at = 0;
    while let Some(parent) = family.get(at).cloned() {
        let children = catalog.children(&parent).filter(|child| child.partition_of.is_some());
        family.extend(children.map(|child| child.name.clone()));
        at += 1;
    }
    family
}

/// The numbers of the keys that are expressions.
fn expression_numbers(index: &Index) -> impl Iterator<Item = i32> {
    let keys = (1..).zip(&index.keys);
    keys.filter(|(_, key)| key.expression.is_some())
        .map(|(number, _)| number)
}

fn part(facts: &ColumnFacts, rows: f64) -> Part {
    Part {
        width: facts.width(),
        align: if facts.length < 0 {
            1.0
        } else {
            f64::from(facts.align.max(1))
        },
        distinct: facts.distinct(rows),
        nulls: facts.nulls(),
    }
}

/// Whether equal values are the same bytes (`equalimage`): not where `1.0` equals `1.00`.
fn merges(facts: &ColumnFacts) -> bool {
    let kind = facts.data_type.as_str();
    facts.category != 'A'
        && !["numeric", "real", "double precision", "jsonb", "interval"]
            .iter()
            .any(|other| kind.starts_with(other))
}

/// The values that ANALYZE kept.
fn sample<'a>(facts: &'a ColumnFacts, found: &'a ColumnStatistics) -> Sample<'a> {
    let common = facts.common().iter().map(|(_, part)| part).sum::<f64>();
    let others = (1.0 - common - f64::from(found.null_fraction)).max(0.0);
    let bounds = facts.bounds();
    Sample {
        data_type: &facts.data_type,
        common: found.common_values.as_deref().unwrap_or("{}"),
        frequencies: found.common_frequencies.as_deref().unwrap_or("{}"),
        bounds,
        group: others / elements(bounds).len().max(1) as f64,
    }
}

/// Whether an expression has the name of the column in it.
fn mentions(expression: &str, column: &Name) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    expression.match_indices(column.as_str()).any(|(at, name)| {
        let before = expression[..at].chars().next_back();
        let after = expression[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    })
}
