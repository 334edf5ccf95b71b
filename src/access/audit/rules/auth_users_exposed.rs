use std::collections::BTreeSet;

use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::access::audit::rights::read_by;
use crate::catalog::access::Privilege;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::routine::Routine;
use crate::catalog::{Name, QName};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "auth-users-exposed",
    Severity::Error,
    "The table of users holds addresses, phone numbers and metadata of everybody who ever signed up. What shows it to \
     the API shows it to anybody.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let Some(users) = &context.settings.users else {
        return Vec::new();
    };
    let views = context.relations().filter(|relation| {
        matches!(relation.row.kind, RelationKind::View | RelationKind::MaterializedView)
            && context.is_exposed(&relation.row.name.schema)
    });
    let views = views.filter_map(|view| {
        let readers = context.who_can(Privilege::Select, view.row);
        let chain = chain(context, view.row, users, true, &mut BTreeSet::new());
        let chain = (!readers.is_empty()).then_some(chain).flatten()?;
        let shown = chain.steps.iter().map(ToString::to_string).collect::<Vec<_>>().join(" -> ");
        let name = view.row.name.to_string();
        let finding = if chain.is_invoker {
            let message = format!(
                "it reads {users} with the rights of {}: only a missing grant keeps them out, as row-level security is off there",
                listed(&readers)
            );
            RULE.about.finding_of(Severity::Warning, name, message)
        } else {
            RULE.about.finding(name, format!("{} can read {users} through it", listed(&readers)))
        };
        Some(finding.with_evidence(shown))
    });
    let routines = context
        .routines()
        .filter_map(|routine| by_function(context, routine, users));
    views.chain(routines).collect()
}

struct Chain<'a> {
    steps: Vec<&'a QName>,
    /// Whether the caller's own rights are asked at the end.
    is_invoker: bool,
}

/// How a view leads to the table of users. `is_invoker` tells whether the caller's rights count so far.
fn chain<'a>(
    context: &Context<'a>,
    view: &'a Relation,
    users: &QName,
    is_invoker: bool,
    seen: &mut BTreeSet<&'a QName>,
) -> Option<Chain<'a>> {
    if !seen.insert(&view.name) {
        return None;
    }
    let is_invoker = is_invoker && view.kind == RelationKind::View && view.is_security_invoker();
    for name in read_by(context.catalog, &view.object()) {
        if name == users {
            let is_protected = context
                .catalog
                .relation(users)
                .is_some_and(|users| users.row.row_security);
            if is_invoker && is_protected {
                return None;
            }
            return Some(Chain {
                steps: vec![&view.name, name],
                is_invoker,
            });
        }
        let Some(next) = context.catalog.relation(name) else {
            continue;
        };
        if !matches!(next.row.kind, RelationKind::View | RelationKind::MaterializedView) {
            continue;
        }
        if let Some(mut found) = chain(context, next.row, users, is_invoker, seen) {
            found.steps.insert(0, &view.name);
            return Some(found);
        }
    }
    None
}

/// A function with its owner's rights that gives rows of the table of users back, whoever asks.
fn by_function(context: &Context<'_>, routine: &Routine, users: &QName) -> Option<Finding> {
    let callers = functions::api_callers(context, routine);
    if !routine.security_definer || callers.is_empty() || !gives_rows(routine) {
        return None;
    }
    let tokens = functions::tokens(routine)?;
    let reads =
        functions::names(&tokens, users) && tokens.iter().filter_map(functions::word).any(|word| word == "select");
    if !reads || functions::asks_for_caller(context, routine) {
        return None;
    }
    let callers: Vec<&Name> = callers;
    Some(
        RULE.about
            .finding(
                routine.id.to_string(),
                format!(
                    "{} can call it, and it reads {users} with the rights of its owner, {}, without asking who calls",
                    listed(&callers),
                    routine.owner
                ),
            )
            .with_evidence(functions::body(routine).unwrap_or_default().trim().to_owned()),
    )
}

/// Whether what it gives back can be a row's content: not a number, a yes or no, or nothing.
fn gives_rows(routine: &Routine) -> bool {
    let plain = ["void", "boolean", "integer", "bigint", "smallint", "numeric"];
    routine.returns_set
        || !routine
            .returns
            .as_deref()
            .is_none_or(|returns| plain.contains(&returns))
}
