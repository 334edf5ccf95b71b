//! What is declared of tables in `[rls] archetypes`, or said by the comments of pgkeel's own policies.

use super::{Class, Link, Shape, Table};
use crate::access::prove::{Files, Wish, values};
use crate::access::stubs::MARK;
use crate::catalog::{Catalog, Name, QName};
use crate::config::{Archetype, Declared};

/// The table of Supabase's storage whose rows are files.
pub(in crate::access::prove) fn files() -> QName {
    QName::new("storage", "objects")
}

/// What the table is said to be.
pub(super) fn archetype(catalog: &Catalog, wish: &Wish, name: &QName) -> Option<Archetype> {
    if let Some(declared) = wish.archetypes.get(name) {
        return Some(declared.archetype);
    }
    let mut policies = catalog.policies.iter().filter(|policy| policy.relation == *name);
    policies.find_map(|policy| {
        let text = catalog.comment(&policy.object())?.strip_prefix(MARK)?;
        let (word, _) = text.split_once(':')?;
        Archetype::ALL
            .iter()
            .find(|archetype| archetype.name() == word)
            .copied()
    })
}

impl<'a> Shape<'a> {
    /// Takes the columns that are declared for those of users and tenants.
    pub(super) fn take_declared(&mut self, wish: &Wish) {
        for (name, declared) in &wish.archetypes {
            if let Some(table) = self.tables.get_mut(name) {
                take(table, declared);
            }
        }
        for (name, table) in &mut self.tables {
            if table.archetype == Some(Archetype::StoragePath) && *name != files() {
                take_path(table, wish.archetypes.get(name));
            }
        }
    }

    /// Puts files into the bucket, under the key of their user or tenant.
    pub(super) fn take_files(&mut self, wanted: &Files) {
        let has_tenants = self.has_tenants();
        let Some(table) = self.tables.get_mut(&files()) else {
            return;
        };
        let column = |table: &Table<'a>, name: &str| table.relation.column(&name.into()).map(|column| &column.name);
        table
            .given
            .extend(column(table, "bucket_id").map(|column| (column, wanted.bucket.clone())));
        table.path = column(table, "name");
        if wanted.by_tenant && has_tenants {
            table.class = Class::Tenanted;
            table.owners.clear();
        } else {
            table.class = Class::Personal;
            // Who put a file there says nothing of whose it is.
            table.owners = column(table, "owner_id").into_iter().collect();
        }
        table.tenants.clear();
        table.has_strays = false;
        if let Some(buckets) = self.tables.get_mut(&QName::new("storage", "buckets")) {
            for name in ["id", "name"] {
                buckets
                    .given
                    .extend(column(buckets, name).map(|column| (column, wanted.bucket.clone())));
            }
            buckets.class = Class::Common;
            buckets.owners.clear();
        }
    }
}

/// Puts the rows of a table of paths into its bucket, under the key of their user.
fn take_path(table: &mut Table<'_>, declared: Option<&Declared>) {
    let relation = table.relation;
    let column = |name: &str| relation.column(&name.into());
    let path = match declared.and_then(|declared| declared.column.as_deref()) {
        Some(name) => column(name),
        None => column("name").or_else(|| column("path")),
    };
    table.path = path.map(|column| &column.name);
    let bucket = column("bucket_id").or_else(|| column("bucket"));
    // Where it is not declared, the policies are for the bucket that rows are in by default.
    let name = declared.and_then(|declared| declared.bucket.clone()).or_else(|| {
        let default = bucket?.default.as_deref()?;
        values::constants(default).into_iter().next()
    });
    if let Some((column, name)) = bucket.zip(name) {
        table.given.push((&column.name, name));
    }
    if table.path.is_some() {
        table.class = Class::Personal;
        table.owners.clear();
        table.tenants.clear();
    }
}

fn take(table: &mut Table<'_>, declared: &Declared) {
    table.writers.clone_from(&declared.roles);
    let relation = table.relation;
    let column = |name: &Option<String>| {
        let name = Name::from(name.as_deref()?);
        relation.column(&name).map(|column| &column.name)
    };
    let (first, other) = (column(&declared.column), column(&declared.other));
    match declared.archetype {
        Archetype::Owner | Archetype::PublicRead | Archetype::AppendOnly | Archetype::TwoParties
            if table.class != Class::Person && first.is_some() =>
        {
            table.owners = first.into_iter().chain(other).collect();
        }
        Archetype::Tenant | Archetype::TenantClaim => {
            let is_known = |column: &Name| table.tenants.iter().any(|(known, _)| *known == column);
            if let Some(column) = first.filter(|column| table.class != Class::Tenant && !is_known(column)) {
                let leads = |link: &&Link<'_>| link.columns == std::slice::from_ref(column);
                let to = table.links.iter().find(leads).map(|link| link.to.clone());
                table.tenants.push((column, to));
                if table.class == Class::Common {
                    table.class = Class::Tenanted;
                }
            }
        }
        _ => {}
    }
}
