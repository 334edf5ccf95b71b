use std::collections::{BTreeMap, BTreeSet};

use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::{COMMANDS, listed, policy_name};
use crate::access::audit::expressions;
use crate::access::audit::rights::read_by;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::relation::RelationKind;
use crate::catalog::routine::Routine;
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "policy-recursion",
    Severity::Error,
    "To read a table in a policy, that table's policies are asked in turn. Where they come back to a table that is being \
     read already, PostgreSQL gives up: every query fails, with infinite recursion detected in policy (42P17), or by way \
     of a function with stack depth limit exceeded (54001). A SECURITY DEFINER function that reads the other table breaks \
     the circle.",
    look,
);

/// How many tables a chain is followed through.
const DEPTH: usize = 500;

/// A table that is being read, and what leads on from it.
#[derive(Clone, Copy)]
struct Step<'a> {
    table: &'a QName,
    policy: &'a Policy,
    /// The function in which the policy reads on.
    function: Option<&'a Routine>,
}

/// A search for circles as one role.
struct Search<'c, 'a> {
    context: &'c Context<'a>,
    role: Option<&'a Name>,
    path: Vec<Step<'a>>,
    /// Tables from which nothing leads into a circle that is not found yet.
    done: BTreeSet<&'a QName>,
    /// One a set of tables, whichever of them it was met from.
    circles: BTreeMap<BTreeSet<&'a QName>, Vec<Step<'a>>>,
}

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context
        .tables()
        .filter(|table| table.row.row_security)
        .collect::<Vec<_>>();
    let roles = tables
        .iter()
        .flat_map(|table| context.roles_of(*table))
        .collect::<BTreeSet<_>>();
    let mut circles = BTreeMap::new();
    for role in roles {
        let mut search = Search {
            context,
            role,
            path: Vec::new(),
            done: BTreeSet::new(),
            circles,
        };
        for table in &tables {
            for command in COMMANDS {
                search.read(*table, command);
            }
        }
        circles = search.circles;
    }
    circles.into_values().filter_map(|circle| finding(&circle)).collect()
}

fn finding(circle: &[Step<'_>]) -> Option<Finding> {
    let first = circle.first()?;
    let mut steps = Vec::new();
    for step in circle {
        steps.push(policy_name(step.policy));
        steps.extend(step.function.map(|function| function.id.to_string()));
    }
    steps.push(first.table.to_string());
    let code = match circle.iter().any(|step| step.function.is_some()) {
        true => "54001",
        false => "42P17",
    };
    let message = match circle.len() {
        1 => format!(
            "it reads {}, its own table: every query that it applies to fails ({code})",
            first.table
        ),
        _ => {
            let others = circle[1..]
                .iter()
                .map(|step| policy_name(step.policy))
                .collect::<Vec<_>>();
            let others = listed(&others);
            format!("it and {others} read each other's tables: every query that they apply to fails ({code})")
        }
    };
    Some(
        RULE.about
            .finding(policy_name(first.policy), message)
            .with_evidence(steps.join(" -> ")),
    )
}

impl<'a> Search<'_, 'a> {
    /// Reads a table: through each policy that applies, to what it reads.
    fn read(&mut self, table: RelationRef<'a>, command: Event) {
        let name = self.role.map_or("", |role| role.as_str());
        let is_bound = self.role.is_none() || self.context.rights.is_bound(name, table.row);
        if !is_bound || !table.row.row_security || self.done.contains(&table.row.name) {
            return;
        }
        let applied = self.context.rights.policies(name, table, command);
        let mut steps = Vec::new();
        for policy in applied.permissive.into_iter().chain(applied.restrictive) {
            let next = tables_read(self.context, policy);
            steps.extend(next.into_iter().map(|(next, function)| (policy, next, function)));
        }
        if steps.is_empty() || self.path.len() > DEPTH {
            return;
        }
        if let Some(at) = self.path.iter().position(|step| step.table == &table.row.name) {
            self.close(at);
            return;
        }
        for (policy, next, function) in steps {
            self.path.push(Step {
                table: &table.row.name,
                policy,
                function,
            });
            if let Some(next) = self.context.catalog.relation(next) {
                self.read(next, Event::Select);
            }
            self.path.pop();
        }
        if command == Event::Select {
            self.done.insert(&table.row.name);
        }
    }

    /// Keeps a circle, told from its first table by name.
    fn close(&mut self, at: usize) {
        let circle = &self.path[at..];
        let key = circle.iter().map(|step| step.table).collect();
        let first = circle.iter().enumerate().min_by_key(|(_, step)| step.table);
        let first = first.map_or(0, |(at, _)| at);
        let turned = circle[first..].iter().chain(&circle[..first]).copied().collect();
        self.circles.entry(key).or_insert(turned);
    }
}

/// The tables that a policy reads: in its sub-selects, through views that read as whoever asks, and in functions that
/// run as their caller.
fn tables_read<'a>(context: &Context<'a>, policy: &'a Policy) -> BTreeMap<&'a QName, Option<&'a Routine>> {
    let mut found = BTreeMap::new();
    let mut to_visit = read_by(context.catalog, &policy.object());
    // The policy's own columns are dependencies too: only a sub-select reads the table itself.
    if !reads_itself(context, policy) {
        to_visit.remove(&policy.relation);
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
                found.insert(name, None);
            }
        }
    }
    for (_, expr) in context.expressions(policy) {
        expressions::any(expr, |part| {
            let called = expressions::call(part).and_then(|call| context.routine(&call));
            if let Some(routine) = called.filter(|routine| !routine.security_definer) {
                for name in functions::relations_named(context, routine) {
                    found.entry(name).or_insert(Some(routine));
                }
            }
            false
        });
    }
    found
}

fn reads_itself<'a>(context: &Context<'a>, policy: &'a Policy) -> bool {
    context.expressions(policy).any(|(_, expr)| {
        let named = expressions::relations(expr);
        named.iter().any(|(schema, name)| {
            *name == policy.relation.name && schema.as_ref().is_none_or(|schema| *schema == policy.relation.schema)
        })
    })
}
