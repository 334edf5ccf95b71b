//! Routines: where they look for names, and who may call them.

use super::pins::pins;
use super::tables::Draft;
use crate::catalog::access::Privilege;
use crate::catalog::routine::Routine;
use crate::catalog::{Name, ObjectId};
use crate::config::Profile;
use crate::diagnostic::Diagnostic;

/// Gives routines a path of their own, and takes them from everybody, as far as it is certain that nothing breaks.
pub(super) fn routines(draft: &mut Draft<'_>, diagnostics: &mut Vec<Diagnostic>) {
    for (id, pin) in pins(draft) {
        let Some(row) = draft.catalog.routines.find(|row| row.id.cmp(&id)) else {
            continue;
        };
        match pin {
            Ok(path) => {
                diagnostics.extend(writable(draft, row, &path));
                draft.pin(&id, format!("search_path={path}"));
            }
            Err(why) => diagnostics.push(unpinned(row, &why)),
        }
    }
    let catalog = draft.catalog;
    let routines = catalog
        .routines
        .iter()
        .filter(|row| draft.reaches(&row.id.name.schema) && !super::is_ours(catalog, &row.object()));
    for row in routines.collect::<Vec<_>>() {
        calls(draft, row, diagnostics);
    }
}

/// The note that a routine keeps looking for names where its caller says.
pub(super) fn unpinned(row: &Routine, why: &str) -> Diagnostic {
    let whose = match row.security_definer {
        true => "it runs with its owner's rights and looks for names where its caller says",
        false => "it looks for names where its caller says",
    };
    Diagnostic::note(row.id.to_string(), format!("{whose}; a path is not certain: {why}")).with_hint(
        "write the schema before every name in its body, and pin the path: ALTER FUNCTION … SET search_path = ''",
    )
}

/// A warning where others can put things into the path of a routine with its owner's rights.
fn writable(draft: &Draft<'_>, row: &Routine, path: &str) -> Option<Diagnostic> {
    let creates = |schema: &str| {
        let schema = ObjectId::Schema(schema.trim_matches('"').into());
        let mut outside = draft.settings.outside.iter();
        outside.any(|role| draft.rights.holds(role, Privilege::Create, &schema))
    };
    let open = path
        .split(", ")
        .find(|schema| row.security_definer && creates(schema))?;
    let message =
        format!("it runs with its owner's rights, and roles from outside can make things in {open}, which it needs");
    let hint = format!("REVOKE CREATE ON SCHEMA {open} FROM PUBLIC, and from the roles from outside");
    Some(Diagnostic::warning(row.id.to_string(), message).with_hint(hint))
}

fn calls(draft: &mut Draft<'_>, row: &Routine, diagnostics: &mut Vec<Diagnostic>) {
    let object = row.object();
    let is_trigger = matches!(row.returns.as_deref(), Some("trigger" | "event_trigger"));
    let mut outside = draft.settings.outside.iter();
    let is_called = outside.any(|role| draft.rights.can(role, Privilege::Execute, &object));
    let is_everybodys = draft.rights.public_holds(Privilege::Execute, &object);
    // Nobody calls a trigger's function but the trigger, which asks for no right.
    if draft.profile == Profile::ApiOnly || is_trigger {
        if is_called || is_everybodys {
            draft.grants.take(&object, &row.owner, draft.settings);
            draft.grants.refuse_everybody(&object, &row.owner);
            if !is_trigger {
                draft.grants.call(&object, &row.owner, &draft.settings.service);
            }
        }
        return;
    }
    if is_everybodys {
        match callers(draft, row) {
            Ok(callers) => {
                draft.grants.refuse_everybody(&object, &row.owner);
                draft.grants.call(&object, &row.owner, &callers);
            }
            Err(why) => diagnostics.push(
                Diagnostic::note(row.id.to_string(), format!("everybody may call it, {why}"))
                    .with_hint("REVOKE EXECUTE ON FUNCTION … FROM PUBLIC, and GRANT it to those who call it"),
            ),
        }
    }
    if row.security_definer && is_called {
        let message = "roles from outside call it with its owner's rights, and no policy binds it";
        diagnostics.push(Diagnostic::note(row.id.to_string(), message).with_hint(
            "if it is not for them: REVOKE EXECUTE ON FUNCTION … FROM PUBLIC, and from the roles from outside",
        ));
    }
}

/// Who keeps the right to call what everybody may: the roles from outside and servers. Why it is not certain that nobody
/// else does, where that is so.
fn callers(draft: &Draft<'_>, row: &Routine) -> Result<Vec<Name>, String> {
    let settings = draft.settings;
    let Some(roles) = &draft.wish.roles else {
        return Err("and only a database tells which roles there are".to_owned());
    };
    let mut callers = settings
        .outside
        .iter()
        .chain(&settings.service)
        .cloned()
        .collect::<Vec<_>>();
    let is_other = |role: &&Name| {
        !callers.contains(role) && !draft.rights.is_superuser(role) && !draft.rights.acts_as(role, &row.owner)
    };
    let (platforms, others) = roles
        .keys()
        .filter(is_other)
        .partition::<Vec<_>, _>(|role| settings.is_platforms_role(role));
    let others = others
        .into_iter()
        .filter(|role| draft.rights.uses_schema(role, &row.id.name.schema));
    let others = others.map(Name::as_str).collect::<Vec<_>>();
    if !others.is_empty() {
        return Err(format!("and it is not known whether {} has to", others.join(", ")));
    }
    callers.extend(
        platforms
            .into_iter()
            .filter(|role| calls_for_platform(draft, row, role))
            .cloned(),
    );
    Ok(callers)
}

/// Whether a platform's server may call the routine: its hooks, and whatever the triggers on its tables call.
fn calls_for_platform(draft: &Draft<'_>, row: &Routine, role: &Name) -> bool {
    let schema = match role.as_str() {
        "supabase_auth_admin" => "auth",
        "supabase_storage_admin" => "storage",
        _ => return false,
    };
    let is_hook = schema == "auth" && row.id.arguments == "jsonb" && row.returns.as_deref() == Some("jsonb");
    is_hook
        || draft
            .catalog
            .triggers
            .iter()
            .any(|trigger| trigger.relation.schema == schema)
}
