use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{Action, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &[
        "set-logged-rewrite",
        "set-tablespace-rewrite",
        "set-access-method-rewrite",
        "cluster",
        "vacuum-full",
    ],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    let anew = "it is written anew while nobody reads or writes it";
    match &step.statement.verb {
        Verb::Cluster(table) => match table.as_ref().map(|path| (path, step.used(path))) {
            Some((_, Some(table))) => found.push(step.found_on("cluster", &table, anew)),
            Some((_, None)) => {}
            None => found.push(step.found(
                "cluster",
                "every clustered table",
                "each is written anew while nobody reads or writes it",
            )),
        },
        Verb::MoveIndex { index, to } => {
            let name = step.schema.resolve_index(index);
            let known = step.schema.indexes.get(&name);
            let is_used = known.map_or(!step.schema.is_whole, |index| step.schema.is_used(&index.relation));
            if is_used {
                let message = format!("it is copied to {to} while no query uses it, and nobody writes to its table");
                let hit = step.found("set-tablespace-rewrite", name.to_string(), message);
                found.push(hit.sized_by(known.map(|index| index.relation.clone())));
            }
        }
        Verb::Vacuum { tables, full: true } => {
            for table in tables.iter().filter_map(|path| step.used(path)) {
                found.push(step.found_on("vacuum-full", &table, anew));
            }
            if tables.is_empty() {
                found.push(step.found(
                    "vacuum-full",
                    "every table",
                    "each is written anew while nobody reads or writes it",
                ));
            }
        }
        _ => {}
    }
    let Some((table, actions)) = step.altered() else { return };
    for action in actions {
        if let Some(rule) = rewritten(step, &table, action) {
            found.push(step.found_on(rule, &table, anew));
        }
    }
}

/// The rule for what writes the table anew, where it is not so already.
fn rewritten(step: &Step<'_>, table: &QName, action: &Action) -> Option<&'static str> {
    let relation = step
        .schema
        .relation(table)
        .filter(|relation| relation.columns.is_some());
    let is_partitioned = relation.is_some_and(|relation| relation.is_partitioned());
    match action {
        Action::SetLogged(logged) => {
            let changes = relation.is_none_or(|relation| relation.unlogged == *logged);
            (changes && !is_partitioned).then_some("set-logged-rewrite")
        }
        Action::SetTablespace(name) => {
            // Nobody says which tablespace the database's own is.
            let is_there = relation.is_some_and(|relation| relation.tablespace.as_ref() == Some(name));
            (!is_there && !is_partitioned).then_some("set-tablespace-rewrite")
        }
        Action::SetAccessMethod(name) => {
            let wanted = name.as_deref().unwrap_or("heap");
            let is_so = relation.is_some_and(|relation| relation.access_method.as_deref().unwrap_or("heap") == wanted);
            (!is_so && !is_partitioned).then_some("set-access-method-rewrite")
        }
        _ => None,
    }
}
