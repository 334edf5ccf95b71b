//! Grants: what an object's access control list is, what it shall be, and the way from one to the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::access::{DefaultPrivilegeKind, Privilege};
use crate::catalog::acl::{Acl, AclKind, Held};
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, Object, ObjectId, QName};

use super::super::name::{bare, qualified, routine, routine_keyword, routine_target};
use super::super::{Part, Statement, World};
use super::defaults::merged;

/// What makes the grants on the object those of `world.to`. On one that is made by this migration (`is_fresh`) there
/// are before those that default privileges give.
pub fn grants(id: &ObjectId, is_fresh: bool, world: &World<'_>) -> Vec<Statement> {
    let Some(kind) = acl_kind(id, world.to) else {
        return Vec::new();
    };
    let Some(owner) = owner(id, world.to).or_else(|| owner(id, world.from)) else {
        return Vec::new();
    };
    let target = Target { id, kind, owner, world };
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
    target.statements(have, &want)
}

/// What an object has before its grants are told: for certain, and at the most.
struct Have {
    surely: Acl,
    perhaps: Acl,
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
fn translate(want: &mut Acl, kind: AclKind, world: &World<'_>) {
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

/// The object that statements are about.
struct Target<'a> {
    id: &'a ObjectId,
    kind: AclKind,
    owner: &'a Name,
    world: &'a World<'a>,
}

impl Target<'_> {
    /// What turns `have` into `want`: first what is too much goes, then what lacks comes.
    fn statements(&self, mut have: Have, want: &Acl) -> Vec<Statement> {
        let is_passed_on = |key: &(Option<Name>, Name)| key.1 != *self.owner;
        // What somebody else passed on goes with that one's right to do so. Nobody has to speak in another's name then,
        // which takes rights that may be gone.
        let cascades = have.perhaps.keys().any(is_passed_on)
            && have.perhaps.iter().any(|(key, held)| {
                let lost = held.without(want.get(key));
                !lost.grantable.is_empty() || is_passed_on(key) && !lost.privileges.is_empty()
            });
        let mut gone = Vec::new();
        for (key, held) in have.perhaps.iter().filter(|(key, _)| !is_passed_on(key)) {
            let mut lost = held.without(want.get(key));
            if cascades {
                lost.grantable.clone_from(&held.grantable);
            }
            lost.grantable.retain(|privilege| !lost.privileges.contains(privilege));
            if lost != Held::default() {
                gone.push((key.clone(), lost));
            }
        }
        let mut statements = Vec::new();
        for ((grantee, grantor), lost) in &gone {
            statements.extend(self.revoke(lost, grantee.as_ref(), cascades));
            if let Some(held) = have.surely.get_mut(&(grantee.clone(), grantor.clone())) {
                *held = held.without(Some(&Held {
                    privileges: lost.privileges.clone(),
                    grantable: [lost.privileges.as_slice(), &lost.grantable].concat(),
                }));
            }
        }
        if cascades {
            have.surely.retain(|key, _| !is_passed_on(key));
        }
        if let Some(relation) = self.id.qualified().filter(|_| self.kind == AclKind::Relation) {
            statements.extend(self.columns_again(relation, &gone));
        }
        for ((grantee, grantor), held) in by_depth(want, self.owner) {
            let key = (grantee.clone(), grantor.clone());
            statements.extend(self.grant(held, have.surely.get(&key), grantee.as_ref(), grantor));
        }
        statements
    }

    /// A table's privileges take those on its columns with them when they go.
    fn columns_again(&self, relation: &QName, gone: &[((Option<Name>, Name), Held)]) -> Vec<Statement> {
        let Some(relation) = self.world.to.relation(relation) else {
            return Vec::new();
        };
        let mut statements = Vec::new();
        for column in relation.columns() {
            let id = column.object();
            if self.world.from.object(&id).is_none() {
                continue;
            }
            let target = Target {
                id: &id,
                kind: AclKind::Column,
                ..*self
            };
            for row in self.world.to.grants.group(&id, |row| &row.object) {
                let key = (row.grantee.clone(), row.grantor.clone());
                let gone = gone.iter().filter(|(gone, _)| *gone == key);
                let gone: Vec<_> = gone.flat_map(|(_, lost)| &lost.privileges).collect();
                let kept = |list: &[Privilege]| {
                    let list = list.iter().filter(|privilege| gone.contains(privilege));
                    list.copied().collect()
                };
                let held = Held {
                    privileges: kept(&row.privileges),
                    grantable: kept(&row.grantable),
                };
                statements.extend(target.grant(&held, None, row.grantee.as_ref(), &row.grantor));
            }
        }
        statements
    }

    fn revoke(&self, lost: &Held, grantee: Option<&Name>, cascades: bool) -> Vec<Statement> {
        let from = role(grantee);
        let object = self.object();
        let cascade = if cascades { " CASCADE" } else { "" };
        let parts = [("", &lost.privileges), ("GRANT OPTION FOR ", &lost.grantable)];
        let parts = parts.into_iter().filter(|(_, privileges)| !privileges.is_empty());
        parts
            .map(|(what, privileges)| {
                let privileges = self.list(privileges);
                let sql = format!("REVOKE {what}{privileges} ON {object} FROM {from}{cascade}");
                Statement::new(sql).part(Part::Grants)
            })
            .collect()
    }

    fn grant(&self, wanted: &Held, had: Option<&Held>, grantee: Option<&Name>, grantor: &Name) -> Vec<Statement> {
        let to = role(grantee);
        let object = self.object();
        let mut plain = wanted.without(had).privileges;
        plain.retain(|privilege| !wanted.grantable.contains(privilege));
        let optional = wanted.without(had).grantable;
        let mut statements = Vec::new();
        if !plain.is_empty() {
            statements.push(Statement::new(format!(
                "GRANT {} ON {object} TO {to}",
                self.list(&plain)
            )));
        }
        if !optional.is_empty() {
            let privileges = self.list(&optional);
            let sql = format!("GRANT {privileges} ON {object} TO {to} WITH GRANT OPTION");
            statements.push(Statement::new(sql));
        }
        let is_public = grantee.is_none_or(|grantee| grantee == "anon");
        if is_public && matches!(self.kind, AclKind::Relation | AclKind::Column) {
            let hazard = |statement: Statement| statement.hazard("grant-to-public-role");
            statements = statements.into_iter().map(hazard).collect();
        }
        self.by(grantor, statements)
    }

    /// The statements as the grantor says them. For the owner, anybody who has the owner's rights can.
    fn by(&self, grantor: &Name, statements: Vec<Statement>) -> Vec<Statement> {
        if statements.is_empty() {
            return statements;
        }
        let mut statements = statements;
        if grantor != self.owner {
            statements.insert(0, format!("SET ROLE {}", bare(grantor)).into());
            statements.push("RESET ROLE".into());
        }
        let statements = statements.into_iter();
        statements.map(|statement| statement.part(Part::Grants)).collect()
    }

    /// Privileges as `GRANT` lists them, for a column with its name.
    fn list(&self, privileges: &[Privilege]) -> String {
        let column = match self.id {
            ObjectId::Column(_, name) => format!(" ({})", bare(name)),
            _ => String::new(),
        };
        list(privileges, self.kind, self.world.from.server.major, &column)
    }

    /// The object as `GRANT` names it.
    fn object(&self) -> String {
        let on = |keyword: &str, name: &Name| format!("{keyword} {}", bare(name));
        match self.id {
            ObjectId::Schema(name) => on("SCHEMA", name),
            ObjectId::Language(name) => on("LANGUAGE", name),
            ObjectId::ForeignDataWrapper(name) => on("FOREIGN DATA WRAPPER", name),
            ObjectId::Server(name) => on("FOREIGN SERVER", name),
            ObjectId::Type(name) => format!("TYPE {}", qualified(name)),
            ObjectId::Sequence(name) => format!("SEQUENCE {}", qualified(name)),
            // An aggregate counts as a function here.
            ObjectId::Routine(id) => match routine_keyword(id, self.world.to) {
                "AGGREGATE" => format!("FUNCTION {}", routine(id)),
                _ => routine_target(id, self.world.to),
            },
            id => format!("TABLE {}", id.qualified().map(qualified).unwrap_or_default()),
        }
    }
}

/// The entries, those by the owner first, and those by others after what lets these grant.
fn by_depth<'a>(acl: &'a Acl, owner: &Name) -> Vec<(&'a (Option<Name>, Name), &'a Held)> {
    let mut depths: BTreeMap<&Name, usize> = BTreeMap::new();
    let mut depth = 0;
    let mut grantors = vec![owner.clone()];
    while !grantors.is_empty() {
        let mut next = Vec::new();
        for (grantee, grantor) in acl.keys() {
            if grantors.contains(grantor) && !depths.contains_key(grantor) {
                next.extend(grantee.clone());
            }
        }
        for (_, grantor) in acl.keys().filter(|(_, grantor)| grantors.contains(grantor)) {
            depths.entry(grantor).or_insert(depth);
        }
        depth += 1;
        grantors = next;
    }
    let mut entries: Vec<_> = acl.iter().collect();
    entries.sort_by_key(|((_, grantor), _)| depths.get(grantor).copied().unwrap_or(depth));
    entries
}

/// Privileges as `GRANT` lists them, each followed by `column`.
pub(super) fn list(privileges: &[Privilege], kind: AclKind, major: u32, column: &str) -> String {
    if privileges == kind.all(major) {
        return format!("ALL{column}");
    }
    let words = privileges
        .iter()
        .map(|privilege| format!("{}{column}", word(*privilege)));
    words.collect::<Vec<_>>().join(", ")
}

/// Who gets privileges.
pub(super) fn role(grantee: Option<&Name>) -> String {
    grantee.map_or_else(|| "PUBLIC".to_owned(), |grantee| bare(grantee))
}

fn word(privilege: Privilege) -> &'static str {
    match privilege {
        Privilege::Select => "SELECT",
        Privilege::Insert => "INSERT",
        Privilege::Update => "UPDATE",
        Privilege::Delete => "DELETE",
        Privilege::Truncate => "TRUNCATE",
        Privilege::References => "REFERENCES",
        Privilege::Trigger => "TRIGGER",
        Privilege::Maintain => "MAINTAIN",
        Privilege::Execute => "EXECUTE",
        Privilege::Usage => "USAGE",
        Privilege::Create => "CREATE",
        Privilege::Connect => "CONNECT",
        Privilege::Temporary => "TEMPORARY",
        Privilege::Set => "SET",
        Privilege::AlterSystem => "ALTER SYSTEM",
    }
}
