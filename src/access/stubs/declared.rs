//! `[rls] archetypes`: what the user says of a table, held against the schema.

use super::anchored::{self, tenant_claim};
use super::infer::{ALL, Whole};
use super::model::Access;
use super::shape::{Table, UserColumn, is_text};
use super::{attributes, known, members, parties, states, words};
use crate::catalog::column::Column;
use crate::config::load::unknown;
use crate::config::{Archetype, Declared};
use crate::{Error, Result};

/// The rights that the declared archetype means for this table; `None` where they follow from the tables that its keys
/// lead to.
pub(super) fn access(whole: &Whole<'_>, table: &Table<'_>, wish: &Declared) -> Result<Option<Access>> {
    let scope = whole.scope;
    let users = scope.user_columns(table);
    let access = match wish.archetype {
        Archetype::Owner | Archetype::PublicRead => {
            let owner = user_column(whole, table, wish)?;
            let access = anchored::owned(scope, table, &owner, &wish.states);
            if wish.archetype == Archetype::PublicRead && access.archetype != Archetype::PublicRead {
                return Err(wrong(table, wish, "no column says which rows are public")
                    .with_hint("name the states in which they are: states = [\"published\"]"));
            }
            access
        }
        Archetype::OwnerPk => match scope.users.contains_key(table.name()) {
            true => anchored::profiles(scope, table),
            false => return Err(wrong(table, wish, "its primary key is no foreign key to the users")),
        },
        Archetype::OwnerThroughFk => {
            return match chained_keys(whole, table) {
                true => Ok(None),
                false => Err(wrong(table, wish, "no foreign key of it leads to another table")),
            };
        }
        Archetype::Membership => match whole.tenancies.iter().find(|tenancy| tenancy.members == table.name()) {
            Some(tenancy) => anchored::membership(whole, table, tenancy),
            None => {
                return Err(wrong(
                    table,
                    wish,
                    "it has no unique pair of a user's key and another table's",
                ));
            }
        },
        Archetype::Tenant => tenant(whole, table, wish, &users)?,
        Archetype::TenantClaim => {
            let column = named_or(table, wish, |column| words::names_tenant(&column.name))?;
            let claim = wish.claim.as_deref().unwrap_or(&column.name);
            match tenant_claim(whole, table, &column.name, claim, &users, ALL) {
                Some(access) => access,
                None => return Err(no_claim(table, wish, claim)),
            }
        }
        Archetype::Reference => known::reference("declared"),
        Archetype::RbacTable => match whole.roles.as_ref().filter(|roles| roles.table == table.name()) {
            Some(roles) => anchored::role_table(roles),
            None => return Err(wrong(table, wish, "it has no column of a user and one of a role")),
        },
        Archetype::Rbac => match &whole.roles {
            Some(roles) => {
                let writers = if wish.roles.is_empty() {
                    &roles.admins
                } else {
                    &wish.roles
                };
                known::by_roles(whole, table, writers)
            }
            None => {
                return Err(wrong(table, wish, "no table says who has which role")
                    .with_hint("declare the table that does as \"rbac-table\", or take \"rbac-claim\""));
            }
        },
        Archetype::RbacPermission => {
            let Some(permissions) = &whole.permissions else {
                return Err(wrong(table, wish, "no table and function say what roles are permitted").with_hint(
                    "it takes a table with a role and a permission, and one SECURITY DEFINER function that says whether the request has a permission",
                ));
            };
            match permissions.access(scope, table) {
                Some(access) if !access.rules.is_empty() => access,
                _ => {
                    return Err(
                        wrong(table, wish, &format!("no permission of {} names it", permissions.table)).with_hint(
                            format!(
                                "call them after the table and the command, such as \"{}.delete\"",
                                table.name().name
                            ),
                        ),
                    );
                }
            }
        }
        Archetype::RbacClaim => {
            let claim = wish
                .claim
                .as_deref()
                .or(whole.role_claim.as_deref())
                .unwrap_or("user_role");
            let writers = if wish.roles.is_empty() {
                members::admins(None)
            } else {
                wish.roles.clone()
            };
            known::by_claim(whole, table, claim, &writers)
        }
        Archetype::Abac => {
            let asked = match &wish.column {
                Some(column) => Some((require(table, "column", column)?.name.as_str(), wish.claim.as_deref())),
                None => None,
            };
            let clearance = states::clearance(scope, table, &scope.settings.claims, asked);
            match attributes::attributes(whole, table, clearance) {
                Some(access) => access,
                None => return Err(no_claim(table, wish, wish.claim.as_deref().unwrap_or("clearance"))),
            }
        }
        Archetype::AppendOnly => {
            let actor = user_column(whole, table, wish)?;
            anchored::append_only(scope, table, actor.column)
        }
        Archetype::ServiceOnly | Archetype::Deny => Access::closed(wish.archetype, "declared"),
        Archetype::StoragePath => {
            let bucket = ["bucket_id", "bucket"].iter().find_map(|name| table.column(name));
            let path = match &wish.column {
                Some(column) => Some(require(table, "column", column)?),
                None => ["name", "path"]
                    .iter()
                    .find_map(|name| table.column(name))
                    .filter(|column| is_text(column)),
            };
            match (bucket, path, &wish.bucket) {
                (Some(bucket), Some(path), Some(name)) => parties::storage_path(table, bucket, path, name),
                (_, _, None) => {
                    return Err(
                        wrong(table, wish, "it is not said of which bucket").with_hint("add bucket = \"avatars\"")
                    );
                }
                _ => return Err(wrong(table, wish, "it has no columns bucket_id and name")),
            }
        }
        Archetype::ShareGrants => {
            let is_shares = whole.sharings.iter().find(|sharing| sharing.shares == table.name());
            let is_thing = whole.sharings.iter().find(|sharing| sharing.things == table.name());
            match (is_shares, is_thing) {
                (Some(sharing), _) => anchored::shares(table, sharing),
                (None, Some(sharing)) => anchored::shared(table, sharing),
                (None, None) => return Err(wrong(table, wish, "no table says whom its rows are shared with")),
            }
        }
        Archetype::TwoParties => {
            let (Some(from), Some(to)) = (&wish.column, &wish.other) else {
                return Err(wrong(table, wish, "it is not said who sends and who receives")
                    .with_hint("add column = \"sender_id\", other = \"recipient_id\""));
            };
            parties::messages(table, require(table, "column", from)?, require(table, "other", to)?)
        }
    };
    Ok(Some(access))
}

/// Rows of a tenant: by members, where a table says who these are.
fn tenant(whole: &Whole<'_>, table: &Table<'_>, wish: &Declared, users: &[UserColumn<'_>]) -> Result<Access> {
    if let (Some(tenancy), None) = (whole.tenancy(table.name()), &wish.column) {
        return Ok(anchored::tenants(whole, table, tenancy));
    }
    let found = match &wish.column {
        Some(column) => {
            let column = require(table, "column", column)?;
            let key = table
                .keys
                .iter()
                .find(|key| key.columns.as_slice() == [column.name.clone()]);
            let tenancy = match key {
                Some(key) => whole.tenancy(&key.references),
                None => whole
                    .tenancies
                    .iter()
                    .find(|tenancy| tenancy.column.data_type == column.data_type),
            };
            tenancy.map(|tenancy| (column.name.clone(), tenancy))
        }
        None => whole.tenant_column(table),
    };
    match found {
        // Who says that members share the rows says so of those that name a user too.
        Some((column, tenancy)) => {
            let makers = users.iter().filter(|user| {
                words::names_maker(&user.column.name) || words::names_sender(&user.column.name)
            });
            let makers = makers.copied().collect::<Vec<_>>();
            Ok(anchored::of_tenancy(whole, table, &column, tenancy, &makers))
        }
        None => Err(wrong(table, wish, "no table says who belongs to its tenants").with_hint(
            "declare the table that does as \"membership\", name the tenant's column with column = …, or take \"tenant-claim\"",
        )),
    }
}

/// Whether some key of the table leads to another one.
fn chained_keys(whole: &Whole<'_>, table: &Table<'_>) -> bool {
    table
        .keys
        .iter()
        .any(|key| key.references != *table.name() && whole.scope.tables.contains_key(&key.references))
}

/// The user's column that is named, or the only one that there is.
fn user_column<'a>(whole: &Whole<'a>, table: &Table<'a>, wish: &Declared) -> Result<UserColumn<'a>> {
    let users = whole.scope.user_columns(table);
    if let Some(name) = &wish.column {
        let column = require(table, "column", name)?;
        let known = users.iter().find(|user| user.column.name == column.name);
        return Ok(known.copied().unwrap_or(UserColumn {
            column,
            references: None,
        }));
    }
    let owners = users
        .iter()
        .filter(|user| words::names_owner(&user.column.name) || words::names_maker(&user.column.name))
        .collect::<Vec<_>>();
    match (users.as_slice(), owners.as_slice()) {
        ([user], _) => Ok(*user),
        (_, [user]) => Ok(**user),
        ([], _) => Err(wrong(table, wish, "no foreign key of it leads to the users")
            .with_hint("name the user's column: { archetype = …, column = \"user_id\" }")),
        _ => Err(wrong(table, wish, "several columns name users")
            .with_hint("name the one that is meant: { archetype = …, column = \"user_id\" }")),
    }
}

fn named_or<'a>(table: &Table<'a>, wish: &Declared, is: impl Fn(&Column) -> bool) -> Result<&'a Column> {
    match &wish.column {
        Some(name) => require(table, "column", name),
        None => table
            .find(is)
            .ok_or_else(|| wrong(table, wish, "it is not said by which column").with_hint("add column = \"org_id\"")),
    }
}

/// The column that is named; the nearest one where there is none.
fn require<'a>(table: &Table<'a>, key: &str, name: &str) -> Result<&'a Column> {
    table.column(name).ok_or_else(|| {
        let known = table
            .columns()
            .iter()
            .map(|column| column.name.as_str())
            .collect::<Vec<_>>();
        let message = format!("[rls] archetypes: {key}: {} has no column `{name}`", table.name());
        unknown(message, name, &known)
    })
}

fn no_claim(table: &Table<'_>, wish: &Declared, claim: &str) -> Error {
    wrong(table, wish, &format!("there is no claim `{claim}`"))
        .with_hint(format!("say what it is in SQL: [rls] claims = {{ {claim} = \"…\" }}"))
}

fn wrong(table: &Table<'_>, wish: &Declared, why: &str) -> Error {
    Error::new(format!(
        "[rls] archetypes: {} cannot be {:?}: {why}",
        table.name(),
        wish.archetype.name()
    ))
}
