use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, listed, word};
use crate::access::audit::rights::privilege;
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "rls-disabled-in-public",
    Severity::Error,
    "Without row-level security, whoever has a privilege on a table has it on every row. The API serves the table, and \
     anybody can take the key that it is called with out of the front end.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let open = context.tables().filter(|table| !table.row.row_security);
    let exposed = open.filter(|table| context.is_exposed(&table.row.name.schema));
    let findings = exposed.filter_map(|table| {
        let granted = context.settings.outside.iter().filter_map(|role| {
            let commands = COMMANDS.into_iter();
            let commands = commands.filter(|command| context.rights.can_some(role, privilege(*command), table.row));
            let commands = commands.map(word).collect::<Vec<_>>();
            (!commands.is_empty()).then(|| format!("{role}: {}", commands.join(", ")))
        });
        let granted = granted.collect::<Vec<_>>();
        if granted.is_empty() {
            return None;
        }
        let roles = granted.iter().filter_map(|line| line.split(':').next()).collect::<Vec<_>>();
        let how = match &table.row.partition_of {
            Some(place) if context.catalog.relation(&place.parent).is_some_and(|parent| parent.row.row_security) => {
                format!(
                    "row-level security is off: that of {} does not hold where the partition is named itself, and {} can \
                     reach every row of it",
                    place.parent,
                    listed(&roles)
                )
            }
            _ => format!("row-level security is off: {} can reach every row", listed(&roles)),
        };
        let finding = RULE.about.finding(table.row.name.to_string(), how);
        Some(
            finding
                .with_evidence(granted.join("; "))
                .with_fix(fixes::enable_row_security(&table.row.name)),
        )
    });
    findings.collect()
}
