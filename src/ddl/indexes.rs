//! Indexes.

use std::fmt::Write as _;

use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, ObjectId, QName};

use super::name::{bare, column_list, qualified};
use super::options::{setting_changes, setting_list};
use super::{Alteration, Ddl, LockMode, Part, Statement, World};

impl Ddl for Index {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        if self.constraint.is_none() {
            let unique = if self.unique { "UNIQUE " } else { "" };
            let sql = format!(
                "CREATE {unique}INDEX {} ON {}{} {}",
                bare(&self.name.name),
                only(self, world.to),
                qualified(&self.relation),
                definition(self)
            );
            statements.push(
                Statement::new(sql)
                    .locks(LockMode::Share, ObjectId::Table(self.relation.clone()))
                    .scans()
                    .hazard("index-not-concurrent"),
            );
        }
        statements.extend(settings(self, world.to));
        statements
    }

    fn drop(&self, _: &World<'_>) -> Vec<Statement> {
        vec![
            Statement::new(format!("DROP INDEX {}", qualified(&self.name)))
                .locks(LockMode::AccessExclusive, ObjectId::Table(self.relation.clone()))
                .hazard("drop-index-not-concurrent"),
        ]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name,
            relation,
            method,
            unique,
            nulls_not_distinct,
            valid,
            clustered,
            keys,
            include,
            predicate,
            tablespace,
            options,
            constraint,
            parent,
            extension: _,
        } = self;
        let is_partitioned = !only(new, world.to).is_empty();
        let statistics = |key: &IndexKey| key.statistics;
        let same_keys = keys.len() == new.keys.len()
            && keys.iter().zip(&new.keys).all(|(a, b)| {
                let a = IndexKey {
                    statistics: b.statistics,
                    ..a.clone()
                };
                a == *b
            });
        if *relation != new.relation
            || *method != new.method
            || *unique != new.unique
            || *nulls_not_distinct != new.nulls_not_distinct
            || !same_keys
            || *include != new.include
            || *predicate != new.predicate
            || *constraint != new.constraint
            || (parent.is_some() && *parent != new.parent)
            || (!*valid && new.valid && !is_partitioned)
        {
            return Alteration::Replace;
        }
        let alter = format!("ALTER INDEX {}", qualified(name));
        let mut statements = Vec::new();
        statements.extend(
            setting_changes(&alter, options, &new.options)
                .into_iter()
                .map(Statement::new),
        );
        if *tablespace != new.tablespace {
            let space = new.tablespace.as_deref().unwrap_or("pg_default");
            statements.push(
                Statement::new(format!("{alter} SET TABLESPACE {}", bare(space)))
                    .rewrites()
                    .hazard("set-tablespace-rewrite"),
            );
        }
        for (number, (before, after)) in (1..).zip(keys.iter().zip(&new.keys)) {
            if statistics(before) != statistics(after) {
                statements.push(statistics_target(new, number, statistics(after)));
            }
        }
        if *clustered != new.clustered {
            statements.push(match new.clustered {
                true => cluster_on(new, world.to),
                false => Statement::new(format!(
                    "ALTER {} SET WITHOUT CLUSTER",
                    super::relations::named(relation, world.to)
                )),
            });
        }
        if parent.is_none() {
            statements.extend(attach(new));
        }
        Alteration::InPlace(statements)
    }
}

/// What is said of an index once it is there.
pub(super) fn settings(index: &Index, catalog: &Catalog) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (number, key) in (1..).zip(&index.keys) {
        if key.statistics.is_some() {
            statements.push(statistics_target(index, number, key.statistics));
        }
    }
    if index.clustered {
        statements.push(cluster_on(index, catalog));
    }
    statements.extend(attach(index));
    statements
}

/// An exclusion constraint's elements, from the index that it is backed by.
pub(super) fn exclusion(index: &Index, operators: &[QName]) -> String {
    let elements = index.keys.iter().zip(operators).map(|(element, operator)| {
        format!(
            "{} WITH OPERATOR({}.{})",
            key(element),
            bare(&operator.schema),
            operator.name
        )
    });
    let elements = elements.collect::<Vec<_>>().join(", ");
    format!("EXCLUDE USING {} ({elements})", bare(&index.method))
}

/// Everything behind the table's name.
fn definition(index: &Index) -> String {
    let keys = index.keys.iter().map(key).collect::<Vec<_>>().join(", ");
    let mut sql = format!("USING {} ({keys})", bare(&index.method));
    if !index.include.is_empty() {
        let _ = write!(sql, " INCLUDE ({})", column_list(&index.include));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.is_empty() {
        let _ = write!(sql, " WITH ({})", setting_list(&index.options));
    }
    if let Some(space) = &index.tablespace {
        let _ = write!(sql, " TABLESPACE {}", bare(space));
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {predicate}");
    }
    sql
}

fn key(key: &IndexKey) -> String {
    let mut sql = match (&key.column, &key.expression) {
        (Some(column), _) => bare(column),
        (None, expression) => expression.clone().unwrap_or_default(),
    };
    if let Some(collation) = &key.collation {
        let _ = write!(sql, " COLLATE {}", qualified(collation));
    }
    if let Some(opclass) = &key.opclass {
        let _ = write!(sql, " {}", qualified(opclass));
    }
    if !key.opclass_options.is_empty() {
        let _ = write!(sql, " ({})", setting_list(&key.opclass_options));
    }
    if key.descending {
        sql.push_str(" DESC");
    }
    match (key.descending, key.nulls_first) {
        (true, false) => sql.push_str(" NULLS LAST"),
        (false, true) => sql.push_str(" NULLS FIRST"),
        _ => {}
    }
    sql
}

/// The index of a partitioned table is made alone: those of its partitions are attached to it.
fn only(index: &Index, catalog: &Catalog) -> &'static str {
    match catalog.relation(&index.relation) {
        Some(relation) if relation.row.kind == RelationKind::PartitionedTable => "ONLY ",
        _ => "",
    }
}

fn statistics_target(index: &Index, number: usize, target: Option<i32>) -> Statement {
    Statement::new(format!(
        "ALTER INDEX {} ALTER COLUMN {number} SET STATISTICS {}",
        qualified(&index.name),
        target.unwrap_or(-1)
    ))
}

fn cluster_on(index: &Index, catalog: &Catalog) -> Statement {
    Statement::new(format!(
        "ALTER {} CLUSTER ON {}",
        super::relations::named(&index.relation, catalog),
        bare(&index.name.name)
    ))
}

fn attach(index: &Index) -> Option<Statement> {
    let parent = index.parent.as_ref()?;
    let sql = format!(
        "ALTER INDEX {} ATTACH PARTITION {}",
        qualified(parent),
        qualified(&index.name)
    );
    Some(
        Statement::new(sql)
            .part(Part::Attachment)
            .needs(ObjectId::Index(parent.clone())),
    )
}
