use super::{Rule, twins};
use crate::advise::Context;
use crate::catalog::index::Index;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "duplicate-index",
    Severity::Warning,
    "Every write keeps both indexes, and no query needs more than one: a B-tree is read from either end, and a unique index \
     finds as well as one that is not.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    twins::superfluous(context, &RULE, |relation, index, others| {
        let rank = |index| twins::rank(context, relation, index);
        let does_all = |other: &Index| twins::are_twins(index, other) && twins::guards_as_much(context, other, index);
        let mut twins = others.iter().filter(|other| does_all(other));
        let kept = twins.find(|other| rank(other) > rank(index))?;
        Some(format!("{} does all that it does", kept.name))
    })
}
