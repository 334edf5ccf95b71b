use super::Rule;
use crate::lint::statement::{Expression, Verb};
use crate::lint::step::{Found, Step, column_name};

pub(super) const RULE: Rule = Rule {
    hazards: &["policy-always-true"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let (Verb::CreatePolicy(policy) | Verb::AlterPolicy(policy)) = &step.statement.verb else {
        return;
    };
    let is_true = |said: &Option<Expression>| said.as_ref().is_some_and(|said| said.truth == Some(true));
    let what = if is_true(&policy.check) {
        "WITH CHECK"
    } else if is_true(&policy.using) {
        "USING"
    } else {
        return;
    };
    let table = step.schema.resolve(&policy.table);
    let known = step
        .schema
        .relation(&table)
        .and_then(|relation| relation.policies.get(&policy.name));
    // ALTER POLICY does not say what the policy is for.
    let (permissive, reads_only) = match known {
        Some(known) => (known.permissive, known.reads_only),
        None => (policy.permissive, policy.reads_only),
    };
    // Reading may well be open to all; writing is not.
    if permissive && !reads_only {
        let message = format!("its {what} is always true: everybody whom it is for may write any row");
        found.push(step.found("policy-always-true", column_name(&table, &policy.name), message));
    }
}
