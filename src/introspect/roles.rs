//! Roles and memberships (`pg_roles`, which everybody may read, and `pg_auth_members`).

use std::collections::BTreeSet;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::access::{Membership, Role};
use crate::catalog::{Draft, Name, ObjectId};

use super::Reader;
use super::names::catalogs::PG_AUTHID;
use super::values::Oid;

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    name: &'r str,
    superuser: bool,
    inherit: bool,
    create_role: bool,
    create_db: bool,
    login: bool,
    replication: bool,
    bypass_rls: bool,
    connection_limit: Option<i32>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = Name::from(row.name);
    reader.names.add_role(row.oid, &name);
    reader
        .names
        .add_object(PG_AUTHID, row.oid, ObjectId::Role(name.clone()));
    reader.draft.roles.push(Role {
        name,
        superuser: row.superuser,
        inherit: row.inherit,
        create_role: row.create_role,
        create_db: row.create_db,
        login: row.login,
        replication: row.replication,
        bypass_rls: row.bypass_rls,
        connection_limit: row.connection_limit,
    });
    Ok(())
}

#[derive(FromRow)]
struct Member {
    role: Oid,
    member: Oid,
    grantor: Oid,
    admin: bool,
    inherit: bool,
    set: bool,
}

pub(super) fn take_membership(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Member::from_row(row)?;
    reader.draft.memberships.push(Membership {
        role: reader.names.role(row.role),
        member: reader.names.role(row.member),
        grantor: reader.names.role(row.grantor),
        admin: row.admin,
        inherit: row.inherit,
        set: row.set,
    });
    Ok(())
}

/// Leaves the roles that something names or the scope does, and those that these are members of. A cluster's other
/// databases may have thousands. PostgreSQL's own (`pg_…`) need no row: every server has them.
pub(super) fn prune(draft: &mut Draft, scoped: &BTreeSet<Name>) {
    let mut named = named(draft);
    named.extend(scoped.iter().cloned());
    loop {
        let known = named.len();
        for membership in draft.memberships.iter().filter(|row| !is_predefined(&row.member)) {
            if named.contains(&membership.member) {
                named.insert(membership.role.clone());
                named.insert(membership.grantor.clone());
            }
        }
        if named.len() == known {
            break;
        }
    }
    draft
        .memberships
        .retain(|row| !is_predefined(&row.member) && named.contains(&row.member));
    draft
        .roles
        .retain(|row| !is_predefined(&row.name) && named.contains(&row.name));
    draft.comments.retain(|row| is_kept(&row.object, &named));
    draft.security_labels.retain(|row| is_kept(&row.object, &named));
}

fn is_kept(object: &ObjectId, named: &BTreeSet<Name>) -> bool {
    match object {
        ObjectId::Role(role) => !is_predefined(role) && named.contains(role),
        _ => true,
    }
}

fn is_predefined(role: &str) -> bool {
    role.starts_with("pg_")
}

/// Every role that a row names. Destructured in full, so that a new kind does not compile until someone has looked.
fn named(draft: &Draft) -> BTreeSet<Name> {
    let Draft {
        server: _,
        roles: _,
        memberships: _,
        schemas,
        extensions: _,
        languages,
        access_methods: _,
        transforms: _,
        collations,
        conversions,
        data_types: _,
        types,
        domain_constraints: _,
        casts: _,
        operators,
        operator_families,
        operator_classes,
        text_search_parsers: _,
        text_search_templates: _,
        text_search_dictionaries,
        text_search_configurations,
        foreign_data_wrappers,
        servers,
        user_mappings,
        sequences,
        relations,
        columns: _,
        constraints: _,
        indexes: _,
        statistics,
        routines,
        rules: _,
        triggers: _,
        event_triggers,
        policies,
        publications,
        publication_tables: _,
        publication_schemas: _,
        subscriptions,
        grants,
        default_privileges,
        comments: _,
        security_labels: _,
        edges: _,
        unmodelled: _,
    } = draft;
    let mut named = BTreeSet::new();
    macro_rules! owners {
        ($($kind:ident),+) => {
            $(for row in $kind {
                add(&mut named, &row.owner);
            })+
        };
    }
    owners!(
        schemas,
        languages,
        collations,
        conversions,
        types,
        operators,
        operator_families,
        operator_classes,
        text_search_dictionaries,
        text_search_configurations,
        foreign_data_wrappers,
        servers,
        sequences,
        relations,
        statistics,
        routines,
        event_triggers,
        publications,
        subscriptions
    );
    for role in user_mappings.iter().filter_map(|row| row.role.as_ref()) {
        add(&mut named, role);
    }
    for role in policies.iter().flat_map(|row| &row.roles) {
        add(&mut named, role);
    }
    for row in grants {
        add(&mut named, &row.grantor);
        row.grantee.iter().for_each(|role| add(&mut named, role));
    }
    for row in default_privileges {
        add(&mut named, &row.role);
        row.grantee.iter().for_each(|role| add(&mut named, role));
    }
    named
}

fn add(named: &mut BTreeSet<Name>, role: &Name) {
    if !named.contains(role) {
        named.insert(role.clone());
    }
}
