//! Who may do what, as rows of the wished catalog.

use std::collections::{BTreeMap, BTreeSet};

use super::model::{Access, Audience};
use super::shape::Scope;
use crate::access::Settings;
use crate::access::audit::rights::{Rights, privilege};
use crate::catalog::access::{Grant, Privilege};
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, ObjectId, QName, Rows};

/// The grants in the making: what grantees have from grantors.
pub(super) struct Grants(BTreeMap<(ObjectId, Option<Name>, Name), Grant>);

impl Grants {
    /// Those that are there.
    pub(super) fn new(catalog: &Catalog) -> Self {
        let rows = catalog.grants.iter().cloned();
        Self(
            rows.map(|row| ((row.object.clone(), row.grantee.clone(), row.grantor.clone()), row))
                .collect(),
        )
    }

    /// The rows.
    pub(super) fn rows(self) -> Rows<Grant> {
        Rows::sorted(self.0.into_values().collect())
    }

    /// Takes everything on a table and its columns from the outside roles and from everybody. Servers keep what they had.
    pub(super) fn close(&mut self, catalog: &Catalog, table: &QName, settings: &Settings) {
        let Some(relation) = catalog.relation(table) else {
            return;
        };
        let columns = relation.columns().iter().map(|column| column.object());
        for object in std::iter::once(relation.row.object()).chain(columns) {
            self.take(&object, &relation.row.owner, settings);
        }
    }

    /// Takes everything on an object from the outside roles and from everybody; what servers had as everybody, they keep.
    pub(super) fn take(&mut self, object: &ObjectId, owner: &Name, settings: &Settings) {
        let everybodys = self.of(object, None);
        self.0.retain(|(about, grantee, _), _| {
            let is_outside = grantee
                .as_ref()
                .is_none_or(|grantee| settings.outside.contains(grantee) && grantee != owner);
            about != object || !is_outside
        });
        for privilege in everybodys {
            for role in settings.service.iter().filter(|role| *role != owner) {
                self.give(object, role, owner, privilege);
            }
        }
    }

    /// What everybody, or a role, has on an object.
    fn of(&self, object: &ObjectId, grantee: Option<&Name>) -> BTreeSet<Privilege> {
        let rows = self
            .0
            .values()
            .filter(|row| row.object == *object && row.grantee.as_ref() == grantee);
        rows.flat_map(|row| row.privileges.iter().copied()).collect()
    }

    fn give(&mut self, object: &ObjectId, role: &Name, owner: &Name, privilege: Privilege) {
        let key = (object.clone(), Some(role.clone()), owner.clone());
        let row = self.0.entry(key).or_insert_with(|| Grant {
            object: object.clone(),
            grantee: Some(role.clone()),
            grantor: owner.clone(),
            privileges: Vec::new(),
            grantable: Vec::new(),
        });
        if !row.privileges.contains(&privilege) {
            row.privileges.push(privilege);
            row.privileges.sort();
        }
    }

    /// Grants what the policies are about, and no more than there was for the commands of `narrowed`. Gives the commands
    /// that stay narrower than the policies would have it.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the same question")]
    pub(super) fn open(
        &mut self,
        catalog: &Catalog,
        settings: &Settings,
        rights: &Rights<'_>,
        scope: &Scope<'_>,
        name: &QName,
        access: &Access,
        narrowed: &BTreeSet<Event>,
    ) -> BTreeSet<Event> {
        let mut narrower = BTreeSet::new();
        let Some(relation) = catalog.relation(name) else {
            return narrower;
        };
        let (table, owner) = (relation.row.object(), &relation.row.owner);
        for rule in access.rules.iter().filter(|rule| rule.permissive) {
            let command = rule.command;
            let withheld = match command {
                Event::Select => &access.withheld.select,
                Event::Insert => &access.withheld.insert,
                Event::Update => &access.withheld.update,
                _ => &Vec::new(),
            };
            let privilege = privilege(command);
            let roles: Vec<&Name> = match rule.audience {
                Audience::Anonymous => settings.anonymous.iter().collect(),
                Audience::SignedIn => settings.signed_in().collect(),
                Audience::Everybody => settings.outside.iter().collect(),
                Audience::Owner => Vec::new(),
            };
            for role in roles.into_iter().filter(|role| *role != owner) {
                let is_known = [Event::Select, Event::Insert, Event::Update, Event::Delete]
                    .iter()
                    .any(|command| {
                        rights.can_some(role, crate::access::audit::rights::privilege(*command), relation.row)
                    });
                let all = !is_known || !narrowed.contains(&command) || rights.holds(role, privilege, &table);
                if all && withheld.is_empty() {
                    self.give(&table, role, owner, privilege);
                    continue;
                }
                if command == Event::Delete {
                    narrower.insert(command);
                    continue;
                }
                let columns = relation.columns().iter().filter(|column| {
                    let is_written = command != Event::Select;
                    !withheld.contains(&column.name) && (!is_written || !super::shape::is_generated(column))
                });
                for column in columns {
                    if all || rights.holds(role, privilege, &column.object()) {
                        self.give(&column.object(), role, owner, privilege);
                    }
                }
                if !all {
                    narrower.insert(command);
                }
            }
            if command == Event::Insert {
                self.sequences(catalog, settings, scope, name);
            }
        }
        narrower
    }

    /// Lets those who may add rows count on the sequences that number them. An identity column needs no right.
    fn sequences(&mut self, catalog: &Catalog, settings: &Settings, scope: &Scope<'_>, table: &QName) {
        let Some(relation) = catalog.relation(table) else {
            return;
        };
        for column in relation.columns() {
            let Some(sequence) = scope.sequence(column) else {
                continue;
            };
            let Some(row) = catalog.sequences.find(|row| row.name.cmp(sequence)) else {
                continue;
            };
            for role in settings.signed_in().filter(|role| **role != row.owner) {
                self.give(&row.object(), role, &row.owner, Privilege::Usage);
            }
        }
    }

    /// Lets a role name what is in a schema.
    pub(super) fn use_schema(&mut self, schema: &Name, role: &Name, owner: &Name) {
        self.give(&ObjectId::Schema(schema.clone()), role, owner, Privilege::Usage);
    }

    /// Lets these roles call a function, and nobody else.
    pub(super) fn execute(&mut self, function: &ObjectId, owner: &Name, callers: &[Name], settings: &Settings) {
        self.0.retain(|(about, grantee, _), _| {
            let is_outside = grantee
                .as_ref()
                .is_none_or(|grantee| settings.outside.contains(grantee));
            about != function || !is_outside
        });
        self.refuse_everybody(function, owner);
        self.call(function, owner, callers);
    }

    /// Takes from everybody what a function or procedure gives by itself.
    pub(super) fn refuse_everybody(&mut self, function: &ObjectId, owner: &Name) {
        self.0
            .retain(|(about, grantee, _), _| about != function || grantee.is_some());
        let key = (function.clone(), None, owner.clone());
        let row = Grant {
            object: function.clone(),
            grantee: None,
            grantor: owner.clone(),
            privileges: Vec::new(),
            grantable: Vec::new(),
        };
        self.0.insert(key, row);
    }

    /// Lets these roles call a function.
    pub(super) fn call(&mut self, function: &ObjectId, owner: &Name, callers: &[Name]) {
        let can = |grants: &Self, role: &Name| grants.of(function, Some(role)).contains(&Privilege::Execute);
        for role in callers.iter().filter(|role| *role != owner) {
            if !can(self, role) {
                self.give(function, role, owner, Privilege::Execute);
            }
        }
    }

    /// Leaves of what the outside roles have on a relation what policies decide on.
    pub(super) fn only_rows(&mut self, relation: &ObjectId, settings: &Settings) {
        use Privilege::{Delete, Insert, Select, Update};
        for ((about, grantee, _), row) in &mut self.0 {
            let is_outside = grantee
                .as_ref()
                .is_none_or(|grantee| settings.outside.contains(grantee));
            if about == relation && is_outside {
                let is_kept = |privilege: &Privilege| [Select, Insert, Update, Delete].contains(privilege);
                row.privileges.retain(is_kept);
                row.grantable.retain(is_kept);
            }
        }
        self.0
            .retain(|(about, _, _), row| about != relation || !row.privileges.is_empty());
    }

    /// Takes from the outside roles what they have on an object by name, rather than as everybody.
    pub(super) fn take_named(&mut self, object: &ObjectId, settings: &Settings) {
        self.0.retain(|(about, grantee, _), _| {
            let is_outside = grantee
                .as_ref()
                .is_some_and(|grantee| settings.outside.contains(grantee));
            about != object || !is_outside
        });
    }
}
