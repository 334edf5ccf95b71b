use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{listed, word};
use crate::access::audit::rights::Reach;
use crate::catalog::lookup::RelationRef;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "audit-table-mutable",
    Severity::Warning,
    "A record of what happened is worth something only as long as those who are in it cannot change or delete it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| table.row.row_security && is_record(*table));
    let findings = tables.filter_map(|table| {
        let mut ways = Vec::new();
        for role in &context.settings.outside {
            let commands = [Event::Update, Event::Delete].into_iter().filter(|command| {
                context.rights.reach(role, table, *command) >= Reach::Some
                    && context
                        .rights
                        .policies(role, table, *command)
                        .permissive
                        .iter()
                        .any(|policy| {
                            let scope = context.scope(Some(table), Some(role));
                            context.using(policy).is_none_or(|using| !scope.is_never_true(using))
                        })
            });
            let commands = commands.map(word).collect::<Vec<_>>();
            if !commands.is_empty() {
                ways.push(format!("{role} ({})", commands.join(", ")));
            }
        }
        let message = format!("it is a record, and {} can change it afterwards", listed(&ways));
        (!ways.is_empty()).then(|| RULE.about.finding(table.row.name.to_string(), message))
    });
    findings.collect()
}

/// Whether the table is a record by its name, and nothing in it says that its rows are meant to change.
fn is_record(table: RelationRef<'_>) -> bool {
    let marks = [
        "audit", "audits", "log", "logs", "history", "trail", "ledger", "journal",
    ];
    let is_named = table.row.name.name.split('_').any(|word| marks.contains(&word));
    let changes = table.columns().iter().any(|column| {
        matches!(
            column.name.as_str(),
            "updated_at" | "modified_at" | "edited_at" | "deleted_at" | "updated_on"
        )
    });
    is_named && !changes
}
