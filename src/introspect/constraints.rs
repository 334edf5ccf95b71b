//! Constraints of tables and domains (`pg_constraint`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::ObjectId;
use crate::catalog::constraint::{
    Action, Constraint, ConstraintKind, DomainConstraint, ForeignKey, usual_not_null_name,
};

use super::Reader;
use super::names::catalogs::PG_CONSTRAINT;
use super::names::{Class, Reach, column};
use super::values::{Numbers, Oid, Oids, unknown};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    relation: Oid,
    name: &'r str,
    kind: &'r str,
    deferrable: bool,
    initially_deferred: bool,
    validated: bool,
    enforced: bool,
    no_inherit: bool,
    inherited: bool,
    local: bool,
    columns: Option<Numbers<i16>>,
    index: Oid,
    references: Oid,
    referenced_columns: Option<Numbers<i16>>,
    on_update: &'r str,
    on_delete: &'r str,
    delete_set_columns: Option<Numbers<i16>>,
    match_full: bool,
    period: bool,
    expression: Option<String>,
    operators: Option<Oids>,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    if row.kind == "n" && !(row.validated && row.enforced) {
        doubt_not_null(reader, &row);
    }
    let Some(class) = reader.names.class(row.relation) else {
        return Ok(());
    };
    // Of what is only pointed at, the keys are enough to say how it is pointed at.
    let is_read = match class.reach {
        Reach::Whole => true,
        Reach::Reference => matches!(row.kind, "p" | "u"),
        Reach::Out => false,
    };
    if !is_read || (row.kind == "n" && is_usual_not_null(reader, class, &row)) {
        return Ok(());
    }
    let relation = class.name.clone();
    if matches!(row.kind, "p" | "u" | "x") {
        reader.names.add_index_constraint(row.index, row.name);
    }
    let constraint = Constraint {
        kind: kind(reader, &row)?,
        relation,
        name: row.name.into(),
        deferrable: row.deferrable,
        initially_deferred: row.initially_deferred,
        validated: row.validated,
        enforced: row.enforced,
        no_inherit: row.no_inherit && matches!(row.kind, "c" | "n"),
        inherited: row.inherited,
        local: row.local,
    };
    reader.names.add_object(PG_CONSTRAINT, row.oid, constraint.object());
    reader.draft.constraints.push(constraint);
    Ok(())
}

fn kind(reader: &Reader<'_>, row: &Row<'_>) -> Result<ConstraintKind> {
    let names = &reader.names;
    let numbers = |numbers: &Option<Numbers<i16>>| numbers.as_ref().map_or_else(Vec::new, |numbers| numbers.0.clone());
    let mut columns = names.columns(row.relation, &numbers(&row.columns));
    Ok(match row.kind {
        "p" => ConstraintKind::PrimaryKey {
            columns,
            without_overlaps: row.period,
        },
        "u" => ConstraintKind::Unique {
            columns,
            without_overlaps: row.period,
        },
        "c" => ConstraintKind::Check {
            expression: row.expression.clone().unwrap_or_default(),
            columns: {
                columns.sort();
                columns
            },
        },
        "x" => ConstraintKind::Exclusion {
            operators: row
                .operators
                .iter()
                .flat_map(Oids::iter)
                .filter_map(|operator| Some(names.operator(operator)?.name.clone()))
                .collect(),
        },
        "n" => ConstraintKind::NotNull {
            column: columns.into_iter().next().unwrap_or_default(),
        },
        "f" => ConstraintKind::ForeignKey(Box::new(ForeignKey {
            columns,
            references: names
                .class(row.references)
                .map(|class| class.name.clone())
                .ok_or_else(|| {
                    sqlx::Error::Decode(format!("`{}` references a table that is not there", row.name).into())
                })?,
            referenced_columns: names.columns(row.references, &numbers(&row.referenced_columns)),
            on_update: action(row.on_update)?,
            on_delete: action(row.on_delete)?,
            delete_set_columns: names.columns(row.relation, &numbers(&row.delete_set_columns)),
            match_full: row.match_full,
            period: row.period,
        })),
        _ => return Err(unknown("kind of constraint", row.kind)),
    })
}

fn action(code: &str) -> Result<Action> {
    Ok(match code {
        "a" => Action::NoAction,
        "r" => Action::Restrict,
        "c" => Action::Cascade,
        "n" => Action::SetNull,
        "d" => Action::SetDefault,
        _ => return Err(unknown("action of a foreign key", code)),
    })
}

/// A column whose rows have not been checked may hold nulls, whatever `attnotnull` says.
fn doubt_not_null(reader: &mut Reader<'_>, row: &Row<'_>) {
    let number = row.columns.as_ref().and_then(|columns| columns.0.first().copied());
    let class = reader.names.class_mut(row.relation);
    let columns = class.map_or(&mut [][..], |class| &mut class.columns);
    if let Some(column) = number.and_then(|number| columns.get_mut(usize::try_from(number - 1).ok()?)) {
        column.not_null = false;
    }
}

/// Whether a NOT NULL constraint says no more than the column does on servers that keep none: it binds as usual, and
/// has the name that PostgreSQL gave it, here or in the parent that it comes from.
fn is_usual_not_null(reader: &Reader<'_>, class: &Class, row: &Row<'_>) -> bool {
    let number = row.columns.as_ref().and_then(|columns| columns.0.first().copied());
    let Some(column) = number.and_then(|number| column(&class.columns, number)) else {
        return true;
    };
    let is_usual_name = |class: &Class| usual_not_null_name(&[&class.name.name, &column.name]) == row.name;
    let inherits_name = || {
        let mut parents = reader.names.parents(row.relation).to_vec();
        while let Some(parent) = parents.pop() {
            if reader.names.class(parent).is_some_and(is_usual_name) {
                return true;
            }
            parents.extend(reader.names.parents(parent));
        }
        false
    };
    let parent = reader.names.parents(row.relation).first();
    let is_partition =
        parent.is_some_and(|parent| reader.names.class(*parent).is_some_and(|parent| parent.kind == b'p'));
    let is_usual_here = || match row.inherited {
        // A table that became a partition later keeps the name that it had, which is seen in no other way.
        true if is_partition => inherits_name(),
        inherited => is_usual_name(class) || inherited && inherits_name(),
    };
    row.validated && row.enforced && !row.no_inherit && is_usual_here()
}

#[derive(FromRow)]
struct DomainRow<'r> {
    oid: Oid,
    domain: Oid,
    name: &'r str,
    validated: bool,
    expression: Option<String>,
}

pub(super) fn take_domain(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = DomainRow::from_row(row)?;
    let Some(domain) = reader.kept_type(row.domain) else {
        return Ok(());
    };
    if row.expression.is_none() && row.name == usual_not_null_name(&[&domain.name]) {
        return Ok(());
    }
    let constraint = DomainConstraint {
        domain,
        name: row.name.into(),
        expression: row.expression,
        validated: row.validated,
    };
    let object = ObjectId::DomainConstraint(constraint.domain.clone(), constraint.name.clone());
    reader.names.add_object(PG_CONSTRAINT, row.oid, object);
    reader.draft.domain_constraints.push(constraint);
    Ok(())
}
