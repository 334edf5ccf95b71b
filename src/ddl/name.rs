//! How DDL names things: with quotes where the grammar wants them.

use std::fmt::Write as _;

use crate::catalog::routine::RoutineKind;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, Object, ObjectId, OperatorId, QName, RoutineId};
use crate::sql::{identifier, keyword_safe};

/// A name on its own: a column, a constraint, a role.
pub fn bare(name: &str) -> String {
    keyword_safe(name).to_string()
}

/// Names in parentheses' inside, separated by commas.
pub fn column_list<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    let names = names.into_iter().map(|name| bare(name));
    names.collect::<Vec<_>>().join(", ")
}

/// A name with its schema. Behind the dot no keyword needs quotes.
pub fn qualified(name: &QName) -> String {
    format!("{}.{}", keyword_safe(&name.schema), identifier(&name.name))
}

/// A function's name with its arguments, as others that call it want it.
pub(super) fn routine(id: &RoutineId) -> String {
    format!("{}({})", qualified(&id.name), id.arguments)
}

/// A routine's kind and name with its arguments, as `ALTER`, `DROP` and `COMMENT ON` want it.
pub(super) fn routine_target(id: &RoutineId, catalog: &Catalog) -> String {
    let keyword = routine_keyword(id, catalog);
    let arguments = match keyword {
        "AGGREGATE" if id.arguments.is_empty() => "*".to_owned(),
        // Without a mode, another procedure's outputs would be taken into account.
        "PROCEDURE" if !id.arguments.is_empty() => format!("IN {}", id.arguments),
        _ => id.arguments.to_string(),
    };
    format!("{keyword} {}({arguments})", qualified(&id.name))
}

/// The identity of what the name of a relation stands for.
pub(super) fn relation(catalog: &Catalog, name: &QName) -> ObjectId {
    let relation = catalog.relation(name);
    relation.map_or_else(|| ObjectId::Table(name.clone()), |relation| relation.row.object())
}

/// A name for something that stands in for `name` for a while, within PostgreSQL's 63 bytes.
pub(super) fn temporary(name: &Name, suffix: &str) -> Name {
    let room = 63 - suffix.len() - 1;
    let end = name.floor_char_boundary(room.min(name.len()));
    Name::new(format!("{}_{suffix}", &name[..end]))
}

/// An operator's name with its arguments.
pub(super) fn operator(id: &OperatorId) -> String {
    let side = |side: &Option<Name>| side.clone().unwrap_or_else(|| Name::new_static("NONE"));
    format!(
        "{}.{} ({}, {})",
        keyword_safe(&id.name.schema),
        id.name.name,
        side(&id.left),
        side(&id.right)
    )
}

/// The object's kind and name, as `COMMENT ON`, `ALTER … OWNER TO` and `DROP` want them. `catalog` is where it is.
pub fn target(id: &ObjectId, catalog: &Catalog) -> String {
    use ObjectId as Id;
    let on = |kind: &str, name: &Name, relation: &QName| format!("{kind} {} ON {}", bare(name), qualified(relation));
    match id {
        Id::Role(name) => format!("ROLE {}", bare(name)),
        Id::Schema(name) => format!("SCHEMA {}", bare(name)),
        Id::Language(name) => format!("LANGUAGE {}", bare(name)),
        Id::Extension(name) => format!("EXTENSION {}", bare(name)),
        Id::Collation(name) => format!("COLLATION {}", qualified(name)),
        Id::Type(name) => {
            let is_domain = catalog
                .user_type(name)
                .is_some_and(|row| matches!(row.kind, TypeKind::Domain { .. }));
            format!("{} {}", if is_domain { "DOMAIN" } else { "TYPE" }, qualified(name))
        }
        Id::DomainConstraint(domain, name) => format!("CONSTRAINT {} ON DOMAIN {}", bare(name), qualified(domain)),
        Id::Routine(id) => routine_target(id, catalog),
        Id::Cast(source, target) => format!("CAST ({source} AS {target})"),
        Id::Transform(data_type, language) => format!("TRANSFORM FOR {data_type} LANGUAGE {}", bare(language)),
        Id::AccessMethod(name) => format!("ACCESS METHOD {}", bare(name)),
        Id::Operator(id) => format!("OPERATOR {}", operator(id)),
        Id::OperatorFamily(name, method) => format!("OPERATOR FAMILY {} USING {}", qualified(name), bare(method)),
        Id::OperatorClass(name, method) => format!("OPERATOR CLASS {} USING {}", qualified(name), bare(method)),
        Id::Conversion(name) => format!("CONVERSION {}", qualified(name)),
        Id::TextSearchParser(name) => format!("TEXT SEARCH PARSER {}", qualified(name)),
        Id::TextSearchTemplate(name) => format!("TEXT SEARCH TEMPLATE {}", qualified(name)),
        Id::TextSearchDictionary(name) => format!("TEXT SEARCH DICTIONARY {}", qualified(name)),
        Id::TextSearchConfiguration(name) => format!("TEXT SEARCH CONFIGURATION {}", qualified(name)),
        Id::ForeignDataWrapper(name) => format!("FOREIGN DATA WRAPPER {}", bare(name)),
        Id::Server(name) => format!("SERVER {}", bare(name)),
        Id::UserMapping(server, role) => {
            let role = if role == "public" {
                "PUBLIC".to_owned()
            } else {
                bare(role)
            };
            format!("USER MAPPING FOR {role} SERVER {}", bare(server))
        }
        Id::Sequence(name) => format!("SEQUENCE {}", qualified(name)),
        Id::Table(name) => format!("TABLE {}", qualified(name)),
        Id::ForeignTable(name) => format!("FOREIGN TABLE {}", qualified(name)),
        Id::View(name) => format!("VIEW {}", qualified(name)),
        Id::MaterializedView(name) => format!("MATERIALIZED VIEW {}", qualified(name)),
        Id::Column(relation, name) | Id::Default(relation, name) => {
            format!("COLUMN {}.{}", qualified(relation), identifier(name))
        }
        Id::Index(name) => format!("INDEX {}", qualified(name)),
        Id::Constraint(relation, name) | Id::ForeignKey(relation, name) => on("CONSTRAINT", name, relation),
        Id::Statistics(name) => format!("STATISTICS {}", qualified(name)),
        Id::Rule(relation, name) => on("RULE", name, relation),
        Id::Trigger(relation, name) => on("TRIGGER", name, relation),
        Id::Policy(relation, name) => on("POLICY", name, relation),
        Id::Publication(name) => format!("PUBLICATION {}", bare(name)),
        Id::PublicationTable(publication, relation) => {
            let mut text = format!("PUBLICATION {}", bare(publication));
            let _ = write!(text, " TABLE {}", qualified(relation));
            text
        }
        Id::PublicationSchema(publication, schema) => {
            format!("PUBLICATION {} TABLES IN SCHEMA {}", bare(publication), bare(schema))
        }
        Id::Subscription(name) => format!("SUBSCRIPTION {}", bare(name)),
        Id::EventTrigger(name) => format!("EVENT TRIGGER {}", bare(name)),
    }
}

/// FUNCTION, PROCEDURE or AGGREGATE.
pub(super) fn routine_keyword(id: &RoutineId, catalog: &Catalog) -> &'static str {
    match catalog.object(&ObjectId::Routine(id.clone())) {
        Some(Object::Routine(row)) => match row.kind {
            RoutineKind::Function | RoutineKind::Window => "FUNCTION",
            RoutineKind::Procedure => "PROCEDURE",
            RoutineKind::Aggregate => "AGGREGATE",
        },
        _ => "ROUTINE",
    }
}
