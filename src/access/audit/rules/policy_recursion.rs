use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, policy_name};
use crate::access::audit::rights::read_by;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::relation::RelationKind;
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-recursion",
    Severity::Error,
    "To read a table in a policy, that table's policies are asked in turn. Where they come back to a table that is being \
     read already, PostgreSQL gives up: every query fails (42P17, infinite recursion detected in policy). A SECURITY \
     DEFINER function that reads the other table breaks the circle.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    // One finding a circle, whichever of its tables it was met from.
    let mut circles = BTreeMap::<BTreeSet<&QName>, Vec<(&QName, &Policy)>>::new();
    for table in context.tables().filter(|table| table.row.row_security) {
        for role in context.roles_of(table) {
            for command in COMMANDS {
                let mut path = Vec::new();
                follow(context, role, table, command, &mut path, &mut circles);
            }
        }
    }
    let findings = circles.into_values().filter_map(|circle| {
        let (first, policy) = *circle.first()?;
        let mut steps = circle.iter().map(|(_, policy)| policy_name(policy)).collect::<Vec<_>>();
        steps.push(first.to_string());
        let message = match circle.len() {
            1 => format!("it reads {first}, its own table: every query that it applies to fails (42P17)"),
            _ => format!(
                "it and {} read each other's tables: every query that they apply to fails (42P17)",
                circle[1..]
                    .iter()
                    .map(|(_, policy)| policy_name(policy))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        };
        Some(
            RULE.finding(policy_name(policy), message)
                .with_evidence(steps.join(" -> ")),
        )
    });
    findings.collect()
}

/// Reads a table as a role: through each policy that applies, to what it reads. `path` has the tables that are being
/// read, each with the policy that leads on.
fn follow<'a>(
    context: &Context<'a>,
    role: Option<&'a Name>,
    table: RelationRef<'a>,
    command: Event,
    path: &mut Vec<(&'a QName, &'a Policy)>,
    circles: &mut BTreeMap<BTreeSet<&'a QName>, Vec<(&'a QName, &'a Policy)>>,
) {
    let name = role.map_or("", |role| role.as_str());
    if role.is_some() && !context.rights.is_bound(name, table.row) {
        return;
    }
    let applied = context.rights.policies(name, table, command);
    let reading = applied.permissive.into_iter().chain(applied.restrictive);
    let reading = reading
        .map(|policy| (policy, tables_read(context, policy)))
        .filter(|(_, read)| !read.is_empty());
    let reading = reading.collect::<Vec<_>>();
    if let Some(at) = path.iter().position(|(open, _)| *open == &table.row.name)
        && !reading.is_empty()
    {
        let circle = &path[at..];
        let key = circle.iter().map(|(table, _)| *table).collect();
        // The circle is told from its first table by name.
        let first = circle
            .iter()
            .enumerate()
            .min_by_key(|(_, (table, _))| *table)
            .map_or(0, |(at, _)| at);
        let turned = circle[first..].iter().chain(&circle[..first]).copied().collect();
        circles.entry(key).or_insert(turned);
        return;
    }
    if path.len() > 16 {
        return;
    }
    for (policy, read) in reading {
        path.push((&table.row.name, policy));
        for next in read {
            if let Some(next) = context.catalog.relation(next).filter(|next| next.row.row_security) {
                follow(context, role, next, Event::Select, path, circles);
            }
        }
        path.pop();
    }
}

/// The tables that a policy's sub-selects read; through views that read as whoever asks.
fn tables_read<'a>(context: &Context<'a>, policy: &'a Policy) -> BTreeSet<&'a QName> {
    let own = context.catalog.relation(&policy.relation);
    let mut found = BTreeSet::new();
    let mut to_visit = read_by(context.catalog, &policy.object());
    to_visit.remove(&policy.relation);
    // The policy's own columns are dependencies too: only a sub-select reads the table itself.
    if own.is_some() && reads_itself(context, policy) {
        found.insert(&policy.relation);
    }
    let mut seen = BTreeSet::new();
    while let Some(name) = to_visit.pop_first() {
        let Some(relation) = context.catalog.relation(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        match relation.row.kind {
            RelationKind::View if relation.row.is_security_invoker() => {
                to_visit.extend(read_by(context.catalog, &relation.row.object()));
            }
            RelationKind::View | RelationKind::MaterializedView | RelationKind::ForeignTable => {}
            RelationKind::Table | RelationKind::PartitionedTable => {
                found.insert(name);
            }
        }
    }
    found
}

fn reads_itself<'a>(context: &Context<'a>, policy: &'a Policy) -> bool {
    context.expressions(policy).any(|(_, expr)| {
        crate::access::audit::expressions::relations(expr)
            .iter()
            .any(|(schema, name)| {
                *name == policy.relation.name && schema.as_ref().is_none_or(|schema| *schema == policy.relation.schema)
            })
    })
}
