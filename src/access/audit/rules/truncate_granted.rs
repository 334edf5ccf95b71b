use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::access::audit::rights::Source;
use crate::catalog::Name;
use crate::catalog::access::Privilege;
use crate::catalog::lookup::RelationRef;
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "truncate-granted",
    Severity::Info,
    "TRUNCATE asks no policy: whoever has it, and any way to send SQL, can empty the table. The default privileges of a \
     Supabase project grant it with everything else.",
    |context| {
        granted(
            context,
            &RULE,
            &[(Privilege::Truncate, "TRUNCATE")],
            "empty it, whatever the policies say",
        )
    },
);

/// The tables on which outside roles hold one of these privileges, with the statement that takes them away.
pub(super) fn granted(
    context: &Context<'_>,
    rule: &Rule,
    privileges: &[(Privilege, &'static str)],
    what: &str,
) -> Vec<Finding> {
    let findings = context.tables().filter_map(|table| {
        let mut holders = Vec::<&Name>::new();
        let mut names = Vec::new();
        let mut grantees = Vec::<Option<&Name>>::new();
        for (privilege, name) in privileges {
            for role in context.who_can_use(*privilege, &table.row.object()) {
                holders.push(role);
                names.push(*name);
                grantees.extend(grantee(context, table, *privilege, role));
            }
        }
        holders.sort();
        holders.dedup();
        names.sort_unstable();
        names.dedup();
        grantees.sort();
        grantees.dedup();
        if holders.is_empty() {
            return None;
        }
        let message = format!("{} can {what} ({})", listed(&holders), names.join(", "));
        let finding = rule.about.finding(table.row.name.to_string(), message);
        Some(match grantees.is_empty() {
            true => finding,
            false => finding.with_fix(fixes::revoke(&names, table.row, &grantees)),
        })
    });
    findings.collect()
}

/// To whom the privilege was granted, where taking it from him takes it from nobody else but everybody.
fn grantee<'a>(
    context: &Context<'a>,
    table: RelationRef<'a>,
    privilege: Privilege,
    role: &'a Name,
) -> Option<Option<&'a Name>> {
    match context.rights.source(role, privilege, &table.row.object())? {
        Source::Granted { grantee, .. } if grantee.is_none_or(|grantee| grantee == role) => Some(grantee),
        _ => None,
    }
}
