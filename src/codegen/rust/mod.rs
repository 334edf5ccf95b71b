//! Rust types, for sqlx, for tokio-postgres, or for no driver.
//!
//! A module per schema: for each table the row that is read (`Users`), what an insert takes (`NewUsers`) and what an
//! update changes (`UsersPatch`); enums, domains, composite types, ranges, and what functions take and give. Everything
//! is written as text, as `prettyplease` would lay it out: a syntax tree costs seconds at 10,000 tables.

mod context;
mod functions;
mod helpers;
mod items;
mod names;
mod relations;
mod sqlx_toml;
mod text;
mod types;
mod user_code;

use super::Generated;
use super::files::{MARK, OutputFile, OwnedFolder};
use super::model::{Api, Type};
use crate::Result;
use crate::config::rust::{Domains, Rust, RustStyle};
use crate::config::{Generate, Layout};
use crate::diagnostic::Diagnostic;
use context::{Context, Module};
pub use relations::RowField;
use text::Text;

/// Generates one entry of `[[generate]]`.
///
/// # Errors
/// Where a type or derive of the user's is no Rust.
pub fn generate(api: &Api, entry: &Generate, options: &Rust) -> Result<Generated> {
    user_code::check(api, options)?;
    let mut notes = Vec::new();
    let cx = Context::new(api, entry, options, &mut notes);
    let mut files = match entry.layout {
        Layout::Single => vec![single_file(&cx, entry)],
        Layout::PerSchema => file_per_schema(&cx, entry),
    };
    note_gaps(&cx, &mut notes);
    if let Some(path) = &options.sqlx_toml {
        files.push(OutputFile {
            path: path.clone(),
            contents: sqlx_toml::write(&cx, entry, &mut notes),
        });
    }
    let folders = match entry.layout {
        Layout::Single => Vec::new(),
        Layout::PerSchema => vec![OwnedFolder {
            path: entry.out.clone(),
            extension: "rs".to_owned(),
        }],
    };
    Ok(Generated { files, folders, notes })
}

/// What the fields of each relation's row are, by position in the model, for code that is beside the generated module and
/// not in it: what that module has is called by `super::`, as if the code were in a neighbour of its schemas.
pub fn row_fields(api: &Api, entry: &Generate, options: &Rust) -> Vec<Vec<RowField>> {
    let cx = Context::new(api, entry, options, &mut Vec::new());
    (0..api.relations.len()).map(|at| relations::fields(&cx, at)).collect()
}

/// What is written for each relation.
///
/// # Errors
/// As [`generate`].
#[cfg(feature = "languages")]
pub(super) fn excerpts(api: &Api, entry: &Generate, options: &Rust) -> Result<Vec<super::Excerpt>> {
    user_code::check(api, options)?;
    let cx = Context::new(api, entry, options, &mut Vec::new());
    let relations = api.relations.iter().enumerate();
    let excerpts = relations.map(|(at, relation)| {
        let mut text = Text::new(0);
        relations::write(&cx, at, relation, &mut text);
        super::Excerpt {
            columns: relations::column_types(&cx, at, relation),
            text: text.out,
        }
    });
    Ok(excerpts.collect())
}

/// What generated code does that a linter need not hear of. What rustfmt laid out its own way, `--check` would find stale.
const ALLOW: &str = "#[rustfmt::skip]\n#[allow(\n    clippy::all,\n    clippy::nursery,\n    clippy::pedantic,\n    dead_code,\n    missing_docs,\n    non_camel_case_types,\n    \
                     non_snake_case,\n    unreachable_pub\n)]";

/// A thing of the schema, by position in the model.
#[derive(Clone, Copy)]
enum Thing {
    Enum(usize),
    Domain(usize),
    Composite(usize),
    Range(usize),
    Relation(usize),
    Function(usize),
}

/// What each module holds, in the order in which it is written.
fn contents(cx: &Context<'_>) -> Vec<Vec<Thing>> {
    let mut modules: Vec<Vec<Thing>> = cx.modules.iter().map(|_| Vec::new()).collect();
    let mut add = |module: usize, thing: Thing| modules[module].push(thing);
    cx.enums
        .iter()
        .enumerate()
        .for_each(|(at, item)| add(item.module, Thing::Enum(at)));
    cx.domains
        .iter()
        .enumerate()
        .for_each(|(at, item)| add(item.module, Thing::Domain(at)));
    cx.composites
        .iter()
        .enumerate()
        .for_each(|(at, item)| add(item.module, Thing::Composite(at)));
    cx.ranges
        .iter()
        .enumerate()
        .for_each(|(at, item)| add(item.module, Thing::Range(at)));
    cx.relations
        .iter()
        .enumerate()
        .for_each(|(at, items)| add(items.row.module, Thing::Relation(at)));
    cx.functions
        .iter()
        .enumerate()
        .for_each(|(at, items)| add(items.module, Thing::Function(at)));
    modules
}

fn write_thing(cx: &Context<'_>, thing: Thing, text: &mut Text) {
    let api = cx.api;
    match thing {
        Thing::Enum(at) => items::write_enum(cx, at, &api.enums[at], text),
        Thing::Domain(at) => items::write_domain(cx, at, &api.domains[at], text),
        Thing::Composite(at) => items::write_composite(cx, at, &api.composites[at], text),
        Thing::Range(at) => items::write_range(cx, at, &api.ranges[at], text),
        Thing::Relation(at) => relations::write(cx, at, &api.relations[at], text),
        Thing::Function(at) => functions::write(cx, at, &api.functions[at], text),
    }
}

fn single_file(cx: &Context<'_>, entry: &Generate) -> OutputFile {
    let mut text = Text::new(0);
    // Growing so much text by doubling would copy it as a whole, again and again.
    let columns: usize = cx.api.relations.iter().map(|relation| relation.columns.len()).sum();
    text.out.reserve(columns * 384 + 65_536);
    text.out.push_str(&header(entry));
    for (module, things) in cx.modules.iter().zip(contents(cx)) {
        write_module_head(cx, &module.name, &about(module), "", &mut text);
        text.out.push_str(" {\n");
        let before = text.out.len();
        text.depth = 4;
        things.into_iter().for_each(|thing| write_thing(cx, thing, &mut text));
        text.depth = 0;
        if text.out.len() == before {
            text.out.truncate(before - 1);
            text.out.push_str("}\n");
        } else {
            text.line(0, &["}"]);
        }
    }
    let mut helpers = Text::new(4);
    if helpers::write(cx, &mut helpers) {
        write_module_head(cx, "pg", HELPERS, " {\n", &mut text);
        text.out.push_str(&helpers.out);
        text.line(0, &["}"]);
    }
    OutputFile {
        path: entry.out.clone(),
        contents: text.out,
    }
}

fn file_per_schema(cx: &Context<'_>, entry: &Generate) -> Vec<OutputFile> {
    let mut root = Text::new(0);
    root.out.push_str(&header(entry));
    let mut files = Vec::with_capacity(cx.modules.len() + 2);
    let mut add = |name: &str, about: &str, text: Text| {
        write_module_head(cx, name, about, ";\n", &mut root);
        files.push(OutputFile {
            path: entry.out.join(format!("{name}.rs")),
            contents: text.out,
        });
    };
    let start = || {
        let mut text = Text::new(0);
        text.out.push_str(&header(entry));
        text
    };
    for (module, things) in cx.modules.iter().zip(contents(cx)) {
        let mut text = start();
        things.into_iter().for_each(|thing| write_thing(cx, thing, &mut text));
        add(&module.name, &about(module), text);
    }
    let mut text = start();
    if helpers::write(cx, &mut text) {
        add("pg", HELPERS, text);
    }
    files.push(OutputFile {
        path: entry.out.join("mod.rs"),
        contents: root.out,
    });
    files
}

/// What the documentation of the module of helpers says.
const HELPERS: &str = "What the drivers lack of PostgreSQL's types.";

fn about(module: &Module) -> String {
    match &module.comment {
        Some(comment) => comment.clone(),
        None => format!("The schema `{}`.", module.schema),
    }
}

/// Writes the declaration of a module, up to `end`.
fn write_module_head(cx: &Context<'_>, name: &str, about: &str, end: &str, text: &mut Text) {
    text.docs(0, Some(about), "");
    text.lines(0, ALLOW);
    let name = names::code(name.to_owned());
    text.out.extend([cx.options.visibility.code(), " mod ", &name, end]);
}

/// Comments alone, no inner attributes: the file may be taken in by `include!`.
fn header(entry: &Generate) -> String {
    let mut header = String::new();
    if let Some(lines) = &entry.header {
        header.push_str(lines.trim_end());
        header.push('\n');
    }
    header.push_str("// @generated\n// ");
    header.push_str(MARK);
    header.push_str(". Change the schema or pgkeel.toml, and generate it again.\n");
    header
}

/// Says what the drivers cannot do with what is there.
fn note_gaps(cx: &Context<'_>, notes: &mut Vec<Diagnostic>) {
    if !cx.has_driver() {
        return;
    }
    let is_sqlx = cx.options.style == RustStyle::Sqlx;
    for (items, relation) in cx.relations.iter().zip(&cx.api.relations) {
        if !items.wanted {
            continue;
        }
        for column in &relation.columns {
            if column.custom.is_some() {
                continue;
            }
            let subject = || format!("{}.{}", relation.named.id, crate::sql::identifier(&column.name));
            match context::innermost(&column.ty) {
                Type::BuiltinMultirange(_) | Type::Multirange(_) if is_sqlx => notes.push(
                    Diagnostic::warning(
                        subject(),
                        "is a multirange, which sqlx cannot read: its field is a String",
                    )
                    .with_hint("select it as text (`column::text`), or take style \"tokio-postgres\""),
                ),
                Type::Multirange(at) => {
                    let id = cx.api.ranges[*at]
                        .multirange
                        .as_ref()
                        .unwrap_or(&cx.api.ranges[*at].named.id);
                    notes.push(bytes_only(subject(), id));
                }
                Type::Unknown(id) => notes.push(bytes_only(subject(), id)),
                Type::Domain(_) if !is_sqlx && cx.options.domains() == Domains::Alias => notes.push(
                    Diagnostic::warning(
                        subject(),
                        "has a domain as its type, and tokio-postgres writes no bare value to one",
                    )
                    .with_hint("take domains = \"newtype\", or cast the parameter to the domain's base"),
                ),
                _ => {}
            }
        }
    }
}

fn bytes_only(subject: String, ty: &crate::catalog::QName) -> Diagnostic {
    let message = format!("has the type {ty}, which has no Rust type: its field is the value's bytes");
    Diagnostic::warning(subject, message).with_hint("name a Rust type for it under [types] or [columns]")
}
