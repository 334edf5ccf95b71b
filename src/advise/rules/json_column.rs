use super::{Rule, columns};
use crate::advise::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "json-column",
    Severity::Info,
    "json is text that is read again in every query: it has no equality, so DISTINCT, GROUP BY and UNION fail, and no index \
     serves it. jsonb has both; only the order and repetition of keys are not kept.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    columns::each(context, &RULE, |column| {
        let is_json = context.base_type(column)?.name.is_builtin() && context.base_type(column)?.name.name == "json";
        is_json.then(|| "it is json: jsonb can be compared and indexed".to_owned())
    })
}
