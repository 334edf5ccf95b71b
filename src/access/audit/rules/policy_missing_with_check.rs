use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{people, policy_name};
use crate::access::audit::expressions::{conjuncts, disjuncts};
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-missing-with-check",
    Severity::Warning,
    "Without WITH CHECK, new rows are held to USING. Where USING has several ways to be true, because more may be seen \
     than may be owned, a row may be written in any of these ways: as somebody else's, too.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let policies = context.policies_in_force().filter(|(policy, _)| {
        policy.permissive && policy.check.is_none() && matches!(policy.command, None | Some(Event::Update))
    });
    let findings = policies.filter_map(|(policy, table)| {
        let audience = context.audience(policy);
        let scope = context.scope(Some(table), audience.first().copied()?);
        let using = context.using(policy)?;
        let name = &table.row.name;
        let ways = conjuncts(using).into_iter().map(disjuncts).find(|ways| ways.len() > 1)?;
        let is_owner = |way: &&sqlparser::ast::Expr| !policies::pinned(&scope, way, name).is_empty();
        let asks_nobody = |way: &&sqlparser::ast::Expr| {
            !policies::asks_for_user(&scope, way) && !scope.is_never_true(way)
        };
        if !ways.iter().any(is_owner) {
            return None;
        }
        let open = ways.iter().find(|way| asks_nobody(way))?;
        let message = format!(
            "new rows are held to USING, which does not ask for the owner where {open}: {} can write such rows as anybody's",
            people(&audience)
        );
        Some(RULE.about.finding(policy_name(policy), message).with_evidence(policy.using.clone().unwrap_or_default()))
    });
    findings.collect()
}
