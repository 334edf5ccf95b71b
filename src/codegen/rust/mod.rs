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

use std::path::Path;

use super::Generated;
use super::files::{MARK, OutputFile, OwnedFolder};
use super::model::{Api, Type};
use crate::Result;
use crate::config::rust::{Domains, Rust, RustStyle};
use crate::config::{Generate, Layout};
use crate::diagnostic::Diagnostic;
use context::Context;
use text::Text;

/// Generates one entry of `[[generate]]`.
///
/// # Errors
/// Where a type or derive of the user's is no Rust.
pub fn generate(api: &Api, entry: &Generate, options: &Rust) -> Result<Generated> {
    user_code::check(api, options)?;
    let mut notes = Vec::new();
    let cx = Context::new(api, entry, options, &mut notes);
    let depth = match entry.layout {
        Layout::Single => 4,
        Layout::PerSchema => 0,
    };
    let mut modules = write_modules(&cx, depth);
    note_gaps(&cx, &mut notes);
    let mut pg = Text::new(depth);
    if helpers::write(&cx, &mut pg) {
        let about = "What the drivers lack of PostgreSQL's types.";
        modules.push(Written {
            name: "pg".to_owned(),
            about: about.to_owned(),
            code: pg.out,
        });
    }
    let mut files = match entry.layout {
        Layout::Single => single_file(&cx, entry, &modules),
        Layout::PerSchema => file_per_schema(&cx, entry, modules),
    };
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

/// A module of the output.
struct Written {
    /// Its name, not yet raw.
    name: String,
    /// What its documentation says.
    about: String,
    code: String,
}

/// What generated code does that a linter need not hear of.
const ALLOW: &str = "#[allow(\n    clippy::all,\n    dead_code,\n    missing_docs,\n    non_camel_case_types,\n    \
                     non_snake_case,\n    unreachable_pub\n)]";

fn write_modules(cx: &Context<'_>, depth: usize) -> Vec<Written> {
    let api = cx.api;
    let mut texts: Vec<Text> = cx.modules.iter().map(|_| Text::new(depth)).collect();
    for (at, thing) in api.enums.iter().enumerate() {
        items::write_enum(cx, at, thing, &mut texts[cx.enums[at].module]);
    }
    for (at, thing) in api.domains.iter().enumerate() {
        items::write_domain(cx, at, thing, &mut texts[cx.domains[at].module]);
    }
    for (at, thing) in api.composites.iter().enumerate() {
        items::write_composite(cx, at, thing, &mut texts[cx.composites[at].module]);
    }
    for (at, thing) in api.ranges.iter().enumerate() {
        items::write_range(cx, at, thing, &mut texts[cx.ranges[at].module]);
    }
    for (at, thing) in api.relations.iter().enumerate() {
        relations::write(cx, at, thing, &mut texts[cx.relations[at].row.module]);
    }
    for (at, thing) in api.functions.iter().enumerate() {
        functions::write(cx, at, thing, &mut texts[cx.functions[at].module]);
    }
    (cx.modules.iter().zip(texts))
        .map(|(module, text)| Written {
            name: module.name.clone(),
            about: match &module.comment {
                Some(comment) => comment.clone(),
                None => format!("The schema `{}`.", module.schema),
            },
            code: text.out,
        })
        .collect()
}

fn single_file(cx: &Context<'_>, entry: &Generate, modules: &[Written]) -> Vec<OutputFile> {
    let mut text = Text::new(0);
    text.out
        .reserve(modules.iter().map(|module| module.code.len() + 512).sum());
    text.out.push_str(&header(entry));
    for module in modules {
        text.docs(0, Some(&module.about), "");
        text.lines(0, ALLOW);
        let name = names::code(module.name.clone());
        let visibility = cx.options.visibility.code();
        if module.code.is_empty() {
            text.line(0, &[visibility, " mod ", &name, " {}"]);
            continue;
        }
        text.line(0, &[visibility, " mod ", &name, " {"]);
        text.out.push_str(&module.code);
        text.line(0, &["}"]);
    }
    vec![OutputFile {
        path: entry.out.clone(),
        contents: text.out,
    }]
}

fn file_per_schema(cx: &Context<'_>, entry: &Generate, modules: Vec<Written>) -> Vec<OutputFile> {
    let mut root = Text::new(0);
    root.out.push_str(&header(entry));
    let mut files = Vec::with_capacity(modules.len() + 1);
    for module in modules {
        root.docs(0, Some(&module.about), "");
        root.lines(0, ALLOW);
        let name = names::code(module.name.clone());
        root.line(0, &[cx.options.visibility.code(), " mod ", &name, ";"]);
        files.push(OutputFile {
            path: entry.out.join(Path::new(&module.name).with_extension("rs")),
            contents: header(entry) + &module.code,
        });
    }
    files.push(OutputFile {
        path: entry.out.join("mod.rs"),
        contents: root.out,
    });
    files
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
