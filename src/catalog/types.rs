//! User-defined types (`pg_type`, `pg_enum`, `pg_range`).

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::ObjectId;
#[cfg(feature = "plan")]
use super::is_default;
use super::name::{Name, QName};
use super::row;

/// A type other than a relation's row type and the array type that every type has.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Type {
    /// Schema and name.
    pub name: QName,
    /// The owning role (`typowner`).
    pub owner: Name,
    /// What kind of type it is.
    pub kind: TypeKind,
    /// The extension that it is a member of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

/// What kind of type it is (`pg_type.typtype`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum TypeKind {
    /// An enum (e).
    Enum {
        /// The labels in their sort order.
        labels: Vec<Name>,
    },
    /// A domain (d); its checks are rows of their own.
    Domain {
        /// The type it restricts: the key of a data type.
        base: Name,
        /// Whether it refuses NULL (`typnotnull`).
        #[serde(default, skip_serializing_if = "is_default")]
        not_null: bool,
        /// The default (`typdefault`).
        #[serde(default, skip_serializing_if = "is_default")]
        default: Option<String>,
        /// The collation where it is not the base's own (`typcollation`).
        #[serde(default, skip_serializing_if = "is_default")]
        collation: Option<QName>,
    },
    /// A free-standing composite type (c).
    Composite {
        /// The attributes, in order.
        attributes: Vec<Attribute>,
    },
    /// A range (r).
    Range(Box<Range>),
    /// The multirange of a range (m).
    Multirange {
        /// The range.
        range: QName,
    },
    /// A base type (b).
    Base(Box<Base>),
    /// A type that is announced but not defined (p, `typisdefined` false).
    Shell,
}

/// An attribute of a composite type.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its type: the key of a data type.
    #[serde(rename = "type")]
    pub data_type: Name,
    /// The collation where it is not the type's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
}

/// A range type's own parts (`pg_range`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// The type of the bounds: the key of a data type.
    pub subtype: Name,
    /// The operator class where it is not PostgreSQL's own default for the subtype.
    #[serde(default, skip_serializing_if = "is_default")]
    pub opclass: Option<QName>,
    /// The collation where it is not the subtype's own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collation: Option<QName>,
    /// The canonicalisation function.
    #[serde(default, skip_serializing_if = "is_default")]
    pub canonical: Option<QName>,
    /// The subtype difference function.
    #[serde(default, skip_serializing_if = "is_default")]
    pub subtype_diff: Option<QName>,
    /// The multirange type (PostgreSQL 14).
    #[serde(default, skip_serializing_if = "is_default")]
    pub multirange: Option<QName>,
}

/// A base type's own parts (manual, `CREATE TYPE`). Functions that are not set are `None`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// `INPUT`.
    pub input: Option<QName>,
    /// `OUTPUT`.
    pub output: Option<QName>,
    /// `RECEIVE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub receive: Option<QName>,
    /// `SEND`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub send: Option<QName>,
    /// `TYPMOD_IN`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub typmod_in: Option<QName>,
    /// `TYPMOD_OUT`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub typmod_out: Option<QName>,
    /// `ANALYZE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub analyze: Option<QName>,
    /// `SUBSCRIPT` (PostgreSQL 14).
    #[serde(default, skip_serializing_if = "is_default")]
    pub subscript: Option<QName>,
    /// `INTERNALLENGTH` in bytes; -1 for variable, -2 for a C string.
    pub length: i16,
    /// `PASSEDBYVALUE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub by_value: bool,
    /// `ALIGNMENT`: char, int2, int4 or double.
    pub alignment: Name,
    /// `STORAGE`: plain, external, extended or main.
    pub storage: Name,
    /// `CATEGORY`, one character (`typcategory`).
    pub category: Name,
    /// `PREFERRED`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub preferred: bool,
    /// `DEFAULT`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: Option<String>,
    /// `ELEMENT`: the key of a data type.
    #[serde(default, skip_serializing_if = "is_default")]
    pub element: Option<Name>,
    /// `DELIMITER` where it is not a comma.
    #[serde(default, skip_serializing_if = "is_default")]
    pub delimiter: Option<Name>,
    /// `COLLATABLE`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub collatable: bool,
}

row!(Type, &'a QName, |row| &row.name);

impl Type {
    /// The type's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Type(self.name.clone())
    }

    /// The functions that make the type what it is. They are about the type, which must be announced for them to be made.
    pub fn own_functions(&self) -> Vec<&QName> {
        match &self.kind {
            TypeKind::Base(base) => {
                let functions = [
                    &base.input,
                    &base.output,
                    &base.receive,
                    &base.send,
                    &base.typmod_in,
                    &base.typmod_out,
                    &base.analyze,
                    &base.subscript,
                ];
                functions.into_iter().flatten().collect()
            }
            TypeKind::Range(range) => range.canonical.iter().collect(),
            _ => Vec::new(),
        }
    }
}
