//! Production's statistics, given to the scratch server: restored from 18 on (manual, section 9.28, "Database Object
//! Statistics Manipulation Functions"), written into the catalogs of older servers (`pg_class`, `pg_statistic`).

use std::collections::BTreeMap;

use sqlx::{Connection as _, PgConnection, Row as _};

use super::{Lab, Placed, failed};
use crate::advise::workload::size::Elements;
use crate::catalog::QName;
use crate::diagnostic::Diagnostic;
use crate::introspect::planner_statistics::{ColumnStatistics, PlannerStatistics, RelationSize};
use crate::scratch::Scratch;
use crate::{Error, Result};

/// What is known of one column of a table: what candidates, sizes and typical values are made from.
#[derive(Clone, Debug, Default)]
pub(in crate::advise::workload) struct ColumnFacts {
    /// Its type, with modifiers.
    pub(in crate::advise::workload) data_type: String,
    /// The bytes of a value (`typlen`); negative where they vary.
    pub(in crate::advise::workload) length: i16,
    /// The alignment in bytes.
    pub(in crate::advise::workload) align: u32,
    /// The type's category (`typcategory`).
    pub(in crate::advise::workload) category: char,
    /// What ANALYZE found; `None` where it has not been.
    pub(in crate::advise::workload) found: Option<ColumnStatistics>,
}

const RELATIONS: &str = "select n.nspname::text, c.relname::text, c.oid::int8, \
    case when c.relkind in ('r', 'm', 'i', 't') then pg_catalog.pg_relation_filepath(c.oid) end \
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace \
    where c.relkind in ('r', 'm', 'i', 'p', 'I')";

const LEAVES: &str = "select n.nspname::text, c.relname::text, m.nspname::text, l.relname::text \
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace \
    cross join lateral pg_catalog.pg_partition_tree(c.oid) as t \
    join pg_catalog.pg_class as l on l.oid = t.relid join pg_catalog.pg_namespace as m on m.oid = l.relnamespace \
    where c.relkind = 'p' and t.isleaf order by 1, 2, 3, 4";

const COLUMNS: &str = "select n.nspname::text, c.relname::text, a.attname::text, a.attnum::int4, c.oid::int8, \
    c.relkind::text, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attlen::int4, \
    case a.attalign when 'c' then 1 when 's' then 2 when 'i' then 4 else 8 end, t.typcategory::text \
    from pg_catalog.pg_attribute as a join pg_catalog.pg_class as c on c.oid = a.attrelid \
    join pg_catalog.pg_type as t on t.oid = a.atttypid \
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace \
    where c.relkind in ('r', 'm', 'i', 'p', 'I') and a.attnum > 0 and not a.attisdropped";

/// A relation's object id, its pages, its rows, and its pages of which every row is visible to all.
const SIZES: &str = "update pg_catalog.pg_class as c \
    set relpages = s.pages, reltuples = s.tuples, relallvisible = s.visible \
    from unnest($1::int8[], $2::int4[], $3::float4[], $4::int4[]) as s(id, pages, tuples, visible) \
    where c.oid = s.id::pg_catalog.oid returning true";

/// The same from 18 on.
const RESTORED_SIZES: &str = "select pg_catalog.pg_restore_relation_stats('schemaname', n.nspname::text, \
    'relname', c.relname::text, 'relpages', s.pages, 'reltuples', s.tuples, 'relallvisible', s.visible) \
    from unnest($1::int8[], $2::int4[], $3::float4[], $4::int4[]) as s(id, pages, tuples, visible) \
    join pg_catalog.pg_class as c on c.oid = s.id::pg_catalog.oid \
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace";

/// Makes text be ordered as in production, if the machine knows how, else by some rule that is not its bytes: what
/// matters is whether an ordinary index serves prefixes. The new connection is the one to go on with.
pub(super) async fn collated(
    scratch: &Scratch,
    mut connection: PgConnection,
    collate: &str,
    noticed: &mut Vec<Diagnostic>,
) -> Result<PgConnection> {
    let before = "select datcollate::text from pg_catalog.pg_database where datname = current_database()";
    let before = sqlx::query_scalar::<_, String>(before).fetch_one(&mut connection).await;
    let before = before.map_err(|error| failed("cannot ask the scratch server how it orders text", error))?;
    for wanted in [collate, "C.UTF-8", "C.utf8", "en_US.UTF-8", &before] {
        let sql = "update pg_catalog.pg_database set datcollate = $1, datctype = $1 where datname = current_database()";
        let done = sqlx::query(sql).bind(wanted).execute(&mut connection).await;
        done.map_err(|error| failed("cannot change how the scratch server orders text", error))?;
        match scratch.connect().await {
            Ok(next) => {
                if wanted == before {
                    let message = format!("text is ordered by its bytes, because this machine does not know {collate}");
                    noticed.push(Diagnostic::warning("the scratch server", message));
                }
                let _ = connection.close().await;
                return Ok(next);
            }
            Err(error) if wanted == before => return Err(error),
            Err(_) => {}
        }
    }
    Ok(connection)
}

/// Whether text is ordered by its bytes.
pub(super) async fn is_c_collated(connection: &mut PgConnection) -> Result<bool> {
    let ask = "select datcollate in ('C', 'POSIX') from pg_catalog.pg_database where datname = current_database()";
    let is_c = sqlx::query_scalar::<_, bool>(ask).fetch_one(connection).await;
    is_c.map_err(|error| failed("cannot ask the scratch server how it orders text", error))
}

impl Lab {
    /// Writes everything that is known.
    pub(super) async fn settle(&mut self, statistics: &PlannerStatistics, noticed: &mut Vec<Diagnostic>) -> Result<()> {
        self.execute("set allow_system_table_mods = on").await?;
        for (name, value) in &statistics.settings {
            let set = sqlx::query("select set_config($1, $2, false)")
                .bind(name.as_str())
                .bind(value);
            if let Err(error) = set.execute(&mut self.connection).await {
                let message = failed("the scratch server does not take it", error).to_string();
                noticed.push(Diagnostic::note(name.as_str(), message));
            }
        }
        self.set(&[]).await?;
        self.execute(super::SEARCH_PATH).await?;
        self.place(&statistics.relations).await?;
        self.put_columns(&statistics.columns, noticed).await?;
        let everything = self.relations.keys().cloned().collect::<Vec<_>>();
        self.fill(&everything).await
    }

    /// Finds the relations that are known on both sides.
    async fn place(&mut self, sizes: &[RelationSize]) -> Result<()> {
        let sizes = sizes.iter().map(|size| (&size.name, size)).collect::<BTreeMap<_, _>>();
        let rows = sqlx::raw_sql(RELATIONS).fetch_all(&mut self.connection).await;
        let rows = rows.map_err(|error| failed("cannot read the scratch server's tables", error))?;
        for row in &rows {
            let text = |column: usize| row.try_get::<String, _>(column).unwrap_or_default();
            let name = QName::new(text(0), text(1));
            let Some(size) = sizes.get(&name) else {
                continue;
            };
            let placed = Placed {
                oid: row.try_get(2).unwrap_or_default(),
                path: row.try_get(3).unwrap_or_default(),
                pages: size.pages,
                tuples: size.tuples,
                all_visible: size.all_visible,
                blocks: size.blocks.unwrap_or(0).unsigned_abs(),
            };
            self.relations.insert(name, placed);
        }
        let rows = sqlx::raw_sql(LEAVES).fetch_all(&mut self.connection).await;
        let rows = rows.map_err(|error| failed("cannot read the scratch server's partitions", error))?;
        for row in &rows {
            let text = |column: usize| row.try_get::<String, _>(column).unwrap_or_default();
            let leaves = self.leaves.entry(QName::new(text(0), text(1))).or_default();
            leaves.push(QName::new(text(2), text(3)));
        }
        Ok(())
    }

    async fn put_columns(&mut self, found: &[ColumnStatistics], noticed: &mut Vec<Diagnostic>) -> Result<()> {
        let mut by_column = BTreeMap::<(&str, &str, &str), Vec<&ColumnStatistics>>::new();
        for column in found {
            let key = (&*column.schema, &*column.relation, &*column.column);
            by_column.entry(key).or_default().push(column);
        }
        let rows = sqlx::raw_sql(COLUMNS).fetch_all(&mut self.connection).await;
        let rows = rows.map_err(|error| failed("cannot read the scratch server's columns", error))?;
        for row in &rows {
            let text = |column: usize| row.try_get::<String, _>(column).unwrap_or_default();
            let (schema, relation, column) = (text(0), text(1), text(2));
            let statistics = by_column.get(&(&*schema, &*relation, &*column));
            for found in statistics.into_iter().flatten() {
                let (oid, number) = (row.try_get(4).unwrap_or_default(), row.try_get(3).unwrap_or_default());
                if let Err(error) = self.put(oid, number, found).await {
                    noticed.push(Diagnostic::gap(
                        format!("{schema}.{relation}.{column}"),
                        format!("its statistics could not be copied: {error}"),
                    ));
                }
            }
            if matches!(&*text(5), "i" | "I") {
                continue;
            }
            let facts = ColumnFacts {
                data_type: text(6),
                length: row.try_get::<i32, _>(7).map_or(-1, |length| length as i16),
                align: row.try_get::<i32, _>(8).map_or(8, i32::unsigned_abs),
                category: text(9).chars().next().unwrap_or('U'),
                // Those of the whole tree, where there are two.
                found: statistics
                    .and_then(|all| all.iter().max_by_key(|one| one.inherited))
                    .map(|one| (*one).clone()),
            };
            let hides_ranges = |found: &ColumnStatistics| found.range_lengths.is_none() && found.null_fraction < 1.0;
            if facts.category == 'R' && facts.found.as_ref().is_some_and(hides_ranges) {
                let message =
                    "what ANALYZE found in its ranges is not seen: before PostgreSQL 17, superusers alone see it";
                noticed.push(Diagnostic::note(format!("{schema}.{relation}.{column}"), message));
            }
            self.columns
                .insert((QName::new(schema, relation), column.into()), facts);
        }
        Ok(())
    }

    /// Writes the statistics of one column.
    pub(super) async fn put(&mut self, relation: i64, number: i32, found: &ColumnStatistics) -> Result<()> {
        let sql = match self.restores {
            true => include_str!("../sql/restore_statistics.sql"),
            false => include_str!("../sql/put_statistics.sql"),
        };
        let oid = sqlx::postgres::types::Oid(u32::try_from(relation).unwrap_or_default());
        let put = sqlx::query_scalar::<_, bool>(sql)
            .bind(oid)
            .bind(number as i16)
            .bind(found.inherited)
            .bind(found.null_fraction)
            .bind(found.width)
            .bind(found.distinct)
            .bind(&found.common_values)
            .bind(&found.common_frequencies)
            .bind(&found.histogram)
            .bind(found.correlation)
            .bind(&found.common_elements)
            .bind(&found.element_frequencies)
            .bind(&found.element_counts)
            .bind(&found.range_lengths)
            .bind(found.range_empty)
            .bind(&found.range_bounds);
        let is_whole = put.fetch_one(&mut self.connection).await;
        let is_whole = is_whole.map_err(|error| failed("the scratch server refuses them", error))?;
        if is_whole {
            return Ok(());
        }
        // What it does not take it only warns of, and the rest is there.
        let kept = sqlx::query_scalar::<_, String>(include_str!("../sql/kept_statistics.sql"))
            .bind(oid)
            .bind(number as i16)
            .bind(found.inherited);
        let kept = kept.fetch_all(&mut self.connection).await;
        let kept = kept.map_err(|error| failed("the scratch server does not tell what it took", error))?;
        let refused = found.kinds().filter(|kind| !kept.iter().any(|kept| kept == kind));
        let refused = refused.collect::<Vec<_>>().join(", ");
        Err(Error::new(format!("the scratch server refuses {refused}")))
    }

    /// Gives relations the size that they have in production.
    pub(super) async fn fill(&mut self, names: &[QName]) -> Result<()> {
        let placed = names.iter().filter_map(|name| self.relations.get(name));
        let placed = placed.cloned().collect::<Vec<_>>();
        self.put_sizes(&placed).await?;
        for placed in &placed {
            if let Some(path) = &placed.path {
                self.files.stretch(path, placed.blocks)?;
            }
        }
        Ok(())
    }

    /// Writes how large relations are.
    pub(super) async fn put_sizes(&mut self, placed: &[Placed]) -> Result<()> {
        let sql = if self.restores { RESTORED_SIZES } else { SIZES };
        let put = sqlx::query_scalar::<_, bool>(sql)
            .bind(placed.iter().map(|placed| placed.oid).collect::<Vec<_>>())
            .bind(placed.iter().map(|placed| placed.pages).collect::<Vec<_>>())
            .bind(placed.iter().map(|placed| placed.tuples).collect::<Vec<_>>())
            .bind(placed.iter().map(|placed| placed.all_visible).collect::<Vec<_>>())
            .fetch_all(&mut self.connection)
            .await;
        let put = put.map_err(|error| failed("cannot write the sizes of relations", error))?;
        match put.into_iter().all(|is_whole| is_whole) {
            true => Ok(()),
            false => Err(Error::new("the scratch server refuses the sizes of relations")),
        }
    }
}

impl ColumnFacts {
    /// The number of distinct values among `rows`.
    pub(in crate::advise::workload) fn distinct(&self, rows: f64) -> f64 {
        let distinct = self.found.as_ref().map_or(200.0_f64.min(rows), |found| {
            let distinct = f64::from(found.distinct);
            if distinct < 0.0 { -distinct * rows } else { distinct }
        });
        distinct.max(1.0)
    }

    /// The part of the rows in which it is NULL.
    pub(in crate::advise::workload) fn nulls(&self) -> f64 {
        self.found.as_ref().map_or(0.0, |found| f64::from(found.null_fraction))
    }

    /// The average bytes of a value.
    pub(in crate::advise::workload) fn width(&self) -> f64 {
        match (self.length, &self.found) {
            (1.., _) => f64::from(self.length),
            (_, Some(found)) => f64::from(found.width),
            _ => 32.0,
        }
    }

    /// The most common values, with the part of the rows that has each.
    pub(in crate::advise::workload) fn common(&self) -> Vec<(String, f64)> {
        let Some(found) = &self.found else {
            return Vec::new();
        };
        let values = elements(found.common_values.as_deref().unwrap_or_default());
        let frequencies = elements(found.common_frequencies.as_deref().unwrap_or_default());
        let frequencies = frequencies.iter().map(|text| text.parse().unwrap_or(0.0));
        values.into_iter().zip(frequencies).collect()
    }

    /// The elements of its values, where ANALYZE has counted them (`pg_stats.most_common_elem_freqs`, whose last `extremes`
    /// numbers are no element's); a value has `count` elements where their number was not counted.
    pub(in crate::advise::workload) fn elements(&self, extremes: usize, count: f64) -> Option<Elements> {
        let found = self.found.as_ref()?;
        let numbers = |text: &Option<String>| {
            let numbers = elements(text.as_deref().unwrap_or_default());
            numbers
                .iter()
                .filter_map(|text| text.parse().ok())
                .collect::<Vec<f64>>()
        };
        let mut known = numbers(&found.element_frequencies);
        known.truncate(known.len().checked_sub(extremes)?);
        let count = numbers(&found.element_counts).last().copied().unwrap_or(count);
        Some(Elements {
            others: (count - known.iter().sum::<f64>()).max(0.0),
            // They are rarer than the rarest of those.
            each: known.iter().copied().reduce(f64::min)? / 2.0,
            known,
        })
    }

    /// What parts the values that are not common into groups of one size, as an array; of ranges, their bounds are parted.
    pub(super) fn bounds(&self) -> &str {
        let found = self.found.as_ref();
        let bounds = found.and_then(|found| found.histogram.as_deref().or(found.range_bounds.as_deref()));
        bounds.unwrap_or("{}")
    }

    /// Values that part the others into groups of one size.
    pub(in crate::advise::workload) fn histogram(&self) -> Vec<String> {
        let bounds = self.found.as_ref().and_then(|found| found.histogram.as_deref());
        elements(bounds.unwrap_or_default())
    }
}

/// The elements of a one-dimensional array constant (manual, section 8.15.2); NULL ones are left out.
pub(super) fn elements(text: &str) -> Vec<String> {
    let Some(inner) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let (mut element, mut is_quoted, mut was_quoted, mut depth) = (String::new(), false, false, 0);
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => element.extend(letters.next()),
            '"' => {
                is_quoted = !is_quoted;
                was_quoted = true;
            }
            ',' if !is_quoted && depth == 0 => {
                push(&mut found, &mut element, was_quoted);
                was_quoted = false;
            }
            _ => {
                match letter {
                    '{' if !is_quoted => depth += 1,
                    '}' if !is_quoted => depth -= 1,
                    _ => {}
                }
                element.push(letter);
            }
        }
    }
    if !inner.is_empty() {
        push(&mut found, &mut element, was_quoted);
    }
    found
}

fn push(found: &mut Vec<String>, element: &mut String, was_quoted: bool) {
    let element = std::mem::take(element);
    if was_quoted || element != "NULL" {
        found.push(element);
    }
}

#[cfg(test)]
mod tests {
    use super::elements;

    #[test]
    fn array_constants_are_taken_apart() {
        assert_eq!(elements("{1,2}"), ["1", "2"]);
        assert_eq!(
            elements(r#"{"a,b","c\"d",NULL,"NULL",""}"#),
            ["a,b", "c\"d", "NULL", ""]
        );
        assert_eq!(elements(r#"{"{\"ref\": \"R1\"}"}"#), [r#"{"ref": "R1"}"#]);
        assert!(elements("{}").is_empty());
        assert!(elements("").is_empty());
    }
}
