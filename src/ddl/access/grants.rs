//! Grants: the way from the rights that there are on an object to those that there shall be.

use std::collections::BTreeMap;

use crate::catalog::access::{Grant, Privilege};
use crate::catalog::acl::{Acl, AclKind, Held};
use crate::catalog::{Name, ObjectId, QName};

use super::super::name::{bare, qualified, relation, routine, routine_keyword, routine_target};
use super::super::{Part, Statement, World};
use super::rights::{Have, Rights, rights};

/// What makes the grants on the object those of `world.to`. On one that is made by this migration (`is_fresh`) there
/// are before those that default privileges give.
pub fn grants(id: &ObjectId, is_fresh: bool, world: &World<'_>) -> Vec<Statement> {
    let Some(rights) = rights(id, is_fresh, world) else {
        return Vec::new();
    };
    let Rights {
        kind,
        owner,
        mut have,
        want,
    } = rights;
    if let (ObjectId::Column(table, _), false) = (id, is_fresh) {
        let gone = gone_from_table(table, world);
        for acl in [&mut have.surely, &mut have.perhaps] {
            for (key, held) in acl.iter_mut() {
                *held = held.without(Some(&passed_on(key, held, &gone, owner)));
            }
        }
    }
    Target { id, kind, owner, world }.statements(have, &want, is_fresh)
}

/// Whose rights, from whom.
type Key = (Option<Name>, Name);

/// What goes from a table in its own statements.
fn gone_from_table(table: &QName, world: &World<'_>) -> Vec<(Key, Held)> {
    let id = &relation(world.to, table);
    let Some(Rights {
        kind,
        owner,
        have,
        want,
    }) = rights(id, false, world)
    else {
        return Vec::new();
    };
    let target = Target { id, kind, owner, world };
    let cascades = target.cascades(&have.perhaps, &want);
    target.gone(&have.perhaps, &want, cascades)
}

/// What of an entry on a column was passed on by a role that loses, on the table, the right to do so. The owner never
/// loses that.
fn passed_on((_, grantor): &Key, held: &Held, gone: &[(Key, Held)], owner: &Name) -> Held {
    let lost = gone
        .iter()
        .filter(|((grantee, _), _)| grantee.as_ref() == Some(grantor) && grantor != owner);
    let lost: Vec<_> = lost
        .flat_map(|(_, lost)| lost.privileges.iter().chain(&lost.grantable))
        .collect();
    let of = |list: &[Privilege]| {
        let list = list.iter().filter(|privilege| lost.contains(privilege));
        list.copied().collect()
    };
    Held {
        privileges: of(&held.privileges),
        grantable: of(&held.grantable),
    }
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
    fn statements(&self, mut have: Have, want: &Acl, is_fresh: bool) -> Vec<Statement> {
        let cascades = self.cascades(&have.perhaps, want);
        let gone = self.gone(&have.perhaps, want, cascades);
        let mut statements = Vec::new();
        let table = self.id.qualified().filter(|_| self.kind == AclKind::Relation);
        if let Some(table) = table.filter(|_| !is_fresh) {
            statements.extend(self.columns_first(table, &gone));
        }
        for ((grantee, grantor), lost) in &gone {
            let revoke = self.revoke(lost, grantee.as_ref(), cascades || grantor != self.owner);
            statements.extend(self.by(grantor, revoke));
            if let Some(held) = have.surely.get_mut(&(grantee.clone(), grantor.clone())) {
                *held = held.without(Some(&Held {
                    privileges: lost.privileges.clone(),
                    grantable: [lost.privileges.as_slice(), &lost.grantable].concat(),
                }));
            }
        }
        if cascades {
            have.surely
                .retain(|(_, grantor), _| !may_pass_on(grantor, &have.perhaps));
        }
        if let Some(table) = table {
            statements.extend(self.columns_again(table, &gone));
        }
        for ((grantee, grantor), held) in by_depth(want, self.owner) {
            let key = (grantee.clone(), grantor.clone());
            statements.extend(self.grant(held, have.surely.get(&key), grantee.as_ref(), grantor));
        }
        statements
    }

    /// Whether what was passed on goes with the right to do so. Nobody has to speak in another's name then, which takes
    /// rights that may be gone.
    fn cascades(&self, have: &Acl, want: &Acl) -> bool {
        let is_passed_on = |(_, grantor): &Key| grantor != self.owner && may_pass_on(grantor, have);
        have.keys().any(is_passed_on)
            && have.iter().any(|(key, held)| {
                let lost = held.without(want.get(key));
                !lost.grantable.is_empty() || is_passed_on(key) && !lost.privileges.is_empty()
            })
    }

    /// What has to be taken from whom.
    fn gone(&self, have: &Acl, want: &Acl, cascades: bool) -> Vec<(Key, Held)> {
        let mut gone = Vec::new();
        for (key, held) in have {
            let is_owners = key.1 == *self.owner;
            if !is_owners && may_pass_on(&key.1, have) {
                continue;
            }
            let mut lost = held.without(want.get(key));
            if cascades && is_owners {
                lost.grantable.clone_from(&held.grantable);
            }
            lost.grantable.retain(|privilege| !lost.privileges.contains(privilege));
            if lost != Held::default() {
                gone.push((key.clone(), lost));
            }
        }
        gone
    }

    /// What was passed on for a column by the right on the whole table is not taken back with that right.
    fn columns_first(&self, table: &QName, gone: &[(Key, Held)]) -> Vec<Statement> {
        let Some(table) = self.world.to.relation(table) else {
            return Vec::new();
        };
        let mut statements = Vec::new();
        for column in table.columns() {
            let id = &column.object();
            if self.world.from.object(id).is_none() {
                continue;
            }
            let target = Target {
                id,
                kind: AclKind::Column,
                ..*self
            };
            for row in self.world.from.grants.group(id, |row| &row.object) {
                let key = (row.grantee.clone(), row.grantor.clone());
                let mut lost = passed_on(&key, &Held::plain(&row.privileges), gone, self.owner);
                lost.grantable.clear();
                let revoke = target.revoke(&lost, row.grantee.as_ref(), true);
                statements.extend(target.by(&row.grantor, revoke));
            }
        }
        statements
    }

    /// A table's privileges take those on its columns with them when they go. Those that a column did not have before
    /// come by its own statements.
    fn columns_again(&self, relation: &QName, gone: &[(Key, Held)]) -> Vec<Statement> {
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
                let before = self.world.from.grants.group(&id, |row| &row.object).iter();
                let before = before.filter(|before| (&before.grantee, &before.grantor) == (&row.grantee, &row.grantor));
                let before = before.collect::<Vec<_>>();
                let kept = |list: &[Privilege], had: fn(&Grant) -> &[Privilege]| {
                    let had = |privilege: &Privilege| before.iter().any(|before| had(before).contains(privilege));
                    let list = list
                        .iter()
                        .filter(|privilege| gone.contains(privilege) && had(privilege));
                    list.copied().collect()
                };
                let held = Held {
                    privileges: kept(&row.privileges, |before| &before.privileges),
                    grantable: kept(&row.grantable, |before| &before.grantable),
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

/// Whether the role has a right on this very object that it can pass on.
fn may_pass_on(role: &Name, acl: &Acl) -> bool {
    acl.iter()
        .any(|((grantee, _), held)| grantee.as_ref() == Some(role) && !held.grantable.is_empty())
}

/// The entries, those by the owner first, and those by others after what lets these grant.
fn by_depth<'a>(acl: &'a Acl, owner: &Name) -> Vec<(&'a Key, &'a Held)> {
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
