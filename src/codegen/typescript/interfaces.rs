//! Plain types for the drivers: what is read, inserted and updated, each by a name of its own.

use super::text::{Code, push_key, push_list, push_property, push_string, push_union};
use super::types::{Value, writes};
use super::wire::Side;
use super::{Members, Plan, column_name, is_nullable};
use crate::codegen::model::{Function, Insert, Returns};
use crate::config::typescript::{TypescriptEnums, Wire};

/// The declarations of one schema.
pub(super) fn schema(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    enums(plan, code, members);
    composites(plan, code, members);
    for &at in &members.relations {
        relation(plan, code, at);
    }
    for &at in &members.functions {
        function(plan, code, at);
    }
}

/// Enums: a union of literals, made from what is there at run time where that is wanted.
pub(super) fn enums(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    for &at in &members.enums {
        let one = &plan.api.enums[at];
        let name = &plan.names.enums[at];
        let labels = || one.labels.iter().map(|label| label.as_str());
        code.doc(one.named.comment.as_deref());
        match plan.options.enums {
            TypescriptEnums::Const => {
                code.start().extend(["export const ", name, " = "]);
                code.open("{");
                for label in labels() {
                    let out = code.start();
                    push_property(out, label);
                    out.push_str(": ");
                    push_string(out, label);
                    out.push_str(",\n");
                }
                code.close("} as const");
                let out = code.start();
                out.extend([
                    "export type ",
                    name,
                    " = (typeof ",
                    name,
                    ")[keyof typeof ",
                    name,
                    "]\n",
                ]);
            }
            TypescriptEnums::Union if plan.options.constants => {
                let out = code.start();
                out.extend(["export const ", name, "Values = ["]);
                push_list(out, labels());
                out.push_str("] as const\n");
                out.extend(["export type ", name, " = (typeof ", name, "Values)[number]\n"]);
            }
            TypescriptEnums::Union => {
                let out = code.start();
                out.extend(["export type ", name, " = "]);
                push_union(out, labels());
                out.push('\n');
            }
        }
        code.gap();
    }
}

/// Composite types, where the client makes objects of them.
pub(super) fn composites(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    if plan.wire != Wire::Postgrest {
        return;
    }
    for &at in &members.composites {
        let composite = &plan.api.composites[at];
        code.doc(composite.named.comment.as_deref());
        code.start().extend(["export type ", &plan.names.composites[at], " = "]);
        code.open("{");
        for field in &composite.fields {
            code.doc(field.comment.as_deref());
            let value = Value {
                ty: &field.ty,
                nullable: field.nullable,
            };
            member(
                plan,
                code,
                field.name.as_deref().unwrap_or_default(),
                ": ",
                value,
                Side::Read,
            );
        }
        code.close("}");
        code.gap();
    }
}

fn relation(plan: &Plan<'_>, code: &mut Code, at: usize) {
    let relation = &plan.api.relations[at];
    let name = &plan.names.relations[at];
    code.doc(relation.named.comment.as_deref());
    code.start().extend(["export interface ", name, " "]);
    code.open("{");
    for (column, row) in relation.columns.iter().enumerate() {
        code.doc(row.comment.as_deref());
        let out = code.start();
        push_key(out, plan.key(at, column));
        out.push_str(": ");
        plan.push_column(out, at, column, Side::Read);
        out.push('\n');
    }
    code.close("}");
    code.gap();
    if relation.insertable {
        let insert = |column: usize| writes(relation, &relation.columns[column]).0;
        written(plan, code, at, "Insert", insert);
    }
    if relation.updatable {
        let update = |column: usize| match writes(relation, &relation.columns[column]).1 {
            true => Insert::Optional,
            false => Insert::Never,
        };
        written(plan, code, at, "Update", update);
    }
}

fn written(plan: &Plan<'_>, code: &mut Code, at: usize, ending: &str, insert: impl Fn(usize) -> Insert) {
    let relation = &plan.api.relations[at];
    let relation_name = relation.named.id.to_string();
    code.doc(Some(&match ending {
        "Insert" => format!("A new row of `{relation_name}`."),
        _ => format!("Changes to a row of `{relation_name}`."),
    }));
    code.start()
        .extend(["export interface ", &plan.names.relations[at], ending, " "]);
    code.open("{");
    for (column, row) in relation.columns.iter().enumerate() {
        let insert = insert(column);
        if insert != Insert::Never {
            code.doc(row.comment.as_deref());
        }
        let out = code.start();
        push_key(out, plan.key(at, column));
        match insert {
            Insert::Never => out.push_str("?: never"),
            Insert::Optional | Insert::Required => {
                out.push_str(if insert == Insert::Optional { "?: " } else { ": " });
                plan.push_column(out, at, column, Side::Write);
            }
        }
        out.push('\n');
    }
    code.close("}");
    code.gap();
}

fn function(plan: &Plan<'_>, code: &mut Code, at: usize) {
    let function = &plan.api.functions[at];
    let name = &plan.names.functions[at];
    if !function.arguments.is_empty() {
        code.doc(Some(&format!("What `{}` takes.", function.named.id)));
        code.start().extend(["export interface ", name, "Args "]);
        code.open("{");
        for (position, argument) in function.arguments.iter().enumerate() {
            let unnamed;
            let key = match &argument.name {
                Some(name) => name.as_str(),
                None => {
                    unnamed = format!("${}", position + 1);
                    &unnamed
                }
            };
            let value = Value {
                ty: &argument.ty,
                nullable: argument.nullable,
            };
            member(
                plan,
                code,
                key,
                if argument.optional { "?: " } else { ": " },
                value,
                Side::Write,
            );
        }
        code.close("}");
        code.gap();
    }
    result(plan, code, function, name);
}

/// What a function gives; of a set, each row.
fn result(plan: &Plan<'_>, code: &mut Code, function: &Function, name: &str) {
    if function.returns == Returns::Void {
        return;
    }
    let what = if function.returns_set { "Each row" } else { "What" };
    let mut doc = format!("{what} `{}` gives.", function.named.id);
    if let Some(comment) = &function.named.comment {
        doc.push('\n');
        doc.push_str(comment);
    }
    code.doc(Some(&doc));
    code.start().extend(["export type ", name, "Result = "]);
    match &function.returns {
        Returns::Void => {}
        Returns::Value { ty, .. } => {
            let value = Value {
                ty,
                nullable: is_nullable(plan.api, function),
            };
            plan.push_value(&mut code.text, value, Side::Read);
            code.gap();
        }
        Returns::UntypedRecord => code.text.push_str("Record<string, unknown>\n"),
        Returns::Row(at) if plan.is_visible(&plan.api.relations[*at]) => {
            plan.push_row_name(&mut code.text, *at);
            code.gap();
        }
        Returns::Row(at) => {
            code.open("{");
            for column in 0..plan.api.relations[*at].columns.len() {
                let out = code.start();
                push_key(out, plan.key(*at, column));
                out.push_str(": ");
                plan.push_column(out, *at, column, Side::Read);
                out.push('\n');
            }
            code.close("}");
        }
        Returns::Record(fields) => {
            code.open("{");
            for (at, field) in fields.iter().enumerate() {
                code.doc(field.comment.as_deref());
                let value = Value {
                    ty: &field.ty,
                    nullable: field.nullable,
                };
                member(plan, code, &column_name(field, at), ": ", value, Side::Read);
            }
            code.close("}");
        }
    }
    code.gap();
}

fn member(plan: &Plan<'_>, code: &mut Code, key: &str, sign: &str, value: Value<'_>, side: Side) {
    let out = code.start();
    push_key(out, key);
    out.push_str(sign);
    plan.push_value(out, value, side);
    out.push('\n');
}
