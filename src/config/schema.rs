//! The JSON Schema of `pgkeel.toml`, by which editors complete and check it: made of the types that read it.

use std::borrow::Cow;

use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value};

use super::load::Common;
use super::{
    Archetype, Config, Declared, Generate, Lang, json_schema as json_schema_options, python, rust, typescript,
};

/// The schema, as draft 7, which every editor knows.
pub fn json_schema() -> Value {
    let generator = SchemaSettings::draft07().into_generator();
    let mut schema = generator.into_root_schema_for::<Config>().to_value();
    without_null(&mut schema);
    schema
}

/// TOML has no null: what may be absent is left out.
fn without_null(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(without_null),
        Value::Object(fields) => {
            if let Some(Value::Array(types)) = fields.get_mut("type") {
                types.retain(|name| name != "null");
                if let [only] = types.as_slice() {
                    let only = only.clone();
                    fields.insert("type".to_owned(), only);
                }
            }
            if let Some(Value::Array(mut forms)) = fields.remove("anyOf") {
                forms.retain(|form| form["type"] != "null");
                // In draft 7, what stands beside `$ref` counts for nothing.
                let keyword = if forms.len() == 1 { "allOf" } else { "anyOf" };
                fields.insert(keyword.to_owned(), Value::Array(forms));
            }
            if let Some(Value::Array(values)) = fields.get_mut("enum") {
                values.retain(|value| !value.is_null());
            }
            fields.retain(|name, value| name != "default" || !value.is_null());
            fields.values_mut().for_each(without_null);
        }
        _ => {}
    }
}

impl JsonSchema for Generate {
    fn schema_name() -> Cow<'static, str> {
        "Generate".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let entries = Lang::ALL.map(|lang| {
            let options = match lang {
                Lang::Typescript => typescript::Typescript::json_schema(generator),
                Lang::Rust => rust::Rust::json_schema(generator),
                Lang::Python => python::Python::json_schema(generator),
                Lang::JsonSchema => json_schema_options::JsonSchema::json_schema(generator),
            };
            let mut properties = properties(&Common::json_schema(generator));
            properties.extend(self::properties(&options));
            properties.insert(
                "lang".to_owned(),
                json_schema!({ "const": lang.to_string() }).to_value(),
            );
            json_schema!({
                "type": "object", "properties": properties, "required": ["lang"], "additionalProperties": false,
            })
        });
        json_schema!({ "oneOf": entries })
    }
}

fn properties(schema: &Schema) -> Map<String, Value> {
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.cloned().unwrap_or_default()
}

impl JsonSchema for python::PythonVersion {
    fn schema_name() -> Cow<'static, str> {
        "PythonVersion".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^3\.[1-9][0-9]$" })
    }
}

impl JsonSchema for Declared {
    fn schema_name() -> Cow<'static, str> {
        "Declared".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let archetype = generator.subschema_for::<Archetype>();
        let text = json_schema!({ "type": "string" });
        let texts = json_schema!({ "type": "array", "items": { "type": "string" } });
        json_schema!({ "anyOf": [archetype, {
            "type": "object",
            "properties": {
                "archetype": archetype, "column": text, "other": text, "claim": text, "roles": texts, "states": texts,
                "bucket": text,
            },
            "required": ["archetype"],
            "additionalProperties": false,
        }] })
    }
}
