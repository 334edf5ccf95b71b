use super::{Rule, columns};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unlimited-varchar",
    Severity::Info,
    "Without a length, varchar is text by another name: either a limit was forgotten, or text says it better, and needs no \
     conversion where functions and operators take text.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    columns::each(context, &RULE, |column| {
        let is_varchar = context.builtin_type(column) == Some("varchar");
        let is_limited = context.base_type(column)?.modifier.is_some();
        (is_varchar && !is_limited).then(|| "it is varchar without a length, which is text".to_owned())
    })
}
