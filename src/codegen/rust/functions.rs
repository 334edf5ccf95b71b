//! What functions and procedures take and give.

use std::borrow::Cow;

use super::context::Context;
use super::items;
use super::names;
use super::text::Text;
use crate::codegen::model::{Field, Function, Returns, Type};
use crate::codegen::naming;
use crate::config::rust::RustStyle;

pub(super) fn write(cx: &Context<'_>, at: usize, function: &Function, text: &mut Text) {
    if !function.named.emitted || function.computed_field {
        return;
    }
    if !function.arguments.is_empty() {
        write_arguments(cx, at, function, text);
    }
    write_result(cx, at, function, text);
}

fn write_arguments(cx: &Context<'_>, at: usize, function: &Function, text: &mut Text) {
    let (items, id) = (&cx.functions[at], &function.named.id);
    // An argument without a name is known by its position.
    let wanted = |(position, name): (usize, Option<&str>)| match name {
        Some(name) if !name.is_empty() => names::field(name),
        _ => format!("arg{}", position + 1),
    };
    let arguments = &function.arguments;
    let names = arguments.iter().map(|argument| argument.name.as_deref());
    let mut identifiers: Vec<String> = names.enumerate().map(wanted).collect();
    let exact = |at: usize, name: &str| arguments[at].name.as_deref() == Some(name);
    naming::distinct(&mut identifiers, exact, names::refuses_field);
    let what = if function.procedure { "procedure" } else { "function" };
    text.docs(0, None, &format!("What the {what} `{id}` takes."));
    let types: Vec<&Type> = arguments.iter().map(|argument| &argument.ty).collect();
    items::write_derives(cx, derives(cx, &types), text);
    items::write_head(cx, "struct", &items.arguments, " {", text);
    for (argument, identifier) in arguments.iter().zip(identifiers) {
        let mut code = String::new();
        cx.push_type(&argument.ty, items.module, &mut code);
        if argument.nullable {
            code = format!("Option<{code}>");
        }
        if argument.optional {
            super::relations::write_absence(cx, false, text);
            code = format!("Option<{code}>");
        }
        let name = argument.name.as_deref().filter(|name| !name.is_empty());
        if let Some(name) = name
            && name != identifier
        {
            items::write_rename(cx, name, false, text);
        }
        let identifier = names::code(identifier);
        text.typed(1, &[cx.options.visibility.code(), " ", &identifier, ": "], &code, ",");
    }
    text.line(0, &["}"]);
}

fn write_result(cx: &Context<'_>, at: usize, function: &Function, text: &mut Text) {
    let (items, id) = (&cx.functions[at], &function.named.id);
    let what = if function.procedure { "procedure" } else { "function" };
    let verb = if function.returns_set {
        "gives, any number of times"
    } else {
        "gives"
    };
    let otherwise = format!("What the {what} `{id}` {verb}.");
    let alias = |code: &str, text: &mut Text| {
        text.docs(0, function.named.comment.as_deref(), &otherwise);
        text.typed(
            0,
            &[cx.options.visibility.code(), " type ", &items.result, " = "],
            code,
            ";",
        );
    };
    match &function.returns {
        Returns::Void | Returns::UntypedRecord => {}
        Returns::Value { ty, .. } => {
            let mut code = "Option<".to_owned();
            cx.push_type(ty, items.module, &mut code);
            code.push('>');
            alias(&code, text);
        }
        Returns::Row(relation) => {
            let mut code = String::new();
            cx.push_item(&cx.relations[*relation].row, items.module, &mut code);
            alias(&code, text);
        }
        Returns::Record(fields) => {
            text.docs(0, function.named.comment.as_deref(), &otherwise);
            write_record(cx, at, fields, text);
        }
    }
}

fn write_record(cx: &Context<'_>, at: usize, fields: &[Field], text: &mut Text) {
    let items = &cx.functions[at];
    // PostgreSQL itself calls a result column without a name so.
    let name = |position: usize, field: &Field| match field.name.as_deref() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => format!("column{}", position + 1),
    };
    let names: Vec<String> = fields.iter().enumerate().map(|(at, field)| name(at, field)).collect();
    let mut identifiers: Vec<String> = names.iter().map(|name| names::field(name)).collect();
    naming::distinct(&mut identifiers, |at, name| names[at] == name, names::refuses_field);
    let members: Vec<items::Member<'_>> = fields
        .iter()
        .zip(names)
        .zip(identifiers)
        .map(|((field, name), identifier)| {
            let mut code = String::new();
            cx.push_type(&field.ty, items.module, &mut code);
            if field.nullable {
                code = format!("Option<{code}>");
            }
            items::member(
                cx,
                Cow::Owned(name),
                names::code(identifier),
                code,
                &field.ty,
                &field.sql,
            )
        })
        .collect();
    let types: Vec<&Type> = fields.iter().map(|field| &field.ty).collect();
    let is_checked = !members
        .iter()
        .zip(&types)
        .any(|(member, ty)| super::relations::is_unseen(member, ty));
    let mut derives = derives(cx, &types);
    if cx.options.style == RustStyle::Sqlx && is_checked {
        derives.push("sqlx::FromRow");
    }
    items::write_derives(cx, derives, text);
    items::write_head(
        cx,
        "struct",
        &items.result,
        if members.is_empty() { " {}" } else { " {" },
        text,
    );
    for (member, field) in members.iter().zip(fields) {
        text.docs(1, field.comment.as_deref(), "");
        items::write_member(cx, member, cx.options.style == RustStyle::Sqlx && is_checked, text);
    }
    if !members.is_empty() {
        text.line(0, &["}"]);
    }
    super::relations::write_reading(cx, &items.result, &members, &types, is_checked, text);
}

fn derives(cx: &Context<'_>, types: &[&Type]) -> Vec<&'static str> {
    let mut derives = vec!["Debug", "Clone", "PartialEq"];
    if types.iter().all(|ty| cx.traits(ty).eq) {
        derives.push("Eq");
    }
    derives
}
