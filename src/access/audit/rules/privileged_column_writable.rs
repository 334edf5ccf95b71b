use super::{Rule, policies};
use crate::access::audit::Context;
use crate::access::audit::context::{column_name, policy_name, word};
use crate::access::audit::rights::privilege;
use crate::catalog::Name;
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::trigger::{Enabled, Event, Timing};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "privileged-column-writable",
    Severity::Error,
    "A policy decides on rows, not on columns: who may write his own row may write every column of it that he has the \
     privilege for, and make himself an administrator or a paying customer. Column privileges, or a condition on the \
     column, hold that back.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context.tables().filter(|table| table.row.row_security);
    tables.flat_map(|table| of_table(context, table)).collect()
}

fn of_table<'a>(context: &Context<'a>, table: RelationRef<'a>) -> Vec<Finding> {
    let privileged = table
        .columns()
        .iter()
        .filter(|column| is_privileged(&column.name) && column.generated.is_none());
    let findings = privileged.filter_map(|column| {
        let mut ways = Vec::new();
        let mut by = Vec::new();
        for role in &context.settings.outside {
            for command in [Event::Insert, Event::Update] {
                if !context.rights.can(role, privilege(command), &column.object()) {
                    continue;
                }
                let applied = context.rights.policies(role, table, command);
                let is_held = applied.restrictive.iter().any(|policy| names(context, policy, column))
                    || is_guarded(context, table, command, column);
                let letting = applied
                    .permissive
                    .iter()
                    .find(|policy| lets_owner(context, policy, table, column, role));
                if let Some(policy) = letting.filter(|_| !is_held) {
                    ways.push(format!("{role} ({})", word(command)));
                    by.push(policy_name(policy));
                }
            }
        }
        by.sort();
        by.dedup();
        (!ways.is_empty()).then(|| {
            let message = format!("whoever owns a row can set it: {}", ways.join(", "));
            RULE.about
                .finding(column_name(&table.row.name, &column.name), message)
                .with_evidence(format!("by {}", by.join(", ")))
        })
    });
    findings.collect()
}

/// Whether a policy lets whoever a row belongs to write it, whatever is in the column.
fn lets_owner<'a>(
    context: &Context<'a>,
    policy: &'a Policy,
    table: RelationRef<'a>,
    column: &Column,
    role: &'a Name,
) -> bool {
    let Some(expr) = context.new_rows(policy) else {
        return false;
    };
    let scope = context.scope(Some(table), Some(role));
    let owners = policies::pinned(&scope, expr, &table.row.name);
    !scope.is_never_true(expr)
        && !names(context, policy, column)
        && !owners.is_empty()
        && (is_plain(&column.name) || is_about_users(table, &owners))
}

/// Whether a row of the table is a user, or what he is somewhere: he is in its key, or its name says so. A role of a
/// message is no role of whoever wrote it.
fn is_about_users(table: RelationRef<'_>, owners: &[&str]) -> bool {
    let is_key = |columns: &[Name]| columns.iter().any(|column| owners.contains(&column.as_str()));
    let has_key = table.constraints().iter().any(|constraint| match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => is_key(columns),
        _ => false,
    });
    let words = [
        "user",
        "profile",
        "member",
        "account",
        "customer",
        "subscription",
        "employee",
        "person",
        "membership",
    ];
    let name = &table.row.name.name;
    has_key
        || name
            .split('_')
            .any(|word| words.contains(&word.strip_suffix('s').unwrap_or(word)))
}

fn names<'a>(context: &Context<'a>, policy: &'a Policy, column: &Column) -> bool {
    context
        .new_rows(policy)
        .is_some_and(|expr| policies::mentions(expr, &policy.relation, &column.name))
}

/// Whether a trigger looks at the column before the row is written.
fn is_guarded(context: &Context<'_>, table: RelationRef<'_>, command: Event, column: &Column) -> bool {
    table.triggers().iter().any(|trigger| {
        let fires = trigger.timing == Timing::Before
            && trigger.enabled != Enabled::Disabled
            && trigger.events.contains(&command);
        let function = context.catalog.routines.iter().find(|row| row.id == trigger.function);
        let tokens = function.and_then(super::functions::tokens).unwrap_or_default();
        fires
            && tokens
                .iter()
                .filter_map(super::functions::word)
                .any(|word| column.name == word)
    })
}

/// Whether a column's name can mean nothing but a right.
fn is_plain(name: &str) -> bool {
    name.starts_with("is_") || name.contains("admin") || name.contains("permission") || name.contains("superuser")
}

/// Whether a column's name says that it grants something.
fn is_privileged(name: &str) -> bool {
    const NAMES: [&str; 28] = [
        "role",
        "roles",
        "user_role",
        "account_role",
        "admin",
        "is_admin",
        "is_superuser",
        "is_super_admin",
        "is_staff",
        "is_moderator",
        "is_owner",
        "is_premium",
        "is_verified",
        "verified",
        "permission",
        "permissions",
        "scopes",
        "plan",
        "plan_id",
        "tier",
        "subscription_tier",
        "subscription_status",
        "subscription_plan",
        "credits",
        "credit_balance",
        "balance",
        "access_level",
        "clearance",
    ];
    NAMES.contains(&name) || name.ends_with("_verified") || name.ends_with("_credits")
}
