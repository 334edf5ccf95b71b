use sqlparser::ast::Expr;

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{column_name, policy_name};
use crate::access::audit::expressions::{conjuncts, own_column};
use crate::catalog::Name;
use crate::catalog::access::Privilege;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::trigger::Event;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-soft-delete-hidden",
    Severity::Warning,
    "A row that is changed has to pass the policies for SELECT afterwards, too, where the UPDATE looks for it. One that \
     hides what is deleted softly makes that very deletion fail (42501): the row would be gone from its owner's sight.",
    look,
);

/// The columns by which rows are deleted softly.
const MARKS: [&str; 5] = ["deleted_at", "archived_at", "removed_at", "deleted_on", "archived_on"];

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context.tables().filter(|table| table.row.row_security);
    tables.filter_map(|table| finding(context, table)).collect()
}

fn finding<'a>(context: &Context<'a>, table: RelationRef<'a>) -> Option<Finding> {
    let marks = table
        .columns()
        .iter()
        .filter(|column| MARKS.contains(&column.name.as_str()));
    for column in marks {
        let mut caught = Vec::<(&Name, &Policy)>::new();
        for role in &context.settings.outside {
            let reading = context.rights.policies(role, table, Event::Select).permissive;
            let writing = context.rights.policies(role, table, Event::Update).permissive;
            let hides = |policy: &&'a Policy| {
                context
                    .using(policy)
                    .is_some_and(|using| asks_for_null(using, table, &column.name))
            };
            let can_mark = context.rights.can(role, Privilege::Update, &column.object());
            // One that does not let marked rows through says itself that it is not for this.
            let writes = writing.iter().any(|policy| {
                context
                    .new_rows(policy)
                    .is_some_and(|check| !asks_for_null(check, table, &column.name))
            });
            if can_mark && writes && reading.iter().all(hides) {
                caught.extend(reading.first().map(|policy| (role, *policy)));
            }
        }
        if let Some((role, policy)) = caught.first() {
            let name = &column.name;
            let message = format!("{role} cannot set it: every policy for SELECT asks that {name} is NULL");
            let evidence = format!(
                "{}: {}",
                policy_name(policy),
                policy.using.as_deref().unwrap_or_default()
            );
            return Some(
                RULE.about
                    .finding(column_name(&table.row.name, name), message)
                    .with_evidence(evidence),
            );
        }
    }
    None
}

fn asks_for_null(expr: &Expr, table: RelationRef<'_>, column: &str) -> bool {
    conjuncts(expr).iter().any(|part| match part {
        Expr::IsNull(inner) => own_column(inner, &table.row.name) == Some(column),
        _ => false,
    })
}
