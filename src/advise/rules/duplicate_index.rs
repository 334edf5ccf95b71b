use super::{Rule, twins};
use crate::advise::Context;
use crate::catalog::index::Index;
use crate::catalog::relation::Relation;
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
        let kept = twin(context, relation, index, others)?;
        Some(format!("{} does all that it does", kept.name))
    })
}

/// The index to keep rather than this one, whose work it does.
pub(super) fn twin<'a>(
    context: &Context<'_>,
    relation: &Relation,
    index: &'a Index,
    others: &[&'a Index],
) -> Option<&'a Index> {
    let does_all = |other: &&&'a Index| twins::are_twins(index, other) && twins::guards_as_much(context, other, index);
    let twins = others.iter().filter(does_all).copied();
    let best = twins.max_by_key(|other| twins::rank(context, relation, other))?;
    (twins::rank(context, relation, best) > twins::rank(context, relation, index)).then_some(best)
}
