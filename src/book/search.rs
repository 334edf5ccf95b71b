//! What the search looks through: scripts that are loaded when somebody begins to search, because a page from a disk may
//! load nothing else. Names first, then what is found less often.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::site::{Site, part};
use crate::catalog::relation::RelationKind;
use crate::catalog::routine::RoutineKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Name, ObjectId, QName};

/// The kinds, and the folders of their pages; empty where they have none of their own.
const KINDS: [(&str, &str); 13] = [
    ("table", "table"),
    ("view", "table"),
    ("materialised view", "table"),
    ("foreign table", "table"),
    ("function", "function"),
    ("procedure", "function"),
    ("enum", "type"),
    ("domain", "type"),
    ("type", "type"),
    ("sequence", ""),
    ("schema", ""),
    ("role", ""),
    ("extension", ""),
];

/// The kinds of what is a part of a relation's page.
const PARTS: [&str; 4] = ["constraint", "index", "policy", "trigger"];

/// Everything that has a page, and roles, sequences and extensions: `[kind, schema, name, path]`, the path only where it
/// is not what kind, schema and name say.
pub(super) fn names(site: &Site<'_>) -> String {
    let schemas = site
        .schemas
        .iter()
        .map(|section| section.name.as_str())
        .collect::<Vec<_>>();
    let mut entries = Vec::new();
    let usual = |kind: usize, schema: usize, name: &QName| {
        let is_plain = part(&name.schema) == name.schema && part(&name.name) == name.name;
        match is_plain {
            true => json!([kind, schema, name.name.as_str()]),
            false => json!([kind, schema, name.name.as_str(), super::site::path(KINDS[kind].1, name)]),
        }
    };
    for (schema, name, kind) in relations(site) {
        let kind = match kind {
            RelationKind::Table | RelationKind::PartitionedTable => 0,
            RelationKind::View => 1,
            RelationKind::MaterializedView => 2,
            RelationKind::ForeignTable => 3,
        };
        entries.push(usual(kind, schema, name));
    }
    for (schema, section) in site.schemas.iter().enumerate() {
        for routines in &section.routines {
            let kind = if routines[0].kind == RoutineKind::Procedure {
                5
            } else {
                4
            };
            entries.push(usual(kind, schema, &routines[0].id.name));
        }
        for row in &section.types {
            let kind = match row.kind {
                TypeKind::Enum { .. } => 6,
                TypeKind::Domain { .. } => 7,
                _ => 8,
            };
            entries.push(usual(kind, schema, &row.name));
        }
        for row in &section.sequences {
            let path = super::pages::schema::place_of(section, "sequences");
            entries.push(json!([9, schema, row.name.name.as_str(), path]));
        }
        let path = site.page_of(&ObjectId::Schema(section.name.clone()));
        entries.push(json!([10, schema, "", path]));
    }
    entries.extend(
        site.catalog
            .roles
            .iter()
            .map(|row| json!([11, -1, row.name.as_str(), "roles.html"])),
    );
    let extensions = site.catalog.extensions.iter();
    entries.extend(extensions.map(|row| json!([12, -1, row.name.as_str(), "others.html#extensions"])));
    call(
        "names",
        &json!({ "schemas": schemas, "kinds": KINDS, "entries": entries }),
    )
}

/// Constraints, indexes, policies and triggers: `[kind, relation, name]`, the relation by its place among the names.
pub(super) fn parts(site: &Site<'_>) -> String {
    let places = places(site);
    let mut entries = Vec::new();
    let mut add = |kind: usize, relation: &QName, name: &Name| {
        if let Some(place) = places.get(relation) {
            entries.push(json!([kind, place, name.as_str()]));
        }
    };
    let catalog = site.catalog;
    catalog
        .constraints
        .iter()
        .for_each(|row| add(0, &row.relation, &row.name));
    let indexes = catalog.indexes.iter().filter(|row| row.constraint.is_none());
    indexes.for_each(|row| add(1, &row.relation, &row.name.name));
    catalog.policies.iter().for_each(|row| add(2, &row.relation, &row.name));
    catalog.triggers.iter().for_each(|row| add(3, &row.relation, &row.name));
    call("parts", &json!({ "kinds": PARTS, "entries": entries }))
}

/// Which relations have a column of each name.
pub(super) fn columns(site: &Site<'_>) -> String {
    let places = places(site);
    let mut columns = BTreeMap::<&str, Vec<usize>>::new();
    for row in &site.catalog.columns {
        if let Some(place) = places.get(&row.relation) {
            columns.entry(&row.name).or_default().push(*place);
        }
    }
    // As pairs: a column may have a name that means something to an object of JavaScript.
    let pairs = columns.into_iter().map(|(name, places)| json!([name, places]));
    call("columns", &Value::Array(pairs.collect()))
}

/// Comments on relations and their columns: `[relation, column, text]`.
pub(super) fn comments(site: &Site<'_>) -> String {
    let places = places(site);
    let mut entries = Vec::new();
    for (_, name, _) in relations(site) {
        let comment = site.catalog.relation(name).and_then(|relation| relation.comment());
        if let (Some(comment), Some(place)) = (comment, places.get(name)) {
            entries.push(json!([place, "", comment]));
        }
    }
    for row in site.column_comments() {
        if let ObjectId::Column(relation, column) = &row.object
            && let Some(place) = places.get(relation)
        {
            entries.push(json!([place, column.as_str(), row.text]));
        }
    }
    call("comments", &Value::Array(entries))
}

/// Our relations in the order in which the names list them.
fn relations<'a>(site: &Site<'a>) -> impl Iterator<Item = (usize, &'a QName, RelationKind)> {
    site.schemas.iter().enumerate().flat_map(|(at, section)| {
        let all = section.tables.iter().chain(&section.views);
        all.map(move |row| (at, &row.name, row.kind))
    })
}

fn places<'a>(site: &Site<'a>) -> BTreeMap<&'a QName, usize> {
    relations(site)
        .enumerate()
        .map(|(place, (_, name, _))| (name, place))
        .collect()
}

/// Hands the value to the page's script.
fn call(what: &str, value: &Value) -> String {
    format!("book.{what}({value});\n")
}
