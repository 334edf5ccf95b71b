use super::{Rule, columns};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "timestamp-without-tz",
    Severity::Info,
    "It holds what a clock on some wall showed, not a moment: what is written and read depends on each session's time zone. \
     timestamp with time zone takes as much space and is a moment.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    columns::each(context, &RULE, |column| {
        let is_local = context.builtin_type(column) == Some("timestamp");
        is_local.then(|| "it is timestamp without time zone: timestamptz is a moment everywhere".to_owned())
    })
}
