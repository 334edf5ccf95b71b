use super::{Rule, columns};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "char-column",
    Severity::Info,
    "Values are padded with blanks that comparisons then ignore, and nothing is faster or smaller for it. text with a CHECK \
     on the length says what is meant.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    columns::each(context, &RULE, |column| {
        let is_char = context.builtin_type(column) == Some("bpchar");
        is_char.then(|| format!("it is {}: text keeps values as they are", column.data_type))
    })
}
