//! Functions as PostgREST calls them: by the names of their arguments.

use std::collections::BTreeSet;

use super::text::{Code, push_key, push_string};
use super::types::Value;
use super::wire::Side;
use super::{Members, Plan, column_name, is_nullable};
use crate::catalog::Name;
use crate::codegen::model::{Function, FunctionArgument, Relation, Returns, Scalar, Type};

/// The group `Functions` of a schema. Overloads are a union.
pub(super) fn functions(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    let callable: Vec<&Function> = (members.functions.iter())
        .map(|&at| &plan.api.functions[at])
        .filter(|function| is_callable(function))
        .collect();
    code.start().push_str("Functions");
    code.open(": {");
    for overloads in callable.chunk_by(|a, b| a.named.id.name == b.named.id.name) {
        if let [only] = overloads {
            code.doc(only.named.comment.as_deref());
            push_key(code.start(), &only.named.id.name);
            code.open(": {");
            signature(plan, code, only, overloads);
            code.close("}");
            continue;
        }
        push_key(code.start(), &overloads[0].named.id.name);
        code.open(":");
        for function in overloads {
            code.doc(function.named.comment.as_deref());
            code.start().push_str("| ");
            code.open("{");
            code.indent();
            signature(plan, code, function, overloads);
            code.dedent();
            code.dedent();
            code.line("  }");
        }
        code.dedent();
    }
    if callable.is_empty() {
        code.line("[_ in never]: never");
    }
    code.close("}");
}

/// Whether PostgREST finds it: arguments go by name, but a lone one of these types may have none.
fn is_callable(function: &Function) -> bool {
    if function.procedure {
        return false;
    }
    match function.arguments.as_slice() {
        [only] if only.name.is_none() => {
            matches!(
                only.ty,
                Type::Row(_) | Type::Scalar(Scalar::Json | Scalar::Jsonb | Scalar::Text)
            )
        }
        // Those without a name have to be left out of the call.
        arguments => arguments
            .iter()
            .all(|argument| argument.name.is_some() || argument.optional),
    }
}

fn signature(plan: &Plan<'_>, code: &mut Code, function: &Function, overloads: &[&Function]) {
    if function.arguments.is_empty() {
        code.line("Args: Record<PropertyKey, never>");
    } else {
        code.start().push_str("Args");
        code.open(": {");
        let lone = function.arguments.len() == 1;
        for argument in function
            .arguments
            .iter()
            .filter(|argument| lone || argument.name.is_some())
        {
            let out = code.start();
            push_key(out, argument.name.as_deref().unwrap_or_default());
            out.push_str(if argument.optional { "?: " } else { ": " });
            let value = Value {
                ty: &argument.ty,
                nullable: argument.nullable,
            };
            match argument.ty {
                // What computed fields and relationships take is a row that is there.
                Type::Row(at) if function.arguments.len() == 1 && plan.is_visible(&plan.api.relations[at]) => {
                    plan.push_row_name(out, at);
                }
                _ => plan.push_value(out, value, Side::Write),
            }
            out.push('\n');
        }
        code.close("}");
    }
    let error = refusal(function, overloads);
    let relation = row_of(plan, function);
    let out = code.start();
    out.push_str("Returns: ");
    match &error {
        Some(error) => {
            out.push_str("{ error: true } & ");
            push_string(out, error);
        }
        None => {
            push_result(plan, code, function);
            // An estimate of one row only counts where supabase-js is told of it.
            if function.returns_set && !(function.single_row && relation.is_some()) {
                code.text.push_str("[]");
            }
        }
    }
    code.text.push('\n');
    let (None, Some(relation)) = (error, relation) else {
        return;
    };
    let from = match function.arguments.as_slice() {
        [FunctionArgument { ty: Type::Row(at), .. }] => &plan.api.relations[*at].named.id.name,
        _ => "*",
    };
    code.start().push_str("SetofOptions");
    code.open(": {");
    for (key, name) in [("from: ", from), ("to: ", &relation.named.id.name)] {
        let out = code.start();
        out.push_str(key);
        push_string(out, name);
        out.push('\n');
    }
    let single = !function.returns_set || function.single_row;
    code.line(if single {
        "isOneToOne: true"
    } else {
        "isOneToOne: false"
    });
    code.line(if function.returns_set {
        "isSetofReturn: true"
    } else {
        "isSetofReturn: false"
    });
    code.close("}");
}

/// The relation whose rows a function gives, where supabase-js can select from them.
fn row_of<'a>(plan: &Plan<'a>, function: &Function) -> Option<&'a Relation> {
    let Returns::Row(at) = function.returns else {
        return None;
    };
    let relation = &plan.api.relations[at];
    (plan.is_visible(relation) && relation.named.id.schema == function.named.id.schema).then_some(relation)
}

/// Why PostgREST refuses every call of a function.
fn refusal(function: &Function, overloads: &[&Function]) -> Option<String> {
    if let [
        FunctionArgument {
            name: None,
            ty: Type::Row(_),
            ..
        },
    ] = function.arguments.as_slice()
        && !matches!(function.returns, Returns::Row(_))
    {
        let id = &function.named.id;
        return Some(format!(
            "{}.{} is a computed field: select it from its table, it cannot be called",
            id.schema, id.name
        ));
    }
    let alike: Vec<&&Function> = overloads.iter().filter(|other| are_confused(function, other)).collect();
    if alike.len() < 2 {
        return None;
    }
    let mut text = "Could not choose the best candidate function between: ".to_owned();
    for (at, other) in alike.iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        text.push_str(&format!("{}.{}(", other.named.id.schema, other.named.id.name));
        for (at, argument) in other.arguments.iter().enumerate() {
            if at > 0 {
                text.push_str(", ");
            }
            text.push_str(argument.name.as_deref().unwrap_or_default());
            text.push_str(" => ");
            text.push_str(&argument.sql);
        }
        text.push(')');
    }
    text.push_str(". Rename one, or its arguments, so that PostgREST can tell them apart");
    Some(text)
}

/// Whether every call of one may as well be meant for the other. A function is so with itself.
fn are_confused(function: &Function, other: &Function) -> bool {
    let names = |function: &Function| -> BTreeSet<Option<Name>> {
        function
            .arguments
            .iter()
            .map(|argument| argument.name.clone())
            .collect()
    };
    names(function) == names(other)
        || (function.arguments.is_empty() && other.arguments.iter().all(|argument| argument.optional))
}

/// What one call gives, or one row of it.
pub(super) fn push_result(plan: &Plan<'_>, code: &mut Code, function: &Function) {
    match &function.returns {
        Returns::Void => code.text.push_str("undefined"),
        Returns::UntypedRecord => code.text.push_str("Record<string, unknown>"),
        Returns::Value { ty, .. } => {
            let value = Value {
                ty,
                nullable: is_nullable(plan.api, function),
            };
            let set = function.returns_set && value.nullable;
            code.text.push_str(if set { "(" } else { "" });
            plan.push_value(&mut code.text, value, Side::Read);
            code.text.push_str(if set { ")" } else { "" });
        }
        Returns::Row(at) if plan.is_visible(&plan.api.relations[*at]) => plan.push_row_name(&mut code.text, *at),
        Returns::Row(at) => {
            let columns = &plan.api.relations[*at].columns;
            code.open("{");
            for (column, row) in columns.iter().enumerate() {
                let out = code.start();
                push_key(out, &row.name);
                out.push_str(": ");
                plan.push_column(out, *at, column, Side::Read);
                out.push('\n');
            }
            end(code, columns.is_empty());
        }
        Returns::Record(fields) => {
            code.open("{");
            for (at, field) in fields.iter().enumerate() {
                code.doc(field.comment.as_deref());
                let out = code.start();
                push_key(out, &column_name(field, at));
                out.push_str(": ");
                let value = Value {
                    ty: &field.ty,
                    nullable: field.nullable,
                };
                plan.push_value(out, value, Side::Read);
                out.push('\n');
            }
            end(code, fields.is_empty());
        }
    }
}

fn end(code: &mut Code, is_empty: bool) {
    if is_empty {
        code.line("[_ in never]: never");
    }
    code.dedent();
    code.start().push('}');
}
