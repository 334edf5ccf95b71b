//! Who can do what: every role, relation and command, with what decides it.

use std::collections::BTreeSet;

use serde::Serialize;

use super::context::{COMMANDS, Context, is_table};
use super::rights::{Reach, Source, privilege, read_by};
use crate::catalog::access::Privilege;
use crate::catalog::lookup::RelationRef;
use crate::catalog::policy::Policy;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::trigger::Event;
use crate::catalog::{Name, ObjectId};
use crate::sql::identifier;

/// What one role reaches by one command on one object.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Cell {
    /// The role.
    pub role: Name,
    /// The relation or routine, as findings name it.
    pub object: String,
    /// The command.
    pub command: Command,
    /// How far it gets.
    pub reach: Reach,
    /// The columns that the privilege is for, where it is not for all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Name>,
    /// What decides it.
    pub because: String,
}

/// What is done with an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `TRUNCATE`.
    Truncate,
    /// A call of a routine.
    Execute,
}

impl Command {
    /// Its name, as it is shown and written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
            Self::Execute => "execute",
        }
    }
}

/// Every cell, by object, role and command: for the roles from outside, those of trusted servers, and those that own or
/// were granted something. Superusers, to whom everything is open, are left out.
pub fn matrix(context: &Context<'_>) -> Vec<Cell> {
    let roles = roles(context);
    let mut cells = Vec::new();
    for relation in context.relations() {
        for role in &roles {
            cells.extend(COMMANDS.into_iter().chain([Event::Truncate]).filter_map(|command| {
                let has_it = command != Event::Truncate || is_table(relation.row);
                has_it.then(|| cell(context, role, relation, command))
            }));
        }
    }
    for routine in context.routines() {
        let object = routine.object();
        for role in &roles {
            let can = context.rights.can(role, Privilege::Execute, &object);
            let because = match (can, routine.security_definer) {
                (false, _) => refusal(context, role, &object, "EXECUTE"),
                (true, true) => format!("runs as {} (SECURITY DEFINER)", routine.owner),
                (true, false) => "runs as its caller".to_owned(),
            };
            cells.push(Cell {
                role: role.clone(),
                object: routine.id.to_string(),
                command: Command::Execute,
                reach: if can { Reach::All } else { Reach::Denied },
                columns: Vec::new(),
                because,
            });
        }
    }
    cells
}

fn roles(context: &Context<'_>) -> Vec<Name> {
    let mut others = BTreeSet::new();
    for relation in context.relations() {
        others.insert(relation.row.owner.clone());
        let granted = context.rights.granted(&relation.row.object());
        others.extend(granted.filter_map(|(grantee, _, _)| grantee.cloned()));
    }
    let first = context
        .settings
        .outside
        .iter()
        .chain(&context.settings.service)
        .cloned()
        .collect::<Vec<_>>();
    others.retain(|role| !first.contains(role) && !context.rights.is_superuser(role));
    first.into_iter().chain(others).collect()
}

fn cell<'a>(context: &Context<'a>, role: &Name, relation: RelationRef<'a>, command: Event) -> Cell {
    let asked = Asked {
        role,
        relation,
        command,
        depth: 0,
    };
    let (reach, because) = reach(context, asked);
    let needed = privilege(command);
    let columns = match reach == Reach::Denied || context.rights.can(role, needed, &relation.row.object()) {
        true => Vec::new(),
        false => {
            let columns = relation.columns().iter();
            let columns = columns.filter(|column| context.rights.can(role, needed, &column.object()));
            columns.map(|column| column.name.clone()).collect()
        }
    };
    Cell {
        role: role.clone(),
        object: relation.row.name.to_string(),
        command: match command {
            Event::Select => Command::Select,
            Event::Insert => Command::Insert,
            Event::Update => Command::Update,
            Event::Delete => Command::Delete,
            Event::Truncate => Command::Truncate,
        },
        reach,
        columns,
        because,
    }
}

/// One role's command on one relation, `depth` views behind the one that was asked about.
#[derive(Clone, Copy)]
struct Asked<'q, 'a> {
    role: &'q Name,
    relation: RelationRef<'a>,
    command: Event,
    depth: usize,
}

/// How far the command gets, and what decides it; through views, as whoever they read as.
fn reach<'a>(context: &Context<'a>, asked: Asked<'_, 'a>) -> (Reach, String) {
    let Asked {
        role,
        relation,
        command,
        ..
    } = asked;
    let row = relation.row;
    if context.rights.reach(role, relation, command) == Reach::Denied {
        return (
            Reach::Denied,
            refusal(context, role, &row.object(), super::context::word(command)),
        );
    }
    match row.kind {
        RelationKind::Table | RelationKind::PartitionedTable => table(context, role, relation, command),
        RelationKind::ForeignTable => (Reach::All, "a foreign table knows no policies".to_owned()),
        RelationKind::MaterializedView if command == Event::Select => {
            (Reach::All, "a materialized view knows no policies".to_owned())
        }
        RelationKind::MaterializedView => (Reach::Denied, "a materialized view takes no changes".to_owned()),
        RelationKind::View if !takes(row, command) => (Reach::Denied, "the view takes no such changes".to_owned()),
        RelationKind::View => view(context, asked),
    }
}

fn takes(view: &Relation, command: Event) -> bool {
    match command {
        Event::Select => true,
        Event::Insert => view.writable.insert,
        Event::Update => view.writable.update,
        Event::Delete => view.writable.delete,
        Event::Truncate => false,
    }
}

fn view<'a>(context: &Context<'a>, asked: Asked<'_, 'a>) -> (Reach, String) {
    let Asked {
        role,
        relation: view,
        command,
        depth,
    } = asked;
    let acting = context.rights.read_as(role, view.row);
    let how = match acting == role {
        true => "reads with the caller's rights".to_owned(),
        false => format!("reads as its owner {acting}"),
    };
    if view.row.writable.hooked && command != Event::Select {
        return (Reach::Some, "triggers or rules decide".to_owned());
    }
    if depth > 16 {
        return (Reach::Some, how);
    }
    let behind = read_by(context.catalog, &view.row.object());
    let behind = behind.into_iter().filter_map(|name| context.catalog.relation(name));
    // What lets least through decides.
    let least = behind.map(|relation| {
        let (found, because) = match context.rights.is_known(&relation.row.name.schema) {
            true => reach(
                context,
                Asked {
                    role: acting,
                    relation,
                    depth: depth + 1,
                    ..asked
                },
            ),
            false => (Reach::All, "its rights are not known".to_owned()),
        };
        (found, format!("{how}: {}, {because}", relation.row.name))
    });
    least.min().unwrap_or((Reach::All, "reads no table".to_owned()))
}

fn table<'a>(context: &Context<'a>, role: &Name, table: RelationRef<'a>, command: Event) -> (Reach, String) {
    if command == Event::Truncate {
        return (Reach::All, "granted, and TRUNCATE asks no policy".to_owned());
    }
    if !table.row.row_security {
        return (
            Reach::All,
            format!(
                "granted{}, and row-level security is off",
                by(context, role, table, command)
            ),
        );
    }
    if context.rights.bypasses_rls(role) {
        return (Reach::All, "the role bypasses row-level security".to_owned());
    }
    if !context.rights.is_bound(role, table.row) {
        return (Reach::All, "the owner is not bound by policies".to_owned());
    }
    let applied = context.rights.policies(role, table, command);
    // The role's own name lives as long as the catalog, where it is one that policies can be about.
    let known = context.settings.outside.iter().find(|outside| *outside == role);
    let scope = context.scope(Some(table), known);
    let expression = |policy: &'a Policy| match command {
        Event::Insert => context.new_rows(policy),
        _ => context.using(policy),
    };
    let is_open = |policy: &&'a Policy| expression(policy).is_some_and(|expr| scope.is_always_true(expr));
    let is_shut = |policy: &&'a Policy| expression(policy).is_some_and(|expr| scope.is_never_true(expr));
    let open = applied.permissive.iter().copied().find(|policy| is_open(policy));
    match open {
        Some(policy) if applied.restrictive.iter().all(is_open) => {
            return (
                Reach::All,
                format!("policy {} is always true", identifier(&policy.name)),
            );
        }
        _ => {}
    }
    let live = applied
        .permissive
        .iter()
        .copied()
        .filter(|policy| !is_shut(policy))
        .collect::<Vec<_>>();
    if applied.permissive.is_empty() {
        return (Reach::None, "granted, and no policy lets a row through".to_owned());
    }
    if live.is_empty() || applied.restrictive.iter().any(is_shut) {
        return (Reach::None, "its policies are never true".to_owned());
    }
    let names = live
        .iter()
        .map(|policy| identifier(&policy.name).to_string())
        .collect::<Vec<_>>();
    let mut because = format!(
        "{} {}",
        if names.len() == 1 { "policy" } else { "policies" },
        names.join(", ")
    );
    if !applied.restrictive.is_empty() {
        let names = applied
            .restrictive
            .iter()
            .map(|policy| identifier(&policy.name).to_string());
        because.push_str(&format!(", held back by {}", names.collect::<Vec<_>>().join(", ")));
    }
    (Reach::Some, because)
}

/// Through whom a privilege comes, where that is not the role itself.
fn by(context: &Context<'_>, role: &Name, table: RelationRef<'_>, command: Event) -> String {
    match context.rights.source(role, privilege(command), &table.row.object()) {
        Some(Source::Granted { grantee: None, .. }) => " to PUBLIC".to_owned(),
        Some(Source::Granted {
            grantee: Some(grantee), ..
        }) if grantee != role => format!(" to {grantee}"),
        Some(Source::Predefined(name)) => format!(" by {name}"),
        _ => String::new(),
    }
}

fn refusal(context: &Context<'_>, role: &Name, object: &ObjectId, privilege: &str) -> String {
    match object
        .schema()
        .filter(|schema| !context.rights.uses_schema(role, schema))
    {
        Some(schema) => format!("no USAGE of schema {}", identifier(schema)),
        None => format!("no privilege to {privilege}"),
    }
}
