use super::fix::{self, Done};
use super::{Rule, columns};
use crate::advise::Context;
use crate::advise::context::{column_name, is_of};
use crate::catalog::index::Index;
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
        if context.builtin_type(column) != Some("tsvector") || columns::is_behind_policies(table) {
            return None;
        }
        let indexes = context.indexes(&table.row.name).iter();
        let mut indexes = indexes.filter(|index| index.valid && index.keys.iter().any(|key| is_of(key, &column.name)));
        let is_of_whole_values = |index: &Index| ["btree", "hash"].contains(&&*index.method);
        if indexes.clone().any(|index| !is_of_whole_values(index)) {
            return None;
        }
        let message = match indexes.next() {
            Some(index) => format!("no search uses {}, which is a {}", index.name.name, index.method),
            None => "no index serves a search of it".to_owned(),
        };
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
