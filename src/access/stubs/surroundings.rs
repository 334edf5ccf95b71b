//! What is beside the tables: sequences, views, materialised views, foreign tables, routines, default privileges.

use super::tables::Draft;
use crate::catalog::access::{DefaultPrivilege, DefaultPrivilegeKind, Privilege};
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Catalog, ObjectId, Rows};
use crate::config::Profile;
use crate::diagnostic::Diagnostic;

/// From which major on a view can run with the rights of whoever reads it.
const INVOKER_VIEWS: u32 = 15;

/// Closes what lies beside the tables.
pub(super) fn surroundings(draft: &mut Draft<'_>, wished: &mut Catalog, diagnostics: &mut Vec<Diagnostic>) {
    relations(draft, diagnostics);
    super::routines::routines(draft, diagnostics);
    if draft.profile == Profile::ApiOnly {
        schemas(draft);
    }
    wished.default_privileges = default_privileges(draft, diagnostics);
}

/// Sequences give the outside roles nothing, before new rows need one.
pub(super) fn sequences(draft: &mut Draft<'_>) {
    for row in &draft.catalog.sequences {
        let table = row.owned_by.as_ref().map(|column| &column.relation);
        let is_kept = table.is_some_and(|table| draft.by_hand.contains(table)) || row.extension.is_some();
        let is_asked = draft.wish.tables.is_empty() || table.is_some_and(|table| draft.wish.tables.contains(table));
        if draft.reaches(&row.name.schema) && is_asked && !is_kept {
            draft.grants.take(&row.object(), &row.owner, draft.settings);
        }
    }
}

fn relations(draft: &mut Draft<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let catalog = draft.catalog;
    let relations = catalog.relations.iter().filter(|row| row.extension.is_none());
    for row in relations
        .filter(|row| draft.reaches(&row.name.schema))
        .collect::<Vec<_>>()
    {
        let name = row.name.to_string();
        let is_reached = draft
            .settings
            .outside
            .iter()
            .any(|role| draft.rights.can_some(role, Privilege::Select, row));
        let closed = match row.kind {
            RelationKind::Table | RelationKind::PartitionedTable => continue,
            RelationKind::View if draft.profile == Profile::ApiOnly => None,
            RelationKind::View if catalog.server.major >= INVOKER_VIEWS => {
                make_invoker(draft, row);
                draft.grants.only_rows(&row.object(), draft.settings);
                continue;
            }
            RelationKind::View => Some(format!(
                "a view reads with its owner's rights before PostgreSQL {INVOKER_VIEWS}, whatever the policies of its tables"
            )),
            RelationKind::MaterializedView => Some("a materialized view knows no policies".to_owned()),
            RelationKind::ForeignTable => Some("a foreign table knows no policies".to_owned()),
        };
        draft.grants.close(catalog, &row.name, draft.settings);
        if row.kind == RelationKind::View && catalog.server.major >= INVOKER_VIEWS {
            make_invoker(draft, row);
        }
        if let Some(why) = closed.filter(|_| is_reached) {
            let message = format!("denied to all roles from outside, because {why}");
            diagnostics.push(
                Diagnostic::warning(name, message)
                    .with_hint("read it through a function that asks for the user, or by a server"),
            );
        }
    }
}

/// Has a view read with the rights of whoever reads it.
fn make_invoker(draft: &mut Draft<'_>, view: &Relation) {
    if view.is_security_invoker() {
        return;
    }
    if let Some(row) = draft.relations.iter_mut().find(|row| row.name == view.name) {
        row.options.retain(|option| !option.starts_with("security_invoker="));
        row.options.push("security_invoker=true".into());
    }
}

/// The outside roles cannot name what is in our schemas.
fn schemas(draft: &mut Draft<'_>) {
    for row in &draft.catalog.schemas {
        // Everybody's right to `public` is that of many a tool; without rights on what is in it, it opens nothing.
        if draft.reaches(&row.name) && row.extension.is_none() {
            draft
                .grants
                .take_named(&ObjectId::Schema(row.name.clone()), draft.settings);
        }
    }
}

/// What is made from now on gives the outside roles nothing by itself.
fn default_privileges(draft: &Draft<'_>, diagnostics: &mut Vec<Diagnostic>) -> Rows<DefaultPrivilege> {
    use DefaultPrivilegeKind::{Functions, Sequences, Tables};
    let kinds: &[DefaultPrivilegeKind] = match draft.profile {
        Profile::ApiOnly => &[Tables, Sequences, Functions],
        Profile::Postgrest => &[Tables, Sequences],
    };
    let catalog = draft.catalog;
    let owners = catalog
        .relations
        .iter()
        .filter(|row| draft.reaches(&row.name.schema))
        .map(|row| &row.owner);
    let owners = owners
        .chain(&draft.wish.session)
        .collect::<std::collections::BTreeSet<_>>();
    let rows = catalog.default_privileges.iter().filter(|row| {
        let is_here = row.schema.as_ref().is_none_or(|schema| draft.reaches(schema));
        let is_outside = row
            .grantee
            .as_ref()
            .is_none_or(|grantee| draft.settings.outside.contains(grantee));
        let gives = !row.privileges.is_empty() && kinds.contains(&row.objects) && is_here && is_outside;
        if gives && !owners.contains(&row.role) {
            let message = "objects that it will make give rights to roles from outside, and only it can change that";
            let note = Diagnostic::note(format!("role {}", row.role), message);
            if !diagnostics.contains(&note) {
                diagnostics.push(note);
            }
            return true;
        }
        !gives
    });
    let mut rows = rows.cloned().collect::<Vec<_>>();
    if draft.profile == Profile::ApiOnly {
        for owner in owners {
            let is_there = |row: &DefaultPrivilege| {
                (&row.role, row.schema.as_ref(), row.objects, row.grantee.as_ref()) == (owner, None, Functions, None)
            };
            if !rows.iter().any(is_there) {
                rows.push(DefaultPrivilege {
                    role: owner.clone(),
                    schema: None,
                    objects: Functions,
                    grantee: None,
                    privileges: Vec::new(),
                    grantable: Vec::new(),
                });
            }
        }
    }
    Rows::sorted(rows)
}
