use std::collections::BTreeMap;

use super::fix::{self, Done};
use super::{Rule, columns};
use crate::advise::Context;
use crate::advise::context::is_of;
use crate::finding::{Finding, Severity};
use crate::sql::identifier;

pub(super) const RULE: Rule = Rule::new(
    "wrong-index-method",
    Severity::Warning,
    "A B-tree or hash index of documents or arrays only finds values that are equal as a whole. What is in them (@>, ?, &&) \
     is found by GIN, and what ranges have in common by GiST.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut done = Done::new(context);
    let mut fixes = BTreeMap::new();
    let findings = context.own_indexes().filter_map(|(relation, index)| {
        let is_of_whole_values = ["btree", "hash"].contains(&&*index.method) && !index.unique;
        let name = index.keys.first()?.column.as_ref().filter(|_| is_of_whole_values)?;
        let method = columns::inner_method(context, relation.column(name)?)?;
        let mut others = context.indexes(&relation.row.name).iter();
        let is_inner = |method: &str| ["gin", "gist", "rum"].contains(&method);
        if others.any(|other| is_inner(&other.method) && other.keys.iter().any(|key| is_of(key, name))) {
            return None;
        }
        let message = format!(
            "{} is a {} of {}, which finds whole values alone: {method} finds what is in them",
            identifier(&index.name.name),
            index.method,
            identifier(name),
        );
        let subject = index.name.to_string();
        if columns::is_behind_policies(relation) {
            let finding = RULE.about.finding_of(Severity::Info, subject, message);
            return Some(finding.with_hint(
                "those whom policies bind gain nothing by one of that method, for its operators are not leakproof: \
                 a function that is SECURITY DEFINER does, and checks itself who asks",
            ));
        }
        let fix = fixes
            .entry((&relation.row.name, name))
            .or_insert_with(|| fix::create_index_using(context, relation.row, method, name, &mut done));
        Some(RULE.about.finding(subject, message).with_fix(fix.clone()))
    });
    findings.collect()
}
