//! What tells one user's rows from another's: which tables hold users, tenants and memberships, and through which columns
//! the others hang on them.

mod declared;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use words::{OWNER_COLUMNS, ROLE_COLUMNS, TENANT_COLUMNS, is_role_type, membership, named_users, state};

pub(super) use declared::files;
pub(super) use words::{labels, names};

use super::rows::{Made, can_be_given};
use super::{Wish, statements};
use crate::access::Settings;
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::{Catalog, Name, QName};
use crate::config::Archetype;

/// The tables that rows are made for, and how their rows hang together.
pub(super) struct Shape<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) tables: BTreeMap<QName, Table<'a>>,
    /// The table of users.
    pub(super) users: Option<QName>,
}

/// A table that rows are made for.
pub(super) struct Table<'a> {
    pub(super) relation: RelationRef<'a>,
    pub(super) class: Class,
    /// The columns that hold a user's key.
    pub(super) owners: Vec<&'a Name>,
    /// The columns that hold a tenant's key, with the tenant's table where it is known.
    pub(super) tenants: Vec<(&'a Name, Option<QName>)>,
    /// The column that says what the row's user may do, in a table of memberships or roles.
    pub(super) role: Option<&'a Name>,
    /// Whether its rows make users members of a tenant.
    pub(super) is_membership: bool,
    pub(super) links: Vec<Link<'a>>,
    /// The sets of columns that no two rows agree in, the primary key first.
    pub(super) keys: Vec<Vec<Name>>,
    /// Whether a row can be a user's own in a tenant that he is no member of.
    pub(super) has_strays: bool,
    /// A column and a value of it that a policy names, and that rows do not have by themselves.
    pub(super) state: Option<(&'a Name, String)>,
    /// What it is declared to be, or was when its policies were written.
    pub(super) archetype: Option<Archetype>,
    /// The roles that may write, where they are declared.
    pub(super) writers: Vec<String>,
    /// Values that every row has.
    pub(super) given: Vec<(&'a Name, String)>,
    /// The column with a path that begins with the key of the row's user or tenant.
    pub(super) path: Option<&'a Name>,
    /// Whether it is tested, rather than only needed by others.
    pub(super) is_tested: bool,
}

/// Whose rows a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// One row is one user.
    Person,
    /// Rows belong to users.
    Personal,
    /// One row is one tenant.
    Tenant,
    /// Rows belong to tenants.
    Tenanted,
    /// Rows belong to nobody.
    Common,
}

/// Columns that hold another row's key.
#[derive(Clone, Debug)]
pub(super) struct Link<'a> {
    pub(super) columns: &'a [Name],
    pub(super) to: &'a QName,
    pub(super) to_columns: &'a [Name],
    /// Whether it can be left empty.
    pub(super) nullable: bool,
    /// Whether the key may be missing until the transaction ends.
    pub(super) deferrable: bool,
}

impl<'a> Table<'a> {
    /// A tested table of which nothing is known yet.
    pub(super) fn new(relation: RelationRef<'a>) -> Self {
        Self {
            relation,
            class: Class::Common,
            owners: Vec::new(),
            tenants: Vec::new(),
            role: None,
            is_membership: false,
            links: Vec::new(),
            keys: Vec::new(),
            has_strays: false,
            state: None,
            archetype: None,
            writers: Vec::new(),
            given: Vec::new(),
            path: None,
            is_tested: true,
        }
    }
}

impl<'a> Shape<'a> {
    /// Looks at the tables that `is_tested` names, and at those that they need.
    pub(super) fn new(
        catalog: &'a Catalog,
        settings: &Settings,
        wish: &Wish,
        is_tested: impl Fn(&QName) -> bool,
    ) -> Self {
        let mut tables = BTreeMap::new();
        let users = settings.users.clone().or_else(|| named_users(catalog, settings));
        let wanted = catalog.relations.iter().filter(|row| is_tested(&row.name));
        let mut waiting = wanted
            .map(|row| row.name.clone())
            .chain(users.clone())
            .collect::<Vec<_>>();
        while let Some(name) = waiting.pop() {
            let Some(relation) = catalog.relation(&name).filter(|found| holds_rows(found.row.kind)) else {
                continue;
            };
            if tables.contains_key(&name) {
                continue;
            }
            let links = links(relation);
            waiting.extend(links.iter().map(|link| link.to.clone()));
            let table = Table {
                links,
                keys: unique_sets(relation),
                state: state(catalog, relation),
                archetype: declared::archetype(catalog, wish, &name),
                is_tested: is_tested(&name),
                ..Table::new(relation)
            };
            tables.insert(name, table);
        }
        let mut shape = Self { catalog, tables, users };
        shape.find_people();
        shape.find_tenants();
        shape.take_declared(wish);
        shape.follow_links();
        shape.follow_names();
        shape.find_roles();
        shape.find_strays();
        if let Some(files) = &wish.files {
            shape.take_files(files);
        }
        shape
    }

    /// Whether users belong to tenants.
    pub(super) fn has_tenants(&self) -> bool {
        self.tables.values().any(|table| !table.tenants.is_empty())
    }

    /// The tables, those that others need first. Where needs go in a circle, one that can do without at first comes first.
    pub(super) fn in_order(&self) -> Vec<&QName> {
        let mut done = BTreeSet::new();
        let mut order = Vec::new();
        while done.len() < self.tables.len() {
            let waits = |table: &Table<'a>, strict: bool| {
                let is_open = |name: &QName| *name != table.relation.row.name && !done.contains(name);
                table
                    .links
                    .iter()
                    .any(|link| is_open(link.to) && (strict || !(link.nullable || link.deferrable)))
                    || strict && self.named_by(table).any(is_open)
            };
            let open = || self.tables.iter().filter(|(name, _)| !done.contains(*name));
            let next = open()
                .find(|(_, table)| !waits(table, true))
                .or_else(|| open().find(|(_, table)| !waits(table, false)))
                .or_else(|| open().next());
            let Some((name, _)) = next else { break };
            done.insert(name.clone());
            order.push(name);
        }
        order
    }

    /// The tables whose keys the table holds without a foreign key.
    fn named_by<'t>(&'t self, table: &'t Table<'a>) -> impl Iterator<Item = &'t QName> {
        let tenants = table.tenants.iter().filter_map(|(_, to)| to.as_ref());
        let users = self
            .users
            .as_ref()
            .filter(|_| !table.owners.is_empty() && table.class != Class::Person);
        tenants.chain(users)
    }

    /// The users' table, and those whose key is a user's.
    fn find_people(&mut self) {
        let Some(users) = self.users.clone() else { return };
        let mut people = BTreeSet::from([users]);
        loop {
            let more = self.tables.iter().filter(|(name, table)| {
                let key = table.relation.primary_key();
                let is_person = |link: &Link<'_>| link.columns == key && people.contains(link.to);
                !people.contains(*name) && key.len() == 1 && table.links.iter().any(is_person)
            });
            let more = more.map(|(name, _)| name.clone()).collect::<Vec<_>>();
            if more.is_empty() {
                break;
            }
            people.extend(more);
        }
        for table in self.tables.values_mut() {
            if people.contains(&table.relation.row.name) {
                table.class = Class::Person;
                table.owners.extend(table.relation.primary_key().first());
            }
            let owners = table.links.iter().filter(|link| people.contains(link.to));
            let owners = owners.filter_map(|link| single(link.columns)).collect::<Vec<_>>();
            for owner in owners {
                if !table.owners.contains(&owner) {
                    table.owners.push(owner);
                }
            }
        }
    }

    /// The tables of tenants: those that a table of memberships joins with users, and those that columns are named for.
    fn find_tenants(&mut self) {
        let mut tenants = BTreeSet::new();
        for table in self.tables.values_mut() {
            let Some(tenant) = membership(self.catalog, table) else {
                continue;
            };
            tenants.insert(tenant);
            table.is_membership = true;
        }
        let by_name = self.tables.values().flat_map(|table| {
            let named = table
                .links
                .iter()
                .filter(|link| single(link.columns).is_some_and(|column| TENANT_COLUMNS.contains(&column.as_str())));
            named.map(|link| link.to.clone())
        });
        let by_name = by_name.collect::<Vec<_>>();
        tenants.extend(by_name);
        for name in tenants {
            if let Some(table) = self.tables.get_mut(&name)
                && table.class != Class::Person
            {
                table.class = Class::Tenant;
                table
                    .tenants
                    .extend(single(table.relation.primary_key()).map(|key| (key, Some(name.clone()))));
            }
        }
    }

    /// What hangs on people is theirs, and what hangs on tenants is theirs, through any number of tables.
    fn follow_links(&mut self) {
        let is_tenant = |shape: &Self, name: &QName| shape.tables.get(name).is_some_and(|to| to.class == Class::Tenant);
        let tenants = self.tables.keys().filter(|name| is_tenant(self, name)).cloned();
        let tenants = tenants.collect::<BTreeSet<_>>();
        for table in self.tables.values_mut() {
            let direct = table.links.iter().filter(|link| tenants.contains(link.to));
            let direct = direct.filter_map(|link| Some((single(link.columns)?, Some(link.to.clone()))));
            let direct = direct.collect::<Vec<_>>();
            for (column, tenant) in direct {
                if !table.tenants.iter().any(|(known, _)| *known == column) {
                    table.tenants.push((column, tenant));
                }
            }
            if table.class == Class::Common && !table.owners.is_empty() {
                table.class = Class::Personal;
            }
        }
        loop {
            let classes = self
                .tables
                .iter()
                .filter(|(_, table)| matches!(table.class, Class::Common | Class::Tenanted));
            let better = classes.filter_map(|(name, table)| {
                let of = |link: &Link<'_>| self.tables.get(link.to).map(|to| to.class);
                let found = table
                    .links
                    .iter()
                    .filter_map(of)
                    .fold(table.class, |class, to| match (class, to) {
                        (_, Class::Person | Class::Personal) | (Class::Personal, _) => Class::Personal,
                        (_, Class::Tenant | Class::Tenanted) => Class::Tenanted,
                        (class, Class::Common) => class,
                    });
                (found != table.class).then(|| (name.clone(), found))
            });
            let better = better.collect::<Vec<_>>();
            if better.is_empty() {
                return;
            }
            for (name, class) in better {
                if let Some(table) = self.tables.get_mut(&name) {
                    table.class = class;
                }
            }
        }
    }

    /// Columns that are called as those with foreign keys are, or as everybody calls them.
    fn follow_names(&mut self) {
        let known = self.tables.values().flat_map(|table| {
            let tenants = table
                .tenants
                .iter()
                .map(move |(column, to)| (*column, to.clone(), table));
            tenants.filter(|(_, _, table)| table.class != Class::Tenant)
        });
        let known = known.map(|(column, to, table)| ((column.clone(), type_of(table.relation, column)), to));
        let known = known.collect::<BTreeMap<_, _>>();
        for table in self.tables.values_mut() {
            if !table.is_tested || matches!(table.class, Class::Person | Class::Tenant) {
                continue;
            }
            for column in table.relation.columns() {
                let is_linked = table
                    .links
                    .iter()
                    .any(|link| single(link.columns) == Some(&column.name));
                let fits = ["uuid", "bigint", "integer", "text"].contains(&column.data_type.as_str());
                if is_linked || !fits || column.generated.is_some() {
                    continue;
                }
                let tenant = known.get(&(column.name.clone(), Some(column.data_type.clone())));
                if tenant.is_some() || TENANT_COLUMNS.contains(&column.name.as_str()) {
                    if !table.tenants.iter().any(|(name, _)| **name == column.name) {
                        table.tenants.push((&column.name, tenant.cloned().flatten()));
                    }
                    if table.class == Class::Common {
                        table.class = Class::Tenanted;
                    }
                } else if OWNER_COLUMNS.contains(&column.name.as_str()) && !table.owners.contains(&&column.name) {
                    table.owners.push(&column.name);
                    table.class = Class::Personal;
                }
            }
        }
    }

    /// The tables whose rows have a user and a tenant, neither of which follows from the other.
    fn find_strays(&mut self) {
        let leads = |link: &Link<'_>| {
            let to = self.tables.get(link.to).map(|to| to.class);
            matches!(to, Some(Class::Tenant | Class::Tenanted))
        };
        let found = self.tables.iter().filter(|(_, table)| {
            table.class == Class::Personal
                && table.role.is_none()
                && !table.is_membership
                && !table.owners.is_empty()
                && (!table.tenants.is_empty() || table.links.iter().any(leads))
        });
        let found = found.map(|(name, _)| name.clone()).collect::<Vec<_>>();
        for name in found {
            if let Some(table) = self.tables.get_mut(&name) {
                table.has_strays = true;
            }
        }
    }

    /// The columns that say what a user may do, where the table is about nothing else.
    fn find_roles(&mut self) {
        let catalog = self.catalog;
        for table in self.tables.values_mut() {
            let is_role = |column: &&Column| {
                ROLE_COLUMNS.contains(&column.name.as_str()) && column.generated.is_none()
                    || is_role_type(catalog, column)
            };
            let is_of_users = !table.owners.is_empty()
                && table.class != Class::Person
                && table
                    .keys
                    .iter()
                    .any(|set| table.owners.iter().any(|owner| set.contains(owner)));
            if table.is_membership || is_of_users {
                table.role = table.relation.columns().iter().find(is_role).map(|column| &column.name);
            }
        }
    }
}

impl Table<'_> {
    /// Whether somebody's rows are in it who is not everybody.
    pub(super) fn is_private(&self) -> bool {
        self.class != Class::Common
    }

    /// A condition that tells the row from all others of its table: by its key, where it has one.
    pub(super) fn key_condition(&self, made: &Made) -> Option<String> {
        let is_there = |column: &Name| made.values.get(column).is_some_and(Option::is_some);
        let key = self.keys.iter().find(|key| key.iter().all(is_there))?;
        let values = key
            .iter()
            .map(|column| (column, made.values.get(column).and_then(Option::as_deref)));
        Some(statements::equals(values))
    }

    /// Whether a value can be given for the column.
    pub(super) fn takes(&self, column: &Column) -> bool {
        let is_view = self.relation.row.kind == RelationKind::View;
        can_be_given(column) && (!is_view || column.updatable)
    }

    /// The link that the column is the whole or a part of.
    pub(super) fn link_of(&self, column: &Name) -> Option<&Link<'_>> {
        self.links.iter().find(|link| link.columns.contains(column))
    }
}

/// The sets of columns that no two rows agree in, the primary key first.
fn unique_sets(relation: RelationRef<'_>) -> Vec<Vec<Name>> {
    let mut sets = vec![relation.primary_key().to_vec()];
    sets.retain(|set| !set.is_empty());
    sets.extend(
        relation
            .constraints()
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::Unique { columns, .. } => Some(columns.clone()),
                _ => None,
            }),
    );
    let indexes = relation.catalog.indexes.iter().filter(|index| {
        index.relation == relation.row.name && index.unique && index.constraint.is_none() && index.predicate.is_none()
    });
    sets.extend(indexes.filter_map(|index| index.keys.iter().map(|key| key.column.clone()).collect()));
    sets
}

/// Whether rows can be made in it.
pub(super) fn holds_rows(kind: RelationKind) -> bool {
    matches!(kind, RelationKind::Table | RelationKind::PartitionedTable)
}

fn links(relation: RelationRef<'_>) -> Vec<Link<'_>> {
    let keys = relation
        .constraints()
        .iter()
        .filter_map(|constraint| match &constraint.kind {
            ConstraintKind::ForeignKey(key) => Some((constraint, key)),
            _ => None,
        });
    let can_be_null = |name: &Name| relation.column(name).is_some_and(|column| !column.not_null);
    keys.map(|(constraint, key)| Link {
        columns: &key.columns,
        to: &key.references,
        to_columns: &key.referenced_columns,
        nullable: if key.match_full {
            key.columns.iter().all(can_be_null)
        } else {
            key.columns.iter().any(can_be_null)
        },
        deferrable: constraint.deferrable,
    })
    .collect()
}

fn type_of(relation: RelationRef<'_>, column: &Name) -> Option<Name> {
    relation.column(column).map(|column| column.data_type.clone())
}

fn single(columns: &[Name]) -> Option<&Name> {
    match columns {
        [column] => Some(column),
        _ => None,
    }
}
