//! Values with which the checks of a table hold: candidates for each column, and the server looks for a combination.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Row as _};

use super::attempt::{Attempt, lost, refused};
use super::{Maker, can_be_given};
use crate::Result;
use crate::access::prove::shape::Table;
use crate::access::prove::statements::{self, Choice, From};
use crate::access::prove::values;
use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name};

/// How many values are tried for a column that a check is about.
const CANDIDATES: usize = 48;
/// How many columns are chosen at once with all their candidates.
const WIDE: usize = 4;

impl<'a> Maker<'a> {
    /// What to insert: what is fixed, and for what has to be chosen values with which the checks hold, if there are any
    /// among the candidates.
    pub(super) async fn solve(
        &mut self,
        table: &Table<'a>,
        attempt: &Attempt<'_>,
        number: usize,
    ) -> Result<Vec<(Name, Option<String>)>> {
        let relation = table.relation;
        let conditions = self.conditions(table);
        let mut chosen = BTreeMap::new();
        for column in relation
            .columns()
            .iter()
            .filter(|column| attempt.chosen.contains(&column.name))
        {
            let mut texts = self.candidates(column, &conditions, attempt.seed);
            let skip = if conditions.iter().any(|(_, columns)| columns.contains(&column.name)) {
                0
            } else {
                number.min(texts.len().saturating_sub(1))
            };
            texts.rotate_left(skip);
            chosen.insert(&column.name, texts.into_iter().next().map(Some).unwrap_or_default());
        }
        for group in self.groups(table, attempt, &conditions) {
            for widen in [false, true] {
                if let Some(found) = self.ask(table, attempt, &conditions, &group, widen).await? {
                    for (name, text) in found {
                        if let Some(column) = relation.column(&name) {
                            chosen.insert(&column.name, text);
                        }
                    }
                    break;
                }
            }
        }
        let given = relation.columns().iter().filter_map(|column| {
            let name = &column.name;
            let value = chosen.get(name).cloned().or_else(|| attempt.fixed.get(name).cloned())?;
            Some((name.clone(), value))
        });
        Ok(given.collect())
    }

    /// What a row has to fulfil, and the columns that it is about: checks, and the bounds of a partition.
    fn conditions(&self, table: &Table<'a>) -> Vec<(String, Vec<Name>)> {
        let relation = table.relation;
        let checks = relation
            .constraints()
            .iter()
            .filter_map(|constraint| match &constraint.kind {
                ConstraintKind::Check { expression, columns } if !columns.is_empty() => {
                    Some((expression.clone(), columns.clone()))
                }
                _ => None,
            });
        let mut conditions = checks.collect::<Vec<_>>();
        if let Some(bound) = self.bounds.get(&relation.row.name) {
            let is_named = |column: &&Column| bound.contains(column.name.as_str());
            let columns = relation.columns().iter().filter(is_named);
            conditions.push((bound.clone(), columns.map(|column| column.name.clone()).collect()));
        }
        // A generated column has no value before the row has.
        conditions.retain(|(_, columns)| {
            let is_generated = |name| relation.column(name).is_none_or(|column| column.generated.is_some());
            !columns.iter().any(is_generated)
        });
        conditions
    }

    fn candidates(&self, column: &Column, conditions: &[(String, Vec<Name>)], seed: usize) -> Vec<String> {
        if column.name == "raw_user_meta_data" {
            return vec![metadata(seed)];
        }
        let hints = conditions.iter().filter(|(_, columns)| columns.contains(&column.name));
        let hints = hints.map(|(text, _)| text.as_str()).collect::<Vec<_>>();
        let mut texts = values::candidates(self.shape.catalog, column, &hints, seed);
        texts.retain(|text| is_plausible(self.shape.catalog, &column.data_type, text));
        texts.truncate(CANDIDATES);
        texts
    }

    /// The columns whose values are not free, those that depend on each other together.
    fn groups(
        &self,
        table: &Table<'a>,
        attempt: &Attempt<'_>,
        conditions: &[(String, Vec<Name>)],
    ) -> Vec<BTreeSet<Name>> {
        let mut groups = Vec::<BTreeSet<Name>>::new();
        let sets = conditions.iter().map(|(_, columns)| columns.iter().cloned().collect());
        let chosen = table.relation.columns().iter().filter(|column| {
            attempt.chosen.contains(&column.name) && !domain_checks(self.shape.catalog, &column.data_type).is_empty()
        });
        let sets = sets.chain(chosen.map(|column| BTreeSet::from([column.name.clone()])));
        for mut set in sets.collect::<Vec<_>>() {
            groups.retain(|group| {
                let is_apart = group.is_disjoint(&set);
                if !is_apart {
                    set.extend(group.iter().cloned());
                }
                is_apart
            });
            groups.push(set);
        }
        groups
    }

    /// Asks the server for values of the columns in `group`; with `widen`, also for columns that would have been left to their defaults.
    async fn ask(
        &mut self,
        table: &Table<'a>,
        attempt: &Attempt<'_>,
        conditions: &[(String, Vec<Name>)],
        group: &BTreeSet<Name>,
        widen: bool,
    ) -> Result<Option<Vec<(Name, Option<String>)>>> {
        let catalog = self.shape.catalog;
        let mut choices = Vec::new();
        let mut wide = 0;
        for column in table
            .relation
            .columns()
            .iter()
            .filter(|column| group.contains(&column.name))
        {
            let is_chosen = attempt.chosen.contains(&column.name);
            let fixed = attempt.fixed.get(&column.name);
            let mut texts = match fixed {
                Some(value) => vec![value.clone()],
                None => {
                    let texts = self.candidates(column, conditions, attempt.seed);
                    texts.into_iter().map(Some).collect::<Vec<_>>()
                }
            };
            if widen && !column.not_null && !texts.contains(&None) {
                texts.push(None);
            }
            let default = column
                .default
                .as_deref()
                .or_else(|| domain_default(catalog, &column.data_type));
            let from = match default {
                _ if fixed.is_some() || is_chosen => From::Texts(texts),
                _ if widen && can_be_given(column) => From::Texts(texts),
                Some(default) => From::Default(default),
                None => From::Texts(vec![None]),
            };
            if let From::Texts(texts) = &from
                && texts.len() > 1
                && has_partner(column, conditions)
            {
                wide += 1;
            }
            choices.push(Choice {
                column,
                base: base(catalog, &column.data_type),
                checks: domain_checks(catalog, &column.data_type),
                from,
            });
        }
        if choices.is_empty() {
            return Ok(None);
        }
        // Many columns that depend on each other would be a very large product.
        if wide > WIDE {
            for choice in &mut choices {
                if let From::Texts(texts) = &mut choice.from {
                    texts.truncate(6);
                }
            }
        }
        let given = choices.iter().filter(|choice| matches!(choice.from, From::Texts(_)));
        let given = given.map(|choice| choice.column.name.clone()).collect::<Vec<_>>();
        let is_about = |columns: &[Name]| columns.iter().any(|column| group.contains(column));
        let conditions = conditions.iter().filter(|(_, columns)| is_about(columns));
        let conditions = conditions.map(|(text, _)| text.as_str()).collect::<Vec<_>>();
        let sql = statements::solve(&choices, &conditions);
        let names = choices
            .iter()
            .map(|choice| choice.column.name.clone())
            .collect::<Vec<_>>();
        self.must("SAVEPOINT pgkeel_ask").await?;
        let ran = sqlx::raw_sql(AssertSqlSafe(sql))
            .fetch_optional(&mut *self.connection)
            .await;
        let row = match ran {
            Ok(row) => {
                self.must("RELEASE SAVEPOINT pgkeel_ask").await?;
                row
            }
            Err(error) => {
                // A candidate that the type cannot read tells nothing about the others; the insert will.
                refused(error)?;
                self.must("ROLLBACK TO SAVEPOINT pgkeel_ask; RELEASE SAVEPOINT pgkeel_ask")
                    .await?;
                None
            }
        };
        let Some(row) = row else { return Ok(None) };
        let mut found = Vec::new();
        for (at, name) in names.into_iter().enumerate() {
            if given.contains(&name) {
                let text = row.try_get::<Option<String>, _>(at).map_err(|error| lost(&error))?;
                found.push((name, text));
            }
        }
        Ok(Some(found))
    }
}

/// Whether a condition is about this column and others.
fn has_partner(column: &Column, conditions: &[(String, Vec<Name>)]) -> bool {
    conditions
        .iter()
        .any(|(_, columns)| columns.len() > 1 && columns.contains(&column.name))
}

/// What applications leave with a new user: triggers look for names in it.
fn metadata(seed: usize) -> String {
    let name = format!("pgkeel{seed}");
    serde_json::json!({
        "name": name, "full_name": name, "first_name": name, "last_name": name, "user_name": name, "username": name,
        "display_name": name, "preferred_username": name, "email": format!("{name}@example.com"),
        "avatar_url": format!("https://example.com/{name}"),
    })
    .to_string()
}

fn domain<'c>(
    catalog: &'c Catalog,
    data_type: &Name,
) -> Option<(&'c Name, bool, Option<&'c str>, &'c crate::catalog::QName)> {
    let found = catalog.data_type(data_type).filter(|found| !found.array)?;
    let row = catalog.user_type(&found.name)?;
    match &row.kind {
        TypeKind::Domain {
            base,
            not_null,
            default,
            ..
        } => Some((base, *not_null, default.as_deref(), &row.name)),
        _ => None,
    }
}

/// Whether the type is a domain that refuses NULL, at any level.
pub(super) fn domain_refuses_null(catalog: &Catalog, data_type: &Name) -> bool {
    domain(catalog, data_type).is_some_and(|(base, not_null, _, _)| not_null || domain_refuses_null(catalog, base))
}

/// The default of a domain, of the nearest level that has one.
pub(super) fn domain_default<'c>(catalog: &'c Catalog, data_type: &Name) -> Option<&'c str> {
    let (base, _, default, _) = domain(catalog, data_type)?;
    default.or_else(|| domain_default(catalog, base))
}

fn domain_checks<'c>(catalog: &'c Catalog, data_type: &Name) -> Vec<&'c str> {
    let Some((base, _, _, name)) = domain(catalog, data_type) else {
        return Vec::new();
    };
    let own = catalog.domain_constraints_of(name).iter();
    let mut checks = own.filter_map(|row| row.expression.as_deref()).collect::<Vec<_>>();
    checks.extend(domain_checks(catalog, base));
    checks
}

/// What a domain is made of at the bottom.
fn base<'c>(catalog: &'c Catalog, data_type: &Name) -> Option<&'c str> {
    let (next, _, _, _) = domain(catalog, data_type)?;
    Some(base(catalog, next).unwrap_or(next))
}

/// Whether the type can read the text, as far as that is known without asking.
fn is_plausible(catalog: &Catalog, data_type: &Name, text: &str) -> bool {
    if let Some(base) = base(catalog, data_type) {
        return is_plausible(catalog, &Name::from(base), text);
    }
    let Some(found) = catalog.data_type(data_type) else {
        return true;
    };
    if found.array {
        return text.starts_with('{');
    }
    if let Some(TypeKind::Enum { labels }) = catalog.user_type(&found.name).map(|row| &row.kind) {
        return labels.iter().any(|label| label == text);
    }
    match found.name.name.as_str() {
        "int2" => text.parse::<i16>().is_ok(),
        "int4" => text.parse::<i32>().is_ok(),
        "int8" | "oid" => text.parse::<i64>().is_ok(),
        "numeric" => text.parse::<f64>().is_ok_and(|number| number.abs() < room(data_type)),
        "float4" | "float8" | "money" => text.parse::<f64>().is_ok(),
        "bool" => ["true", "false"].contains(&text),
        "uuid" => text.len() == 36,
        "date" | "timestamp" | "timestamptz" => text.len() >= 10 && text.as_bytes()[4] == b'-',
        _ => true,
    }
}

/// The least number that `numeric(precision, scale)` has no room for.
fn room(data_type: &str) -> f64 {
    let constants = values::constants(data_type);
    let mut parts = constants.iter().filter_map(|text| text.parse::<i32>().ok());
    match (parts.next(), parts.next()) {
        (Some(precision), scale) => 10_f64.powi(precision - scale.unwrap_or(0)),
        _ => f64::INFINITY,
    }
}
