//! In what two catalogs differ, object by object: for reading, where a plan is for running.
//!
//! What counts as a difference is the plan's to say; what it consists of is read from the rows.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::plan::{Options, Plan, plan};
use crate::Result;
use crate::catalog::access::{DefaultPrivilege, Grant, Membership, Privilege};
use crate::catalog::object::objects;
use crate::catalog::{Catalog, Name, Object, ObjectId};

/// An object that is not the same on both sides.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The object.
    pub object: ObjectId,
    /// In what it differs.
    pub kind: DifferenceKind,
}

/// In what an object differs.
#[derive(Clone, Debug, PartialEq)]
pub enum DifferenceKind {
    /// Only the old side has it, with all that is a part of it.
    OnlyOld,
    /// Only the new side has it, with all that is a part of it.
    OnlyNew,
    /// Both have it, and these attributes differ.
    Changed(Vec<Attribute>),
}

/// An attribute that has another value on each side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// What it is called, in words: `type`, `not null`, `privileges of PUBLIC`.
    pub name: String,
    /// What the old side has; `None` for nothing.
    pub old: Option<String>,
    /// What the new side has; `None` for nothing.
    pub new: Option<String>,
}

/// In what `old` and `new` differ, in the order of objects; nothing where no migration would do anything, and types that
/// are made from both are the same. Of what one side lacks, the parts are not named.
///
/// # Errors
/// Where the plan cannot be made: a bug, which the message describes.
pub fn differences(old: &Catalog, new: &Catalog) -> Result<Vec<Difference>> {
    let plan = plan(old, new, &Options::default())?;
    if plan.is_empty() {
        return Ok(facts(old, new));
    }
    let objects = plan.steps.iter().map(|step| itself(&step.object, old, new));
    let objects = objects.collect::<BTreeSet<_>>();
    let found = objects.iter().filter_map(|object| {
        let kind = compare(object, old, new)?;
        let side = if kind == DifferenceKind::OnlyOld { old } else { new };
        let is_part = !matches!(kind, DifferenceKind::Changed(_)) && is_within(object, side, &objects, old, new);
        (!is_part).then(|| Difference {
            object: object.clone(),
            kind,
        })
    });
    let found = found.collect::<Vec<_>>();
    Ok(if found.is_empty() { unexplained(&plan) } else { found })
}

/// The object that a step is about, as one names it: a default is its column's, an attribute its type's.
fn itself(id: &ObjectId, old: &Catalog, new: &Catalog) -> ObjectId {
    match id {
        ObjectId::Default(relation, column) => ObjectId::Column(relation.clone(), column.clone()),
        ObjectId::Column(owner, _) if old.attribute(id).or(new.attribute(id)).is_some() => {
            ObjectId::Type(owner.clone())
        }
        _ => id.clone(),
    }
}

/// `None` where both sides have the same: it only has to make way for something else.
fn compare(id: &ObjectId, old: &Catalog, new: &Catalog) -> Option<DifferenceKind> {
    let (before, after) = (old.object(id), new.object(id));
    match (before, after) {
        (Some(_), None) => return Some(DifferenceKind::OnlyOld),
        (None, Some(_)) => return Some(DifferenceKind::OnlyNew),
        _ => {}
    }
    let mut attributes = Vec::new();
    if let (Some(before), Some(after)) = (before, after) {
        push(&mut attributes, &[], &value(before), &value(after));
    }
    let [before, after] = [old, new].map(|catalog| surroundings(id, catalog));
    for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (old, new) = (before.get(name).cloned(), after.get(name).cloned());
        if old != new {
            let name = name.clone();
            attributes.push(Attribute { name, old, new });
        }
    }
    (!attributes.is_empty()).then_some(DifferenceKind::Changed(attributes))
}

/// Whether the object is a part of another that the same side alone has.
fn is_within(id: &ObjectId, side: &Catalog, objects: &BTreeSet<ObjectId>, old: &Catalog, new: &Catalog) -> bool {
    let mut whole = side.object(id).and_then(|object| side.part_of(object));
    while let Some(id) = whole {
        if objects.contains(&id) && old.object(&id).is_some() != new.object(&id).is_some() {
            return true;
        }
        whole = side.object(&id).and_then(|object| side.part_of(object));
    }
    false
}

/// What a plan does where the rows do not tell why: its statements.
fn unexplained(plan: &Plan) -> Vec<Difference> {
    let steps = plan.steps.iter().map(|step| Difference {
        object: step.object.clone(),
        kind: DifferenceKind::Changed(vec![Attribute {
            name: "statement".to_owned(),
            old: None,
            new: Some(step.statement.sql.clone()),
        }]),
    });
    steps.collect()
}

/// What no statement changes and types are made from: what of a view can be NULL, and what can be written. Servers of
/// different majors tell different things of the same view.
fn facts(old: &Catalog, new: &Catalog) -> Vec<Difference> {
    if old.server.major != new.server.major {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut compare = |before: Object<'_>, after: Object<'_>| {
        let mut attributes = Vec::new();
        push(&mut attributes, &[], &value(before), &value(after));
        let is_fact = |attribute: &Attribute| {
            let first = attribute.name.split(' ').next().unwrap_or_default();
            attribute.name == "never null" || matches!(first, "updatable" | "origin" | "writable")
        };
        attributes.retain(is_fact);
        if !attributes.is_empty() {
            found.push(Difference {
                object: after.id(),
                kind: DifferenceKind::Changed(attributes),
            });
        }
    };
    for delta in crate::catalog::diff(&old.relations, &new.relations) {
        if let crate::catalog::Delta::Changed(before, after) = delta {
            compare(Object::Relation(before), Object::Relation(after));
        }
    }
    for delta in crate::catalog::diff(&old.columns, &new.columns) {
        if let crate::catalog::Delta::Changed(before, after) = delta {
            compare(Object::Column(before), Object::Column(after));
        }
    }
    found
}

/// What belongs to the object and stands in rows of other kinds: comment, labels, grants; of a role, what it is a
/// member of and what its objects give.
fn surroundings(id: &ObjectId, catalog: &Catalog) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    if let Some(comment) = catalog.comments.find(|row| row.object.cmp(id)) {
        found.insert("comment".to_owned(), comment.text.clone());
    }
    for label in catalog.security_labels.group(id, |row| &row.object) {
        found.insert(format!("security label of {}", label.provider), label.label.clone());
    }
    let mut add = |name: String, privileges: String| {
        let entry: &mut String = found.entry(name).or_default();
        if !entry.is_empty() {
            entry.push_str(", ");
        }
        entry.push_str(&privileges);
    };
    for grant in catalog.grants.group(id, |row| &row.object) {
        let Grant {
            object: _,
            grantee,
            grantor: _,
            privileges,
            grantable,
        } = grant;
        add(format!("privileges of {}", who(grantee)), listed(privileges, grantable));
    }
    if let ObjectId::Role(role) = id {
        for row in catalog.default_privileges.iter().filter(|row| row.role == *role) {
            let DefaultPrivilege {
                role: _,
                schema,
                objects,
                grantee,
                privileges,
                grantable,
            } = row;
            let place = schema.as_ref().map(|schema| format!(" in schema {schema}"));
            let what = text(&serde_json::to_value(objects).unwrap_or_default());
            add(
                format!(
                    "default privileges of {} on {what}{}",
                    who(grantee),
                    place.unwrap_or_default()
                ),
                listed(privileges, grantable),
            );
        }
        for row in catalog.memberships.iter().filter(|row| row.role == *role) {
            let Membership {
                role: _,
                member,
                grantor: _,
                admin,
                inherit,
                set,
            } = row;
            let options = [(admin, "admin"), (inherit, "inherit"), (set, "set")];
            let options = options.into_iter().filter(|(is_set, _)| **is_set).map(|(_, name)| name);
            add(
                format!("membership of {member}"),
                format!("with {}", options.collect::<Vec<_>>().join(", ")),
            );
        }
    }
    found
}

fn who(grantee: &Option<Name>) -> &str {
    grantee.as_ref().map_or("PUBLIC", Name::as_str)
}

fn listed(privileges: &[Privilege], grantable: &[Privilege]) -> String {
    let word = |privilege: &Privilege| {
        let name = text(&serde_json::to_value(privilege).unwrap_or_default());
        let option = if grantable.contains(privilege) {
            " with grant option"
        } else {
            ""
        };
        format!("{name}{option}")
    };
    match privileges {
        [] => "none".to_owned(),
        _ => privileges.iter().map(word).collect::<Vec<_>>().join(", "),
    }
}

macro_rules! values {
    ($($kind:ident: $rows:ident,)+) => {
        /// The object's row, as the snapshot has it.
        fn value(object: Object<'_>) -> Value {
            match object {
                $(Object::$kind(row) => to_value(row),)+
            }
        }

        /// Where the object's row stands in a snapshot: the section, and the row in it from 0. A default stands in its
        /// column's.
        pub fn place(id: &ObjectId, catalog: &Catalog) -> Option<(&'static str, usize)> {
            match catalog.object(id)? {
                $(Object::$kind(row) => {
                    let at = catalog.$rows.iter().position(|other| std::ptr::eq(other, row))?;
                    Some((stringify!($rows), at))
                })+
            }
        }
    };
}
objects!(values);

/// Nothing in a row can fail to be written.
fn to_value(row: &impl Serialize) -> Value {
    serde_json::to_value(row).unwrap_or_default()
}

/// Adds what differs between two values, down to the fields of objects.
fn push(attributes: &mut Vec<Attribute>, path: &[&str], old: &Value, new: &Value) {
    if old == new {
        return;
    }
    if let (Value::Object(before), Value::Object(after)) = (old, new) {
        for name in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let field = |fields: &serde_json::Map<String, Value>| fields.get(name).cloned().unwrap_or_default();
            let path = [path, &[name.as_str()]].concat();
            push(attributes, &path, &field(before), &field(after));
        }
        return;
    }
    let said = |value: &Value| (!value.is_null()).then(|| text(value));
    attributes.push(Attribute {
        // Which variant it is goes without saying.
        name: path
            .iter()
            .filter(|name| **name != "kind")
            .copied()
            .collect::<Vec<_>>()
            .join(" ")
            .replace('_', " "),
        old: said(old),
        new: said(new),
    });
}

/// A value as one reads it.
fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Array(items) if items.iter().all(Value::is_string) => {
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        _ => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A catalog with the schema `public`, one table, and what is added to it.
    fn catalog(columns: &str, more: &str) -> Catalog {
        let text = format!(
            r#"{{"server": {{"major": 15}}, "roles": [{{"name": "postgres", "superuser": true}}],
                "schemas": [{{"name": "public", "owner": "postgres"}}],
                "data_types": [{{"sql": "bigint", "type": "pg_catalog.int8"}}, {{"sql": "integer", "type": "pg_catalog.int4"}}],
                "relations": [{{"name": "public.t", "kind": "table", "owner": "postgres"}}],
                "columns": [{columns}]{more}}}"#
        );
        serde_json::from_str(&text).unwrap()
    }

    const ID: &str = r#"{"relation": "public.t", "name": "id", "type": "integer"}"#;

    fn only(old: &Catalog, new: &Catalog) -> (String, DifferenceKind) {
        let mut found = differences(old, new).unwrap();
        assert_eq!(found.len(), 1, "{found:?}");
        let found = found.remove(0);
        (found.object.to_string(), found.kind)
    }

    fn attribute(name: &str, old: Option<&str>, new: Option<&str>) -> DifferenceKind {
        DifferenceKind::Changed(vec![Attribute {
            name: name.to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
        }])
    }

    #[test]
    fn a_column_of_another_type_names_both() {
        let old = catalog(ID, "");
        let new = catalog(&ID.replace("integer", "bigint"), "");
        let wanted = attribute("type", Some("integer"), Some("bigint"));
        assert_eq!(only(&old, &new), ("column public.t.id".to_owned(), wanted));
        assert_eq!(differences(&old, &old).unwrap(), []);
    }

    #[test]
    fn a_default_is_its_column_s() {
        let new = catalog(&ID.replace('}', r#", "default": "1"}"#), "");
        let wanted = attribute("default", None, Some("1"));
        assert_eq!(only(&catalog(ID, ""), &new), ("column public.t.id".to_owned(), wanted));
    }

    #[test]
    fn the_parts_of_what_is_missing_are_not_named() {
        let old = catalog(ID, "");
        let mut new = old.clone();
        new.relations.retain(|_| false);
        new.columns.retain(|_| false);
        assert_eq!(only(&old, &new), ("table public.t".to_owned(), DifferenceKind::OnlyOld));
        assert_eq!(only(&new, &old), ("table public.t".to_owned(), DifferenceKind::OnlyNew));
    }

    #[test]
    fn comments_and_grants_are_their_object_s() {
        let old = catalog(ID, "");
        let comment = r#", "comments": [{"object": {"table": "public.t"}, "text": "hm"}]"#;
        let wanted = attribute("comment", None, Some("hm"));
        assert_eq!(only(&old, &catalog(ID, comment)), ("table public.t".to_owned(), wanted));
        let grant = r#", "grants": [{"object": {"table": "public.t"}, "grantor": "postgres", "privileges": ["select", "insert"],
            "grantable": ["insert"]}]"#;
        let wanted = attribute("privileges of PUBLIC", None, Some("select, insert with grant option"));
        assert_eq!(only(&old, &catalog(ID, grant)), ("table public.t".to_owned(), wanted));
    }

    #[test]
    fn what_types_are_made_from_counts_where_one_major_said_both() {
        let old = catalog(ID, "");
        let mut new = catalog(&ID.replace('}', r#", "never_null": true}"#), "");
        let wanted = attribute("never null", None, Some("yes"));
        assert_eq!(only(&old, &new), ("column public.t.id".to_owned(), wanted));
        new.server.major = 18;
        assert_eq!(differences(&old, &new).unwrap(), []);
    }

    #[test]
    fn a_row_is_found_in_its_section() {
        let old = catalog(ID, "");
        let id = old.columns[0].object();
        assert_eq!(place(&id, &old), Some(("columns", 0)));
        assert_eq!(place(&ObjectId::Role("nobody".into()), &old), None);
    }
}
