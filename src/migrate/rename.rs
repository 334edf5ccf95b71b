//! Renames, which are declared and never guessed, and extensions that move to another schema: they are run before all
//! else, and what is left to do is planned from the schema that PostgreSQL makes of them.

use std::collections::BTreeSet;

use crate::catalog::column::Column;
use crate::catalog::constraint::Constraint;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::RelationKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, Object, ObjectId, QName};
use crate::ddl::{LockMode, Statement, bare, qualified, target};
use crate::sql::split_name;
use crate::{Error, Result};

use super::plan::{Action, Step};

/// One name for another, as it is declared: `schema.table.column`, `schema.object` or `schema`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// The name in the old schema.
    pub from: String,
    /// The name in the new schema.
    pub to: String,
}

/// Something that goes, and something alike that comes: perhaps the same thing by another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it would be.
    pub rename: Rename,
    /// What of it is alike.
    pub reason: String,
}

/// The steps that rename what is declared and still has its old name, parts first, then what they are parts of; and before
/// those the steps that move extensions, whose members get other names by that wherever they are used.
///
/// # Errors
/// Where a declared name cannot be read, or stands for nothing that can be renamed so.
pub fn steps(from: &Catalog, to: &Catalog, declared: &[Rename]) -> Result<Vec<Step>> {
    let mut found = Vec::new();
    for rename in declared {
        let (old, new) = (parts(&rename.from)?, parts(&rename.to)?);
        if old.len() != new.len() {
            return Err(unfit(rename).with_hint("both names have as many parts"));
        }
        // What has its new name already has been dealt with.
        let is_there = |catalog: &Catalog, name: &[Name]| !lookup(catalog, name).is_empty();
        if !is_there(from, &old) || is_there(from, &new) {
            continue;
        }
        if !is_there(to, &new) {
            return Err(unfit(rename).with_hint(format!(
                "the new schema has no `{}`: give the name as the new schema has it, or take the line away",
                rename.to
            )));
        }
        for object in lookup(from, &old) {
            let statements = statements(&object, &old, &new, from).ok_or_else(|| unfit(rename))?;
            found.extend(statements.into_iter().map(|sql| Step {
                object: object.clone(),
                action: Action::Rename,
                statement: renaming(sql, &object, from),
            }));
        }
    }
    found.sort_by_key(|step| std::cmp::Reverse(depth(&step.object)));
    let mut steps = moves(from, to, declared);
    steps.extend(found);
    Ok(steps)
}

/// The steps that move extensions to the schemas that they have on the new side, each with its schema.
fn moves(from: &Catalog, to: &Catalog, declared: &[Rename]) -> Vec<Step> {
    let is_renamed = |old: &Name, new: &Name| {
        let schema = |name: &str| {
            parts(name)
                .ok()
                .filter(|parts| parts.len() == 1)
                .and_then(|mut parts| parts.pop())
        };
        let mut renames = declared.iter();
        renames.any(|rename| schema(&rename.from).as_ref() == Some(old) && schema(&rename.to).as_ref() == Some(new))
    };
    let mut steps = Vec::new();
    let mut made = BTreeSet::new();
    for new in &to.extensions {
        let Some(Object::Extension(old)) = from.object(&new.object()) else {
            continue;
        };
        if old.schema == new.schema || !old.relocatable || is_renamed(&old.schema, &new.schema) {
            continue;
        }
        let schema = ObjectId::Schema(new.schema.clone());
        if from.object(&schema).is_none() && to.object(&schema).is_some() && made.insert(schema.clone()) {
            steps.push(Step {
                statement: Statement::new(format!("CREATE SCHEMA {}", bare(&new.schema))),
                object: schema,
                action: Action::Create,
            });
        }
        let sql = format!("ALTER EXTENSION {} SET SCHEMA {}", bare(&new.name), bare(&new.schema));
        steps.push(Step {
            object: new.object(),
            action: Action::Alter,
            statement: Statement::new(sql),
        });
    }
    steps
}

/// A statement that renames the object, with what that costs.
fn renaming(sql: String, object: &ObjectId, from: &Catalog) -> Statement {
    let statement = Statement::new(sql);
    let statement = match object.qualified().and_then(|name| from.relation(name)) {
        Some(relation) => statement.locks(LockMode::AccessExclusive, relation.row.object()),
        None => statement,
    };
    match object {
        ObjectId::Schema(_) => statement.hazard("rename-schema"),
        ObjectId::Table(_) | ObjectId::ForeignTable(_) | ObjectId::View(_) | ObjectId::MaterializedView(_) => {
            statement.hazard("rename-table")
        }
        ObjectId::Column(whole, _) => match from.user_type(whole).map(|row| &row.kind) {
            Some(TypeKind::Enum { .. }) => statement.hazard("rename-enum-value"),
            _ => statement.hazard("rename-column"),
        },
        _ => statement,
    }
}

/// The steps that give constraints and indexes of renamed tables the names that they have on the new side, where
/// nothing else of them differs.
pub fn following(from: &Catalog, to: &Catalog, declared: &[Rename]) -> Vec<Step> {
    let mut found = Vec::new();
    let tables = declared
        .iter()
        .filter_map(|rename| match parts(&rename.to).ok()?.as_slice() {
            [schema, table, ..] => Some(QName::new(schema.clone(), table.clone())),
            _ => None,
        });
    for name in tables.collect::<BTreeSet<_>>() {
        let (Some(old), Some(new)) = (from.relation(&name), to.relation(&name)) else {
            continue;
        };
        for (before, after) in constraint_pairs(old, new) {
            found.push(Step {
                object: before.object(),
                action: Action::Rename,
                statement: Statement::new(format!(
                    "ALTER TABLE {} RENAME CONSTRAINT {} TO {}",
                    qualified(&name),
                    bare(&before.name),
                    bare(&after.name)
                )),
            });
        }
        found.extend(index_steps(from, to, &name));
        found.extend(sequence_steps(from, to, &name));
    }
    found
}

/// What may be a rename: a table that goes while one with mostly the same columns comes, a column that goes while one of
/// the same type comes.
pub fn candidates(from: &Catalog, to: &Catalog) -> Vec<Candidate> {
    let mut found = Vec::new();
    let is_table = |kind| matches!(kind, RelationKind::Table | RelationKind::PartitionedTable);
    let gone = from
        .relation_refs()
        .filter(|old| is_table(old.row.kind) && to.relation(&old.row.name).is_none());
    for old in gone {
        let come = to
            .relation_refs()
            .filter(|new| new.row.kind == old.row.kind && from.relation(&new.row.name).is_none());
        let alike = |new: &RelationRef<'_>| {
            let same =
                |name: &Name, data_type: &Name| new.column(name).is_some_and(|column| column.data_type == *data_type);
            old.columns()
                .iter()
                .filter(|column| same(&column.name, &column.data_type))
                .count()
        };
        let best = come.max_by_key(alike);
        let all = old.columns().len();
        if let Some(new) = best.filter(|new| all > 0 && alike(new) * 2 >= all.max(new.columns().len())) {
            found.push(Candidate {
                rename: Rename {
                    from: old.row.name.to_string(),
                    to: new.row.name.to_string(),
                },
                reason: format!("{} of {all} columns are the same", alike(&new)),
            });
        }
    }
    for old in from.relation_refs().filter(|old| is_table(old.row.kind)) {
        let Some(new) = to.relation(&old.row.name) else {
            continue;
        };
        let gone = old
            .columns()
            .iter()
            .filter(|column| new.column(&column.name).is_none())
            .collect::<Vec<_>>();
        let come = new
            .columns()
            .iter()
            .filter(|column| old.column(&column.name).is_none())
            .collect::<Vec<_>>();
        for before in &gone {
            let mut alike = come.iter().filter(|after| after.data_type == before.data_type);
            let (Some(after), None) = (alike.next(), alike.next()) else {
                continue;
            };
            let name = |column: &Name| format!("{}.{}", old.row.name, crate::sql::identifier(column));
            found.push(Candidate {
                rename: Rename {
                    from: name(&before.name),
                    to: name(&after.name),
                },
                reason: format!("both are {}", before.data_type),
            });
        }
    }
    found
}

fn parts(name: &str) -> Result<Vec<Name>> {
    let parts = split_name(name).filter(|parts| parts.len() <= 3);
    let parts = parts.ok_or_else(|| {
        Error::new(format!("`{name}` in [migrations] renames is no name"))
            .with_hint("write schema, schema.object or schema.table.column, with double quotes where a name needs them")
    })?;
    Ok(parts.into_iter().map(Name::from).collect())
}

/// The name that a relation of the new schema has in the old one.
pub(super) fn old_relation(new: &QName, from: &Catalog, declared: &[Rename]) -> QName {
    let place = [new.schema.clone(), new.name.clone()];
    let is_there = |name: &QName| from.relation(name).is_some();
    let mut old = declared.iter().filter_map(|rename| {
        let (before, after) = (parts(&rename.from).ok()?, parts(&rename.to).ok()?);
        match before.as_slice() {
            [schema, name] if after == place => Some(QName::new(schema.clone(), name.clone())),
            [schema] if after == place[..1] => Some(QName::new(schema.clone(), new.name.clone())),
            _ => None,
        }
    });
    match is_there(new) {
        true => new.clone(),
        false => old.find(is_there).unwrap_or_else(|| new.clone()),
    }
}

/// The name that a column of the old schema has in the new one.
pub(super) fn new_column(column: &Column, declared: &[Rename]) -> Name {
    let place = [&column.relation.schema, &column.relation.name, &column.name];
    let mut new = declared.iter().filter_map(|rename| {
        let is_it = parts(&rename.from).ok()?.iter().eq(place);
        parts(&rename.to).ok()?.pop().filter(|_| is_it)
    });
    new.next().unwrap_or_else(|| column.name.clone())
}

fn unfit(rename: &Rename) -> Error {
    Error::new(format!("`{}` cannot be renamed to `{}`", rename.from, rename.to))
}

/// What the name stands for: routines may be several.
fn lookup(catalog: &Catalog, name: &[Name]) -> Vec<ObjectId> {
    let exists = |id: ObjectId| catalog.object(&id).map(|object| object.id());
    match name {
        [schema] => exists(ObjectId::Schema(schema.clone())).into_iter().collect(),
        [schema, name] => {
            let name = QName::new(schema.clone(), name.clone());
            if let Some(relation) = catalog.relation(&name) {
                return vec![relation.row.object()];
            }
            let others = [
                ObjectId::Sequence(name.clone()),
                ObjectId::Index(name.clone()),
                ObjectId::Type(name.clone()),
            ];
            let routines = catalog.routines.iter().filter(|row| row.id.name == name);
            let found = others
                .into_iter()
                .filter_map(exists)
                .chain(routines.map(|row| row.object()));
            found.collect()
        }
        [schema, whole, part] => {
            let whole = QName::new(schema.clone(), whole.clone());
            if let Some(attributes) = attributes(catalog, &whole) {
                let is_there = attributes.contains(part);
                return is_there
                    .then(|| ObjectId::Column(whole, part.clone()))
                    .into_iter()
                    .collect();
            }
            let others = [
                ObjectId::Column(whole.clone(), part.clone()),
                ObjectId::Constraint(whole.clone(), part.clone()),
                ObjectId::ForeignKey(whole.clone(), part.clone()),
                ObjectId::DomainConstraint(whole.clone(), part.clone()),
                ObjectId::Trigger(whole.clone(), part.clone()),
                ObjectId::Policy(whole.clone(), part.clone()),
                ObjectId::Rule(whole, part.clone()),
            ];
            others.into_iter().filter_map(exists).take(1).collect()
        }
        _ => Vec::new(),
    }
}

/// The labels or attributes of a type.
fn attributes(catalog: &Catalog, name: &QName) -> Option<Vec<Name>> {
    match &catalog.user_type(name)?.kind {
        TypeKind::Enum { labels } => Some(labels.clone()),
        TypeKind::Composite { attributes } => Some(attributes.iter().map(|attribute| attribute.name.clone()).collect()),
        _ => None,
    }
}

fn statements(object: &ObjectId, old: &[Name], new: &[Name], catalog: &Catalog) -> Option<Vec<String>> {
    let (before, after) = (old.last()?, new.last()?);
    let is_moved = old.len() == 2 && old[0] != new[0];
    // A part stays with what it is a part of, whatever that is called afterwards.
    let alter = format!("ALTER {}", target(object, catalog));
    let of = |name: &QName| match catalog.object(&ObjectId::Type(name.clone())) {
        Some(Object::Type(row)) => format!("ALTER {}", target(&row.object(), catalog)),
        _ => match catalog.relation(name) {
            Some(relation) => format!("ALTER {}", target(&relation.row.object(), catalog)),
            None => format!("ALTER TABLE {}", qualified(name)),
        },
    };
    let rename = match object {
        ObjectId::Column(whole, _) => match catalog.user_type(whole).map(|row| &row.kind) {
            Some(TypeKind::Enum { .. }) => format!(
                "ALTER TYPE {} RENAME VALUE {} TO {}",
                qualified(whole),
                crate::sql::literal(before),
                crate::sql::literal(after)
            ),
            Some(_) => format!(
                "ALTER TYPE {} RENAME ATTRIBUTE {} TO {}",
                qualified(whole),
                bare(before),
                bare(after)
            ),
            None => format!("{} RENAME COLUMN {} TO {}", of(whole), bare(before), bare(after)),
        },
        ObjectId::Constraint(whole, _) | ObjectId::ForeignKey(whole, _) | ObjectId::DomainConstraint(whole, _) => {
            format!("{} RENAME CONSTRAINT {} TO {}", of(whole), bare(before), bare(after))
        }
        _ => format!("{alter} RENAME TO {}", bare(after)),
    };
    let mut statements = Vec::new();
    if before != after {
        statements.push(rename);
    }
    if is_moved {
        // The first statement has renamed it already.
        let name = QName::new(old[0].clone(), after.clone());
        let moved = alter.replacen(
            &qualified(&QName::new(old[0].clone(), before.clone())),
            &qualified(&name),
            1,
        );
        statements.push(format!("{moved} SET SCHEMA {}", bare(&new[0])));
    }
    Some(statements)
}

/// How deep a thing lies: what lies deeper is renamed first, while what it is in has its old name.
fn depth(object: &ObjectId) -> u8 {
    match object {
        ObjectId::Schema(_) => 0,
        ObjectId::Column(..)
        | ObjectId::Constraint(..)
        | ObjectId::ForeignKey(..)
        | ObjectId::DomainConstraint(..)
        | ObjectId::Trigger(..)
        | ObjectId::Policy(..)
        | ObjectId::Rule(..) => 2,
        _ => 1,
    }
}

/// Constraints that go, each with one that comes and is the same but for its name.
fn constraint_pairs<'a>(old: RelationRef<'a>, new: RelationRef<'a>) -> Vec<(&'a Constraint, &'a Constraint)> {
    let is_in = |side: RelationRef<'_>, name: &Name| side.constraints().iter().any(|row| row.name == *name);
    let mut pairs = Vec::new();
    for before in old.constraints().iter().filter(|row| !is_in(new, &row.name)) {
        let is_same = |after: &&Constraint| {
            let renamed = Constraint {
                name: after.name.clone(),
                ..before.clone()
            };
            !is_in(old, &after.name) && renamed == **after
        };
        if let Some(after) = new.constraints().iter().find(is_same) {
            pairs.push((before, after));
        }
    }
    pairs
}

/// A sequence keeps counting for its column, whatever it is called.
fn sequence_steps(from: &Catalog, to: &Catalog, table: &QName) -> Vec<Step> {
    let owned = |catalog: &'_ Catalog| {
        let sequences = catalog.sequences.iter();
        let of_table = sequences.filter_map(|row| Some((row.owned_by.clone()?, row.clone())));
        of_table
            .filter(|(column, _)| column.relation == *table)
            .collect::<Vec<_>>()
    };
    let new = owned(to);
    let mut steps = Vec::new();
    for (column, before) in owned(from) {
        let after = new.iter().find(|(other, _)| *other == column);
        if let Some((_, after)) = after
            && after.name.name != before.name.name
            && from.object(&after.object()).is_none()
        {
            steps.push(Step {
                object: before.object(),
                action: Action::Rename,
                statement: Statement::new(format!(
                    "ALTER SEQUENCE {} RENAME TO {}",
                    qualified(&before.name),
                    bare(&after.name.name)
                )),
            });
        }
    }
    steps
}

fn index_steps(from: &Catalog, to: &Catalog, table: &QName) -> Vec<Step> {
    let of = |catalog: &'_ Catalog| {
        let indexes = catalog.indexes.iter();
        let own = indexes.filter(|row| row.relation == *table && row.constraint.is_none());
        own.cloned().collect::<Vec<_>>()
    };
    let (old, new) = (of(from), of(to));
    let mut steps = Vec::new();
    for before in old.iter().filter(|row| new.iter().all(|other| other.name != row.name)) {
        let is_same = |after: &&crate::catalog::index::Index| {
            let renamed = crate::catalog::index::Index {
                name: after.name.clone(),
                ..before.clone()
            };
            old.iter().all(|other| other.name != after.name) && renamed == **after
        };
        if let Some(after) = new.iter().find(is_same) {
            steps.push(Step {
                object: before.object(),
                action: Action::Rename,
                statement: Statement::new(format!(
                    "ALTER INDEX {} RENAME TO {}",
                    qualified(&before.name),
                    bare(&after.name.name)
                )),
            });
        }
    }
    steps
}
