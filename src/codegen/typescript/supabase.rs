//! The `Database` type that supabase-js infers from. Everything in it is sorted by name.

use super::prelude::Helper;
use super::text::{Code, push_key, push_list, push_property, push_string, push_union};
use super::types::{Value, writes};
use super::wire::Side;
use super::{Members, Plan};
use crate::codegen::model::{Insert, Relation, RelationKind, Relationship};
use crate::config::typescript::Typescript;

/// The types of one schema.
pub(super) fn schema(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    let of_kind = |views: bool| {
        let is_view = |kind| matches!(kind, RelationKind::View | RelationKind::MaterializedView);
        let all = members.relations.iter().copied();
        all.filter(move |&at| is_view(plan.api.relations[at].kind) == views)
    };
    group(code, "Tables", of_kind(false), |code, at| relation(plan, code, at));
    group(code, "Views", of_kind(true), |code, at| relation(plan, code, at));
    super::rpc::functions(plan, code, members);
    group(code, "Enums", members.enums.iter().copied(), |code, at| {
        let one = &plan.api.enums[at];
        code.doc(one.named.comment.as_deref());
        let labels = one.labels.iter().map(|label| label.as_str());
        let out = code.start();
        push_key(out, &one.named.id.name);
        out.push_str(": ");
        push_union(out, labels);
        out.push('\n');
    });
    group(
        code,
        "CompositeTypes",
        members.composites.iter().copied(),
        |code, at| {
            let composite = &plan.api.composites[at];
            code.doc(composite.named.comment.as_deref());
            push_key(code.start(), &composite.named.id.name);
            code.open(": {");
            for field in &composite.fields {
                code.doc(field.comment.as_deref());
                let out = code.start();
                push_key(out, field.name.as_deref().unwrap_or_default());
                out.push_str(": ");
                let value = Value {
                    ty: &field.ty,
                    nullable: field.nullable,
                };
                plan.push_value(out, value, Side::Read);
                out.push('\n');
            }
            empty(code, composite.fields.is_empty());
            code.close("}");
        },
    );
}

/// A group of named things; `[_ in never]: never` stands where there is none.
pub(super) fn group(
    code: &mut Code,
    name: &str,
    members: impl Iterator<Item = usize>,
    mut one: impl FnMut(&mut Code, usize),
) {
    code.start().push_str(name);
    code.open(": {");
    let mut none = true;
    for at in members {
        none = false;
        one(code, at);
    }
    empty(code, none);
    code.close("}");
}

fn empty(code: &mut Code, is_empty: bool) {
    if is_empty {
        code.line("[_ in never]: never");
    }
}

/// A table or view: what is read, inserted and updated, and what it points at.
pub(super) fn relation(plan: &Plan<'_>, code: &mut Code, at: usize) {
    let relation = &plan.api.relations[at];
    code.doc(relation.named.comment.as_deref());
    push_key(code.start(), &relation.named.id.name);
    code.open(": {");
    let mut order: Vec<usize> = (0..relation.columns.len()).collect();
    order.sort_unstable_by_key(|&column| &relation.columns[column].name);

    let computed = plan.computed(relation);
    code.start().push_str("Row");
    code.open(": {");
    for &column in &order {
        docs(code, relation, column);
        let out = code.start();
        push_key(out, &relation.columns[column].name);
        out.push_str(": ");
        plan.push_column(out, at, column, Side::Read);
        out.push('\n');
    }
    for &function in &computed {
        let function = &plan.api.functions[function];
        code.doc(function.named.comment.as_deref());
        let out = code.start();
        push_key(out, &function.named.id.name);
        out.push_str(": ");
        super::rpc::push_result(plan, code, function);
        if !super::is_nullable(plan.api, function) {
            code.text.push_str(" | null");
        }
        code.text.push('\n');
    }
    empty(code, order.is_empty() && computed.is_empty());
    code.close("}");

    let out = code.start();
    out.push_str("ComputedFields: ");
    push_union(
        out,
        computed.iter().map(|&at| plan.api.functions[at].named.id.name.as_str()),
    );
    out.push('\n');

    let is_view = matches!(relation.kind, RelationKind::View | RelationKind::MaterializedView);
    if !is_view || relation.insertable || relation.updatable {
        code.start().push_str("Insert");
        code.open(": {");
        for &column in &order {
            let (insert, _) = writes(relation, &relation.columns[column]);
            written(plan, code, at, column, insert);
        }
        empty(code, order.is_empty());
        code.close("}");
        code.start().push_str("Update");
        code.open(": {");
        for &column in &order {
            let (_, update) = writes(relation, &relation.columns[column]);
            written(
                plan,
                code,
                at,
                column,
                if update { Insert::Optional } else { Insert::Never },
            );
        }
        empty(code, order.is_empty());
        code.close("}");
    }
    relationships(plan, code, relation);
    code.close("}");
}

/// A field of what is written.
fn written(plan: &Plan<'_>, code: &mut Code, relation: usize, column: usize, insert: Insert) {
    let row = &plan.api.relations[relation];
    if insert != Insert::Never {
        docs(code, row, column);
    }
    let out = code.start();
    push_key(out, &row.columns[column].name);
    match insert {
        Insert::Never => out.push_str("?: never"),
        Insert::Optional | Insert::Required => {
            out.push_str(if insert == Insert::Optional { "?: " } else { ": " });
            plan.push_column(out, relation, column, Side::Write);
        }
    }
    out.push('\n');
}

/// The comment of a column, and where it refers to: PostgREST does not embed across schemas, so no relationship says so.
fn docs(code: &mut Code, relation: &Relation, column: usize) {
    let row = &relation.columns[column];
    let abroad = relation
        .relationships
        .iter()
        .filter(|key| !key.same_schema)
        .find(|key| key.columns.contains(&row.name));
    let Some(key) = abroad else {
        return code.doc(row.comment.as_deref());
    };
    let mut text = row.comment.clone().unwrap_or_default();
    text.push_str("\nReferences `");
    text.push_str(&key.target.to_string());
    for (at, column) in key.target_columns.iter().enumerate() {
        text.push_str(if at == 0 { " (" } else { ", " });
        text.push_str(column);
    }
    text.push_str(")`.");
    code.doc(Some(&text));
}

fn relationships(plan: &Plan<'_>, code: &mut Code, relation: &Relation) {
    let mut keys = relation
        .relationships
        .iter()
        .filter(|key| key.same_schema && is_visible(plan, key))
        .peekable();
    if keys.peek().is_none() {
        return code.line("Relationships: []");
    }
    code.start().push_str("Relationships");
    code.open(": [");
    for key in keys {
        code.start();
        code.open("{");
        let out = code.start();
        out.push_str("foreignKeyName: ");
        push_string(out, &key.name);
        out.push('\n');
        list(code, "columns", &key.columns);
        code.line(if key.one_to_one {
            "isOneToOne: true"
        } else {
            "isOneToOne: false"
        });
        let out = code.start();
        out.push_str("referencedRelation: ");
        push_string(out, &key.target.name);
        out.push('\n');
        list(code, "referencedColumns", &key.target_columns);
        code.close("},");
    }
    code.close("]");
}

/// A relationship with what is not written would be one with nothing.
fn is_visible(plan: &Plan<'_>, key: &Relationship) -> bool {
    let relations = &plan.api.relations;
    relations
        .binary_search_by(|relation| relation.named.id.cmp(&key.target))
        .is_ok_and(|at| plan.is_visible(&relations[at]))
}

fn list(code: &mut Code, key: &str, names: &[crate::catalog::Name]) {
    let out = code.start();
    out.push_str(key);
    out.push_str(": [");
    push_list(out, names.iter().map(|name| name.as_str()));
    out.push_str("]\n");
}

/// The line that tells supabase-js what it talks to.
pub(super) fn internal(code: &mut Code, options: &Typescript) {
    code.line("// Lets createClient know which PostgREST answers.");
    code.start().push_str("__InternalSupabase");
    code.open(": {");
    let out = code.start();
    out.push_str("PostgrestVersion: ");
    push_string(out, options.postgrest_version.as_deref().unwrap_or("13"));
    out.push('\n');
    code.close("}");
}

/// The labels of a schema's enums, at run time.
pub(super) fn constants(plan: &Plan<'_>, code: &mut Code, members: &Members) {
    if members.enums.is_empty() {
        return code.line("Enums: {},");
    }
    code.start().push_str("Enums");
    code.open(": {");
    for &at in &members.enums {
        let one = &plan.api.enums[at];
        let out = code.start();
        push_property(out, &one.named.id.name);
        out.push_str(": [");
        push_list(out, one.labels.iter().map(|label| label.as_str()));
        out.push_str("],\n");
    }
    code.close("},");
}

/// The helper types `Tables<>` and so on, in a form whose cost does not grow with the square of the tables: a name is
/// looked up in tables and views one after the other, never in their intersection.
pub(super) fn helpers(plan: &Plan<'_>, code: &mut Code) {
    plan.helpers.add(Helper::Database);
    let schemas = &plan.api.schemas;
    let default = schemas
        .iter()
        .find(|schema| schema.name == "public")
        .or(schemas.first());
    code.text
        .push_str("type Schemas = Omit<Database, \"__InternalSupabase\">\n\ntype DefaultSchema = ");
    match default {
        Some(schema) => push_string(&mut code.text, &schema.name),
        None => code.text.push_str("never"),
    }
    code.text.push_str(LOOK_UP);
    for (name, part) in [
        ("Tables", "Row"),
        ("TablesInsert", "Insert"),
        ("TablesUpdate", "Update"),
    ] {
        let helper = RELATION_HELPER.replace("NAME", name);
        code.text.push_str(&helper.replace("PART", part));
    }
    code.text.push_str(OTHER_HELPERS);
}

const LOOK_UP: &str = r#"

type RelationName<Schema extends keyof Schemas> =
  keyof Schemas[Schema]["Tables"] | keyof Schemas[Schema]["Views"]

type Part<Relation, Key> = Key extends keyof Relation ? Relation[Key] : never

type RelationPart<
  Schema extends keyof Schemas,
  Name,
  Key,
> = Name extends keyof Schemas[Schema]["Tables"]
  ? Part<Schemas[Schema]["Tables"][Name], Key>
  : Name extends keyof Schemas[Schema]["Views"]
    ? Part<Schemas[Schema]["Views"][Name], Key>
    : never

type InSchema = { schema: keyof Schemas }
"#;

/// A helper that picks a part of a relation.
const RELATION_HELPER: &str = r#"
export type NAME<
  NameOrSchema extends RelationName<DefaultSchema> | InSchema,
  Name extends (NameOrSchema extends InSchema
    ? RelationName<NameOrSchema["schema"]>
    : never) = never,
> = NameOrSchema extends InSchema
  ? RelationPart<NameOrSchema["schema"], Name, "PART">
  : RelationPart<DefaultSchema, NameOrSchema, "PART">
"#;

const OTHER_HELPERS: &str = r#"
export type Enums<
  NameOrSchema extends keyof Schemas[DefaultSchema]["Enums"] | InSchema,
  Name extends (NameOrSchema extends InSchema
    ? keyof Schemas[NameOrSchema["schema"]]["Enums"]
    : never) = never,
> = NameOrSchema extends InSchema
  ? Part<Schemas[NameOrSchema["schema"]]["Enums"], Name>
  : Part<Schemas[DefaultSchema]["Enums"], NameOrSchema>

export type CompositeTypes<
  NameOrSchema extends
    keyof Schemas[DefaultSchema]["CompositeTypes"] | InSchema,
  Name extends (NameOrSchema extends InSchema
    ? keyof Schemas[NameOrSchema["schema"]]["CompositeTypes"]
    : never) = never,
> = NameOrSchema extends InSchema
  ? Part<Schemas[NameOrSchema["schema"]]["CompositeTypes"], Name>
  : Part<Schemas[DefaultSchema]["CompositeTypes"], NameOrSchema>
"#;
