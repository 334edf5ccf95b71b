//! What nobody may reach in a table of its kind, as it is declared in `[rls] archetypes` or was when its policies were
//! written.

use super::is_for_everybody;
use crate::access::prove::Tested;
use crate::access::prove::cells::{Action, is_untrusted};
use crate::access::prove::identities::{Identity, Whose};
use crate::access::prove::shape::Table;
use crate::config::Archetype;

/// The roles that write where none are declared.
const ADMINS: [&str; 5] = ["admin", "administrator", "superadmin", "super_admin", "owner"];

/// Why what was reached should not have been; `whose` rows were.
pub(super) fn broken(
    table: &Table<'_>,
    identity: &Identity,
    action: &Action,
    whose: &[Whose],
    own_role: Option<&str>,
    tested: &Tested<'_, '_>,
) -> Option<String> {
    let archetype = table.archetype?;
    let is_write = !matches!(action, Action::Select | Action::SelectColumn(_));
    let is_change = is_write
        && !matches!(
            action,
            Action::Insert | Action::InsertReturning | Action::InsertColumn(_) | Action::Join(_)
        );
    let reaches = |kinds: &[Whose]| is_untrusted(identity) && whose.iter().any(|whose| kinds.contains(whose));
    let of_rows = !matches!(
        action,
        Action::Insert
            | Action::InsertReturning
            | Action::InsertColumn(_)
            | Action::Give(_)
            | Action::Join(_)
            | Action::Rise(_)
    );
    let why = match archetype {
        Archetype::Deny | Archetype::ServiceOnly => "a role from outside reaches it",
        Archetype::Reference if is_write => "a role from outside writes what everybody looks up",
        Archetype::AppendOnly if is_change => "rows of it are changed or removed",
        Archetype::RbacTable if is_write => "a role from outside writes who has which role",
        Archetype::Rbac | Archetype::RbacClaim if is_write && !may_write(table, own_role) => {
            "it is written without the role that it takes"
        }
        Archetype::RbacPermission if is_write && own_role.is_none() => "it is written by somebody without any role",
        Archetype::StoragePath if is_for_everybody(table, tested) => return None,
        Archetype::Owner
        | Archetype::OwnerPk
        | Archetype::AppendOnly
        | Archetype::RbacTable
        | Archetype::StoragePath
            if of_rows && reaches(&[Whose::Tenant, Whose::Other, Whose::Unowned, Whose::Shown]) =>
        {
            "rows are reached that are not the user's own"
        }
        Archetype::Tenant | Archetype::TenantClaim
            if of_rows && reaches(&[Whose::Other, Whose::Shown, Whose::Left]) =>
        {
            "rows of a tenant are reached by others than its members"
        }
        _ => return None,
    };
    Some(format!("{why}, though it is declared `{}`", archetype.name()))
}

fn may_write(table: &Table<'_>, own_role: Option<&str>) -> bool {
    let is_listed = |role: &str| match table.writers.is_empty() {
        true => ADMINS.contains(&role.to_lowercase().as_str()),
        false => table.writers.iter().any(|writer| writer == role),
    };
    own_role.is_some_and(is_listed)
}
