use std::collections::BTreeSet;

use super::{Rule, columns};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "prefer-identity",
    Severity::Info,
    "The sequence of a serial column has rights of its own, which an INSERT needs, and anybody may write over the default. \
     An identity column is the standard's, needs no such rights, and can refuse values of one's own.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let sequences = context.catalog.sequences.iter().filter(|sequence| !sequence.identity);
    let owners = sequences.filter_map(|sequence| sequence.owned_by.as_ref());
    let owners = owners
        .map(|owner| (&owner.relation, &owner.column))
        .collect::<BTreeSet<_>>();
    columns::each(context, &RULE, |column| {
        let is_serial = column
            .default
            .as_deref()
            .is_some_and(|default| default.starts_with("nextval("))
            && owners.contains(&(&column.relation, &column.name));
        is_serial.then(|| "it is serial: GENERATED … AS IDENTITY is the standard's way".to_owned())
    })
}
