//! One attempt to insert a row, what the server says to it, and what is learned from that.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, Row as _};

use super::{Maker, can_be_given, solve};
use crate::access::prove::shape::{Class, Shape, Table};
use crate::access::prove::statements;
use crate::catalog::Name;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::lookup::RelationRef;
use crate::{Error, Result};

/// What one attempt is made with.
pub(super) struct Attempt<'t> {
    /// Values that are not to be chosen.
    pub(super) fixed: BTreeMap<&'t Name, Option<String>>,
    /// Columns that need a value which nothing else gives.
    pub(super) chosen: BTreeSet<&'t Name>,
    pub(super) seed: usize,
}

/// How an attempt ended.
pub(super) enum Outcome {
    Made(BTreeMap<Name, Option<String>>),
    Refused {
        code: String,
        message: String,
        constraint: Option<String>,
        column: Option<String>,
        table: Option<String>,
    },
}

impl Maker<'_> {
    pub(super) async fn insert(&mut self, relation: RelationRef<'_>, sql: &str, keep: bool) -> Result<Outcome> {
        self.must("SAVEPOINT pgkeel_row").await?;
        let returning = format!("{sql} {}", statements::returning(relation));
        let ran = sqlx::raw_sql(AssertSqlSafe(returning))
            .fetch_optional(&mut *self.connection)
            .await;
        let outcome = match ran {
            Ok(Some(row)) => Outcome::Made(texts(relation, &row)?),
            Ok(None) => Outcome::Refused {
                code: String::new(),
                message: "a trigger or rule swallows the row".to_owned(),
                constraint: None,
                column: None,
                table: None,
            },
            Err(error) => refused(error)?,
        };
        let end = match (&outcome, keep) {
            (Outcome::Made(_), true) => "RELEASE SAVEPOINT pgkeel_row",
            _ => "ROLLBACK TO SAVEPOINT pgkeel_row; RELEASE SAVEPOINT pgkeel_row",
        };
        self.must(end).await?;
        Ok(outcome)
    }

    pub(super) async fn find(
        &mut self,
        relation: RelationRef<'_>,
        condition: &str,
    ) -> Result<Option<BTreeMap<Name, Option<String>>>> {
        let sql = statements::find(relation, condition);
        let row = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_optional(&mut *self.connection)
            .await;
        let row = row.map_err(|error| lost(&error))?;
        row.map(|row| texts(relation, &row)).transpose()
    }

    /// Runs a statement in a savepoint; where it fails, nothing has happened, and the SQLSTATE and message are given.
    pub(super) async fn execute(&mut self, sql: &str) -> Result<Option<(String, String)>> {
        self.must("SAVEPOINT pgkeel_row").await?;
        let ran = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *self.connection).await;
        let failed = match ran {
            Ok(_) => None,
            Err(error) => match refused(error)? {
                Outcome::Refused { code, message, .. } => Some((code, message)),
                Outcome::Made(_) => None,
            },
        };
        let end = match failed {
            None => "RELEASE SAVEPOINT pgkeel_row",
            Some(_) => "ROLLBACK TO SAVEPOINT pgkeel_row; RELEASE SAVEPOINT pgkeel_row",
        };
        self.must(end).await?;
        Ok(failed)
    }

    pub(super) async fn must(&mut self, sql: &'static str) -> Result<()> {
        let ran = sqlx::raw_sql(sql).execute(&mut *self.connection).await;
        ran.map(|_| ()).map_err(|error| lost(&error))
    }
}

impl<'t> Attempt<'t> {
    /// Does otherwise what the server refused.
    pub(super) fn learn(
        &mut self,
        table: &Table<'t>,
        code: &str,
        constraint: Option<&str>,
        column: Option<&str>,
        is_own: bool,
        number: usize,
    ) {
        let relation = table.relation;
        let mut more = Vec::new();
        match code {
            "23502" if is_own => more.extend(column.map(Name::from)),
            "23514" | "23505" | "23P01" if is_own => {
                more = columns_of(relation, constraint);
                if code != "23514" {
                    self.seed += 41;
                }
            }
            "23503" if is_own => {
                // A link that leads nowhere is better left empty.
                for column in columns_of(relation, constraint) {
                    if let Some(column) = relation.column(&column).filter(|column| !column.not_null) {
                        self.fixed.insert(&column.name, None);
                    }
                }
            }
            _ => {}
        }
        let more = more.iter().filter_map(|name| relation.column(name));
        let more = more.filter(|column| can_be_given(column) && !self.fixed.contains_key(&column.name));
        let before = self.chosen.len();
        self.chosen.extend(more.map(|column| &column.name));
        if self.chosen.len() == before && !matches!(code, "23505" | "23P01") {
            match number % 3 {
                // Fill whatever can be filled, then start over with other values.
                0 => {
                    let open = relation.columns().iter().filter(|column| {
                        can_be_given(column) && column.default.is_none() && !self.fixed.contains_key(&column.name)
                    });
                    self.chosen.extend(open.map(|column| &column.name));
                }
                _ => self.seed += 17,
            }
        }
    }
}

pub(super) fn required<'t>(
    shape: &Shape<'_>,
    table: &'t Table<'t>,
    fixed: &BTreeMap<&Name, Option<String>>,
) -> BTreeSet<&'t Name> {
    let relation = table.relation;
    let key = relation.primary_key();
    let needed = relation.columns().iter().filter(|column| {
        let refuses_null = column.not_null || solve::domain_refuses_null(shape.catalog, &column.data_type);
        let gives_itself = column.default.is_some()
            || column.identity.is_some()
            || solve::domain_default(shape.catalog, &column.data_type).is_some();
        let is_of_user =
            table.class == Class::Person && ["email", "raw_user_meta_data"].contains(&column.name.as_str());
        can_be_given(column)
            && !fixed.contains_key(&column.name)
            && (refuses_null && !gives_itself || is_of_user || key.contains(&column.name) && !gives_itself)
    });
    needed.map(|column| &column.name).collect()
}

/// The columns of a constraint or unique index.
pub(super) fn columns_of(relation: RelationRef<'_>, constraint: Option<&str>) -> Vec<Name> {
    let Some(name) = constraint else { return Vec::new() };
    let own = relation.constraints().iter().find(|row| row.name == name);
    let columns = own.and_then(|row| match &row.kind {
        ConstraintKind::PrimaryKey { columns, .. }
        | ConstraintKind::Unique { columns, .. }
        | ConstraintKind::Check { columns, .. } => Some(columns.clone()),
        ConstraintKind::ForeignKey(key) => Some(key.columns.clone()),
        ConstraintKind::NotNull { column } => Some(vec![column.clone()]),
        ConstraintKind::Exclusion { .. } => None,
    });
    columns.unwrap_or_else(|| {
        let index = relation
            .catalog
            .indexes
            .iter()
            .find(|index| index.name.name == name && index.relation == relation.row.name);
        let keys = index.map(|index| {
            index
                .keys
                .iter()
                .filter_map(|key| key.column.clone())
                .collect::<Vec<_>>()
        });
        // An expression may be about any column: all that can be chosen are.
        keys.filter(|keys| !keys.is_empty())
            .unwrap_or_else(|| relation.columns().iter().map(|column| column.name.clone()).collect())
    })
}

fn texts(relation: RelationRef<'_>, row: &PgRow) -> Result<BTreeMap<Name, Option<String>>> {
    let columns = relation.columns().iter().enumerate();
    columns
        .map(|(at, column)| {
            let text = row.try_get::<Option<String>, _>(at).map_err(|error| lost(&error))?;
            Ok((column.name.clone(), text))
        })
        .collect()
}

/// What the server refused; an error where it did not answer.
pub(super) fn refused(error: sqlx::Error) -> Result<Outcome> {
    let sqlx::Error::Database(database) = &error else {
        return Err(lost(&error));
    };
    let code = database.code().unwrap_or_default().into_owned();
    if code == "57014" || code.starts_with("57P") {
        return Err(lost(&error));
    }
    let postgres = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>();
    Ok(Outcome::Refused {
        code,
        message: database.message().to_owned(),
        constraint: database.constraint().map(str::to_owned),
        column: postgres.and_then(|error| error.column()).map(str::to_owned),
        table: database.table().map(str::to_owned),
    })
}

pub(in crate::access::prove) fn lost(error: &sqlx::Error) -> Error {
    let reason = match error {
        sqlx::Error::Database(database) => database.message().to_owned(),
        other => other.to_string(),
    };
    Error::new(format!("the test could not go on: {reason}"))
}
