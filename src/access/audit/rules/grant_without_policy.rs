use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, fix};
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, word};
use crate::access::audit::rights::{Reach, Source, privilege};
use crate::catalog::lookup::RelationRef;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "grant-without-policy",
    Severity::Info,
    "A privilege that no policy lets through does nothing but hide mistakes: the request succeeds with no row, where an \
     error would say what is wrong. The day somebody adds a policy for another reason, it opens.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| table.row.row_security && !table.policies().is_empty());
    tables.filter_map(|table| finding(context, table)).collect()
}

fn finding(context: &Context<'_>, table: RelationRef<'_>) -> Option<Finding> {
    let mut idle = BTreeMap::<&str, Vec<&'static str>>::new();
    let mut fixes = BTreeMap::<Vec<&'static str>, BTreeSet<_>>::new();
    let mut is_certain = true;
    for role in &context.settings.outside {
        let reached = COMMANDS
            .into_iter()
            .filter(|command| context.rights.reach(role, table, *command) == Reach::None);
        for command in reached {
            idle.entry(role.as_str()).or_default().push(word(command));
            match context.rights.source(role, privilege(command), &table.row.object()) {
                Some(Source::Granted {
                    grantee: Some(grantee), ..
                }) if grantee == role => {}
                // What everybody or a group has, others may need.
                _ => is_certain = false,
            }
        }
        if let Some(commands) = idle.get(role.as_str()) {
            fixes.entry(commands.clone()).or_default().insert(role);
        }
    }
    if idle.is_empty() {
        return None;
    }
    let said = idle
        .iter()
        .map(|(role, commands)| format!("{role}: {}", commands.join(", ")));
    let said = said.collect::<Vec<_>>().join("; ");
    let finding = RULE
        .finding(
            table.row.name.to_string(),
            format!("commands are granted that no policy lets through ({said})"),
        )
        .with_evidence(said);
    if !is_certain {
        return Some(finding);
    }
    let fixes = fixes.iter().map(|(commands, roles)| {
        let roles = roles.iter().map(|role| Some(*role)).collect::<Vec<_>>();
        fix::revoke(commands, table.row, &roles)
    });
    Some(finding.with_fix(fixes.collect::<Vec<_>>().join("\n")))
}
