//! `[[generate]]`: one entry is one language written to one place.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::value::{Error as ValueError, StrDeserializer};

use super::json_schema::{JsonSchema, JsonSchemaStyle};
use super::python::{Python, PythonStyle};
use super::rust::{Rust, RustStyle};
use super::typescript::{Typescript, TypescriptStyle};
use crate::{Error, Result};

/// One entry of `[[generate]]`.
#[derive(Clone, Debug, PartialEq)]
pub struct Generate {
    /// The file, or the folder where [`Layout::PerSchema`] is chosen; relative to the configuration's folder.
    pub out: PathBuf,
    /// One file, or one per schema.
    pub layout: Layout,
    /// Lines that come first in each file, verbatim: a licence, directives for a linter.
    pub header: Option<String>,
    /// Whether partitions are emitted beside the partitioned tables they belong to.
    pub partitions: bool,
    /// The language and its options.
    pub language: Language,
}

/// A language with its options.
#[derive(Clone, Debug, PartialEq)]
pub enum Language {
    /// `lang = "typescript"`.
    Typescript(Typescript),
    /// `lang = "rust"`.
    Rust(Rust),
    /// `lang = "python"`.
    Python(Python),
    /// `lang = "json-schema"`.
    JsonSchema(JsonSchema),
}

/// A language that types can be generated in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Lang {
    /// TypeScript.
    Typescript,
    /// Rust.
    Rust,
    /// Python.
    Python,
    /// JSON Schema and OpenAPI.
    JsonSchema,
}

/// How output is spread over files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Layout {
    /// All in the file `out`.
    #[default]
    Single,
    /// A file per schema in the folder `out`, and one that brings them together.
    PerSchema,
}

impl Generate {
    /// The entry for `lang` with every default: what a command without a `pgkeel.toml` gets.
    pub fn new(lang: Lang) -> Self {
        Language::new(lang).into()
    }

    /// The language alone.
    pub fn lang(&self) -> Lang {
        match self.language {
            Language::Typescript(_) => Lang::Typescript,
            Language::Rust(_) => Lang::Rust,
            Language::Python(_) => Lang::Python,
            Language::JsonSchema(_) => Lang::JsonSchema,
        }
    }

    /// The name of the chosen style, as it is written in the configuration.
    pub fn style(&self) -> &'static str {
        match &self.language {
            Language::Typescript(options) => options.style.name(),
            Language::Rust(options) => options.style.name(),
            Language::Python(options) => options.style.name(),
            Language::JsonSchema(options) => options.style.name(),
        }
    }
}

impl From<Language> for Generate {
    fn from(language: Language) -> Self {
        let mut entry = Self {
            out: PathBuf::new(),
            layout: Layout::Single,
            header: None,
            partitions: false,
            language,
        };
        entry.out = PathBuf::from(entry.lang().default_file());
        entry
    }
}

impl Language {
    /// `lang` with every default.
    pub fn new(lang: Lang) -> Self {
        match lang {
            Lang::Typescript => Self::Typescript(Typescript::default()),
            Lang::Rust => Self::Rust(Rust::default()),
            Lang::Python => Self::Python(Python::default()),
            Lang::JsonSchema => Self::JsonSchema(JsonSchema::default()),
        }
    }

    /// Takes another style, by its name in the configuration.
    ///
    /// # Errors
    /// Where the language has no such style, or an option does not go with it.
    pub fn set_style(&mut self, name: &str) -> Result<()> {
        let (lang, names) = match self {
            Self::Typescript(_) => (Lang::Typescript, TypescriptStyle::NAMES),
            Self::Rust(_) => (Lang::Rust, RustStyle::NAMES),
            Self::Python(_) => (Lang::Python, PythonStyle::NAMES),
            Self::JsonSchema(_) => (Lang::JsonSchema, JsonSchemaStyle::NAMES),
        };
        let style = StrDeserializer::<ValueError>::new(name);
        let known = match self {
            Self::Typescript(options) => Deserialize::deserialize(style).map(|style| options.style = style),
            Self::Rust(options) => Deserialize::deserialize(style).map(|style| options.style = style),
            Self::Python(options) => Deserialize::deserialize(style).map(|style| options.style = style),
            Self::JsonSchema(options) => Deserialize::deserialize(style).map(|style| options.style = style),
        };
        known.map_err(|_| {
            Error::new(format!("{lang} has no style `{name}`")).with_hint(format!("one of {}", names.join(", ")))
        })?;
        self.validate()
    }

    /// Refuses options that do not go together.
    pub(super) fn validate(&self) -> Result<()> {
        match self {
            Self::Typescript(options) => options.validate(),
            Self::Rust(options) => options.validate(),
            Self::Python(options) => options.validate(),
            Self::JsonSchema(_) => Ok(()),
        }
    }
}

impl Lang {
    /// Every language, in the order they are named to users.
    pub const ALL: [Self; 4] = [Self::Typescript, Self::Rust, Self::Python, Self::JsonSchema];

    /// The name in the configuration and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Typescript => "typescript",
            Self::Rust => "rust",
            Self::Python => "python",
            Self::JsonSchema => "json-schema",
        }
    }

    /// The extension of its files, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Typescript => "ts",
            Self::Rust => "rs",
            Self::Python => "py",
            Self::JsonSchema => "json",
        }
    }

    /// The file that is written where none is named.
    pub fn default_file(self) -> &'static str {
        match self {
            Self::Typescript => "types.ts",
            Self::Rust => "types.rs",
            // Not `types.py`, which would hide the standard library's module from scripts beside it.
            Self::Python => "models.py",
            Self::JsonSchema => "schema.json",
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Lang {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text {
            "typescript" | "ts" => Ok(Self::Typescript),
            "rust" | "rs" => Ok(Self::Rust),
            "python" | "py" => Ok(Self::Python),
            "json-schema" => Ok(Self::JsonSchema),
            _ => Err(Error::new(format!("unknown language `{text}`"))
                .with_hint("one of typescript, rust, python, json-schema")),
        }
    }
}
