use std::collections::{BTreeMap, BTreeSet};

use super::fix::{self, Done};
use super::patterns::{Known, searched};
use super::{Rule, columns};
use crate::advise::context::{column_name, is_of, listed};
use crate::advise::{Context, evidence};
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::routine::Body;
use crate::catalog::{Name, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unindexed-pattern-search",
    Severity::Info,
    "No B-tree finds what stands within a text, so each such search reads every row. An index of its trigrams (extension \
     pg_trgm) does.",
    look,
);

/// Up to how many rows a table is read as quickly without an index.
const SMALL: f64 = 1_000.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let known = Known::of(context.catalog);
    let has = |relation: &QName, column: &str| {
        let relation = context.catalog.relation(relation);
        relation.is_some_and(|relation| relation.column(&Name::from(column)).is_some())
    };
    let mut wanted = BTreeMap::<(&QName, Name), BTreeSet<String>>::new();
    for text in texts(context) {
        for (relation, column) in searched(text.sql, &known, has) {
            let found = context.catalog.relation(relation);
            // Rows are filtered before the operators see them, for they are not leakproof.
            let is_kept_away = |found: RelationRef<'_>| {
                columns::is_behind_policies(found) && (!text.as_owner || found.row.force_row_security)
            };
            if found.is_some_and(|found| !is_kept_away(found)) {
                let by = wanted.entry((relation, Name::from(column))).or_default();
                by.insert(text.name.clone());
            }
        }
    }
    let mut done = Done::new(context);
    let findings = wanted.into_iter().filter_map(|((relation, column), by)| {
        let relation = context.catalog.relation(relation)?;
        let rows = context.rows(relation.row);
        if rows.is_some_and(|rows| rows < SMALL) || !can_be_indexed(context, relation, &column) {
            return None;
        }
        let by = by.into_iter().collect::<Vec<_>>();
        let message = format!("what is within it is looked for by {}", listed(&by));
        let mut finding = RULE.about.finding(column_name(&relation.row.name, &column), message);
        if let Some(rows) = rows {
            finding = finding.with_evidence(format!("about {} rows", evidence::count(rows)));
        }
        let mut extensions = context.catalog.extensions.iter();
        Some(match extensions.find(|extension| extension.name == "pg_trgm") {
            Some(trigrams) => {
                let class = QName::new(trigrams.schema.clone(), "gin_trgm_ops");
                finding.with_fix(fix::create_index_of(
                    context,
                    relation.row,
                    "gin",
                    &column,
                    class,
                    &mut done,
                ))
            }
            None => finding.with_hint(format!(
                "CREATE EXTENSION pg_trgm, and then an index USING gin ({column} gin_trgm_ops)"
            )),
        })
    });
    findings.collect()
}

/// A view or function that says what it reads.
struct Text<'a> {
    name: String,
    sql: &'a str,
    /// Whether it reads as its owner, whoever asks.
    as_owner: bool,
}

fn texts<'a>(context: &Context<'a>) -> Vec<Text<'a>> {
    let views = context.relations().filter_map(|relation| {
        Some(Text {
            name: relation.row.name.to_string(),
            sql: relation.row.definition.as_deref()?,
            as_owner: !relation.row.is_security_invoker(),
        })
    });
    let routines = context.catalog.routines.iter().filter_map(|routine| {
        let is_ours = context.catalog.own_schema(&routine.id.name.schema).is_some();
        let is_told = ["sql", "plpgsql"].contains(&&*routine.language) && is_ours;
        match &routine.body {
            Body::Source(sql) | Body::Sql(sql) if is_told => Some(Text {
                name: routine.id.to_string(),
                sql,
                as_owner: routine.security_definer,
            }),
            _ => None,
        }
    });
    views.chain(routines).collect()
}

/// Whether it is text that is stored, and no index has its trigrams yet.
fn can_be_indexed(context: &Context<'_>, relation: RelationRef<'_>, name: &Name) -> bool {
    let is_stored = matches!(
        relation.row.kind,
        RelationKind::Table | RelationKind::PartitionedTable | RelationKind::MaterializedView
    );
    let column = relation.column(name);
    let is_text = column.is_some_and(|column| matches!(context.builtin_type(column), Some("text" | "varchar")));
    let has_trigrams = |index: &Index| {
        let mut keys = index.keys.iter();
        index.valid
            && keys.any(|key| is_of(key, name) && key.opclass.as_ref().is_some_and(|class| class.name.contains("trgm")))
    };
    let is_ours = context.catalog.own_schema(&relation.row.name.schema).is_some();
    is_stored
        && is_text
        && is_ours
        && !context
            .indexes(&relation.row.name)
            .iter()
            .any(|index| has_trigrams(index))
}
