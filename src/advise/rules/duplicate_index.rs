use super::{Rule, twins};
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
    twins::superfluous(context, &RULE, |relation, index, others| {
        let rank = |index| twins::rank(context, relation, index);
        let mut twins = others.iter().filter(|other| twins::are_twins(index, other));
        let kept = twins.find(|other| rank(other) > rank(index))?;
        Some(format!("{} does all that it does", kept.name))
    })
}
