use super::{Rule, duplicate_index, twins, unused_index};
use crate::advise::Context;
use crate::catalog::index::Index;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "redundant-prefix-index",
    Severity::Info,
    "A B-tree that begins with the same keys finds the same rows. The shorter index is smaller, and every write keeps it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    twins::superfluous(context, &RULE, |relation, index, others| {
        // The longer one that nobody reads is the one to drop.
        let is_read = |other: &Index| !unused_index::can_be_dropped(context, relation, other);
        let mut longer = others.iter().filter(|other| twins::is_beginning_of(index, other));
        let longer = longer.find(|other| is_read(other))?;
        // That it has a twin is said of it already.
        if duplicate_index::twin(context, relation, index, others).is_some() {
            return None;
        }
        Some(format!("{} begins with all that it has", longer.name))
    })
}
