//! What roles are permitted by a table, and the function that asks for it: `authorize('channels.delete')`.

use std::collections::BTreeMap;

use super::infer::{ALL, denied};
use super::model::{Access, Audience, Test};
use super::shape::{Scope, Table, is_text};
use super::{known, listed, members, words};
use crate::catalog::column::Column;
use crate::catalog::routine::{ArgumentMode, Body, Routine, RoutineKind};
use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::config::Archetype;
use crate::diagnostic::Diagnostic;

/// A table that says which role is permitted what, and the function that asks it.
pub(super) struct Permissions<'a> {
    /// The table.
    pub(super) table: &'a QName,
    /// The function, which takes a permission.
    function: &'a QName,
    /// The type of a permission.
    data_type: &'a Name,
    /// All that there are.
    names: Vec<String>,
}

impl<'a> Permissions<'a> {
    /// Those that the schema has; `None` where it has none, or several that could be meant.
    pub(super) fn of(scope: &Scope<'a>) -> Option<Self> {
        let found = scope.tables.values().filter_map(|table| {
            let column = table.find(is_permission)?;
            // Without a user in it, it says what roles are permitted, not users.
            let is_of_roles = scope.user_columns(table).is_empty() && members::role(table).is_some();
            let names = scope.values(table, column).filter(|_| is_of_roles)?;
            let mut asking = scope
                .catalog
                .routines
                .iter()
                .filter(|row| asks(row, table.name(), column));
            let function = asking.next().filter(|_| asking.next().is_none())?;
            Some(Self {
                table: table.name(),
                function: &function.id.name,
                data_type: &column.data_type,
                names,
            })
        });
        let mut found = found.collect::<Vec<_>>();
        found.pop().filter(|_| found.is_empty())
    }

    /// The rights on a table that permissions name, and on no other; `None` where none names it.
    pub(super) fn access(&self, scope: &Scope<'_>, table: &Table<'_>) -> Option<Access> {
        let name = &table.name().name;
        let (mut known, mut others) = (BTreeMap::<Event, Vec<String>>::new(), Vec::new());
        for permission in self.names.iter().filter(|permission| names(permission, name)) {
            match commands(permission, name) {
                Some(commands) => commands
                    .iter()
                    .for_each(|command| known.entry(*command).or_default().push(permission.clone())),
                None => others.push(permission.clone()),
            }
        }
        let is_same = |other: &&&QName| is_table(&other.name, name);
        if known.is_empty() || scope.tables.keys().filter(is_same).count() > 1 {
            others.extend(known.into_values().flatten());
            let candidates = [format!("rbac-permission by {}", listed(&named(&others)))];
            return (!others.is_empty()).then(|| denied(table.name(), &candidates));
        }
        Some(self.permitted(scope, table, known, &others))
    }

    /// The rights that these permissions give.
    fn permitted(
        &self,
        scope: &Scope<'_>,
        table: &Table<'_>,
        mut known: BTreeMap<Event, Vec<String>>,
        others: &[String],
    ) -> Access {
        let mut all = known.values().flatten().cloned().collect::<Vec<_>>();
        all.sort();
        all.dedup();
        let evidence = format!("{} says which role has {}", self.table, listed(&named(&all)));
        let mut access = Access::closed(Archetype::RbacPermission, evidence);
        if known::is_lookup(scope, table) {
            access.allow(Event::Select, Audience::Everybody, Test::Always);
            known.remove(&Event::Select);
        } else {
            // Whoever may change or remove a row has to find it.
            known.entry(Event::Select).or_insert_with(|| all.clone());
        }
        for command in ALL {
            let Some(names) = known.get(command) else { continue };
            let mut tests = names.iter().map(|name| self.has(name)).collect::<Vec<_>>();
            let test = match tests.len() {
                1 => tests.remove(0),
                _ => Test::Any(tests),
            };
            access.allow(*command, Audience::SignedIn, test);
        }
        if !others.is_empty() {
            let message = format!(
                "nothing follows from {}: no command is named so",
                listed(&named(others))
            );
            access
                .diagnostics
                .push(Diagnostic::note(table.name().to_string(), message));
        }
        access
    }

    /// A note on a table whose rows belong to somebody, and that permissions name as well.
    pub(super) fn beside(&self, table: &QName) -> Option<Diagnostic> {
        let mut about = self.names.iter().filter(|permission| names(permission, &table.name));
        let first = about.next()?;
        let message = format!("no policy asks for the permission {first:?}: its rows belong to somebody already");
        let hint = format!(
            "if permissions decide alone, say so: [rls] archetypes = {{ {:?} = \"rbac-permission\" }}",
            table.to_string()
        );
        Some(Diagnostic::note(table.to_string(), message).with_hint(hint))
    }

    fn has(&self, permission: &str) -> Test {
        Test::Permitted(self.function.clone(), permission.to_owned(), self.data_type.clone())
    }
}

fn named(texts: &[String]) -> Vec<Name> {
    texts.iter().map(|text| text.as_str().into()).collect()
}

fn is_permission(column: &Column) -> bool {
    words::words(&column.name) == ["permission"] && !column.data_type.ends_with("[]")
}

/// Whether the function says of one permission whether the request has it: with its owner's rights, by that table and by
/// what a request cannot say of itself.
fn asks(row: &Routine, table: &QName, column: &Column) -> bool {
    let Body::Source(body) = &row.body else { return false };
    let [argument] = row.arguments.as_slice() else {
        return false;
    };
    let is_named = words::words(&table.name)
        .iter()
        .all(|word| body.contains(word.as_str()));
    let asks_who = ["auth.jwt()", "auth.uid()", "current_setting("]
        .iter()
        .any(|call| body.contains(call));
    row.kind == RoutineKind::Function
        && row.security_definer
        && row.returns.as_deref() == Some("boolean")
        && !row.returns_set
        && argument.mode == ArgumentMode::In
        && (argument.data_type == column.data_type || is_text(column) && argument.data_type == "text")
        && is_named
        && asks_who
        && !body.contains("user_metadata")
        && !body.contains("raw_user_meta_data")
}

/// Whether one of the parts of a permission is the table: `channels.delete`, `delete:channel`.
fn names(permission: &str, table: &str) -> bool {
    parts(permission).is_some_and(|(first, last)| is_table(first, table) || is_table(last, table))
}

/// The commands that a permission on the table is for.
fn commands(permission: &str, table: &str) -> Option<&'static [Event]> {
    let (first, last) = parts(permission)?;
    let verb = if is_table(first, table) { last } else { first };
    Some(match verb.to_lowercase().as_str() {
        "select" | "read" | "view" | "list" | "get" => &ALL[..1],
        "insert" | "create" | "add" | "new" => &ALL[1..2],
        "update" | "edit" | "change" | "modify" => &ALL[2..3],
        "delete" | "remove" | "destroy" => &ALL[3..],
        "write" => &ALL[1..3],
        "manage" | "all" | "*" | "admin" => ALL,
        _ => return None,
    })
}

fn parts(permission: &str) -> Option<(&str, &str)> {
    let separators = ['.', ':', '/'];
    let (first, last) = permission.split_once(separators)?;
    (!last.contains(separators)).then_some((first, last))
}

fn is_table(part: &str, table: &str) -> bool {
    words::words(part) == words::words(table)
}
