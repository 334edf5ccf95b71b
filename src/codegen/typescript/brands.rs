//! Branded keys: a primary key and all that refers to it have one brand.

use std::collections::BTreeMap;

use super::Plan;
use crate::catalog::QName;
use crate::codegen::model::{Api, Scalar, Type};
use crate::config::typescript::Typescript;
use crate::sql;

/// The brands of columns, by the positions of relation and column. None where they are not asked for.
#[derive(Default)]
pub(super) struct Brands(BTreeMap<(usize, usize), String>);

impl Brands {
    pub(super) fn new(api: &Api, options: &Typescript) -> Self {
        if !options.branded_ids {
            return Self::default();
        }
        let relations: BTreeMap<&QName, usize> = (api.relations.iter())
            .enumerate()
            .map(|(at, relation)| (&relation.named.id, at))
            .collect();
        let mut brands = BTreeMap::new();
        for (at, relation) in api.relations.iter().enumerate() {
            for (column, row) in relation.columns.iter().enumerate() {
                if row.custom.is_some() || !can_have_brand(api, &row.ty) {
                    continue;
                }
                if let Some((key, key_column)) = root(api, &relations, at, column) {
                    let key = &api.relations[key];
                    let column_name = sql::identifier(&key.columns[key_column].name);
                    brands.insert((at, column), format!("{}.{column_name}", key.named.id));
                }
            }
        }
        Self(brands)
    }
}

impl Plan<'_> {
    /// The brand of a column.
    pub(super) fn brand(&self, relation: usize, column: usize) -> Option<&str> {
        self.brands.0.get(&(relation, column)).map(String::as_str)
    }
}

/// The primary key that a column is, or refers to in the end.
fn root(api: &Api, relations: &BTreeMap<&QName, usize>, at: usize, column: usize) -> Option<(usize, usize)> {
    let (mut at, mut column) = (at, column);
    let mut seen = vec![(at, column)];
    while let Some(next) = referenced(api, relations, at, column).filter(|next| !seen.contains(next)) {
        seen.push(next);
        (at, column) = next;
    }
    (api.relations[at].primary_key == [column]).then_some((at, column))
}

/// What a foreign key of this column alone refers to; of a view, the table behind it counts.
fn referenced(api: &Api, relations: &BTreeMap<&QName, usize>, at: usize, column: usize) -> Option<(usize, usize)> {
    let relation = &api.relations[at];
    let name = &relation.columns[column].name;
    let keys = relation
        .relationships
        .iter()
        .filter(|key| key.columns == [name.clone()]);
    let mut targets = keys.filter_map(|key| Some((*relations.get(&key.target)?, key.target_columns.first()?)));
    let (target, name) = targets.find(|(target, _)| !api.relations[*target].primary_key.is_empty())?;
    let column = api.relations[target]
        .columns
        .iter()
        .position(|column| column.name == *name)?;
    Some((target, column))
}

fn can_have_brand(api: &Api, ty: &Type) -> bool {
    match ty {
        Type::Scalar(scalar) => matches!(
            scalar,
            Scalar::Int2
                | Scalar::Int4
                | Scalar::Int8
                | Scalar::Numeric
                | Scalar::Text
                | Scalar::Varchar
                | Scalar::Bpchar
                | Scalar::Citext
                | Scalar::Uuid
        ),
        Type::Domain(at) => can_have_brand(api, &api.domains[*at].base),
        _ => false,
    }
}
