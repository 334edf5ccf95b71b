use super::fix::{self, Done};
use super::{Rule, columns};
use crate::advise::Context;
use crate::advise::context::{column_name, is_of};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unindexed-text-search",
    Severity::Info,
    "A tsvector is kept to be searched, and without a GIN or GiST index each search reads every row.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut done = Done::new(context);
    let findings = context.columns().filter_map(|(table, column)| {
        if context.builtin_type(column) != Some("tsvector") {
            return None;
        }
        let indexes = context.indexes(&table.row.name).iter();
        let mut indexes = indexes.filter(|index| index.valid && index.method != "btree" && index.method != "hash");
        if indexes.any(|index| index.keys.iter().any(|key| is_of(key, &column.name))) {
            return None;
        }
        let message = format!("no index serves a search of it{}", columns::barrier(table));
        let finding = RULE.about.finding(column_name(&table.row.name, &column.name), message);
        Some(finding.with_fix(fix::create_index_using(
            context,
            table.row,
            "gin",
            &column.name,
            &mut done,
        )))
    });
    findings.collect()
}
