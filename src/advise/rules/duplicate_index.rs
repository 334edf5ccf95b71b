use super::{Rule, fix, needs, twins};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "duplicate-index",
    Severity::Warning,
    "Every write keeps both indexes, and no query needs more than one: a B-tree is read from either end, and a unique index \
     finds as well as one that is not.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for relation in context.relations() {
        let indexes = context.indexes(&relation.row.name);
        for index in indexes.iter().filter(|index| index.valid && index.parent.is_none()) {
            let rank = |index| twins::rank(context, relation.row, index);
            let mut others = indexes.iter().filter(|other| twins::are_twins(index, other));
            let Some(kept) = others.find(|other| rank(other) > rank(index)) else {
                continue;
            };
            let mut finding = RULE.finding(index.name.to_string(), format!("{} does all that it does", kept.name));
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
