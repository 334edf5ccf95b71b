use super::{Rule, functions};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::access::Privilege;
use crate::catalog::{Name, ObjectId};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "function-search-path-writable",
    Severity::Error,
    "A search_path protects a SECURITY DEFINER function only as long as nobody else can make objects in its schemas: \
     whoever can, decides what a name in the function means.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for routine in context.routines().filter(|routine| routine.security_definer) {
        let Some(path) = functions::search_path(routine) else {
            continue;
        };
        // Everybody makes tables there: only behind all others it takes no name from them.
        let is_last = path
            .iter()
            .position(|name| name == "pg_temp")
            .is_none_or(|at| at + 1 == path.len());
        if !is_last {
            let message = format!(
                "it runs as {}, and its search_path has pg_temp before others: a temporary table of the caller's takes the \
                 place of the table that is meant",
                routine.owner
            );
            findings.push(
                RULE.about
                    .finding(routine.id.to_string(), message)
                    .with_evidence(shown(&path)),
            );
        }
        let schemas = path.iter().flat_map(|name| meant(context, name));
        for schema in schemas {
            let writers = match schema.as_str() {
                "$user" => Vec::new(),
                _ => context.who_can_use(Privilege::Create, &ObjectId::Schema(schema.clone())),
            };
            if writers.is_empty() {
                continue;
            }
            let message = format!(
                "it runs as {}, and its search_path has the schema {schema}, in which {} can make objects",
                routine.owner,
                listed(&writers)
            );
            findings.push(
                RULE.about
                    .finding(routine.id.to_string(), message)
                    .with_evidence(shown(&path)),
            );
        }
    }
    findings
}

fn shown(path: &[Name]) -> String {
    let path = path.iter().map(Name::as_str).collect::<Vec<_>>();
    format!("search_path = {}", path.join(", "))
}

/// The schemas that an entry of a path means: `'a,b'` in quotes is one name, which nobody has, and is meant as two.
fn meant(context: &Context<'_>, name: &Name) -> Vec<Name> {
    let is_there = |name: &str| context.catalog.schemas.iter().any(|schema| schema.name == name);
    match is_there(name) {
        true => vec![name.clone()],
        false => name.split(',').map(str::trim).map(Name::from).collect(),
    }
}
