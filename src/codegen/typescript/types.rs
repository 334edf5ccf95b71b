//! Types of PostgreSQL, spelled in TypeScript.

use super::Plan;
use super::prelude::Helper;
use super::text::{push_key, push_string, push_union};
use super::wire::{self, Elements, Side};
use crate::codegen::model::{Column, Composite, Insert, Relation, RelationKind, Scalar, Type};
use crate::config::Lang;
use crate::config::typescript::{Arrays, TypescriptStyle, Wire};

/// A type with what may be instead of it.
#[derive(Clone, Copy)]
pub(super) struct Value<'a> {
    pub(super) ty: &'a Type,
    pub(super) nullable: bool,
}

impl Plan<'_> {
    /// A type, with ` | null` where it may be that.
    pub(super) fn push_value(&self, out: &mut String, value: Value<'_>, side: Side) {
        if value.nullable && side == Side::Write && self.is_whole_json(value.ty) && self.wire != Wire::NodePostgres {
            self.push_scalar(out, wire::scalar(self.options, Scalar::Json, Side::Read));
        } else {
            self.push_type(out, value.ty, side);
        }
        // `unknown` is null already.
        if value.nullable && !out.ends_with(" unknown") && out != "unknown" {
            out.push_str(" | null");
        }
    }

    /// What is read from or written to a column.
    pub(super) fn push_column(&self, out: &mut String, relation: usize, at: usize, side: Side) {
        let column = &self.api.relations[relation].columns[at];
        let nullable = match side {
            Side::Read => column.nullable,
            Side::Write => column.write_nullable,
        };
        if let Some(code) = column.custom.and_then(|custom| self.code(custom)) {
            self.push_custom(out, code, &column.ty, side);
            if nullable {
                out.push_str(" | null");
            }
            return;
        }
        let Some(brand) = self.brand(relation, at) else {
            return self.push_value(
                out,
                Value {
                    ty: &column.ty,
                    nullable,
                },
                side,
            );
        };
        self.helpers.add(Helper::Brand);
        out.push_str("Brand<");
        self.push_type(out, &column.ty, side);
        out.push_str(", ");
        push_string(out, brand);
        out.push('>');
        if nullable {
            out.push_str(" | null");
        }
    }

    /// A type that is not NULL.
    pub(super) fn push_type(&self, out: &mut String, ty: &Type, side: Side) {
        match ty {
            Type::Scalar(scalar) => self.push_scalar(out, wire::scalar(self.options, *scalar, side)),
            Type::Enum(at) => self.push_enum(out, *at),
            Type::Domain(_) if side == Side::Write && self.is_sent_as_text(ty) => out.push_str("string"),
            Type::Domain(at) => self.push_type(out, &self.api.domains[*at].base, side),
            Type::Composite(at) if self.wire == Wire::Postgrest => self.push_composite(out, *at),
            Type::Row(at) if self.wire == Wire::Postgrest => self.push_row(out, *at),
            Type::Array(element) => self.push_array(out, element, side),
            Type::Custom(at, inner) => match self.code(*at) {
                Some(code) => self.push_custom(out, code, inner, side),
                None => self.push_type(out, inner, side),
            },
            // An extension may tell PostgREST to send anything as its JSON.
            Type::Unknown(_) if self.wire == Wire::Postgrest => out.push_str("unknown"),
            Type::Composite(_)
            | Type::Row(_)
            | Type::BuiltinRange(_)
            | Type::BuiltinMultirange(_)
            | Type::Range(_)
            | Type::Multirange(_)
            | Type::Unknown(_) => out.push_str("string"),
        }
    }

    /// The user's code of an override, where it has any for TypeScript.
    pub(super) fn code(&self, at: usize) -> Option<&str> {
        self.api.overrides[at].code(Lang::Typescript)
    }

    fn push_custom(&self, out: &mut String, code: &str, inner: &Type, side: Side) {
        let enclose = ["=>", " extends ", " infer "].iter().any(|word| code.contains(word));
        if enclose {
            out.push('(');
        }
        out.push_str(code);
        if enclose {
            out.push(')');
        }
        // node-postgres sends an array as one of PostgreSQL's: JSON that may be one has to be text.
        if side == Side::Write && self.wire == Wire::NodePostgres && self.is_whole_json(inner) {
            out.push_str(" | string");
        }
    }

    fn push_scalar(&self, out: &mut String, (spelling, helper): wire::Spelling) {
        if let Some(helper) = helper {
            self.helpers.add(helper);
        }
        out.push_str(spelling);
    }

    /// The type below all domains.
    pub(super) fn base<'t>(&'t self, mut ty: &'t Type) -> &'t Type {
        while let Type::Domain(at) = ty {
            ty = &self.api.domains[*at].base;
        }
        ty
    }

    /// Whether postgres.js does not know how to write a value: it is told that the parameter is of the domain's type, for
    /// which it has no serializer.
    pub(super) fn is_sent_as_text(&self, ty: &Type) -> bool {
        self.wire == Wire::PostgresJs
            && matches!(ty, Type::Domain(_))
            && matches!(
                self.base(ty),
                Type::Array(_) | Type::Scalar(Scalar::Json | Scalar::Jsonb)
            )
    }

    /// Whether it is `json` or `jsonb` underneath.
    fn is_whole_json(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(Scalar::Json | Scalar::Jsonb) => true,
            Type::Domain(at) => !self.is_sent_as_text(ty) && self.is_whole_json(&self.api.domains[*at].base),
            Type::Custom(at, inner) => self.code(*at).is_none() && self.is_whole_json(inner),
            _ => false,
        }
    }

    fn push_enum(&self, out: &mut String, at: usize) {
        let one = &self.api.enums[at];
        if !one.named.emitted {
            let labels = &one.labels;
            return push_union(out, labels.iter().map(|label| label.as_str()));
        }
        match self.options.style {
            TypescriptStyle::Supabase => self.push_member(out, &one.named.id, "Enums"),
            _ => self.push_name(out, &one.named.id.schema, &self.names.enums[at]),
        }
    }

    fn push_composite(&self, out: &mut String, at: usize) {
        let composite = &self.api.composites[at];
        if !composite.named.emitted {
            return self.push_fields(out, composite);
        }
        match self.options.style {
            TypescriptStyle::Supabase => self.push_member(out, &composite.named.id, "CompositeTypes"),
            _ => self.push_name(out, &composite.named.id.schema, &self.names.composites[at]),
        }
    }

    /// The fields of a composite type, on one line.
    fn push_fields(&self, out: &mut String, composite: &Composite) {
        if composite.fields.is_empty() {
            return out.push_str("Record<PropertyKey, never>");
        }
        out.push_str("{ ");
        for (at, field) in composite.fields.iter().enumerate() {
            if at > 0 {
                out.push_str("; ");
            }
            push_key(out, field.name.as_deref().unwrap_or_default());
            out.push_str(": ");
            let value = Value {
                ty: &field.ty,
                nullable: field.nullable,
            };
            self.push_value(out, value, Side::Read);
        }
        out.push_str(" }");
    }

    /// A row of a relation as a value: not even a primary key is sure to be there.
    fn push_row(&self, out: &mut String, at: usize) {
        let relation = &self.api.relations[at];
        if !self.is_visible(relation) || self.options.style == TypescriptStyle::Kysely {
            if relation.columns.is_empty() {
                return out.push_str("Record<PropertyKey, never>");
            }
            out.push_str("{ ");
            for (at, column) in relation.columns.iter().enumerate() {
                if at > 0 {
                    out.push_str("; ");
                }
                push_key(out, &column.name);
                out.push_str(": ");
                let value = Value {
                    ty: &column.ty,
                    nullable: true,
                };
                self.push_value(out, value, Side::Read);
            }
            return out.push_str(" }");
        }
        self.helpers.add(Helper::Nullable);
        out.push_str("Nullable<");
        self.push_row_name(out, at);
        out.push('>');
    }

    /// The type of a visible relation's rows, without its computed fields.
    pub(super) fn push_row_name(&self, out: &mut String, at: usize) {
        let relation = &self.api.relations[at];
        if self.options.style != TypescriptStyle::Supabase {
            return self.push_name(out, &relation.named.id.schema, &self.names.relations[at]);
        }
        let computed = self.computed(relation);
        if !computed.is_empty() {
            out.push_str("Omit<");
        }
        self.push_member(out, &relation.named.id, group(relation.kind));
        out.push_str("[\"Row\"]");
        if !computed.is_empty() {
            out.push_str(", ");
            push_union(
                out,
                computed.iter().map(|&at| self.api.functions[at].named.id.name.as_str()),
            );
            out.push('>');
        }
    }

    /// `Database["public"]["Enums"]["mood"]`.
    fn push_member(&self, out: &mut String, id: &crate::catalog::QName, group: &str) {
        self.helpers.add(Helper::Database);
        out.push_str("Database[");
        push_string(out, &id.schema);
        out.push_str("][\"");
        out.push_str(group);
        out.push_str("\"][");
        push_string(out, &id.name);
        out.push(']');
    }

    fn push_array(&self, out: &mut String, element: &Type, side: Side) {
        let array = self.array(element, side);
        let mut item = String::new();
        match array.elements {
            Elements::Unseen => return out.push_str("string"),
            Elements::Texts => item.push_str("string"),
            Elements::Parsed(spelling) => self.push_scalar(&mut item, spelling),
            Elements::Alone => self.push_type(&mut item, element, side),
        }
        if array.nullable && item != "unknown" {
            item.push_str(" | null");
        }
        match self.options.arrays {
            Arrays::Exact => {
                self.helpers.add(Helper::PgArray);
                out.push_str("PgArray<");
                out.push_str(&item);
                out.push('>');
            }
            Arrays::Nullable | Arrays::Flat => {
                let enclose = [" | ", " & ", "=>", " extends ", "keyof "]
                    .iter()
                    .any(|word| item.contains(word));
                if enclose {
                    out.push('(');
                }
                out.push_str(&item);
                out.push_str(if enclose { ")[]" } else { "[]" });
            }
        }
        if array.or_text {
            out.push_str(" | string");
        }
    }

    /// What a client makes of an array of `element`, or takes for one.
    pub(super) fn array(&self, element: &Type, side: Side) -> Array {
        let elements = match (self.wire, side) {
            (Wire::NodePostgres, Side::Read) => match self.node_postgres_element(element) {
                Some(spelling) => Elements::Parsed(spelling),
                None if matches!(element, Type::Custom(at, _) if self.code(*at).is_some()) => Elements::Alone,
                None => Elements::Unseen,
            },
            // postgres.js knows the arrays of domains, but not what their elements are.
            (Wire::PostgresJs, Side::Read) if matches!(element, Type::Domain(_)) => Elements::Texts,
            (Wire::PostgresJs, Side::Write) => match self.base(element) {
                Type::Scalar(scalar) => wire::sent_by_postgres_js(*scalar),
                _ => Elements::Alone,
            },
            _ => Elements::Alone,
        };
        // NULL in an array becomes the text or the number that "NULL" is to the element's parser in postgres.js.
        let never_null = self.wire == Wire::PostgresJs && side == Side::Read;
        let is_node_postgres = self.wire == Wire::NodePostgres;
        Array {
            elements,
            nullable: !never_null && self.options.arrays != Arrays::Flat,
            or_text: is_node_postgres && side == Side::Write && self.node_postgres_element(element).is_none(),
        }
    }

    /// What node-postgres makes of an array's elements; `None` where it gives the whole array as text.
    fn node_postgres_element(&self, element: &Type) -> Option<wire::Spelling> {
        match element {
            Type::Scalar(scalar) => wire::node_postgres_element(*scalar),
            Type::BuiltinRange(Scalar::Numeric) => Some(("string", None)),
            Type::Custom(at, inner) if self.code(*at).is_none() => self.node_postgres_element(inner),
            _ => None,
        }
    }
}

/// What an array is to a client.
pub(super) struct Array {
    pub(super) elements: Elements,
    /// Whether any element may be NULL.
    pub(super) nullable: bool,
    /// Whether the text of the whole array is taken too: what is read as text is also taken as text.
    pub(super) or_text: bool,
}

/// Whether an insert gives a column, and whether an update sets it, as far as the relation takes any.
pub(super) fn writes(relation: &Relation, column: &Column) -> (Insert, bool) {
    let insert = if relation.insertable {
        column.insert
    } else {
        Insert::Never
    };
    (insert, relation.updatable && column.update)
}

/// Where supabase-js looks for a relation.
pub(super) fn group(kind: RelationKind) -> &'static str {
    match kind {
        RelationKind::Table | RelationKind::ForeignTable => "Tables",
        RelationKind::View | RelationKind::MaterializedView => "Views",
    }
}
