//! JSON Schema 2020-12 and OpenAPI 3.1 components, for the API layer and for every generator that reads them.
//!
//! The schemas describe what PostgREST and `to_json` give and take.

mod schema;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::{Map, Value, json};

use self::schema::Spelling;
use super::files::{MARK, OutputFile, OwnedFolder};
use super::model::{Api, Column, Function, Insert, Named, Relation, Returns};
use super::{Generated, naming};
use crate::config::json_schema::{JsonSchema, JsonSchemaStyle};
use crate::config::{Generate, Lang, Layout};
use crate::diagnostic::Diagnostic;
use crate::{Error, Result};

/// Generates the document, or one document per schema.
///
/// # Errors
/// Where a document cannot be written as JSON.
pub fn generate(api: &Api, entry: &Generate, options: &JsonSchema) -> Result<Generated> {
    let (definitions, notes) = definitions(api, entry, options);
    let mut documents: BTreeMap<PathBuf, BTreeMap<String, Value>> = BTreeMap::new();
    if entry.layout == Layout::Single {
        documents.entry(entry.out.clone()).or_default();
    }
    for definition in definitions {
        let path = match entry.layout {
            Layout::Single => entry.out.clone(),
            Layout::PerSchema => entry.out.join(&definition.file),
        };
        documents
            .entry(path)
            .or_default()
            .insert(definition.key, definition.schema);
    }
    let folder = OwnedFolder {
        path: entry.out.clone(),
        extension: "json".to_owned(),
    };
    Ok(Generated {
        files: documents
            .into_iter()
            .map(|(path, definitions)| document(path, definitions, entry, options))
            .collect::<Result<_>>()?,
        folders: (entry.layout == Layout::PerSchema)
            .then_some(folder)
            .into_iter()
            .collect(),
        notes,
    })
}

/// One entry of `$defs`.
struct Definition {
    file: String,
    key: String,
    schema: Value,
}

#[derive(Serialize)]
struct SchemaDocument<'a> {
    #[serde(rename = "$schema")]
    dialect: &'static str,
    #[serde(rename = "$comment")]
    comment: &'a str,
    title: &'a str,
    #[serde(rename = "$defs")]
    definitions: BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct OpenApiDocument<'a> {
    openapi: &'static str,
    info: Value,
    components: BTreeMap<&'a str, BTreeMap<String, Value>>,
}

fn document(
    path: PathBuf,
    definitions: BTreeMap<String, Value>,
    entry: &Generate,
    options: &JsonSchema,
) -> Result<OutputFile> {
    let title = options.title.as_deref().unwrap_or("Database");
    let mut comment = format!("{MARK}. Do not edit: change the database, then run `pgkeel generate`.");
    if let Some(header) = &entry.header {
        comment.push('\n');
        comment.push_str(header);
    }
    let text = match options.style {
        JsonSchemaStyle::JsonSchema => serde_json::to_string_pretty(&SchemaDocument {
            dialect: "https://json-schema.org/draft/2020-12/schema",
            comment: &comment,
            title,
            definitions,
        }),
        JsonSchemaStyle::Openapi => serde_json::to_string_pretty(&OpenApiDocument {
            openapi: "3.1.0",
            info: json!({
                "title": title,
                "version": options.version.as_deref().unwrap_or("1.0.0"),
                "description": comment,
            }),
            components: BTreeMap::from([("schemas", definitions)]),
        }),
    };
    let mut contents = text.map_err(|error| unwritable(&path, error))?;
    contents.push('\n');
    Ok(OutputFile { path, contents })
}

fn unwritable(path: &Path, error: serde_json::Error) -> Error {
    Error::new(format!("cannot write {} as JSON: {error}", path.display())).with_source(error)
}

fn definitions(api: &Api, entry: &Generate, options: &JsonSchema) -> (Vec<Definition>, Vec<Diagnostic>) {
    let relations: Vec<&Relation> = api
        .relations
        .iter()
        .filter(|relation| entry.partitions || !relation.partition)
        .collect();
    let mut keys = Keys::default();
    for named in api
        .enums
        .iter()
        .map(|row| &row.named)
        .chain(api.domains.iter().map(|row| &row.named))
    {
        keys.want(named, "");
    }
    for named in api
        .composites
        .iter()
        .map(|row| &row.named)
        .chain(api.relations.iter().map(|row| &row.named))
    {
        keys.want(named, "");
    }
    for relation in &relations {
        keys.want(&relation.named, ".Insert");
        keys.want(&relation.named, ".Update");
    }
    let values = api.row_values();
    for &at in &values {
        keys.want(&api.relations[at].named, ".Value");
    }
    for function in &api.functions {
        keys.want(&function.named, ".Args");
        keys.want(&function.named, ".Result");
    }
    let notes = keys.settle();
    let spelling = Spelling {
        api,
        keys: &keys,
        prefix: match options.style {
            JsonSchemaStyle::JsonSchema => "#/$defs/",
            JsonSchemaStyle::Openapi => "#/components/schemas/",
        },
        per_schema: entry.layout == Layout::PerSchema,
    };
    let mut all = Vec::new();
    let mut define = |named: &Named, suffix: &'static str, at: usize, mut schema: Value| {
        if let (Some(comment), Some(object)) = (&named.comment, schema.as_object_mut()) {
            object.entry("description").or_insert_with(|| json!(comment));
        }
        let key = keys.get(named, suffix, at);
        all.push(Definition {
            file: file_of(named),
            key,
            schema,
        });
    };
    for row in &api.enums {
        define(&row.named, "", 0, schema::enumeration(&row.labels));
    }
    for row in &api.domains {
        define(&row.named, "", 0, spelling.domain(row, &row.named));
    }
    for row in &api.composites {
        define(&row.named, "", 0, spelling.fields(&row.fields, &row.named));
    }
    // A relation that is not emitted, or hidden as a partition, may still be the type of something.
    for relation in &api.relations {
        define(
            &relation.named,
            "",
            0,
            row_of(&spelling, relation, |column| column.nullable),
        );
    }
    // No constraint of a table holds for a value of its row type.
    for &at in &values {
        let relation = &api.relations[at];
        define(&relation.named, ".Value", 0, row_of(&spelling, relation, |_| true));
    }
    for relation in relations.into_iter().filter(|relation| relation.named.emitted) {
        if relation.insertable {
            define(&relation.named, ".Insert", 0, insert_of(&spelling, relation));
        }
        if relation.updatable {
            define(&relation.named, ".Update", 0, update_of(&spelling, relation));
        }
    }
    let mut overload = (None, 0);
    for function in &api.functions {
        overload = match overload {
            (Some(previous), at) if previous == &function.named.id => (Some(previous), at + 1),
            _ => (Some(&function.named.id), 0),
        };
        define(&function.named, ".Args", overload.1, arguments_of(&spelling, function));
        define(&function.named, ".Result", overload.1, result_of(&spelling, function));
    }
    (all, notes)
}

fn row_of(spelling: &Spelling<'_>, relation: &Relation, is_nullable: impl Fn(&Column) -> bool) -> Value {
    let mut properties = Map::new();
    for column in &relation.columns {
        let mut schema = spelling.column(column, is_nullable(column), &relation.named);
        if relation.insertable && column.insert == Insert::Never {
            schema["readOnly"] = json!(true);
        }
        properties.insert(column.name.to_string(), schema);
    }
    let required: Vec<&str> = relation.columns.iter().map(|column| column.name.as_str()).collect();
    json!({ "type": "object", "properties": properties, "required": required })
}

fn insert_of(spelling: &Spelling<'_>, relation: &Relation) -> Value {
    let columns = relation.columns.iter().filter(|column| column.insert != Insert::Never);
    let required: Vec<&str> = columns
        .clone()
        .filter(|column| column.insert == Insert::Required)
        .map(|column| column.name.as_str())
        .collect();
    changes(spelling, relation, columns, &required)
}

fn update_of(spelling: &Spelling<'_>, relation: &Relation) -> Value {
    changes(
        spelling,
        relation,
        relation.columns.iter().filter(|column| column.update),
        &[],
    )
}

fn changes<'a>(
    spelling: &Spelling<'_>,
    relation: &Relation,
    columns: impl Iterator<Item = &'a Column>,
    required: &[&str],
) -> Value {
    let properties: Map<String, Value> = columns
        .map(|column| (column.name.to_string(), spelling.written(column, &relation.named)))
        .collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn arguments_of(spelling: &Spelling<'_>, function: &Function) -> Value {
    let named = function
        .arguments
        .iter()
        .filter_map(|argument| Some((argument.name.as_ref()?, argument)));
    let properties: Map<String, Value> = named
        .clone()
        .map(|(name, argument)| {
            let schema = spelling.ty(&argument.ty, &function.named);
            (
                name.to_string(),
                if argument.nullable {
                    schema::nullable(schema)
                } else {
                    schema
                },
            )
        })
        .collect();
    let required: Vec<&str> = named
        .filter(|(_, argument)| !argument.optional)
        .map(|(name, _)| name.as_str())
        .collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn result_of(spelling: &Spelling<'_>, function: &Function) -> Value {
    let one = match &function.returns {
        Returns::Void => json!({ "type": "null" }),
        Returns::Value { ty, .. } => schema::nullable(spelling.ty(ty, &function.named)),
        Returns::Record(fields) => spelling.fields(fields, &function.named),
        Returns::Row(at) => schema::nullable(spelling.row(*at, &function.named)),
        Returns::UntypedRecord => json!({ "type": "object" }),
    };
    if function.returns_set {
        json!({ "type": "array", "items": one })
    } else {
        one
    }
}

/// The document of a thing, where each schema has its own.
fn file_of(named: &Named) -> String {
    format!("{}.json", ascii(&named.id.schema))
}

/// The keys of all definitions: unique, and of characters that OpenAPI takes.
#[derive(Default)]
struct Keys {
    wanted: Vec<String>,
    /// Where the key of each thing stands, by identity, suffix and overload.
    positions: BTreeMap<(String, &'static str, usize), usize>,
}

impl Keys {
    fn want(&mut self, named: &Named, suffix: &'static str) {
        let name = named
            .rename
            .as_ref()
            .and_then(|rename| rename.get(Lang::JsonSchema))
            .unwrap_or(&named.id.name);
        let id = named.id.to_string();
        let overload = (0..).find(|&at| !self.positions.contains_key(&(id.clone(), suffix, at)));
        self.positions
            .insert((id, suffix, overload.unwrap_or_default()), self.wanted.len());
        self.wanted
            .push(format!("{}.{}{suffix}", ascii(&named.id.schema), ascii(name)));
    }

    /// Makes the keys unique, and notes those that had to change.
    fn settle(&mut self) -> Vec<Diagnostic> {
        let ids: Vec<String> = {
            let mut ids = vec![String::new(); self.wanted.len()];
            for ((id, suffix, _), &at) in &self.positions {
                ids[at] = format!("{id}{suffix}");
            }
            ids
        };
        let changed = naming::distinct(&mut self.wanted, |at, key| ids[at] == key, |_| false);
        let changed: BTreeSet<usize> = changed.into_iter().collect();
        let note = |at: usize| {
            Diagnostic::note(
                ids[at].as_str(),
                format!("is `{}` in the JSON Schema: the name was taken", self.wanted[at]),
            )
        };
        changed.into_iter().map(note).collect()
    }

    fn get(&self, named: &Named, suffix: &'static str, overload: usize) -> String {
        let position = self.positions.get(&(named.id.to_string(), suffix, overload));
        position.map(|&at| self.wanted[at].clone()).unwrap_or_default()
    }
}

/// A name in the characters that OpenAPI allows for a component.
fn ascii(name: &str) -> String {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    name.chars()
        .map(|character| if allowed(character) { character } else { '_' })
        .collect()
}

#[cfg(test)]
mod tests;
