//! How each type is spelled.

use serde_json::{Map, Value, json};

use super::{Keys, file_of};
use crate::catalog::Name;
use crate::codegen::model::{Api, Column, Domain, Field, Named, Rule, Scalar, Type};

/// What spelling a type takes.
pub(super) struct Spelling<'a> {
    pub(super) api: &'a Api,
    pub(super) keys: &'a Keys,
    /// What stands before a key in a reference within one document.
    pub(super) prefix: &'static str,
    /// Whether each schema has a document of its own.
    pub(super) per_schema: bool,
}

impl Spelling<'_> {
    /// A column's values as they are read.
    pub(super) fn column(&self, column: &Column, nullable_here: bool, from: &Named) -> Value {
        self.column_of(column, self.ty(&column.ty, from), nullable_here)
    }

    /// A column's values as they are written: `json_populate_record` takes an hstore as its text alone.
    pub(super) fn written(&self, column: &Column, from: &Named) -> Value {
        let ty = match &column.ty {
            Type::Scalar(Scalar::Hstore) => text(),
            Type::Array(element) if **element == Type::Scalar(Scalar::Hstore) => array(text()),
            other => self.ty(other, from),
        };
        self.column_of(column, ty, column.write_nullable)
    }

    fn column_of(&self, column: &Column, ty: Value, nullable_here: bool) -> Value {
        let custom = column.custom.and_then(|at| self.api.overrides[at].json_schema.clone());
        let ruled = custom.unwrap_or_else(|| with_rules(ty, &column.rules));
        let mut schema = if nullable_here { nullable(ruled) } else { ruled };
        if let (Some(comment), Some(object)) = (&column.comment, schema.as_object_mut()) {
            object.insert("description".to_owned(), json!(comment));
        }
        schema
    }

    /// A domain's values that are not NULL: whether NULL is one is said where the domain is used.
    pub(super) fn domain(&self, domain: &Domain, from: &Named) -> Value {
        with_rules(self.ty(&domain.base, from), &domain.rules)
    }

    /// A composite value, or a row of a function's result: every field is there.
    pub(super) fn fields(&self, fields: &[Field], from: &Named) -> Value {
        let mut properties = Map::new();
        for (at, field) in fields.iter().enumerate() {
            let schema = self.ty(&field.ty, from);
            let mut schema = if field.nullable { nullable(schema) } else { schema };
            if let (Some(comment), Some(object)) = (&field.comment, schema.as_object_mut()) {
                object.insert("description".to_owned(), json!(comment));
            }
            properties.insert(field_name(field, at), schema);
        }
        let required: Vec<String> = fields
            .iter()
            .enumerate()
            .map(|(at, field)| field_name(field, at))
            .collect();
        json!({ "type": "object", "properties": properties, "required": required })
    }

    /// A row of a relation.
    pub(super) fn row(&self, at: usize, from: &Named) -> Value {
        self.reference(&self.api.relations[at].named, from)
    }

    /// Values of a type that are not NULL.
    pub(super) fn ty(&self, ty: &Type, from: &Named) -> Value {
        match ty {
            Type::Scalar(scalar) => self::scalar(*scalar),
            Type::Enum(at) => self.reference(&self.api.enums[*at].named, from),
            Type::Domain(at) => self.reference(&self.api.domains[*at].named, from),
            Type::Composite(at) => self.reference(&self.api.composites[*at].named, from),
            Type::Row(at) => self.reference_to(&self.api.relations[*at].named, ".Value", from),
            Type::BuiltinRange(_) | Type::BuiltinMultirange(_) | Type::Range(_) | Type::Multirange(_) => text(),
            Type::Array(element) => array(self.ty(element, from)),
            Type::Custom(at, inner) => self.api.overrides[*at]
                .json_schema
                .clone()
                .unwrap_or_else(|| self.ty(inner, from)),
            Type::Unknown(name) => json!({ "description": format!("a value of the type {name}") }),
        }
    }

    fn reference(&self, to: &Named, from: &Named) -> Value {
        self.reference_to(to, "", from)
    }

    fn reference_to(&self, to: &Named, suffix: &'static str, from: &Named) -> Value {
        let key = self.keys.get(to, suffix, 0);
        let file = if self.per_schema && to.id.schema != from.id.schema {
            file_of(to)
        } else {
            String::new()
        };
        json!({ "$ref": format!("{file}{}{key}", self.prefix) })
    }
}

/// The name of a field; one without a name is called as PostgreSQL calls it.
fn field_name(field: &Field, at: usize) -> String {
    field
        .name
        .as_ref()
        .map_or_else(|| format!("column{}", at + 1), Name::to_string)
}

/// One of the labels of an enum; an enum without labels has no values.
pub(super) fn enumeration(labels: &[Name]) -> Value {
    if labels.is_empty() {
        return json!({ "not": {} });
    }
    json!({ "type": "string", "enum": labels })
}

/// The schema's values, and NULL.
pub(super) fn nullable(schema: Value) -> Value {
    match schema.get("type") {
        Some(Value::String(kind)) if schema.get("enum").is_none() => {
            let kind = json!([kind, "null"]);
            let mut schema = schema;
            schema["type"] = kind;
            schema
        }
        _ => json!({ "anyOf": [schema, { "type": "null" }] }),
    }
}

/// The schema, held to the rules that JSON Schema can say.
fn with_rules(schema: Value, rules: &[Rule]) -> Value {
    let mut keywords = Map::new();
    for rule in rules {
        match rule {
            Rule::MaxLength(length) => tighten(&mut keywords, "maxLength", *length, u64::min),
            Rule::MinLength(length) => tighten(&mut keywords, "minLength", *length, u64::max),
            Rule::Bits(length) => {
                keywords.insert("minLength".to_owned(), json!(length));
                keywords.insert("maxLength".to_owned(), json!(length));
            }
            Rule::Min { bound, exclusive } => {
                bounded(
                    &mut keywords,
                    if *exclusive { "exclusiveMinimum" } else { "minimum" },
                    bound,
                );
            }
            Rule::Max { bound, exclusive } => {
                bounded(
                    &mut keywords,
                    if *exclusive { "exclusiveMaximum" } else { "maximum" },
                    bound,
                );
            }
            Rule::OneOf(values) => {
                keywords.insert("enum".to_owned(), json!(values));
            }
            Rule::OneOfNumbers(values) => {
                let numbers: Option<Vec<Value>> = values.iter().map(|value| number(value)).collect();
                if let Some(numbers) = numbers {
                    keywords.insert("enum".to_owned(), json!(numbers));
                }
            }
            Rule::Matches {
                pattern,
                ignore_case: false,
            } => {
                keywords.insert("pattern".to_owned(), json!(pattern));
            }
            Rule::MaxItems(count) => tighten(&mut keywords, "maxItems", *count, u64::min),
            Rule::MinItems(count) => tighten(&mut keywords, "minItems", *count, u64::max),
            // A number is rounded to its scale before it is judged, and JSON Schema has no case-blind patterns.
            Rule::Digits { .. } | Rule::Matches { ignore_case: true, .. } => {}
        }
    }
    if keywords.is_empty() {
        return schema;
    }
    match schema {
        Value::Object(mut plain) if !plain.contains_key("$ref") && !plain.contains_key("anyOf") => {
            for (keyword, value) in keywords {
                plain.insert(keyword, value);
            }
            Value::Object(plain)
        }
        other => json!({ "allOf": [other, keywords] }),
    }
}

fn tighten(keywords: &mut Map<String, Value>, keyword: &str, bound: u64, choose: fn(u64, u64) -> u64) {
    let bound = keywords
        .get(keyword)
        .and_then(Value::as_u64)
        .map_or(bound, |before| choose(before, bound));
    keywords.insert(keyword.to_owned(), json!(bound));
}

fn bounded(keywords: &mut Map<String, Value>, keyword: &str, bound: &str) {
    if let Some(number) = number(bound) {
        keywords.insert(keyword.to_owned(), number);
    }
}

/// A number as JSON has it; nothing where it would lose digits that matter.
fn number(text: &str) -> Option<Value> {
    if let Ok(integer) = text.parse::<i64>() {
        return Some(json!(integer));
    }
    let float: f64 = text.parse().ok()?;
    (text.len() <= 15).then(|| json!(float))
}

/// Elements may be NULL, and any array may have further dimensions.
fn array(element: Value) -> Value {
    json!({ "type": "array", "items": { "anyOf": [element, { "type": "null" }, { "type": "array" }] } })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn integer(min: i64, max: i64) -> Value {
    json!({ "type": "integer", "minimum": min, "maximum": max })
}

/// A number, or one of the values that JSON has no number for.
fn number_or(words: &[&str]) -> Value {
    json!({ "anyOf": [{ "type": "number" }, { "enum": words }] })
}

fn formatted(format: &str) -> Value {
    json!({ "type": "string", "format": format })
}

/// What `to_json` makes of a scalar.
fn scalar(scalar: Scalar) -> Value {
    use Scalar::*;
    match scalar {
        Bool => json!({ "type": "boolean" }),
        Int2 => integer(i16::MIN.into(), i16::MAX.into()),
        Int4 => integer(i32::MIN.into(), i32::MAX.into()),
        Int8 => integer(i64::MIN, i64::MAX),
        Float4 | Float8 | Numeric => number_or(&["NaN", "Infinity", "-Infinity"]),
        Uuid => formatted("uuid"),
        Date => formatted("date"),
        Timestamptz => formatted("date-time"),
        Bit | Varbit => json!({ "type": "string", "pattern": "^[01]*$" }),
        Json | Jsonb => json!({}),
        Hstore => json!({ "type": "object", "additionalProperties": { "type": ["string", "null"] } }),
        // PostGIS gives GeoJSON.
        Geometry => json!({ "type": "object" }),
        Void => json!({ "type": "null" }),
        Money | Text | Varchar | Bpchar | Char | Name | Bytea | Time | Timetz | Timestamp | Interval | Jsonpath
        | Xml | Inet | Cidr | Macaddr | Macaddr8 | Point | Line | Lseg | Box | Path | Polygon | Circle | Tsvector
        | Tsquery | Oid | Xid | Xid8 | Cid | Tid | PgLsn | PgSnapshot | Reg | Citext | Ltree | Lquery | Ltxtquery
        | Cube | Vector | Halfvec | Sparsevec | Geography => text(),
    }
}
