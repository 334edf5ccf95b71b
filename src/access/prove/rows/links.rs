//! What a row's links, owners and tenants give: the keys of other rows, made already or to come.

use std::collections::BTreeMap;

use super::{Key, Maker, last, seed_of, tenant_key, tenant_of, user_key};
use crate::access::prove::shape::{Class, Link, Table};
use crate::access::prove::values;
use crate::catalog::{Name, QName};

impl<'a> Maker<'a> {
    /// The values that the table's links and owners give, and the links that have to wait. Says what is missing.
    #[allow(clippy::type_complexity)]
    pub(super) fn fixed(
        &mut self,
        table: &'a Table<'a>,
        key: Key,
    ) -> Result<(BTreeMap<&'a Name, Option<String>>, Vec<Vec<Name>>), String> {
        let name = &table.relation.row.name;
        let mut fixed = BTreeMap::<&Name, Option<String>>::new();
        let mut later = Vec::new();
        if let Some(promised) = self.promises.get(&(name.clone(), key)) {
            for (column, value) in promised {
                if let Some(column) = table.relation.column(column) {
                    fixed.insert(&column.name, Some(value.clone()));
                }
            }
        }
        for link in &table.links {
            let is_own = link.to == name;
            if is_own && link.nullable {
                continue;
            }
            let is_owner =
                table.class == Class::Personal && link.columns.iter().any(|column| table.owners.contains(&column));
            if key == Key::Unowned && is_owner {
                fixed.extend(link.columns.iter().map(|column| (column, None)));
                continue;
            }
            let clash = |values: &[(&'a Name, String)]| {
                values
                    .iter()
                    .any(|(column, value)| fixed.get(column).is_some_and(|other| other.as_ref() != Some(value)))
            };
            let values = self.linked(link, key);
            match values {
                Some(values) if !clash(&values) => {
                    fixed.extend(values.into_iter().map(|(column, value)| (column, Some(value))));
                }
                _ if link.nullable => {
                    let to_come = self.shape.tables.contains_key(link.to) && !self.world.rows.contains_key(link.to);
                    if to_come {
                        later.push(link.columns.to_vec());
                    }
                    let empty = link
                        .columns
                        .iter()
                        .filter(|column| table.relation.column(column).is_some_and(|column| !column.not_null));
                    let empty = empty.filter(|column| !fixed.contains_key(column)).collect::<Vec<_>>();
                    fixed.extend(empty.into_iter().map(|column| (column, None)));
                }
                Some(_) => return Err(format!("its foreign keys lead to different rows of {}", link.to)),
                None if link.deferrable || is_own => {
                    let promised = self.promise(link, key).ok_or_else(|| circle(link))?;
                    fixed.extend(promised.iter().map(|(column, value)| (*column, Some(value.clone()))));
                    if is_own {
                        let own = link.columns.iter().zip(link.to_columns);
                        for (from, to) in own {
                            let value = promised
                                .iter()
                                .find(|(column, _)| *column == from)
                                .map(|(_, value)| value.clone());
                            fixed.insert(to, value);
                        }
                    }
                }
                None => return Err(self.missing(link)),
            }
        }
        fixed.extend(table.given.iter().map(|(column, value)| (*column, Some(value.clone()))));
        if let Some(column) = table.path {
            let whose = match table.class {
                Class::Tenanted => self.tenant_of(key).map(|tenant| self.folder_of(tenant)),
                _ => self.person_of(key).map(|person| self.user_key(person, "text")),
            };
            let whose = whose.unwrap_or_else(|| super::made_up(400, "uuid"));
            fixed.insert(column, Some(format!("{whose}/{}.txt", seed_of(key))));
        }
        if table.class == Class::Person && self.shape.users.as_ref() == Some(name) {
            return Ok((fixed, later));
        }
        for owner in &table.owners {
            if table.link_of(owner).is_none()
                && let Some(column) = table.relation.column(owner)
            {
                let user = match key {
                    Key::Unowned if !column.not_null => None,
                    _ => self
                        .person_of(key)
                        .map(|person| self.user_key(person, &column.data_type)),
                };
                fixed.entry(owner).or_insert(user);
            }
        }
        for (column, to) in &table.tenants {
            if table.class != Class::Tenant
                && !table.links.iter().any(|link| link.columns.contains(column))
                && let Some(tenant) = self.tenant_of(key)
            {
                let data_type = table.relation.column(column).map(|column| column.data_type.clone());
                let value = self.tenant_key(tenant, to.as_ref(), &data_type.unwrap_or_default());
                fixed.entry(column).or_insert(Some(value));
            }
        }
        if key == Key::State
            && let Some((column, value)) = &table.state
            && table.link_of(column).is_none()
        {
            fixed.insert(column, Some(value.clone()));
        }
        if let Some(role) = table.role
            && let Some(persona) = self.person_of(key).and_then(|person| self.personas.get(person))
            && persona.role.is_some()
            && table.link_of(role).is_none()
        {
            fixed.insert(role, persona.role.as_ref().map(Name::to_string));
        }
        Ok((fixed, later))
    }

    fn missing(&self, link: &Link<'_>) -> String {
        match self.world.failed.get(link.to) {
            Some(why) => format!("it needs a row of {}, for which there is none: {why}", link.to),
            None if self.shape.tables.contains_key(link.to) => circle(link),
            None => format!("it needs a row of {}, which is not an ordinary table", link.to),
        }
    }

    /// The values of the link's columns: the key of the row that this row hangs on.
    pub(super) fn linked(&self, link: &Link<'a>, key: Key) -> Option<Vec<(&'a Name, String)>> {
        let to = self.shape.tables.get(link.to)?;
        let rows = self.world.rows.get(link.to)?;
        let wanted = match to.class {
            Class::Person | Class::Personal => match self.person_of(key) {
                Some(person) => Key::Person(person),
                None => key,
            },
            Class::Tenant | Class::Tenanted => Key::Tenant(self.tenant_of(key)?),
            Class::Common => Key::Common,
        };
        let row = rows.get(&wanted).or_else(|| {
            // Where each may have but one, the row of another in the same tenant will do.
            let tenant = self.tenant_of(key);
            let near = rows.iter().find(|(other, _)| self.tenant_of(**other) == tenant);
            near.or_else(|| rows.first_key_value()).map(|(_, row)| row)
        })?;
        let values = link.columns.iter().zip(link.to_columns);
        values
            .map(|(column, to)| Some((column, row.values.get(to)?.clone()?)))
            .collect()
    }

    /// Decides now which key a row to come will have.
    fn promise(&mut self, link: &Link<'a>, key: Key) -> Option<Vec<(&'a Name, String)>> {
        let relation = self.shape.catalog.relation(link.to)?;
        let to_key = match self.shape.tables.get(link.to)?.class {
            Class::Person | Class::Personal => Key::Person(self.person_of(key)?),
            Class::Tenant | Class::Tenanted => Key::Tenant(self.tenant_of(key)?),
            Class::Common => Key::Common,
        };
        let promised = self.promises.entry((link.to.clone(), to_key)).or_default();
        let mut values = Vec::new();
        for (column, to) in link.columns.iter().zip(link.to_columns) {
            let known = match promised.get(to) {
                Some(value) => value.clone(),
                None => {
                    let row = relation.column(to)?;
                    let texts = values::candidates(self.shape.catalog, row, &[], 700 + seed_of(to_key));
                    texts.into_iter().next()?
                }
            };
            promised.insert(to.clone(), known.clone());
            values.push((column, known));
        }
        Some(values)
    }

    /// The number of the persona that a row is of; of a tenant's row its first member.
    pub(super) fn person_of(&self, key: Key) -> Option<usize> {
        match key {
            Key::Person(person) => Some(person),
            Key::Stray => Some(0),
            Key::State => last(self.personas),
            Key::Tenant(tenant) => self.personas.iter().position(|persona| persona.tenant == Some(tenant)),
            Key::Common => Some(0),
            Key::Unowned => None,
        }
    }

    fn tenant_of(&self, key: Key) -> Option<usize> {
        tenant_of(self.personas, key)
    }

    /// The key of a user, as a value of the type.
    fn user_key(&self, person: usize, data_type: &str) -> String {
        user_key(self.shape, &self.world, person, data_type)
    }

    /// The key of a tenant, as a path has it.
    fn folder_of(&self, tenant: usize) -> String {
        let mut tenants = self
            .shape
            .tables
            .iter()
            .filter(|(_, table)| table.class == Class::Tenant);
        self.tenant_key(tenant, tenants.next().map(|(name, _)| name), "uuid")
    }

    fn tenant_key(&self, tenant: usize, table: Option<&QName>, data_type: &str) -> String {
        tenant_key(self.shape, &self.world, tenant, table, data_type)
    }
}

fn circle(link: &Link<'_>) -> String {
    format!(
        "its foreign key ({}) is part of a circle of tables that need each other, none of which can wait: make it \
         deferrable, or a column of it nullable",
        link.columns.join(", ")
    )
}
