use super::Rule;
use crate::access::audit::Context;
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "force-missing",
    Severity::Warning,
    "Row-level security does not bind a table's owner unless it is forced. Where the application connects as the owner, \
     or a role from outside owns the table, policies mean nothing to it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| table.row.row_security && !table.row.force_row_security);
    let findings = tables.filter_map(|table| {
        let owner = &table.row.owner;
        if context.rights.bypasses_rls(owner) || context.settings.service.contains(owner) {
            return None;
        }
        let outside = context
            .settings
            .outside
            .iter()
            .any(|role| context.rights.acts_as(role, owner));
        let logs_in = context
            .catalog
            .roles
            .iter()
            .any(|role| role.name == *owner && role.login);
        let name = table.row.name.to_string();
        let finding = match (outside, logs_in) {
            (true, _) => {
                let message = format!("its owner {owner} is a role from outside, whom its policies do not bind");
                RULE.about.finding_of(Severity::Error, name, message)
            }
            (false, true) => {
                let message = format!("its owner {owner} can log in, and its policies do not bind it");
                RULE.about.finding(name, message)
            }
            (false, false) => return None,
        };
        Some(finding.with_fix(fixes::force_row_security(&table.row.name)))
    });
    findings.collect()
}
