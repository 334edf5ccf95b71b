use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{listed, policy_name};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-widened-by-role-membership",
    Severity::Warning,
    "A policy for a role applies to that role's members as well. What is meant for a few is then for everybody who comes \
     from outside.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.policies_in_force().filter_map(|(policy, _)| {
        let outside = &context.settings.outside;
        let inner = policy
            .roles
            .iter()
            .filter(|role| !outside.contains(role))
            .collect::<Vec<_>>();
        let widened = outside.iter().filter(|role| {
            !policy.roles.contains(role) && inner.iter().any(|inner| context.rights.acts_as(role, inner))
        });
        let widened = widened.collect::<Vec<_>>();
        let message = format!(
            "it is for {}, and applies to {} too, by membership",
            listed(&inner),
            listed(&widened)
        );
        (policy.permissive && !widened.is_empty()).then(|| RULE.about.finding(policy_name(policy), message))
    });
    findings.collect()
}
