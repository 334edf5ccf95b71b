//! How the output is spread over files, and what stands at their tops and ends.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::names::pascal;
use super::prelude::{self, Helper, Helpers};
use super::text::{Code, push_property, push_string};
use super::{Plan, interfaces, kysely, supabase, zod};
use crate::catalog::Name;
use crate::codegen::files::{MARK, OutputFile};
use crate::codegen::naming;
use crate::config::Layout;
use crate::config::typescript::{ImportExtension, TypescriptStyle, Validators};

/// About what a column takes in the style `supabase`, where it stands three times.
const BYTES_A_COLUMN: usize = 240;

/// All files.
pub(super) fn files(plan: &Plan<'_>) -> Vec<OutputFile> {
    match plan.entry.layout {
        Layout::Single => vec![single(plan)],
        Layout::PerSchema => per_schema(plan),
    }
}

fn single(plan: &Plan<'_>) -> OutputFile {
    let mut body = Code::default();
    // Large schemas make tens of megabytes, which are better not moved about.
    let columns: usize = plan.api.relations.iter().map(|relation| relation.columns.len()).sum();
    body.text.reserve(columns * BYTES_A_COLUMN);
    match plan.options.style {
        TypescriptStyle::Supabase => {
            // What is exported as `Json` is for everybody.
            plan.helpers.add(Helper::Json);
            body.start().push_str("export type Database = ");
            body.open("{");
            supabase::internal(&mut body, plan.options);
            for (schema, members) in plan.api.schemas.iter().zip(&plan.schemas) {
                body.doc(schema.comment.as_deref());
                super::text::push_key(body.start(), &schema.name);
                body.open(": {");
                supabase::schema(plan, &mut body, members);
                body.close("}");
            }
            body.close("}");
            body.gap();
            supabase::helpers(plan, &mut body);
            body.gap();
            if plan.options.constants {
                body.start().push_str("export const Constants = ");
                body.open("{");
                for (schema, members) in plan.api.schemas.iter().zip(&plan.schemas) {
                    push_property(body.start(), &schema.name);
                    body.open(": {");
                    supabase::constants(plan, &mut body, members);
                    body.close("},");
                }
                body.close("} as const");
                body.gap();
            }
        }
        TypescriptStyle::Interfaces => {
            for members in &plan.schemas {
                interfaces::schema(plan, &mut body, members);
            }
        }
        TypescriptStyle::Kysely => {
            for members in &plan.schemas {
                kysely::schema(plan, &mut body, members);
            }
            body.start().push_str("export interface DB ");
            body.open("{");
            for members in &plan.schemas {
                kysely::tables(plan, &mut body, members);
            }
            body.close("}");
            body.gap();
        }
    }
    if plan.options.validators == Some(Validators::Zod) {
        zod::schemas(plan, &mut body, &plan.schemas);
    }
    let mut code = Code::default();
    header(plan, &mut code);
    libraries(&mut code, &plan.helpers);
    prelude::write(&mut code, &plan.helpers);
    zod::helpers(&mut code, &plan.helpers);
    body.text.insert_str(0, &code.text);
    finish(plan.entry.out.clone(), body)
}

fn per_schema(plan: &Plan<'_>) -> Vec<OutputFile> {
    let names = file_names(plan);
    let by_schema: BTreeMap<&Name, &str> = (plan.api.schemas.iter())
        .zip(&names)
        .map(|(schema, name)| (&schema.name, name.as_str()))
        .collect();
    let used = Helpers::default();
    let mut files = Vec::with_capacity(names.len() + 1);
    for (at, (schema, members)) in plan.api.schemas.iter().zip(&plan.schemas).enumerate() {
        plan.file.set(Some(at));
        plan.helpers.clear();
        plan.imports.borrow_mut().clear();
        let mut body = Code::default();
        match plan.options.style {
            TypescriptStyle::Supabase => {
                body.doc(schema.comment.as_deref());
                body.start().push_str("export type Schema = ");
                body.open("{");
                supabase::schema(plan, &mut body, members);
                body.close("}");
                body.gap();
                if plan.options.constants {
                    body.start().push_str("export const Constants = ");
                    body.open("{");
                    supabase::constants(plan, &mut body, members);
                    body.close("} as const");
                    body.gap();
                }
            }
            TypescriptStyle::Interfaces => interfaces::schema(plan, &mut body, members),
            TypescriptStyle::Kysely => {
                kysely::schema(plan, &mut body, members);
                body.start().push_str("export interface DB ");
                body.open("{");
                kysely::tables(plan, &mut body, members);
                body.close("}");
                body.gap();
            }
        }
        if plan.options.validators == Some(Validators::Zod) {
            zod::schemas(plan, &mut body, std::slice::from_ref(members));
        }
        let mut code = Code::default();
        header(plan, &mut code);
        libraries(&mut code, &plan.helpers);
        let mut shared: Vec<&str> = plan.helpers.types().map(|one| one.name).collect();
        if plan.helpers.has(Helper::Database) {
            shared.push("Database");
        }
        shared.sort_unstable();
        let mut from_index = String::new();
        for name in shared {
            from_index.push_str(if from_index.is_empty() { "" } else { ", " });
            from_index.push_str(name);
        }
        let mut any = !from_index.is_empty();
        if any {
            import(plan, &mut code, "import type", &from_index, "index");
        }
        for (schema, is_value, name) in plan.imports.borrow().iter() {
            let keyword = if *is_value { "import" } else { "import type" };
            if let Some(file) = by_schema.get(schema) {
                import(plan, &mut code, keyword, name, file);
                any = true;
            }
        }
        if any {
            code.gap();
        }
        zod::helpers(&mut code, &plan.helpers);
        if body.text.is_empty() {
            body.line("export {}");
        }
        code.text.push_str(&body.text);
        used.merge(&plan.helpers);
        files.push(finish(plan.entry.out.join(format!("{}.ts", names[at])), code));
    }
    files.push(index(plan, &names, &used));
    files
}

/// The file that brings the others together, and has what they share.
fn index(plan: &Plan<'_>, names: &[String], used: &Helpers) -> OutputFile {
    plan.file.set(None);
    let mut code = Code::default();
    header(plan, &mut code);
    let mut aliases: Vec<String> = plan.api.schemas.iter().map(|schema| pascal(&schema.name)).collect();
    naming::distinct(&mut aliases, |_, _| false, |_| false);
    match plan.options.style {
        TypescriptStyle::Supabase => {
            used.add(Helper::Json);
            for (alias, file) in aliases.iter().zip(names) {
                let constants = if plan.options.constants {
                    format!("Constants as {alias}Constants, type Schema as {alias}Schema")
                } else {
                    format!("type Schema as {alias}Schema")
                };
                import(plan, &mut code, "import", &constants, file);
            }
        }
        TypescriptStyle::Kysely => {
            for (alias, file) in aliases.iter().zip(names) {
                import(plan, &mut code, "import type", &format!("DB as {alias}DB"), file);
            }
        }
        TypescriptStyle::Interfaces => {}
    }
    if !names.is_empty() && plan.options.style != TypescriptStyle::Interfaces {
        code.gap();
    }
    // All names but `DB`, which is declared below, are in one file only.
    if plan.options.style != TypescriptStyle::Supabase && !names.is_empty() {
        for file in names {
            let out = code.start();
            out.push_str("export * from ");
            push_string(out, &specifier(plan, file));
            out.push('\n');
        }
        code.gap();
    }
    prelude::write(&mut code, used);
    match plan.options.style {
        TypescriptStyle::Supabase => {
            code.start().push_str("export type Database = ");
            code.open("{");
            supabase::internal(&mut code, plan.options);
            for (schema, alias) in plan.api.schemas.iter().zip(&aliases) {
                let out = code.start();
                super::text::push_key(out, &schema.name);
                let _ = writeln!(out, ": {alias}Schema");
            }
            code.close("}");
            code.gap();
            supabase::helpers(plan, &mut code);
            if plan.options.constants {
                code.gap();
                code.start().push_str("export const Constants = ");
                code.open("{");
                for (schema, alias) in plan.api.schemas.iter().zip(&aliases) {
                    let out = code.start();
                    push_property(out, &schema.name);
                    let _ = writeln!(out, ": {alias}Constants,");
                }
                code.close("} as const");
            }
        }
        TypescriptStyle::Kysely => {
            let parts: Vec<String> = aliases.iter().map(|alias| format!("{alias}DB")).collect();
            if parts.is_empty() {
                code.line("export type DB = {}");
            } else {
                code.start().extend(["export type DB = ", &parts.join(" & "), "\n"]);
            }
        }
        TypescriptStyle::Interfaces if names.is_empty() => code.line("export {}"),
        TypescriptStyle::Interfaces => {}
    }
    finish(plan.entry.out.join("index.ts"), code)
}

/// The files' names, without ending; no two are alike to a file system that does not tell cases apart.
fn file_names(plan: &Plan<'_>) -> Vec<String> {
    let schemas = &plan.api.schemas;
    let mut names: Vec<String> = schemas
        .iter()
        .map(|schema| naming::sanitize(&schema.name).to_lowercase())
        .collect();
    naming::distinct(&mut names, |at, name| schemas[at].name == name, |name| name == "index");
    names
}

fn import(plan: &Plan<'_>, code: &mut Code, keyword: &str, names: &str, file: &str) {
    let out = code.start();
    out.extend([keyword, " { ", names, " } from "]);
    push_string(out, &specifier(plan, file));
    out.push('\n');
}

fn specifier(plan: &Plan<'_>, file: &str) -> String {
    let ending = match plan.options.import_extension {
        ImportExtension::Js => ".js",
        ImportExtension::Ts => ".ts",
        ImportExtension::None => "",
    };
    format!("./{file}{ending}")
}

fn header(plan: &Plan<'_>, code: &mut Code) {
    if let Some(header) = &plan.entry.header {
        code.text.push_str(header.trim_end());
        code.gap();
    }
    let _ = writeln!(
        code.text,
        "// {MARK}. Do not edit: run `pgkeel generate` after the schema has changed.\n"
    );
}

/// The imports of libraries.
fn libraries(code: &mut Code, helpers: &Helpers) {
    let mut kysely = String::new();
    for (helper, name) in [
        (Helper::ColumnType, "ColumnType"),
        (Helper::Generated, "Generated"),
        (Helper::GeneratedAlways, "GeneratedAlways"),
    ] {
        if helpers.has(helper) {
            kysely.push_str(if kysely.is_empty() { "" } else { ", " });
            kysely.push_str(name);
        }
    }
    let zod = helpers.has(Helper::Zod);
    if !kysely.is_empty() {
        let _ = writeln!(code.text, "import type {{ {kysely} }} from \"kysely\"");
    }
    if zod {
        code.line("import { z } from \"zod\"");
    }
    if zod || !kysely.is_empty() {
        code.gap();
    }
}

fn finish(path: std::path::PathBuf, code: Code) -> OutputFile {
    let mut contents = code.text;
    let end = contents.trim_end().len();
    contents.truncate(end);
    contents.push('\n');
    OutputFile { path, contents }
}
