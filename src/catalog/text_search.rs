//! Text search parsers, templates, dictionaries and configurations.

use serde::{Deserialize, Serialize};

use super::name::{Name, QName};
use super::{is_default, row};

/// A text search parser (`pg_ts_parser`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSearchParser {
    /// Schema and name.
    pub name: QName,
    /// `START`.
    pub start: QName,
    /// `GETTOKEN`.
    pub token: QName,
    /// `END`.
    pub end: QName,
    /// `LEXTYPES`.
    pub lextypes: QName,
    /// `HEADLINE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub headline: Option<QName>,
}

/// A text search template (`pg_ts_template`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSearchTemplate {
    /// Schema and name.
    pub name: QName,
    /// `INIT`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub init: Option<QName>,
    /// `LEXIZE`.
    pub lexize: QName,
}

/// A text search dictionary (`pg_ts_dict`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSearchDictionary {
    /// Schema and name.
    pub name: QName,
    /// The owning role.
    pub owner: Name,
    /// The template.
    pub template: QName,
    /// The options as PostgreSQL keeps them (`dictinitoption`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Option<String>,
}

/// A text search configuration (`pg_ts_config`, `pg_ts_config_map`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextSearchConfiguration {
    /// Schema and name.
    pub name: QName,
    /// The owning role.
    pub owner: Name,
    /// The parser.
    pub parser: QName,
    /// Which dictionaries each kind of token goes through, sorted by the token's name.
    #[serde(default, skip_serializing_if = "is_default")]
    pub mappings: Vec<Mapping>,
}

/// The dictionaries of one kind of token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// The kind of token, by the parser's own name.
    pub token: Name,
    /// The dictionaries, in order.
    pub dictionaries: Vec<QName>,
}

row!(TextSearchParser, &'a QName, |row| &row.name);
row!(TextSearchTemplate, &'a QName, |row| &row.name);
row!(TextSearchDictionary, &'a QName, |row| &row.name);
row!(TextSearchConfiguration, &'a QName, |row| &row.name);
