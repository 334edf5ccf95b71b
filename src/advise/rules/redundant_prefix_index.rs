use super::{Rule, twins};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "redundant-prefix-index",
    Severity::Info,
    "A B-tree that begins with the same keys finds the same rows. The shorter index is smaller, and every write keeps it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    twins::superfluous(context, &RULE, |_, index, others| {
        let longer = others.iter().find(|other| twins::is_beginning_of(index, other))?;
        Some(format!("{} begins with all that it has", longer.name))
    })
}
