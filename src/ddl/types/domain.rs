//! Domains and their constraints.

use std::collections::BTreeSet;

use crate::catalog::constraint::{DomainConstraint, usual_not_null_name};
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};

use super::super::{Alteration, Ddl, LockMode, Part, Statement, World, bare, qualified};
use super::uses::Uses;

/// The first major whose domains' NOT NULL is a constraint with a name.
const NAMED_NOT_NULL_SINCE: u32 = 17;

/// The first major that validates a domain's check while rows are written.
const GENTLE_VALIDATION_SINCE: u32 = 18;

pub(super) fn definition(name: &QName, kind: &TypeKind, world: &World<'_>) -> String {
    let TypeKind::Domain {
        base,
        not_null,
        default,
        collation,
    } = kind
    else {
        return String::new();
    };
    let mut sql = format!("CREATE DOMAIN {} AS {base}", qualified(name));
    if let Some(collation) = collation {
        sql.push_str(&format!(" COLLATE {}", qualified(collation)));
    }
    if let Some(default) = default {
        sql.push_str(&format!(" DEFAULT {default}"));
    }
    if *not_null {
        sql.push_str(&format!(" {}", not_null_constraint(name, world)));
    }
    sql
}

/// `NOT NULL`, with its name where that is not the usual one and the server keeps it.
fn not_null_constraint(domain: &QName, world: &World<'_>) -> String {
    let named = not_null_name(world.to, domain).filter(|_| world.from.server.major >= NAMED_NOT_NULL_SINCE);
    let named = named.map(|name| format!("CONSTRAINT {} ", bare(name)));
    format!("{}NOT NULL", named.unwrap_or_default())
}

/// The name of the domain's NOT NULL where that is not the usual one.
fn not_null_name<'a>(catalog: &'a Catalog, domain: &QName) -> Option<&'a Name> {
    let constraints = catalog.domain_constraints_of(domain);
    constraints
        .iter()
        .find(|row| row.expression.is_none())
        .map(|row| &row.name)
}

pub(super) fn alter(name: &QName, old: &TypeKind, new: &TypeKind, world: &World<'_>) -> Alteration {
    let (
        TypeKind::Domain {
            base,
            not_null,
            default,
            collation,
        },
        TypeKind::Domain {
            base: new_base,
            not_null: new_not_null,
            default: new_default,
            collation: new_collation,
        },
    ) = (old, new)
    else {
        return Alteration::Replace;
    };
    if base != new_base || collation != new_collation {
        return Alteration::Replace;
    }
    let domain = format!("ALTER DOMAIN {}", qualified(name));
    let mut statements = Vec::new();
    if default != new_default {
        statements.push(match new_default {
            Some(default) => format!("{domain} SET DEFAULT {default}").into(),
            None => format!("{domain} DROP DEFAULT").into(),
        });
    }
    match (not_null, new_not_null) {
        (false, true) => {
            if is_contained(name, world.from) {
                return Alteration::Replace;
            }
            let constraint = not_null_constraint(name, world);
            let action = match constraint.as_str() {
                "NOT NULL" => "SET NOT NULL".to_owned(),
                named => format!("ADD {named}"),
            };
            statements.push(checking(format!("{domain} {action}"), name, world));
        }
        (true, false) => statements.push(format!("{domain} DROP NOT NULL").into()),
        _ => {}
    }
    Alteration::InPlace(statements)
}

/// Whether columns store values of the domain within arrays, rows or ranges: PostgreSQL does not check these.
pub fn is_contained(domain: &QName, catalog: &Catalog) -> bool {
    !Uses::of(domain, catalog).contained.is_empty()
}

impl Ddl for DomainConstraint {
    /// A NOT NULL comes with its domain; one that was there has another name by now.
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let domain = format!("ALTER DOMAIN {}", qualified(&self.domain));
        let name = bare(&self.name);
        let old = world.from.user_type(&self.domain);
        let is_old = old.is_some_and(|old| matches!(old.kind, TypeKind::Domain { .. }));
        let Some(expression) = &self.expression else {
            return rename_not_null(&self.domain, &self.name, world);
        };
        let add = format!("{domain} ADD CONSTRAINT {name} CHECK ({expression})");
        if !self.validated {
            return vec![format!("{add} NOT VALID").into()];
        }
        // A domain that others contain is made anew for the check.
        if !is_old || is_contained(&self.domain, world.from) {
            return vec![add.into()];
        }
        if !world.online {
            return vec![checking(add, &self.domain, world)];
        }
        let validate = format!("{domain} VALIDATE CONSTRAINT {name}");
        vec![
            format!("{add} NOT VALID").into(),
            checking(validate, &self.domain, world).part(Part::Validation),
        ]
    }

    /// A NOT NULL goes by the domain's own statement, and another name for it comes by that name's row, if it has one.
    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        if self.expression.is_none() {
            return match not_null_name(world.to, &self.domain) {
                Some(_) => Vec::new(),
                None => rename_not_null(&self.domain, &usual_not_null_name(&[&self.domain.name]), world),
            };
        }
        let (domain, name) = (qualified(&self.domain), bare(&self.name));
        vec![format!("ALTER DOMAIN {domain} DROP CONSTRAINT {name}").into()]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            domain,
            name,
            expression,
            validated,
        } = self;
        if *expression != new.expression || (*validated && !new.validated) {
            return Alteration::Replace;
        }
        if *validated == new.validated {
            return Alteration::InPlace(Vec::new());
        }
        let validate = format!("ALTER DOMAIN {} VALIDATE CONSTRAINT {}", qualified(domain), bare(name));
        Alteration::InPlace(vec![checking(validate, domain, world).part(Part::Validation)])
    }
}

/// Gives the NOT NULL of a domain that keeps it another name.
fn rename_not_null(domain: &QName, name: &str, world: &World<'_>) -> Vec<Statement> {
    let is_kept =
        [world.from, world.to]
            .into_iter()
            .all(|catalog| match catalog.user_type(domain).map(|row| &row.kind) {
                Some(TypeKind::Domain { not_null, .. }) => *not_null,
                _ => false,
            });
    if !is_kept || world.from.server.major < NAMED_NOT_NULL_SINCE {
        return Vec::new();
    }
    let usual = usual_not_null_name(&[&domain.name]);
    let old = not_null_name(world.from, domain).map_or(usual.as_str(), Name::as_str);
    let (domain, old, new) = (qualified(domain), bare(old), bare(name));
    vec![format!("ALTER DOMAIN {domain} RENAME CONSTRAINT {old} TO {new}").into()]
}

/// A check of the values that are stored already.
fn checking(sql: String, domain: &QName, world: &World<'_>) -> Statement {
    let uses = Uses::of(domain, world.from);
    let relations = uses
        .plain
        .iter()
        .map(|column| &column.relation)
        .collect::<BTreeSet<_>>();
    if relations.is_empty() {
        return sql.into();
    }
    let mode = if world.from.server.major >= GENTLE_VALIDATION_SINCE && sql.contains(" VALIDATE ") {
        LockMode::ShareUpdateExclusive
    } else {
        LockMode::Share
    };
    let relations = relations.into_iter().filter_map(|name| world.from.relation(name));
    let statement = Statement::new(sql).scans().hazard("domain-add-constraint-scan");
    relations.fold(statement, |statement, relation| {
        statement.locks(mode, relation.row.object())
    })
}
