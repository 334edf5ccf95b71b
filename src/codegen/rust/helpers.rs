//! The module `pg`: types of PostgreSQL that the drivers lack, hold only in part or cannot serialise, and what the other
//! modules call. Only what they need is written.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::context::Context;
use super::items;
use super::text::Text;
use super::types::range_subtype;
use crate::config::rust::RustStyle;

/// Sections begin with a line `//- name`.
const TYPES: &str = include_str!("support/types.rs");
const COMMON: &str = include_str!("support/common.rs");
const WIRE: &str = include_str!("support/wire.rs");
const SQLX: &str = include_str!("support/sqlx.rs");
const TOKIO_POSTGRES: &str = include_str!("support/tokio_postgres.rs");

/// Writes the contents of the module; `false` where none is needed.
pub(super) fn write(cx: &Context<'_>, text: &mut Text) -> bool {
    let needed = closure(cx);
    if needed.is_empty() {
        return false;
    }
    let driver = match cx.options.style {
        RustStyle::Sqlx => SQLX,
        RustStyle::TokioPostgres => TOKIO_POSTGRES,
        RustStyle::Plain => "",
    };
    let mut code = String::new();
    if needed.contains("wire") {
        code.push_str(WIRE);
    }
    // The driver's part comes first: it holds the macros that the types call.
    for (name, section) in [driver, TYPES, COMMON].into_iter().flat_map(sections) {
        if needed.contains(name) {
            code.push_str(section);
        }
    }
    if cx.options.style == RustStyle::Sqlx {
        for (subtype, range, array) in needed.iter().filter_map(|key| range_subtype(key, cx.options)) {
            // Writing to a String cannot fail.
            let _ = write!(
                code,
                "impl Subtype for {subtype} {{\n    const RANGE: u32 = {range};\n    const ARRAY: u32 = {array};\n}}\n"
            );
        }
    }
    adapt(cx, &code, text);
    true
}

/// What was asked for, and what that needs in turn.
fn closure(cx: &Context<'_>) -> BTreeSet<&'static str> {
    let is_sqlx = cx.options.style == RustStyle::Sqlx;
    let mut needed = BTreeSet::new();
    let mut open: Vec<&'static str> = cx.needed().into_iter().collect();
    while let Some(name) = open.pop() {
        if !needed.insert(name) {
            continue;
        }
        open.extend_from_slice(match name {
            "Jsonpath" | "Ltree" | "Lquery" | "Ltxtquery" => &["Versioned", "wire"],
            "Lseg" | "Rect" | "Circle" => &["Point"],
            "Path" | "Polygon" => &["Points"],
            "Points" => &["Point"],
            "Range" if is_sqlx => &["range"],
            "Range" => &["range", "wire"],
            "Multirange" => &["Range", "multirange"],
            "wire" if is_sqlx => &["compatible"],
            "wire" => &["base"],
            "named" => &["compatible"],
            "domain" if is_sqlx => &["compatible"],
            "domain" => &["base"],
            "subtype" => &["compatible"],
            "json" => &["typed"],
            _ if name.starts_with("subtype ") && is_sqlx => &["subtype"],
            _ if name.starts_with(|first: char| first.is_ascii_uppercase()) => &["wire"],
            _ => &[],
        });
    }
    needed
}

fn sections(source: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    source
        .split("//- ")
        .filter_map(|section| section.split_once('\n'))
        .map(|(name, code)| (name.trim(), code))
}

/// Writes the code with the derives and the visibility that are asked for.
fn adapt(cx: &Context<'_>, code: &str, text: &mut Text) {
    let visibility = cx.options.visibility.code();
    for line in code.lines() {
        let (indent, item) = line.split_at(line.len() - line.trim_start().len());
        if let Some(derives) = item.strip_prefix("#[derive(") {
            items::write_derives(cx, derives.trim_end_matches(")]").split(", ").collect(), text);
        } else if let Some(rest) = item.strip_prefix("pub ") {
            match rest
                .strip_prefix("struct ")
                .and_then(|rest| rest.strip_suffix(");")?.split_once("(pub "))
            {
                Some((name, ty)) => text.newtype(visibility, name, ty),
                None => text.line(0, &[indent, visibility, " ", rest]),
            }
        } else {
            text.line(0, &[line]);
        }
    }
}
