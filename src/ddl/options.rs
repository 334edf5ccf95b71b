//! Storage parameters and the options of foreign objects.

use crate::catalog::Name;
use crate::catalog::relation::ForeignOption;
use crate::sql::literal;

use super::name::bare;

/// Settings as `name='value'`, separated by commas.
pub(super) fn setting_list(settings: &[Name]) -> String {
    let each = settings.iter().map(|setting| {
        let (name, value) = split(setting);
        format!("{}={}", setting_name(name), literal(value))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// What turns the settings into the new ones, each behind `alter`: `SET (…)`, `RESET (…)`.
pub(super) fn setting_changes(alter: &str, old: &[Name], new: &[Name]) -> Vec<String> {
    let changed = new.iter().filter(|setting| !old.contains(setting)).cloned();
    let changed = changed.collect::<Vec<_>>();
    let is_named = |name: &str| new.iter().any(|setting| split(setting).0 == name);
    let gone = old
        .iter()
        .map(|setting| split(setting).0)
        .filter(|name| !is_named(name));
    let gone = gone.map(setting_name).collect::<Vec<_>>();
    let mut statements = Vec::new();
    if !gone.is_empty() {
        statements.push(format!("{alter} RESET ({})", gone.join(", ")));
    }
    if !changed.is_empty() {
        statements.push(format!("{alter} SET ({})", setting_list(&changed)));
    }
    statements
}

fn split(setting: &str) -> (&str, &str) {
    setting.split_once('=').unwrap_or((setting, ""))
}

/// The name of a setting, which may have a part before a dot: `toast.autovacuum_enabled`.
fn setting_name(name: &str) -> String {
    match name.split_once('.') {
        Some((space, name)) => format!("{}.{}", bare(space), bare(name)),
        None => bare(name),
    }
}

/// Options as `name 'value'`, separated by commas. One whose value is not known is left out.
pub(super) fn foreign_list(options: &[ForeignOption]) -> String {
    let each = options.iter().filter_map(|option| {
        let value = option.value.as_ref()?;
        Some(format!("{} {}", bare(&option.name), literal(value)))
    });
    each.collect::<Vec<_>>().join(", ")
}

/// What turns the options into the new ones, for `OPTIONS (…)`; `None` where nothing does.
pub(super) fn foreign_changes(old: &[ForeignOption], new: &[ForeignOption]) -> Option<String> {
    let find = |options: &[ForeignOption], name: &Name| options.iter().find(|option| option.name == *name).cloned();
    let mut changes = Vec::new();
    for option in old {
        if find(new, &option.name).is_none() {
            changes.push(format!("DROP {}", bare(&option.name)));
        }
    }
    for option in new {
        let verb = match find(old, &option.name) {
            None => "ADD",
            Some(before) if before == *option => continue,
            Some(_) => "SET",
        };
        if let Some(value) = &option.value {
            changes.push(format!("{verb} {} {}", bare(&option.name), literal(value)));
        }
    }
    (!changes.is_empty()).then(|| changes.join(", "))
}
