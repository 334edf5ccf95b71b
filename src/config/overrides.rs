//! What the user calls a type or an object, per language.

use serde::Deserialize;

use super::Lang;

/// A type as each language spells it: verbatim code, except for JSON Schema, which is a schema. Nullability is added
/// around it as the column demands.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Override {
    /// A Rust type by its path: `crate::Email`.
    pub rust: Option<String>,
    /// A TypeScript type: `import('./meta').OrderMeta`.
    pub typescript: Option<String>,
    /// A Python type by its dotted path, which is imported: `pydantic.EmailStr`.
    pub python: Option<String>,
    /// A JSON Schema: `{ type = "string", format = "email" }`.
    pub json_schema: Option<serde_json::Value>,
}

/// A name, for every language or for each.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected a name, or a table of names by language")]
pub enum Name {
    /// The same for all: `"public.user" = "Account"`.
    All(String),
    /// One per language: `"public.user" = { python = "Account" }`.
    Each(Names),
}

/// Names by language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Names {
    /// In Rust.
    pub rust: Option<String>,
    /// In TypeScript.
    pub typescript: Option<String>,
    /// In Python.
    pub python: Option<String>,
    /// In JSON Schema.
    pub json_schema: Option<String>,
}

impl Override {
    /// The code of `lang`; `None` where there is none, and always for JSON Schema, which has a value instead.
    pub fn code(&self, lang: Lang) -> Option<&str> {
        match lang {
            Lang::Typescript => self.typescript.as_deref(),
            Lang::Rust => self.rust.as_deref(),
            Lang::Python => self.python.as_deref(),
            Lang::JsonSchema => None,
        }
    }
}

impl Name {
    /// The name in `lang`, where one is given.
    pub fn get(&self, lang: Lang) -> Option<&str> {
        match self {
            Self::All(name) => Some(name),
            Self::Each(names) => match lang {
                Lang::Typescript => names.typescript.as_deref(),
                Lang::Rust => names.rust.as_deref(),
                Lang::Python => names.python.as_deref(),
                Lang::JsonSchema => names.json_schema.as_deref(),
            },
        }
    }
}
