//! What teaches a connection of psycopg the types of the schema, without which it gives their text.

use std::collections::{BTreeMap, BTreeSet};

use super::Plan;
use super::text::literal;
use crate::catalog::QName;
use crate::codegen::model::{Scalar, Type};
use crate::config::python::{PythonStyle, PythonWire};

/// Writes the function that registers the types of a module, where there are any and psycopg is to be taught.
pub(super) fn push(plan: &Plan<'_>, out: &mut String) {
    if plan.options.wire != PythonWire::Psycopg {
        return;
    }
    let used = Used::of(plan);
    let calls = calls(plan, &used);
    if calls.is_empty() {
        return;
    }
    plan.import("typing", "Any");
    out.push_str(REGISTER);
    out.push_str(if plan.options.style == PythonStyle::Sqlalchemy {
        DOC_SQLALCHEMY
    } else {
        DOC
    });
    let has = |what: &str| calls.iter().any(|call| call.starts_with(what));
    let imports = [
        (
            "composite(",
            "psycopg.types.composite",
            "CompositeInfo, register_composite",
        ),
        ("enum(", "psycopg.types.enum", "EnumInfo, register_enum"),
        ("hstore(", "psycopg.types.hstore", "register_hstore"),
        (
            "multirange(",
            "psycopg.types.multirange",
            "MultirangeInfo, register_multirange",
        ),
        ("range(", "psycopg.types.range", "RangeInfo, register_range"),
    ];
    if has("domain(") {
        out.push_str("    from psycopg.pq import Format\n");
    }
    out.push_str("    from psycopg.types import TypeInfo\n");
    for (call, module, names) in imports {
        if has(call) {
            out.push_str(&format!("    from {module} import {names}\n"));
        }
    }
    for (call, code) in HELPERS {
        if has(call) {
            out.push_str(code);
        }
    }
    out.push('\n');
    for call in calls {
        out.push_str("    ");
        out.push_str(&call);
        out.push('\n');
    }
}

/// The types of a module that psycopg does not know by itself.
#[derive(Default)]
struct Used {
    /// Base types, by name; those of extensions stand wherever the search path finds them.
    base: BTreeSet<String>,
    hstore: bool,
}

impl Used {
    fn of(plan: &Plan<'_>) -> Self {
        let mut used = Self::default();
        let relations = plan.api.relations.iter().filter(|row| plan.is_shown(row));
        for column in relations.flat_map(|row| &row.columns) {
            used.add(&column.ty);
        }
        let composites = plan.api.composites.iter().filter(|row| plan.is_here(&row.named));
        for field in composites.flat_map(|row| &row.fields) {
            used.add(&field.ty);
        }
        for domain in plan.api.domains.iter().filter(|row| plan.is_here(&row.named)) {
            used.add(&domain.base);
        }
        used
    }

    fn add(&mut self, ty: &Type) {
        use Scalar::{
            Citext, Cube, Geography, Geometry, Halfvec, Hstore, Lquery, Ltree, Ltxtquery, PgSnapshot, Sparsevec, Vector,
        };
        match ty {
            Type::Scalar(Hstore) => self.hstore = true,
            Type::Scalar(
                scalar @ (Citext | Cube | Geography | Geometry | Halfvec | Lquery | Ltree | Ltxtquery | PgSnapshot
                | Sparsevec | Vector),
            ) => {
                self.base.insert(super::sql_types::name(*scalar).to_owned());
            }
            Type::Unknown(name) => {
                self.base.insert(name.to_string());
            }
            Type::Array(inner) | Type::Custom(_, inner) => self.add(inner),
            _ => {}
        }
    }
}

fn calls(plan: &Plan<'_>, used: &Used) -> Vec<String> {
    let api = plan.api;
    let is_sqlalchemy = plan.options.style == PythonStyle::Sqlalchemy;
    let text = |name: &QName| literal(&name.to_string());
    let mut calls: Vec<String> = used
        .base
        .iter()
        .map(|name| format!("base({})", literal(name)))
        .collect();
    if used.hstore {
        // SQLAlchemy reads it itself.
        calls.push(if is_sqlalchemy { "base(\"hstore\")" } else { "hstore()" }.to_owned());
    }
    for (at, row) in api.enums.iter().enumerate().filter(|(_, row)| plan.is_here(&row.named)) {
        let name = text(&row.named.id);
        // A literal is text already, and SQLAlchemy makes members of it itself.
        let is_text = is_sqlalchemy || (plan.has_literals() && !row.labels.is_empty());
        calls.push(if is_text {
            format!("base({name})")
        } else {
            format!("enum({name}, {})", plan.names.enums[at])
        });
    }
    for row in api.ranges.iter().filter(|row| plan.is_here(&row.named)) {
        calls.push(format!("range({})", text(&row.named.id)));
        if let Some(name) = &row.multirange {
            calls.push(format!("multirange({})", text(name)));
        }
    }
    let mut classes: BTreeMap<&QName, (String, Vec<String>)> = BTreeMap::new();
    for (at, row) in api.composites.iter().enumerate() {
        if plan.is_here(&row.named) {
            let members = plan.composite(at).members.into_iter();
            classes.insert(
                &row.named.id,
                (
                    plan.names.composites[at].clone(),
                    members.map(|member| plan.key_of(&member)).collect(),
                ),
            );
        }
    }
    for &at in plan.values.iter().filter(|&&at| plan.is_here(&api.relations[at].named)) {
        let row = &api.relations[at];
        let keys = match plan.options.style {
            PythonStyle::Typeddict => row.columns.iter().map(|column| column.name.to_string()).collect(),
            _ => plan.fields[at].clone(),
        };
        classes.insert(&row.named.id, (format!("{}Value", plan.names.relations[at]), keys));
    }
    for (name, (class, keys)) in classes {
        let name = text(name);
        if is_sqlalchemy {
            calls.push(format!("base({name})"));
            continue;
        }
        let keys: Vec<String> = keys.iter().map(|key| literal(key)).collect();
        calls.push(format!("composite({name}, {class}, [{}])", keys.join(", ")));
    }
    // A domain is read as what it restricts, which must be known before.
    for at in plan.domains_in_order() {
        let row = &api.domains[at];
        calls.push(format!("domain({}, {})", text(&row.named.id), literal(&row.sql)));
    }
    calls
}

const REGISTER: &str = "\n\ndef register(connection: Any) -> None:\n";

const DOC: &str = "    \"\"\"Teaches a `psycopg.Connection` the types of this schema: without it, psycopg gives their text.\"\"\"\n\n";

const DOC_SQLALCHEMY: &str =
    "    \"\"\"Teaches a `psycopg.Connection` that these types have arrays: without it, psycopg gives their text.

    `sqlalchemy.event.listen(engine, \"connect\", lambda connection, _: register(connection))`
    \"\"\"\n\n";

/// What each kind of call needs, by the call.
const HELPERS: &[(&str, &str)] = &[
    (
        "base(",
        "
    def base(name: str) -> None:
        if info := TypeInfo.fetch(connection, name):
            info.register(connection)
",
    ),
    (
        "hstore(",
        "
    def hstore() -> None:
        if info := TypeInfo.fetch(connection, \"hstore\"):
            register_hstore(info, connection)
",
    ),
    (
        "enum(",
        "
    def enum(name: str, labels: Any) -> None:
        if info := EnumInfo.fetch(connection, name):
            register_enum(info, connection, labels, mapping={label: label.value for label in labels})
",
    ),
    (
        "range(",
        "
    def range(name: str) -> None:
        if info := RangeInfo.fetch(connection, name):
            register_range(info, connection)
",
    ),
    (
        "multirange(",
        "
    def multirange(name: str) -> None:
        if info := MultirangeInfo.fetch(connection, name):
            register_multirange(info, connection)
",
    ),
    (
        "domain(",
        "
    def domain(name: str, base: str) -> None:
        info, below = TypeInfo.fetch(connection, name), TypeInfo.fetch(connection, base)
        if info and below:
            info.register(connection)
            for format in (Format.TEXT, Format.BINARY):
                if loader := connection.adapters.get_loader(below.oid, format):
                    connection.adapters.register_loader(info.oid, loader)
",
    ),
    (
        "composite(",
        "
    def composite(name: str, factory: Any, fields: list[str]) -> None:
        if info := CompositeInfo.fetch(connection, name):
            register_composite(
                info,
                connection,
                factory,
                make_object=lambda values, _: factory(**dict(zip(fields, values))),
                make_sequence=lambda value, _: [getattr(value, field) for field in fields],
            )
",
    ),
];
