use super::Rule;
use crate::access::audit::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "outside-role-bypasses-rls",
    Severity::Error,
    "No policy binds a superuser or a role with BYPASSRLS, forced or not: requests that run as such a role reach every row \
     that a grant lets them reach.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let roles = context.settings.outside.iter();
    let free = roles.filter(|role| context.rights.bypasses_rls(role));
    let findings = free.map(|role| {
        let why = match context.rights.is_superuser(role) {
            true => "it is a superuser",
            false => "it has BYPASSRLS, which ALTER ROLE … NOBYPASSRLS takes away",
        };
        let message = format!("requests run as it, and no policy binds it: {why}");
        RULE.about.finding(role.to_string(), message)
    });
    findings.collect()
}
