//! Views: their queries, what can be done to their rows, and what their columns can be (`pg_rewrite`).

use std::collections::BTreeSet;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::column::ColumnRef;
use crate::catalog::relation::Writable;
use crate::diagnostic::Diagnostic;

use super::Reader;
use super::names::Reach;
use super::nullability::{Facts, ViewColumn, ViewRule, view_columns};
use super::relations::amend;
use super::values::{NONE, Numbers, Oid};

#[derive(FromRow)]
struct View<'r> {
    oid: Oid,
    definition: &'r str,
    events: i32,
    updatable: Numbers<i16>,
    hooked: bool,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = View::from_row(row)?;
    let writable = Writable {
        update: row.events & 4 != 0,
        insert: row.events & 8 != 0,
        delete: row.events & 16 != 0,
        hooked: row.hooked,
    };
    amend(reader, row.oid, |relation| {
        relation.definition = Some(row.definition.trim_end_matches(';').to_owned());
        relation.writable = writable;
    });
    let Some(class) = reader.names.class(row.oid) else {
        return Ok(());
    };
    // Rules and triggers that take rows without both updating and deleting take all columns.
    let takes_all = row.updatable.0.is_empty() && (writable.update || writable.insert);
    for (number, column) in (1..).zip(&class.columns) {
        if let Some(column) = reader.draft.columns.get_mut(column.at)
            && (takes_all || row.updatable.0.contains(&number))
        {
            column.updatable = true;
        }
    }
    Ok(())
}

/// What is proved of columns is proved from these.
#[derive(Default)]
pub(super) struct Evidence {
    /// The analysed queries of views.
    queries: Vec<(Oid, String)>,
    /// Domains, and whether each says NOT NULL itself.
    pub(super) domains: Vec<(Oid, bool)>,
    strict_functions: BTreeSet<u32>,
    total_functions: BTreeSet<u32>,
}

#[derive(FromRow)]
struct Query {
    relation: Oid,
    action: String,
}

pub(super) fn take_query(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Query::from_row(row)?;
    reader.evidence.queries.push((row.relation, row.action));
    Ok(())
}

#[derive(FromRow)]
struct FunctionFacts<'r> {
    strict: Option<&'r str>,
    total: Option<&'r str>,
}

pub(super) fn take_function_facts(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = FunctionFacts::from_row(row)?;
    let numbers = |list: Option<&str>| {
        let list = list.unwrap_or_default().split(',');
        list.filter_map(|number| number.parse().ok()).collect()
    };
    reader.evidence.strict_functions = numbers(row.strict);
    reader.evidence.total_functions = numbers(row.total);
    Ok(())
}

/// Says of the views' columns which can never be null and which column of a table each of them shows.
pub(super) fn prove(reader: &mut Reader<'_>) {
    let evidence = std::mem::take(&mut reader.evidence);
    if evidence.queries.is_empty() {
        return;
    }
    let rules = evidence.queries.iter().map(|(relation, action)| ViewRule {
        relation: relation.0,
        action,
    });
    let rules = rules.collect::<Vec<_>>();
    let mut shows = BTreeSet::new();
    for (view, columns) in view_columns(&rules, &facts(reader, &evidence)) {
        match columns {
            Ok(columns) => {
                let shown = columns.iter().filter_map(|column| column.origin);
                shows.extend(shown.map(|(relation, _)| (view, relation)));
                amend_columns(reader, Oid(view), &columns);
            }
            Err(error) => {
                let Some(class) = reader
                    .names
                    .class(Oid(view))
                    .filter(|class| class.reach == Reach::Whole)
                else {
                    continue;
                };
                let message = format!("nothing is known of the nulls in its columns: {error}");
                let warning = Diagnostic::warning(class.name.to_string(), message);
                reader.diagnostics.push(warning);
            }
        }
    }
    pass_on_hooks(reader, &shows);
}

/// What is written to a view without hooks goes to the relation that it shows, whose hooks may do the work.
fn pass_on_hooks(reader: &mut Reader<'_>, shows: &BTreeSet<(u32, u32)>) {
    let writable = |reader: &Reader<'_>, oid: u32| {
        let row = reader
            .names
            .class(Oid(oid))
            .and_then(|class| reader.draft.relations.get(class.at));
        row.map(|row| row.writable).unwrap_or_default()
    };
    loop {
        let is_next = |&&(view, below): &&(u32, u32)| {
            let own = writable(reader, view);
            (own.insert || own.update) && !own.hooked && writable(reader, below).hooked
        };
        let Some(&(view, _)) = shows.iter().find(is_next) else {
            return;
        };
        amend(reader, Oid(view), |relation| relation.writable.hooked = true);
    }
}

fn amend_columns(reader: &mut Reader<'_>, view: Oid, proved: &[ViewColumn]) {
    let Some(class) = reader.names.class(view) else {
        return;
    };
    for (column, proved) in class.columns.iter().zip(proved) {
        let Some(row) = reader.draft.columns.get_mut(column.at) else {
            continue;
        };
        row.never_null = proved.never_null;
        row.origin = proved.base.and_then(|(relation, number)| {
            let table = reader
                .names
                .class(Oid(relation))
                .filter(|class| class.reach != Reach::Out)?;
            Some(ColumnRef {
                relation: table.name.clone(),
                column: super::names::column(&table.columns, number)?.name.clone(),
            })
        });
    }
}

fn facts(reader: &Reader<'_>, evidence: &Evidence) -> Facts {
    let not_null_domains = not_null_domains(reader, &evidence.domains);
    let mut never_null = BTreeSet::new();
    for (oid, class) in reader.names.classes_by_oid() {
        for (number, column) in (1_i16..).zip(&class.columns) {
            if column.not_null || not_null_domains.contains(&column.data_type.0) {
                never_null.insert((oid.0, number));
            }
        }
    }
    // A parent's rows include those of its children, which may take nulls where it does not.
    for (child, class) in reader.names.classes_by_oid() {
        let mut ancestors = reader.names.parents(child).to_vec();
        while let Some(ancestor) = ancestors.pop() {
            ancestors.extend(reader.names.parents(ancestor));
            let columns = reader.names.class(ancestor).map_or(&[][..], |class| &class.columns);
            for (number, inherited) in (1_i16..).zip(columns) {
                let own = class.columns.iter().find(|column| column.name == inherited.name);
                if own.is_some_and(|own| !own.not_null) && !not_null_domains.contains(&inherited.data_type.0) {
                    never_null.remove(&(ancestor.0, number));
                }
            }
        }
    }
    Facts {
        never_null,
        not_null_domains,
        strict_functions: evidence.strict_functions.clone(),
        total_functions: evidence.total_functions.clone(),
    }
}

/// Domains that are NOT NULL themselves or by a domain that they restrict.
fn not_null_domains(reader: &Reader<'_>, domains: &[(Oid, bool)]) -> BTreeSet<u32> {
    let own = domains
        .iter()
        .filter(|(_, not_null)| *not_null)
        .map(|(oid, _)| oid.0)
        .collect::<BTreeSet<_>>();
    let is_not_null = |domain: Oid| {
        let mut next = domain;
        while next != NONE {
            if own.contains(&next.0) {
                return true;
            }
            next = reader.names.type_use(next, -1).map_or(NONE, |known| known.base);
        }
        false
    };
    domains
        .iter()
        .map(|(oid, _)| *oid)
        .filter(|oid| is_not_null(*oid))
        .map(|oid| oid.0)
        .collect()
}
