use std::collections::BTreeMap;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, word};
use crate::access::audit::rights::{Reach, Source, privilege};
use crate::catalog::Name;
use crate::catalog::lookup::RelationRef;
use crate::catalog::trigger::Event;
use crate::ddl::fixes;
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
    let findings = tables.filter_map(|table| {
        let idle = idle(context, table)?;
        let message = format!("commands are granted that no policy lets through ({})", idle.said);
        let finding = RULE.about.finding(table.row.name.to_string(), message);
        Some(idle.fix.into_iter().fold(finding, Finding::with_fix))
    });
    findings.collect()
}

/// Privileges of outside roles on a table that no policy lets through.
pub(super) struct Idle {
    /// Whose they are, and which.
    pub(super) said: String,
    /// What takes them away, where nobody else loses anything by it.
    pub(super) fix: Option<String>,
}

/// The idle privileges on a table with row-level security; `None` where there are none.
pub(super) fn idle(context: &Context<'_>, table: RelationRef<'_>) -> Option<Idle> {
    let mut idle = BTreeMap::<&Name, Vec<&'static str>>::new();
    // What everybody or a group has, others may need.
    let mut is_certain = true;
    for role in &context.settings.outside {
        for command in COMMANDS {
            if context.rights.reach(role, table, command) != Reach::None {
                continue;
            }
            idle.entry(role).or_default().push(word(command));
            let source = context.rights.source(role, privilege(command), &table.row.object());
            is_certain &= matches!(source, Some(Source::Granted { grantee: Some(grantee), .. }) if grantee == role);
        }
    }
    if idle.is_empty() {
        return None;
    }
    let said = idle.iter().map(|(role, commands)| {
        let is_let = |command| context.rights.reach(role, table, command) == Reach::Some;
        let upserts = commands.contains(&word(Event::Update)) && is_let(Event::Insert) && is_let(Event::Select);
        let refused = if upserts {
            " (ON CONFLICT DO UPDATE needs it, and is refused)"
        } else {
            ""
        };
        format!("{role}: {}{refused}", commands.join(", "))
    });
    let mut alike = BTreeMap::<&Vec<&str>, Vec<Option<&Name>>>::new();
    for (role, commands) in &idle {
        alike.entry(commands).or_default().push(Some(*role));
    }
    let fixes = alike
        .iter()
        .map(|(commands, roles)| fixes::revoke(commands, table.row, roles));
    Some(Idle {
        said: said.collect::<Vec<_>>().join("; "),
        fix: is_certain.then(|| fixes.collect::<Vec<_>>().join("\n")),
    })
}
