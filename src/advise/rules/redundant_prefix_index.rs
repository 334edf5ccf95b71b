use super::{Rule, fix, needs, twins};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "redundant-prefix-index",
    Severity::Info,
    "A B-tree that begins with the same keys finds the same rows. The shorter index is smaller, and every write keeps it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for relation in context.relations() {
        let indexes = context.indexes(&relation.row.name);
        for index in indexes.iter().filter(|index| index.valid && index.parent.is_none()) {
            let mut longer = indexes.iter().filter(|other| twins::is_beginning_of(index, other));
            let Some(longer) = longer.next() else { continue };
            let message = format!("{} begins with all that it has", longer.name);
            let mut finding = RULE.finding(index.name.to_string(), message);
            if let Some(evidence) = twins::evidence(context, index) {
                finding = finding.with_evidence(evidence);
            }
            if needs::can_go(context, relation.row, index) {
                finding = finding.with_fix(fix::drop_index(relation.row, index));
            }
            findings.push(finding);
        }
    }
    findings
}
