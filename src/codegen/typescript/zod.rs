//! zod 4 validators. What they infer is the generated type; what is inserted or updated is held to the database's rules,
//! as far as they can be said. Rows that are read are held to their types alone: the database has checked the rest.

use std::fmt::Write as _;

use super::prelude::{Helper, Helpers};
use super::text::{Code, push_list, push_property, push_string};
use super::types::writes;
use super::wire::{self, Elements, Side};
use super::{Members, Plan};
use crate::codegen::model::{Column, Insert, Relation, Rule, Scalar, Type};
use crate::config::typescript::{Arrays, Wire};

/// The validators of these schemas.
pub(super) fn schemas(plan: &Plan<'_>, code: &mut Code, schemas: &[Members]) {
    for members in schemas {
        for &at in &members.enums {
            plan.helpers.add(Helper::Zod);
            let out = code.start();
            out.extend(["export const ", &plan.names.enums[at], "Schema = "]);
            push_enum(out, &plan.api.enums[at].labels);
            out.push_str("\n\n");
        }
    }
    for members in schemas {
        let composites = members.composites.iter().filter(|_| plan.wire == Wire::Postgrest);
        for &at in composites {
            plan.helpers.add(Helper::Zod);
            code.start()
                .extend(["export const ", &plan.names.composites[at], "Schema = z.object("]);
            code.open("{");
            for field in &plan.api.composites[at].fields {
                let out = code.start();
                push_property(out, field.name.as_deref().unwrap_or_default());
                out.push_str(": ");
                plan.push_schema(out, &field.ty, Side::Read);
                out.push_str(if field.nullable { ".nullable(),\n" } else { ",\n" });
            }
            code.close("})");
            code.gap();
        }
        for &at in &members.relations {
            relation(plan, code, at);
        }
    }
}

fn relation(plan: &Plan<'_>, code: &mut Code, at: usize) {
    plan.helpers.add(Helper::Zod);
    let relation = &plan.api.relations[at];
    code.doc(relation.named.comment.as_deref());
    object(plan, code, at, "", Side::Read, |_| Insert::Required);
    if relation.insertable {
        let insert = |column: usize| writes(relation, &relation.columns[column]).0;
        object(plan, code, at, "Insert", Side::Write, insert);
    }
    if relation.updatable {
        let update = |column: usize| match writes(relation, &relation.columns[column]).1 {
            true => Insert::Optional,
            false => Insert::Never,
        };
        object(plan, code, at, "Update", Side::Write, update);
    }
}

fn object(plan: &Plan<'_>, code: &mut Code, at: usize, ending: &str, side: Side, given: impl Fn(usize) -> Insert) {
    let relation = &plan.api.relations[at];
    code.start()
        .extend(["export const ", &plan.names.relations[at], ending, "Schema = z.object("]);
    code.open("{");
    for column in 0..relation.columns.len() {
        let out = code.start();
        push_property(out, plan.key(at, column));
        out.push_str(": ");
        match given(column) {
            Insert::Never => out.push_str("z.never().exactOptional()"),
            given => {
                plan.push_column_schema(out, relation, (at, column), side);
                if given == Insert::Optional {
                    out.push_str(".exactOptional()");
                }
            }
        }
        out.push_str(",\n");
    }
    code.close("})");
    code.gap();
}

impl Plan<'_> {
    fn push_column_schema(&self, out: &mut String, relation: &Relation, at: (usize, usize), side: Side) {
        let column: &Column = &relation.columns[at.1];
        let nullable = match side {
            Side::Read => column.nullable,
            Side::Write => column.write_nullable,
        };
        if column.custom.is_some_and(|custom| self.code(custom).is_some()) {
            // The type is the user's own: nothing is known of it, not even whether it takes null.
            out.push_str("z.custom<");
            self.push_column(out, at.0, at.1, side);
            return out.push_str(">()");
        }
        let brand = self.brand(at.0, at.1).is_some();
        if brand {
            out.push('(');
        }
        self.push_schema(out, &column.ty, side);
        if side == Side::Write {
            self.push_rules(out, &column.rules, &column.ty);
        }
        if nullable {
            out.push_str(".nullable()");
        }
        if brand {
            out.push_str(" as unknown as z.ZodType<");
            self.push_column(out, at.0, at.1, side);
            out.push_str(">)");
        }
    }

    fn push_schema(&self, out: &mut String, ty: &Type, side: Side) {
        match ty {
            Type::Scalar(scalar) => self.push_scalar_schema(out, *scalar, side),
            Type::Enum(at) => {
                let one = &self.api.enums[*at];
                if one.named.emitted {
                    self.push_schema_name(out, &one.named.id.schema, &self.names.enums[*at], false);
                } else {
                    push_enum(out, &one.labels);
                }
            }
            Type::Domain(_) if side == Side::Write && self.is_sent_as_text(ty) => out.push_str("z.string()"),
            Type::Domain(at) => {
                // The rules of the domains below are among its own.
                self.push_schema(out, self.base(ty), side);
                if side == Side::Write {
                    self.push_rules(out, &self.api.domains[*at].rules, ty);
                }
            }
            Type::Composite(at) if self.wire == Wire::Postgrest => {
                let composite = &self.api.composites[*at];
                if composite.named.emitted {
                    // It may be declared further down.
                    self.push_schema_name(out, &composite.named.id.schema, &self.names.composites[*at], true);
                } else {
                    let fields = composite.fields.iter();
                    self.push_object(
                        out,
                        fields.map(|field| (field.name.as_deref().unwrap_or_default(), &field.ty)),
                    );
                }
            }
            Type::Row(at) if self.wire == Wire::Postgrest => {
                let columns = self.api.relations[*at].columns.iter();
                self.push_object(out, columns.map(|column| (column.name.as_str(), &column.ty)));
            }
            Type::Array(element) => self.push_array_schema(out, element, side),
            Type::Custom(at, inner) => {
                if self.code(*at).is_none() {
                    return self.push_schema(out, inner, side);
                }
                out.push_str("z.custom<");
                self.push_type(out, ty, side);
                out.push_str(">()");
            }
            Type::Unknown(_) if self.wire == Wire::Postgrest => out.push_str("z.unknown()"),
            Type::Composite(_)
            | Type::Row(_)
            | Type::BuiltinRange(_)
            | Type::BuiltinMultirange(_)
            | Type::Range(_)
            | Type::Multirange(_)
            | Type::Unknown(_) => out.push_str("z.string()"),
        }
    }

    /// A declared validator; looked up only when it runs where it may not be there yet.
    fn push_schema_name(&self, out: &mut String, schema: &crate::catalog::Name, name: &str, later: bool) {
        let elsewhere = self
            .file
            .get()
            .is_some_and(|file| self.api.schemas[file].name != *schema);
        if elsewhere {
            self.imports
                .borrow_mut()
                .insert((schema.clone(), true, format!("{name}Schema")));
        }
        if elsewhere || later {
            out.extend(["z.lazy(() => ", name, "Schema)"]);
        } else {
            out.extend([name, "Schema"]);
        }
    }

    /// An object all of whose fields may be null.
    fn push_object<'a>(&self, out: &mut String, fields: impl Iterator<Item = (&'a str, &'a Type)>) {
        out.push_str("z.object({ ");
        for (name, ty) in fields {
            push_property(out, name);
            out.push_str(": ");
            self.push_schema(out, ty, Side::Read);
            out.push_str(".nullable(), ");
        }
        out.push_str("})");
    }

    fn push_scalar_schema(&self, out: &mut String, scalar: Scalar, side: Side) {
        let (spelling, helper) = wire::scalar(self.options, scalar, side);
        if let Some(helper) = helper {
            self.helpers.add(helper);
        }
        let json = self.wire == Wire::Postgrest;
        match (scalar, spelling) {
            (Scalar::Uuid, "string") => out.push_str("z.guid()"),
            (Scalar::Int2, "number") => out.push_str("z.int().min(-32768).max(32767)"),
            (Scalar::Int4, "number") => out.push_str("z.int32()"),
            (Scalar::Oid, "number") => out.push_str("z.int()"),
            // An int8 beyond 2^53 is rounded when it is read, and still a number.
            (Scalar::Int8, "number") if side == Side::Write => out.push_str("z.int()"),
            (Scalar::Float4 | Scalar::Float8 | Scalar::Numeric, "number") if !json => out.push_str(ANY_NUMBER),
            _ => self.push_spelling(out, spelling),
        }
    }

    fn push_spelling(&self, out: &mut String, spelling: &str) {
        out.push_str(match spelling {
            "boolean" => "z.boolean()",
            "number" => "z.number()",
            "bigint" => "z.bigint()",
            "Buffer" => "z.instanceof(Buffer)",
            "Uint8Array" => "z.custom<Uint8Array>((v) => v instanceof Uint8Array)",
            "Date" => "z.date()",
            "Date | number" => "z.union([z.date(), z.literal([Infinity, -Infinity])])",
            "Date | string" => "z.union([z.date(), z.string()])",
            "string | number" => "z.union([z.string(), z.number()])",
            "string | number | bigint" | "bigint | string | number" => "z.union([z.string(), z.number(), z.bigint()])",
            "PgFloat" => "z.union([z.number(), z.literal([\"NaN\", \"Infinity\", \"-Infinity\"])])",
            "PgInterval" => INTERVAL,
            "PgInterval | string" => {
                return out.extend(["z.union([", INTERVAL, ", z.string()])"]);
            }
            "PgPoint" => "z.object({ x: z.number(), y: z.number() })",
            "PgCircle" => "z.object({ x: z.number(), y: z.number(), radius: z.number() })",
            "GeoJson" => GEO_JSON,
            "GeoJson | string" => return out.extend(["z.union([", GEO_JSON, ", z.string()])"]),
            "Record<string, string | null>" => "z.record(z.string(), z.string().nullable())",
            "Json" => {
                self.helpers.add(Helper::ZodJson);
                "json"
            }
            "NonNullable<Json>" => {
                self.helpers.add(Helper::ZodJsonNotNull);
                "jsonNotNull"
            }
            "JsonInput" => {
                self.helpers.add(Helper::ZodJsonInput);
                "jsonInput"
            }
            "undefined" => "z.undefined()",
            _ => "z.string()",
        });
    }

    fn push_array_schema(&self, out: &mut String, element: &Type, side: Side) {
        let array = self.array(element, side);
        let mut item = String::new();
        match (array.elements, element) {
            (Elements::Unseen, _) => return out.push_str("z.string()"),
            (Elements::Texts, _) => item.push_str("z.string()"),
            (Elements::Parsed(_), Type::Scalar(Scalar::Float4 | Scalar::Float8 | Scalar::Numeric)) => {
                item.push_str(ANY_NUMBER);
            }
            (Elements::Parsed(_), Type::Scalar(Scalar::Uuid)) => item.push_str("z.guid()"),
            (Elements::Parsed((spelling, _)), _) => self.push_spelling(&mut item, spelling),
            (Elements::Alone, _) => self.push_schema(&mut item, element, side),
        }
        if array.nullable && item != "z.unknown()" {
            item.push_str(".nullable()");
        }
        if array.or_text {
            out.push_str("z.union([");
        }
        if self.options.arrays == Arrays::Exact {
            self.helpers.add(Helper::ZodArray);
            out.extend(["pgArray(", &item, ")"]);
        } else {
            out.extend(["z.array(", &item, ")"]);
        }
        if array.or_text {
            out.push_str(", z.string()])");
        }
    }

    /// What a value that is written must satisfy. NULL satisfies every rule.
    fn push_rules(&self, out: &mut String, rules: &[Rule], ty: &Type) {
        if self.is_sent_as_text(ty) {
            return;
        }
        let spelling = match self.base(ty) {
            Type::Scalar(Scalar::Uuid) => "",
            Type::Scalar(scalar) => wire::scalar(self.options, *scalar, Side::Write).0,
            Type::Array(_) => "array",
            _ => "",
        };
        let number = ["number", "bigint", "PgFloat"]
            .iter()
            .any(|word| spelling.contains(word));
        for rule in rules {
            push_rule(out, rule, spelling == "string", number, spelling == "array");
        }
    }
}

fn push_rule(out: &mut String, rule: &Rule, text: bool, number: bool, array: bool) {
    let mut refine = |condition: &str, message: &str| {
        out.extend([".refine((v) => ", condition, ", "]);
        push_string(out, message);
        out.push(')');
    };
    match rule {
        // PostgreSQL counts characters, not the 16-bit units of JavaScript.
        Rule::MaxLength(n) if text => {
            refine(
                &format!("[...v].length <= {n}"),
                &format!("longer than {}", count(*n, "character")),
            );
        }
        Rule::MinLength(n) if text => {
            refine(
                &format!("[...v].length >= {n}"),
                &format!("shorter than {}", count(*n, "character")),
            );
        }
        Rule::Bits(n) if text => refine(&format!("v.length === {n}"), &format!("not {n} bits")),
        Rule::Matches { pattern, ignore_case } if text => {
            out.push_str(".regex(new RegExp(");
            push_string(out, pattern);
            out.push_str(if *ignore_case { ", \"i\"))" } else { "))" });
        }
        Rule::OneOf(values) if text => {
            let mut list = String::new();
            push_list(&mut list, values.iter().map(String::as_str));
            refine(&format!("[{list}].includes(v)"), &format!("not one of {list}"));
        }
        Rule::OneOfNumbers(values) if number => {
            let values: Option<Vec<String>> = values.iter().map(|value| literal(value)).collect();
            if let Some(values) = values {
                let list = values.join(", ");
                refine(&format!("[{list}].includes(Number(v))"), &format!("not one of {list}"));
            }
        }
        Rule::Digits { precision, scale } if number => {
            let digits = i64::from(*precision) - i64::from(*scale);
            refine(
                &format!("!(Math.abs(Number(v)) >= 1e{digits})"),
                &format!("more than {digits} digits before the point"),
            );
        }
        // To PostgreSQL, NaN is greater than every number.
        Rule::Min { bound, exclusive } if number => {
            if let Some(bound) = literal(bound) {
                let (sign, message) = if *exclusive {
                    ("<=", "not greater than")
                } else {
                    ("<", "less than")
                };
                refine(&format!("!(Number(v) {sign} {bound})"), &format!("{message} {bound}"));
            }
        }
        Rule::Max { bound, exclusive } if number => {
            if let Some(bound) = literal(bound) {
                let (sign, message) = if *exclusive {
                    ("<", "not less than")
                } else {
                    ("<=", "greater than")
                };
                refine(&format!("Number(v) {sign} {bound}"), &format!("{message} {bound}"));
            }
        }
        Rule::MaxItems(n) if array => {
            refine(
                &format!("!Array.isArray(v) || v.length <= {n}"),
                &format!("more than {}", count(*n, "element")),
            );
        }
        Rule::MinItems(n) if array => refine(
            &format!("!Array.isArray(v) || v.flat(Infinity).length >= {n}"),
            &format!("fewer than {}", count(*n, "element")),
        ),
        _ => {}
    }
}

fn count(n: u64, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// A number of SQL as JavaScript's.
fn literal(number: &str) -> Option<String> {
    let value: f64 = number.parse().ok()?;
    value.is_finite().then(|| value.to_string())
}

fn push_enum(out: &mut String, labels: &[crate::catalog::Name]) {
    if labels.is_empty() {
        return out.push_str("z.never()");
    }
    out.push_str("z.enum([");
    push_list(out, labels.iter().map(|label| label.as_str()));
    out.push_str("])");
}

/// What the validators are made of, where it is used.
pub(super) fn helpers(code: &mut Code, helpers: &Helpers) {
    for (helper, text) in [
        (Helper::ZodJson, JSON),
        (Helper::ZodJsonNotNull, JSON_NOT_NULL),
        (Helper::ZodJsonInput, JSON_INPUT),
        (Helper::ZodArray, ARRAY),
    ] {
        if helpers.has(helper) {
            let _ = writeln!(code.text, "{text}");
        }
    }
}

/// The drivers give NaN and the infinities, which zod's own number refuses.
const ANY_NUMBER: &str = "z.custom<number>((v) => typeof v === \"number\")";

const INTERVAL: &str = "z.custom<PgInterval>((v) => typeof v === \"object\" && v !== null && \"toPostgres\" in v)";

const GEO_JSON: &str = "z.custom<GeoJson>((v) => typeof v === \"object\" && v !== null && \"type\" in v)";

const JSON: &str = "const json: z.ZodType<Json> = z.lazy(() =>
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.null(),
    z.array(json),
    z.record(z.string(), json),
  ]),
)
";

const JSON_NOT_NULL: &str = "const jsonNotNull = json.refine(
  (v) => v !== null,
) as unknown as z.ZodType<NonNullable<Json>>
";

const JSON_INPUT: &str = "const jsonInput: z.ZodType<JsonInput> = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.record(z.string(), json),
])
";

const ARRAY: &str = "function pgArray<T>(element: z.ZodType<T>): z.ZodType<PgArray<T>> {
  const array: z.ZodType<PgArray<T>> = z.array(
    z.union([element, z.lazy(() => array)]),
  )
  return array
}
";
