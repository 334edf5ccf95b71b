//! The options of `lang = "json-schema"`.

use serde::Deserialize;

/// What the JSON Schema is to look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct JsonSchema {
    /// The shape of the output.
    pub style: JsonSchemaStyle,
    /// The title of the document. Absent: `Database`.
    pub title: Option<String>,
    /// The version in OpenAPI's `info`. Absent: `1.0.0`.
    pub version: Option<String>,
}

/// The shape of the JSON document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum JsonSchemaStyle {
    /// JSON Schema 2020-12 with everything under `$defs`.
    #[default]
    JsonSchema,
    /// OpenAPI 3.1 with everything under `components/schemas`.
    Openapi,
}

impl JsonSchemaStyle {
    /// Every style, the default first.
    pub const NAMES: &[&str] = &["json-schema", "openapi"];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::JsonSchema => "json-schema",
            Self::Openapi => "openapi",
        }
    }
}
