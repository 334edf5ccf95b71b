//! The options of `lang = "python"`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de};

use crate::{Error, Result};

/// What Python is to look like.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Python {
    /// The shape of the output.
    pub style: PythonStyle,
    /// How enums are written.
    pub enums: PythonEnums,
    /// Who parses the values.
    pub wire: PythonWire,
    /// The oldest Python that must run the output.
    pub version: PythonVersion,
    /// The case of field names. The keys of a `TypedDict` are always the database's.
    pub case: PythonCase,
    /// The user's own base class, as `module:Class`, for the styles `pydantic` and `sqlalchemy`.
    pub base: Option<String>,
}

/// The shape of Python's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PythonStyle {
    /// pydantic 2 models.
    #[default]
    Pydantic,
    /// SQLAlchemy 2 declarative models.
    Sqlalchemy,
    /// `TypedDict`.
    Typeddict,
    /// `dataclasses`.
    Dataclass,
}

/// How Python writes enums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PythonEnums {
    /// `StrEnum`, or `str, Enum` before Python 3.11.
    #[default]
    Strenum,
    /// `Literal[...]`.
    Literal,
}

/// Who turns PostgreSQL's bytes into Python values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PythonWire {
    /// psycopg 3.
    #[default]
    Psycopg,
    /// asyncpg.
    Asyncpg,
    /// PostgREST's JSON, as supabase-py sees it.
    Postgrest,
}

/// The case of Python's field names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PythonCase {
    /// `user_id`, with the database's name as the alias.
    #[default]
    Snake,
    /// As in the database, where that is a name in Python.
    Preserve,
}

/// A minor version of Python 3, from 3.10 on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PythonVersion {
    /// The number after `3.`.
    pub minor: u8,
}

impl Default for PythonVersion {
    fn default() -> Self {
        Self { minor: 10 }
    }
}

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "3.{}", self.minor)
    }
}

impl FromStr for PythonVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.strip_prefix("3.").and_then(|minor| minor.parse().ok()) {
            Some(minor @ 10..) => Ok(Self { minor }),
            _ => Err(Error::new(format!(
                "no Python \"{text}\" is known here: \"3.10\" or newer is"
            ))),
        }
    }
}

impl<'de> Deserialize<'de> for PythonVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A bare 3.10 is the number 3.1 to TOML, so only text can be right.
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Python {
    /// Refuses what no style can do.
    pub(super) fn validate(&self) -> Result<()> {
        let style = self.style.name();
        if self.base.is_some() && !matches!(self.style, PythonStyle::Pydantic | PythonStyle::Sqlalchemy) {
            return Err(Error::new(format!("`base` does not go with `style = \"{style}\"`"))
                .with_hint("remove it: only pydantic and sqlalchemy have a base class"));
        }
        if self.style == PythonStyle::Sqlalchemy && self.wire == PythonWire::Postgrest {
            return Err(
                Error::new("`wire = \"postgrest\"` does not go with `style = \"sqlalchemy\"`")
                    .with_hint("SQLAlchemy talks to the database itself: take \"psycopg\" or \"asyncpg\""),
            );
        }
        let is_path = |base: &str| {
            base.split_once(':').is_some_and(|(module, class)| {
                module.split('.').chain([class]).all(|part| {
                    part.chars().next().is_some_and(|c| c.is_alphabetic() || c == '_')
                        && part.chars().all(|c| c.is_alphanumeric() || c == '_')
                })
            })
        };
        match &self.base {
            Some(base) if !is_path(base) => Err(Error::new(format!("`base = \"{base}\"` is not a module and a class"))
                .with_hint("write it as \"app.models:Base\"")),
            _ => Ok(()),
        }
    }
}

impl PythonStyle {
    /// Every style, the default first.
    pub const NAMES: &[&str] = &["pydantic", "sqlalchemy", "typeddict", "dataclass"];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pydantic => "pydantic",
            Self::Sqlalchemy => "sqlalchemy",
            Self::Typeddict => "typeddict",
            Self::Dataclass => "dataclass",
        }
    }
}
