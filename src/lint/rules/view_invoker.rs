use super::Rule;
use crate::lint::schema::is_invoker;
use crate::lint::statement::{Action, CreateView, TableKind, Verb};
use crate::lint::step::{Found, Step, Unless};

pub(super) const RULE: Rule = Rule {
    hazards: &["view-security-invoker-lost", "view-without-security-invoker"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateView(view) if !view.materialized && !view.temporary => created(step, view, found),
        Verb::AlterTable { table, actions, .. } => {
            let name = step.schema.resolve(table);
            let relation = step.schema.relation(&name);
            if !relation.is_some_and(|relation| relation.kind == TableKind::View && relation.invoker) {
                return;
            }
            let loses = |action: &Action| match action {
                Action::SetOptions(options) => is_invoker(options) == Some(false),
                Action::ResetOptions(names) => names.iter().any(|name| name == "security_invoker"),
                _ => false,
            };
            if actions.iter().any(loses) {
                let message = "it no longer reads with the rights of whoever asks";
                let hit = step.found("view-security-invoker-lost", name.to_string(), message);
                found.push(hit.unless(Unless::Invoker(name)));
            }
        }
        _ => {}
    }
}

fn created(step: &Step<'_>, view: &CreateView, found: &mut Vec<Found>) {
    if is_invoker(&view.options) == Some(true) {
        return;
    }
    let name = step.schema.resolve(&view.name);
    let old = step.schema.relation(&name);
    let was_invoker = old.is_some_and(|old| old.invoker) || step.schema.lost_views.contains(&name);
    let (rule, message) = if was_invoker {
        (
            "view-security-invoker-lost",
            "it read with the rights of whoever asks, and has to be told so again".to_owned(),
        )
    } else if old.is_none()
        && let Some(table) = step
            .statement
            .reads
            .iter()
            .map(|path| step.schema.resolve(path))
            .find(|table| {
                let relation = step.schema.relation(table);
                relation.is_some_and(|relation| relation.row_security)
            })
    {
        (
            "view-without-security-invoker",
            format!("it reads {table} with its owner's rights: whoever may read it gets past row-level security"),
        )
    } else {
        return;
    };
    let option = " WITH (security_invoker = on)";
    let hit = step
        .found(rule, name.to_string(), message)
        .unless(Unless::Invoker(name));
    let can_edit = step.statement.editable && view.options.is_empty();
    found.push(match can_edit {
        true => hit.edit(view.options_at..view.options_at, option),
        false => hit,
    });
}
