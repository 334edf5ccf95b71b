//! What rights there are on an object before its grants are told, and what they shall be.

use std::collections::BTreeSet;

use crate::catalog::access::{DefaultPrivilegeKind, Privilege};
use crate::catalog::acl::{Acl, AclKind, Held};
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, Object, ObjectId};

use super::super::World;
use super::defaults::merged;

/// The rights on an object.
pub(super) struct Rights<'a> {
    pub(super) kind: AclKind,
    /// The owner in the end.
    pub(super) owner: &'a Name,
    pub(super) have: Have,
    pub(super) want: Acl,
}

/// The rights on the object; `None` where there are none on its kind.
pub(super) fn rights<'a>(id: &ObjectId, is_fresh: bool, world: &World<'a>) -> Option<Rights<'a>> {
    let kind = acl_kind(id, world.to)?;
    let owner = owner(id, world.to).or_else(|| owner(id, world.from))?;
    let mut want = overlaid(baseline(id, kind, owner, world.to), id, world.to);
    translate(&mut want, kind, world);
    let is_known = is_known(id, world.to);
    let mut have = match is_fresh && is_known {
        true => births(id, kind, owner, world),
        false => Have::certain(before(id, kind, owner, world)),
    };
    if !is_known {
        // What its extension or initdb gave is not known: what has to be, is made so from nothing.
        for key in world.to.grants.group(id, |row| &row.object) {
            let key = (key.grantee.clone(), key.grantor.clone());
            if !has_row(id, &key, world.from) {
                have.surely.remove(&key);
                let all = kind.all(world.from.server.major);
                have.perhaps.insert(key, Held::plain(all));
            }
        }
    }
    Some(Rights {
        kind,
        owner,
        have,
        want,
    })
}

/// What an object has before its grants are told: for certain, and at the most.
pub(super) struct Have {
    pub(super) surely: Acl,
    pub(super) perhaps: Acl,
}

impl Have {
    fn certain(acl: Acl) -> Self {
        Self {
            surely: acl.clone(),
            perhaps: acl,
        }
    }
}

/// What the object has in `world.from`, when its owner is that of `world.to` already: with the owner, PostgreSQL changes
/// grantors and grantees (`aclnewowner`).
fn before(id: &ObjectId, kind: AclKind, new_owner: &Name, world: &World<'_>) -> Acl {
    let old_owner = owner(id, world.from).unwrap_or(new_owner);
    let acl = overlaid(baseline(id, kind, old_owner, world.from), id, world.from);
    with_owner(acl, old_owner, new_owner)
}

/// What the object has before anybody grants anything.
fn baseline(id: &ObjectId, kind: AclKind, owner: &Name, catalog: &Catalog) -> Acl {
    let mut acl = kind.default(owner, catalog.server.major);
    // initdb lets everybody read almost all of PostgreSQL's own relations.
    if kind == AclKind::Relation && is_builtin(id) {
        acl.insert((None, owner.clone()), Held::plain(&[Privilege::Select]));
    }
    acl
}

fn is_builtin(id: &ObjectId) -> bool {
    id.schema().is_some_and(|schema| schema == "pg_catalog")
}

/// What the object may have when it is made by the session's role, or by whatever role that is.
fn births(id: &ObjectId, kind: AclKind, owner: &Name, world: &World<'_>) -> Have {
    // A schema called `public` that is made anew is one like any other.
    let kind = match kind {
        AclKind::PublicSchema => AclKind::Schema,
        kind => kind,
    };
    let major = world.from.server.major;
    let Some(objects) = default_privilege_kind(kind) else {
        return Have::certain(kind.default(owner, major));
    };
    let mut creators: BTreeSet<&Name> = match world.session {
        Some(session) => [session].into(),
        None => world.from.default_privileges.iter().map(|row| &row.role).collect(),
    };
    if world.session.is_none() {
        creators.insert(owner);
    }
    let schema = match id {
        ObjectId::Schema(_) => None,
        id => id.schema(),
    };
    let births = creators.into_iter().map(|creator| {
        let mut acl = overlaid_defaults(kind.default(creator, major), creator, None, objects, world.from);
        if schema.is_some() {
            let added = overlaid_defaults(Acl::new(), creator, schema, objects, world.from);
            acl = merged(acl, added);
        }
        with_owner(acl, creator, owner)
    });
    let mut births = births.collect::<Vec<_>>().into_iter();
    let mut have = Have::certain(births.next().unwrap_or_default());
    for birth in births {
        have.surely = common(have.surely, &birth);
        have.perhaps = merged(have.perhaps, birth);
    }
    have
}

fn default_privilege_kind(kind: AclKind) -> Option<DefaultPrivilegeKind> {
    Some(match kind {
        AclKind::Relation => DefaultPrivilegeKind::Tables,
        AclKind::Sequence => DefaultPrivilegeKind::Sequences,
        AclKind::Routine => DefaultPrivilegeKind::Functions,
        AclKind::Type => DefaultPrivilegeKind::Types,
        AclKind::Schema => DefaultPrivilegeKind::Schemas,
        AclKind::LargeObject => DefaultPrivilegeKind::LargeObjects,
        AclKind::PublicSchema | AclKind::Column | AclKind::Language | AclKind::ForeignDataWrapper | AclKind::Server => {
            return None;
        }
    })
}

/// `acl` with the rows of the default privileges in the place of its entries.
pub(super) fn overlaid_defaults(
    mut acl: Acl,
    role: &Name,
    schema: Option<&Name>,
    objects: DefaultPrivilegeKind,
    catalog: &Catalog,
) -> Acl {
    let rows = catalog.default_privileges.iter();
    for row in rows.filter(|row| (&row.role, row.schema.as_ref(), row.objects) == (role, schema, objects)) {
        put(
            &mut acl,
            (row.grantee.clone(), role.clone()),
            &row.privileges,
            &row.grantable,
        );
    }
    acl
}

/// `acl` with the rows of the object in the place of its entries.
fn overlaid(mut acl: Acl, id: &ObjectId, catalog: &Catalog) -> Acl {
    for row in catalog.grants.group(id, |row| &row.object) {
        let key = (row.grantee.clone(), row.grantor.clone());
        put(&mut acl, key, &row.privileges, &row.grantable);
    }
    acl
}

fn put(acl: &mut Acl, key: (Option<Name>, Name), privileges: &[Privilege], grantable: &[Privilege]) {
    if privileges.is_empty() {
        acl.remove(&key);
        return;
    }
    let held = Held {
        privileges: privileges.to_vec(),
        grantable: grantable.to_vec(),
    };
    acl.insert(key, held);
}

fn with_owner(acl: Acl, old: &Name, new: &Name) -> Acl {
    if old == new {
        return acl;
    }
    let renamed = |role: Name| if role == *old { new.clone() } else { role };
    acl.into_iter().fold(Acl::new(), |acl, ((grantee, grantor), held)| {
        merged(acl, [((grantee.map(renamed), renamed(grantor)), held)].into())
    })
}

/// What both have.
fn common(mut acl: Acl, other: &Acl) -> Acl {
    for (key, held) in &mut acl {
        let none = Held::default();
        let other = other.get(key).unwrap_or(&none);
        held.privileges.retain(|privilege| other.privileges.contains(privilege));
        held.grantable.retain(|privilege| other.grantable.contains(privilege));
    }
    acl
}

/// Tells `want` in the privileges of the server that it is for: MAINTAIN came with PostgreSQL 17, and who has all that
/// there was before shall have all that there is now.
pub(super) fn translate(want: &mut Acl, kind: AclKind, world: &World<'_>) {
    let (old, new) = (kind.all(world.to.server.major), kind.all(world.from.server.major));
    if old == new {
        return;
    }
    for held in want.values_mut() {
        for list in [&mut held.privileges, &mut held.grantable] {
            match list.as_slice() == old {
                true => *list = new.to_vec(),
                false => list.retain(|privilege| new.contains(privilege)),
            }
        }
    }
}

fn has_row(id: &ObjectId, key: &(Option<Name>, Name), catalog: &Catalog) -> bool {
    let rows = catalog.grants.group(id, |row| &row.object);
    rows.iter().any(|row| (&row.grantee, &row.grantor) == (&key.0, &key.1))
}

/// Whether what the object has by itself follows from its kind and owner.
fn is_known(id: &ObjectId, catalog: &Catalog) -> bool {
    if is_builtin(id) {
        return false;
    }
    match id {
        ObjectId::Column(relation, _) => catalog
            .relation(relation)
            .is_some_and(|relation| relation.row.extension.is_none()),
        id => match catalog.object(id) {
            Some(Object::Relation(row)) => row.extension.is_none(),
            Some(Object::Sequence(row)) => row.extension.is_none(),
            Some(Object::Type(row)) => row.extension.is_none(),
            Some(Object::Schema(row)) => row.extension.is_none(),
            Some(Object::ForeignDataWrapper(row)) => row.extension.is_none(),
            Some(_) => true,
            None => false,
        },
    }
}

/// The object's owner; for a member of an extension that has no row, whoever granted something.
fn owner<'a>(id: &ObjectId, catalog: &'a Catalog) -> Option<&'a Name> {
    let owner = match id {
        ObjectId::Column(relation, _) => catalog.relation(relation).map(|relation| &relation.row.owner),
        id => catalog.object(id).and_then(Object::owner),
    };
    owner.or_else(|| {
        let rows = catalog.grants.group(id, |row| &row.object);
        rows.first().map(|row| &row.grantor)
    })
}

fn acl_kind(id: &ObjectId, catalog: &Catalog) -> Option<AclKind> {
    Some(match id {
        ObjectId::Schema(name) if name == "public" => AclKind::PublicSchema,
        ObjectId::Schema(_) => AclKind::Schema,
        ObjectId::Language(_) => AclKind::Language,
        ObjectId::Type(name) => match &catalog.user_type(name)?.kind {
            // It has its range's.
            TypeKind::Multirange { .. } => return None,
            _ => AclKind::Type,
        },
        ObjectId::Routine(_) => AclKind::Routine,
        ObjectId::ForeignDataWrapper(_) => AclKind::ForeignDataWrapper,
        ObjectId::Server(_) => AclKind::Server,
        ObjectId::Sequence(_) => AclKind::Sequence,
        ObjectId::Table(_) | ObjectId::ForeignTable(_) | ObjectId::View(_) | ObjectId::MaterializedView(_) => {
            AclKind::Relation
        }
        ObjectId::Column(..) => AclKind::Column,
        _ => return None,
    })
}
