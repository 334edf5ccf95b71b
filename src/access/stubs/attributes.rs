//! Rows that depend on more than whose they are: what their reader is cleared for, when they hold, where they are.

use super::infer::{Whole, denied};
use super::model::{Access, Audience, Test};
use super::shape::{Table, UserColumn, deleted_at, is_boolean, is_text};
use super::{listed, states, words};
use crate::catalog::Name;
use crate::catalog::trigger::Event;
use crate::config::Archetype;

/// Rows that their reader has to be cleared for, and that hold for a time.
pub(super) fn classified(whole: &Whole<'_>, table: &Table<'_>, users: &[UserColumn<'_>]) -> Option<Access> {
    let clearance = states::clearance(whole.scope, table, &whole.scope.settings.claims, None);
    let (_, is_window) = states::window(table);
    let is_unowned = users.iter().all(|user| !words::names_owner(&user.column.name));
    let has_tenant = table.find(|column| words::names_tenant(&column.name)).is_some();
    match clearance {
        Some(clearance) if clearance.test.is_none() => Some(denied(
            table.name(),
            &[
                format!("abac by {}, whose levels are not known", clearance.column),
                "owner".to_owned(),
            ],
        )),
        None if !(is_window && is_unowned && has_tenant) => None,
        clearance => attributes(whole, table, clearance),
    }
}

/// The rights by attributes: what holds rows back is restrictive, and what lets them through is permissive.
pub(super) fn attributes(whole: &Whole<'_>, table: &Table<'_>, clearance: Option<states::Clearance>) -> Option<Access> {
    let claims = &whole.scope.settings.claims;
    let (mut test, _) = states::window(table);
    let mut evidence = Vec::new();
    if test != Test::Always {
        evidence.push("the times between which a row holds".to_owned());
    }
    let mut access = Access::closed(Archetype::Abac, "");
    let mut floors = Vec::new();
    if let Some((column, tenancy)) = whole.tenant_column(table) {
        floors.push((column.clone(), tenancy.mine(&column)));
    } else if let Some(column) = table.find(|column| words::names_tenant(&column.name) && !is_boolean(column)) {
        let claim = claims.claim(&column.name, &column.data_type)?;
        floors.push((column.name.clone(), Test::Equals(column.name.clone(), claim)));
    }
    const REGIONS: [&str; 3] = ["region", "department", "division"];
    for column in table.columns() {
        let words = words::words(&column.name);
        let is_region = words.iter().any(|word| REGIONS.contains(&word.as_str())) && words.len() <= 2;
        let leads = table.keys.iter().any(|key| key.columns.contains(&column.name));
        if is_region && !leads && (is_text(column) || whole.scope.labels(column).is_some()) {
            let claim = claims.claim(&column.name, &column.data_type)?;
            floors.push((column.name.clone(), Test::Equals(column.name.clone(), claim)));
        }
    }
    if let Some(column) = deleted_at(table) {
        evidence.push(format!("{column}"));
        test = test.and(Test::Null(column.clone()));
        access.live = Some(column);
    }
    let publicity = states::publicity(whole.scope, table, &[]);
    let is_state = |column: &&Name| words::has(column, &["status", "state"]);
    if let Some(column) = publicity.columns.iter().find(is_state) {
        evidence.push(format!("{column}"));
        match publicity.test {
            Some(public) => test = test.and(public),
            None => {
                return Some(denied(
                    table.name(),
                    &[format!("abac, where {column} has states that are not known")],
                ));
            }
        }
    }
    if let Some(clearance) = clearance {
        evidence.push(format!("{} against the claim clearance", clearance.column));
        test = test.and(clearance.test?);
    }
    let columns = floors.iter().map(|(column, _)| column.clone()).collect::<Vec<_>>();
    access.evidence = format!(
        "{}, within {}",
        evidence.join(", "),
        match columns.as_slice() {
            [] => "what all who are signed in may know".to_owned(),
            columns => listed(columns),
        }
    );
    access.allow(Event::Select, Audience::SignedIn, test);
    for (_, floor) in floors {
        access.allow(Event::Select, Audience::SignedIn, floor);
        if let Some(rule) = access.rules.last_mut() {
            rule.permissive = false;
        }
    }
    Some(access)
}
