//! The `sqlx.toml` that teaches `query!` the generated types.
//!
//! sqlx looks a type or table up by the name that the server gives it on the connection at build time: without its schema
//! where the `search_path` has it first, and quoted where it must be. `public` is taken to be on it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Component, Path};

use super::context::Context;
use super::types;
use crate::catalog::QName;
use crate::codegen::files::MARK;
use crate::codegen::model::{Column, Scalar, Type};
use crate::config::rust::{Datetime, Decimal, Domains, Json, Net};
use crate::config::{Generate, Lang, Layout};
use crate::diagnostic::Diagnostic;
use crate::sql;

pub(super) fn write(cx: &Context<'_>, entry: &Generate, notes: &mut Vec<Diagnostic>) -> String {
    let root = crate_path(entry);
    if root.is_none() {
        notes.push(
            Diagnostic::warning(
                entry.out.display().to_string(),
                "is not below src/, so that sqlx.toml can only guess the module's path: `crate::types`",
            )
            .with_hint("write the types below src/"),
        );
    }
    let root = root.unwrap_or_else(|| "crate::types".to_owned());
    let mut out = format!("# {MARK}. Change the schema or pgkeel.toml, and generate it again.\n");
    out.push_str("\n[macros.preferred-crates]\n");
    match cx.options.datetime {
        Datetime::Chrono => out.push_str("date-time = \"chrono\"\n"),
        Datetime::Time => out.push_str("date-time = \"time\"\n"),
        Datetime::Jiff => {}
    }
    out.push_str(match cx.options.decimal {
        Decimal::RustDecimal => "numeric = \"rust_decimal\"\n",
        Decimal::Bigdecimal => "numeric = \"bigdecimal\"\n",
    });
    push_table(&mut out, "macros.type-overrides", &type_overrides(cx, &root));
    for (table, columns) in table_overrides(cx, &root) {
        push_table(
            &mut out,
            &format!("macros.table-overrides.{}", toml_string(&table)),
            &columns,
        );
    }
    out
}

fn push_table(out: &mut String, name: &str, entries: &BTreeMap<String, String>) {
    if entries.is_empty() {
        return;
    }
    // Writing to a String cannot fail.
    let _ = writeln!(out, "\n[{name}]");
    for (key, value) in entries {
        let _ = writeln!(out, "{} = {}", toml_string(key), toml_string(value));
    }
}

fn type_overrides(cx: &Context<'_>, root: &str) -> BTreeMap<String, String> {
    let api = cx.api;
    let mut overrides = BTreeMap::new();
    let mut add = |name: String, ty: &Type| {
        let code = global(cx, root, ty);
        overrides
            .entry(format!("{name}[]"))
            .or_insert(format!("Vec<Option<{code}>>"));
        overrides.entry(name).or_insert(code);
    };
    for (at, thing) in api.enums.iter().enumerate() {
        seen_as(&thing.named.id).for_each(|name| add(name, &Type::Enum(at)));
    }
    for (at, thing) in api.composites.iter().enumerate() {
        seen_as(&thing.named.id).for_each(|name| add(name, &Type::Composite(at)));
    }
    for (at, thing) in api.ranges.iter().enumerate() {
        seen_as(&thing.named.id).for_each(|name| add(name, &Type::Range(at)));
    }
    for (at, thing) in api.relations.iter().enumerate() {
        if cx.relations[at].is_value {
            seen_as(&thing.named.id).for_each(|name| add(name, &Type::Row(at)));
        }
    }
    let of_arrays = array_elements(cx);
    for (name, scalar) in BUILT_IN {
        if of_arrays.contains(scalar) {
            add((*name).to_owned(), &Type::Scalar(*scalar));
        }
    }
    let needed = cx.needed();
    for (name, helper, scalar) in HELPED {
        if needed.contains(helper) {
            add((*name).to_owned(), &Type::Scalar(*scalar));
        }
    }
    for (name, subtype) in RANGES {
        if needed.contains(types::range_key(*subtype)) {
            add((*name).to_owned(), &Type::BuiltinRange(*subtype));
        }
    }
    let mut add_scalars = |scalars: &[(&str, Scalar)]| {
        for (name, scalar) in scalars {
            add((*name).to_owned(), &Type::Scalar(*scalar));
        }
    };
    if cx.options.datetime == Datetime::Jiff {
        add_scalars(&[
            ("DATE", Scalar::Date),
            ("TIME", Scalar::Time),
            ("TIMESTAMP", Scalar::Timestamp),
            ("TIMESTAMPTZ", Scalar::Timestamptz),
        ]);
    }
    if cx.options.net() == Net::Ipnet {
        add_scalars(&[("INET", Scalar::Inet), ("CIDR", Scalar::Cidr)]);
    }
    if cx.options.json == Json::Typed {
        add_scalars(&[("JSON", Scalar::Json), ("JSONB", Scalar::Jsonb)]);
    }
    overrides
}

/// The scalars that there are arrays of: sqlx itself does not expect their elements to be null.
fn array_elements(cx: &Context<'_>) -> BTreeSet<Scalar> {
    let columns = cx.api.relations.iter().flat_map(|relation| &relation.columns);
    columns
        .filter_map(|column| match &column.ty {
            Type::Array(element) => Some(&**element),
            _ => None,
        })
        .filter_map(|element| match element {
            Type::Scalar(scalar) => Some(*scalar),
            _ => None,
        })
        .collect()
}

fn table_overrides(cx: &Context<'_>, root: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut tables = BTreeMap::new();
    for (at, relation) in cx.api.relations.iter().enumerate() {
        if !cx.relations[at].wanted {
            continue;
        }
        let columns: BTreeMap<String, String> = (relation.columns.iter().enumerate())
            .filter_map(|(position, column)| {
                let code = column_override(cx, root, (at, position), column)?;
                Some((column.name.to_string(), code))
            })
            .collect();
        if columns.is_empty() {
            continue;
        }
        for name in seen_as(&relation.named.id) {
            tables.entry(name).or_insert(columns.clone());
        }
    }
    tables
}

/// The type of a column whose type's name alone does not tell it.
fn column_override(cx: &Context<'_>, root: &str, at: (usize, usize), column: &Column) -> Option<String> {
    if let Some(code) = column
        .custom
        .and_then(|custom| cx.api.overrides[custom].code(Lang::Rust))
    {
        return Some(cx.custom(code, &column.ty));
    }
    if let Some(&id) = cx.ids.get(&at) {
        let items = &cx.relations[id];
        let module = &cx.modules[items.row.module].name;
        return Some(format!("{root}::{}::{}", super::names::code(module.clone()), items.id));
    }
    is_told_by_column(cx, &column.ty).then(|| global(cx, root, &column.ty))
}

fn is_told_by_column(cx: &Context<'_>, ty: &Type) -> bool {
    match ty {
        Type::Domain(at) => {
            cx.options.domains() == Domains::Newtype || is_told_by_column(cx, &cx.api.domains[*at].base)
        }
        Type::Array(element) => matches!(**element, Type::Domain(_)) || is_told_by_column(cx, element),
        Type::Custom(..) | Type::Unknown(_) | Type::Scalar(Scalar::Halfvec | Scalar::Sparsevec | Scalar::Reg) => true,
        _ => false,
    }
}

/// A type as it is written anywhere in the crate.
fn global(cx: &Context<'_>, root: &str, ty: &Type) -> String {
    let mut code = String::new();
    // No module has this position, so that every path begins above the modules.
    cx.push_type(ty, usize::MAX, &mut code);
    code.replace("super::", &format!("{root}::"))
}

/// The names that a server may give an object, depending on the `search_path`.
fn seen_as(id: &QName) -> impl Iterator<Item = String> {
    let part = |name: &str| match is_keyword(name) {
        true => format!("\"{name}\""),
        false => sql::identifier(name).to_string(),
    };
    let (schema, name) = (part(&id.schema), part(&id.name));
    let full = format!("{schema}.{name}");
    std::iter::once(full).chain((id.schema == "public").then_some(name))
}

/// The path of the module that the types are, where it can be told.
fn crate_path(entry: &Generate) -> Option<String> {
    let file = match entry.layout {
        Layout::Single => entry.out.with_extension(""),
        Layout::PerSchema => entry.out.clone(),
    };
    let mut path = "crate".to_owned();
    for part in source_parts(&file)? {
        if !matches!(part, "mod" | "lib" | "main") {
            path.push_str("::");
            path.push_str(&part.replace('-', "_"));
        }
    }
    Some(path)
}

/// The parts of a path below the last `src`.
fn source_parts(path: &Path) -> Option<Vec<&str>> {
    let parts: Vec<&str> = path
        .components()
        .filter_map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect();
    let src = parts.iter().rposition(|part| *part == "src")?;
    Some(parts[src + 1..].to_vec())
}

/// A string of TOML.
fn toml_string(text: &str) -> String {
    if !text.contains('\'') && !text.chars().any(char::is_control) {
        return format!("'{text}'");
    }
    let mut out = "\"".to_owned();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ if character.is_control() => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out + "\""
}

/// Whether PostgreSQL quotes a name though it is plain: a keyword of any kind but the unreserved (manual, appendix C).
fn is_keyword(name: &str) -> bool {
    KEYWORDS.split_ascii_whitespace().any(|keyword| keyword == name)
}

const KEYWORDS: &str = "\
    all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast \
    char character check coalesce collate collation column concurrently constraint create cross current_catalog \
    current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable \
    desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group \
    grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array \
    json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value \
    lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize \
    not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary \
    real references returning right row select session_user setof similar smallint some substring symmetric \
    system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar \
    variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse \
    xmlpi xmlroot xmlserialize xmltable";

/// What sqlx calls the types that the module of helpers stands in for.
const HELPED: &[(&str, &str, Scalar)] = &[
    ("INTERVAL", "Interval", Scalar::Interval),
    ("TIMETZ", "TimeTz", Scalar::Timetz),
    ("MONEY", "Money", Scalar::Money),
    ("JSONPATH", "Jsonpath", Scalar::Jsonpath),
    ("MACADDR8", "Macaddr8", Scalar::Macaddr8),
    ("POINT", "Point", Scalar::Point),
    ("LINE", "Line", Scalar::Line),
    ("LSEG", "Lseg", Scalar::Lseg),
    ("BOX", "Rect", Scalar::Box),
    ("PATH", "Path", Scalar::Path),
    ("POLYGON", "Polygon", Scalar::Polygon),
    ("CIRCLE", "Circle", Scalar::Circle),
    ("xml", "Xml", Scalar::Xml),
    ("tsvector", "Tsvector", Scalar::Tsvector),
    ("tsquery", "Tsquery", Scalar::Tsquery),
    ("pg_snapshot", "Snapshot", Scalar::PgSnapshot),
    ("pg_lsn", "Lsn", Scalar::PgLsn),
    ("xid", "Xid", Scalar::Xid),
    ("xid8", "Xid8", Scalar::Xid8),
    ("cid", "Cid", Scalar::Cid),
    ("tid", "Tid", Scalar::Tid),
    ("hstore", "Hstore", Scalar::Hstore),
    ("ltree", "Ltree", Scalar::Ltree),
    ("lquery", "Lquery", Scalar::Lquery),
    ("ltxtquery", "Ltxtquery", Scalar::Ltxtquery),
    ("cube", "Cube", Scalar::Cube),
    ("geometry", "Geometry", Scalar::Geometry),
    ("geography", "Geography", Scalar::Geography),
];

/// What sqlx calls the types that it reads by itself.
const BUILT_IN: &[(&str, Scalar)] = &[
    ("BOOL", Scalar::Bool),
    ("INT2", Scalar::Int2),
    ("INT4", Scalar::Int4),
    ("INT8", Scalar::Int8),
    ("FLOAT4", Scalar::Float4),
    ("FLOAT8", Scalar::Float8),
    ("NUMERIC", Scalar::Numeric),
    ("TEXT", Scalar::Text),
    ("VARCHAR", Scalar::Varchar),
    ("CHAR", Scalar::Bpchar),
    ("\"CHAR\"", Scalar::Char),
    ("NAME", Scalar::Name),
    ("citext", Scalar::Citext),
    ("BYTEA", Scalar::Bytea),
    ("UUID", Scalar::Uuid),
    ("DATE", Scalar::Date),
    ("TIME", Scalar::Time),
    ("TIMESTAMP", Scalar::Timestamp),
    ("TIMESTAMPTZ", Scalar::Timestamptz),
    ("JSON", Scalar::Json),
    ("JSONB", Scalar::Jsonb),
    ("BIT", Scalar::Bit),
    ("VARBIT", Scalar::Varbit),
    ("INET", Scalar::Inet),
    ("CIDR", Scalar::Cidr),
    ("MACADDR", Scalar::Macaddr),
    ("OID", Scalar::Oid),
    ("vector", Scalar::Vector),
];

/// What sqlx calls the built-in ranges, and their elements.
const RANGES: &[(&str, Scalar)] = &[
    ("INT4RANGE", Scalar::Int4),
    ("INT8RANGE", Scalar::Int8),
    ("NUMRANGE", Scalar::Numeric),
    ("TSRANGE", Scalar::Timestamp),
    ("TSTZRANGE", Scalar::Timestamptz),
    ("DATERANGE", Scalar::Date),
];
