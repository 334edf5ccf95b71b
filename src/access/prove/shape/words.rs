//! What tables and columns are by their names, types and checks.

use super::{Class, Table, single};
use crate::access::Settings;
use crate::access::prove::values;
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};

/// Words in the name of a table whose rows make users members of something.
const MEMBERSHIP_WORDS: &[&str] = &[
    "member",
    "_users",
    "users_",
    "user_",
    "participant",
    "collaborator",
    "share",
    "access",
    "staff",
    "seat",
    "permission",
    "grant",
];

/// Columns that hold a user's key where no foreign key says so.
pub(super) const OWNER_COLUMNS: &[&str] = &[
    "user_id",
    "owner_id",
    "author_id",
    "profile_id",
    "actor_id",
    "created_by",
    "user_uuid",
    "owner",
];

/// Columns that hold a tenant's key where no membership says so.
pub(super) const TENANT_COLUMNS: &[&str] = &[
    "tenant_id",
    "org_id",
    "organization_id",
    "organisation_id",
    "workspace_id",
    "company_id",
    "account_id",
    "team_id",
];

/// Columns that say what a user may do.
pub(super) const ROLE_COLUMNS: &[&str] = &[
    "role",
    "role_name",
    "member_role",
    "permission",
    "access",
    "access_level",
    "level",
];

/// A column and a value of it that the table's policies name, and that rows do not have by themselves: what is published,
/// open or archived may be for others.
pub(super) fn state<'a>(catalog: &Catalog, relation: RelationRef<'a>) -> Option<(&'a Name, String)> {
    let policies = relation
        .policies()
        .iter()
        .flat_map(|policy| policy.using.iter().chain(&policy.check));
    let policies = policies.collect::<Vec<_>>();
    let naming = |column: &Column| {
        let named = policies.iter().filter(|text| names(text, &column.name));
        named.collect::<Vec<_>>()
    };
    let found = relation.columns().iter().find_map(|column| {
        let named = naming(column);
        if named.is_empty() || column.generated.is_some() || ROLE_COLUMNS.contains(&column.name.as_str()) {
            return None;
        }
        if column.data_type == "boolean" {
            let value = if column.default.as_deref() == Some("true") {
                "false"
            } else {
                "true"
            };
            return Some((&column.name, value.to_owned()));
        }
        let usual = column.default.iter().flat_map(|text| values::constants(text)).next();
        let constants = named
            .iter()
            .flat_map(|text| values::constants(text))
            .collect::<Vec<_>>();
        let labels = labels(catalog, relation, &column.name);
        let label = labels.iter().find(|label| {
            usual.as_deref() != Some(label.as_str()) && constants.iter().any(|text| text == label.as_str())
        });
        label.map(|label| (&column.name, label.to_string()))
    });
    // What has come out is for others, and a row without the time has not.
    let is_out = |column: &&Column| {
        let is_time = column.data_type.starts_with("timestamp") || column.data_type == "date";
        is_time && !column.not_null && column.default.is_none() && column.name.starts_with("publish")
    };
    found.or_else(|| {
        let mut times = relation.columns().iter().filter(is_out);
        let column = times.find(|column| !naming(column).is_empty())?;
        Some((&column.name, "2000-01-01 12:00:00+00".to_owned()))
    })
}

/// Whether the column's name is a word of the expression.
pub(in crate::access::prove) fn names(expression: &str, column: &Name) -> bool {
    let mut words = expression.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.any(|word| word == column)
}

/// The labels of the column's enum, or of the texts that a check lists.
pub(in crate::access::prove) fn labels(catalog: &Catalog, relation: RelationRef<'_>, column: &Name) -> Vec<Name> {
    let Some(column) = relation.column(column) else {
        return Vec::new();
    };
    let user_type = catalog
        .data_type(&column.data_type)
        .and_then(|found| catalog.user_type(&found.name));
    if let Some(TypeKind::Enum { labels }) = user_type.map(|found| &found.kind) {
        return labels.clone();
    }
    let checks = relation
        .constraints()
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::Check { expression, columns } if single(columns) == Some(&column.name) => Some(expression),
            _ => None,
        });
    let mut listed = checks
        .flat_map(|check| values::constants(check))
        .map(Name::from)
        .collect::<Vec<_>>();
    if listed.is_empty() {
        listed.extend(
            column
                .default
                .iter()
                .flat_map(|text| values::constants(text))
                .map(Name::from),
        );
    }
    listed
}

pub(super) fn is_role_type(catalog: &Catalog, column: &Column) -> bool {
    let Some(data_type) = catalog.data_type(&column.data_type) else {
        return false;
    };
    let found = catalog.user_type(&data_type.name);
    !data_type.array
        && found.is_some_and(|found| matches!(found.kind, TypeKind::Enum { .. }) && found.name.name.contains("role"))
}

/// The tenant's table, where the table joins users with one.
pub(super) fn membership(catalog: &Catalog, table: &Table<'_>) -> Option<QName> {
    if table.class == Class::Person || table.owners.is_empty() {
        return None;
    }
    let name = table.relation.row.name.name.as_str();
    let has_role = table
        .relation
        .columns()
        .iter()
        .any(|column| ROLE_COLUMNS.contains(&column.name.as_str()) || is_role_type(catalog, column));
    let sets = &table.keys;
    let by_key = table.links.iter().find_map(|link| {
        let column = single(link.columns)?;
        let is_other = !table.owners.contains(&column) && *link.to != table.relation.row.name;
        let owner = table.owners.iter().find(|owner| {
            sets.iter()
                .any(|set| set.len() == 2 && set.contains(column) && set.contains(owner))
        });
        let says_so = has_role || MEMBERSHIP_WORDS.iter().any(|word| name.contains(word));
        (is_other && owner.is_some() && says_so).then(|| link.to.clone())
    });
    // Who left and came back has two rows: no key says that it is a membership, its name does.
    by_key.or_else(|| {
        let mut links = table.links.iter().filter(|link| {
            let is_owner = single(link.columns).is_none_or(|column| table.owners.contains(&column));
            !is_owner && !link.nullable && *link.to != table.relation.row.name
        });
        let first = links.next().filter(|_| name.contains("member"))?;
        links.next().is_none().then(|| first.to.clone())
    })
}

/// The users' table by its name, where nothing else says which it is.
pub(super) fn named_users(catalog: &Catalog, settings: &Settings) -> Option<QName> {
    let names = ["users", "user", "app_users", "accounts", "profiles"];
    names.iter().find_map(|name| {
        let found = catalog.relation_refs().find(|relation| {
            relation.row.name.name == *name
                && settings.is_ours(&relation.row.name.schema)
                && relation.row.kind == RelationKind::Table
                && relation.primary_key().len() == 1
        });
        found.map(|relation| relation.row.name.clone())
    })
}
