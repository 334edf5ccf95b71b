//! One role for another.

use super::{Catalog, Name, ObjectId, Rows};

impl Catalog {
    /// Has `new` wherever `old` owns, grants or is granted something: a role of a scratch server stands for whoever runs
    /// the same statements elsewhere.
    #[must_use]
    pub fn with_role(mut self, old: &Name, new: &Name) -> Self {
        if old == new {
            return self;
        }
        let swap = |name: &mut Name| {
            if name == old {
                name.clone_from(new);
            }
        };
        let swap_object = |object: &mut ObjectId| {
            if let ObjectId::Role(name) = object {
                swap(name);
            }
        };
        macro_rules! each {
            ($($rows:ident: |$row:ident| $change:expr;)+) => {
                $(self.$rows = Rows::sorted(
                    self.$rows
                        .iter()
                        .cloned()
                        .map(|mut $row| {
                            $change;
                            $row
                        })
                        .collect(),
                );)+
            };
        }
        self.roles.retain(|row| row.name != *old);
        each! {
            schemas: |row| swap(&mut row.owner);
            languages: |row| swap(&mut row.owner);
            collations: |row| swap(&mut row.owner);
            conversions: |row| swap(&mut row.owner);
            types: |row| swap(&mut row.owner);
            operators: |row| swap(&mut row.owner);
            operator_families: |row| swap(&mut row.owner);
            operator_classes: |row| swap(&mut row.owner);
            text_search_dictionaries: |row| swap(&mut row.owner);
            text_search_configurations: |row| swap(&mut row.owner);
            foreign_data_wrappers: |row| swap(&mut row.owner);
            servers: |row| swap(&mut row.owner);
            sequences: |row| swap(&mut row.owner);
            relations: |row| swap(&mut row.owner);
            statistics: |row| swap(&mut row.owner);
            routines: |row| swap(&mut row.owner);
            event_triggers: |row| swap(&mut row.owner);
            publications: |row| swap(&mut row.owner);
            subscriptions: |row| swap(&mut row.owner);
            user_mappings: |row| row.role.iter_mut().for_each(swap);
            policies: |row| row.roles.iter_mut().for_each(swap);
            memberships: |row| [&mut row.role, &mut row.member, &mut row.grantor].into_iter().for_each(swap);
            default_privileges: |row| row.grantee.iter_mut().chain([&mut row.role]).for_each(swap);
            grants: |row| {
                row.grantee.iter_mut().chain([&mut row.grantor]).for_each(swap);
                swap_object(&mut row.object);
            };
            comments: |row| swap_object(&mut row.object);
        }
        self
    }
}
