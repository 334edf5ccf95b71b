//! Operators, operator classes and families, casts, collations and conversions.

use serde::{Deserialize, Serialize};

use super::id::{OperatorId, RoutineId};
use super::name::{Name, QName};
use super::{is_default, is_true, row, yes};

/// An operator (`pg_operator`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operator {
    /// Name and argument types.
    pub id: OperatorId,
    /// The owning role.
    pub owner: Name,
    /// The function; `None` for an operator that is announced but not defined.
    pub function: Option<QName>,
    /// `COMMUTATOR`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub commutator: Option<QName>,
    /// `NEGATOR`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub negator: Option<QName>,
    /// `RESTRICT`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub restrict: Option<QName>,
    /// `JOIN`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub join: Option<QName>,
    /// `HASHES`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hashes: bool,
    /// `MERGES`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub merges: bool,
}

/// An operator family (`pg_opfamily`) with the members that belong to no class of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorFamily {
    /// Schema and name.
    pub name: QName,
    /// The access method.
    pub method: Name,
    /// The owning role.
    pub owner: Name,
    /// Loose operators.
    #[serde(default, skip_serializing_if = "is_default")]
    pub operators: Vec<FamilyOperator>,
    /// Loose functions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub functions: Vec<FamilyFunction>,
}

/// An operator class (`pg_opclass`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OperatorClass {
    /// Schema and name.
    pub name: QName,
    /// The access method.
    pub method: Name,
    /// The owning role.
    pub owner: Name,
    /// The family.
    pub family: QName,
    /// The type: the key of a data type.
    #[serde(rename = "type")]
    pub data_type: Name,
    /// Whether it is the type's default for the method.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: bool,
    /// `STORAGE`: the key of a data type.
    #[serde(default, skip_serializing_if = "is_default")]
    pub storage: Option<Name>,
    /// Its operators.
    #[serde(default, skip_serializing_if = "is_default")]
    pub operators: Vec<FamilyOperator>,
    /// Its support functions.
    #[serde(default, skip_serializing_if = "is_default")]
    pub functions: Vec<FamilyFunction>,
}

/// An operator in a class or family (`pg_amop`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyOperator {
    /// The strategy number.
    pub strategy: i16,
    /// The operator.
    pub operator: OperatorId,
    /// The B-tree family that an ordering operator sorts by.
    #[serde(default, skip_serializing_if = "is_default")]
    pub order_by: Option<QName>,
}

/// A support function in a class or family (`pg_amproc`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyFunction {
    /// The support number.
    pub number: i16,
    /// The left type it is for: the key of a data type.
    pub left: Name,
    /// The right type it is for: the key of a data type.
    pub right: Name,
    /// The function.
    pub function: RoutineId,
}

/// A cast (`pg_cast`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// The source: the key of a data type.
    pub source: Name,
    /// The target: the key of a data type.
    pub target: Name,
    /// How it is done.
    pub method: CastMethod,
    /// When it is applied without being asked for (`castcontext`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub context: CastContext,
}

/// How a cast is done (`pg_cast.castmethod`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CastMethod {
    /// By a function (f).
    Function(RoutineId),
    /// Through the text form (i).
    Inout,
    /// Not at all: the types share their form (b).
    Binary,
}

/// When a cast is applied without being asked for (`pg_cast.castcontext`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CastContext {
    /// Never (e).
    #[default]
    Explicit,
    /// In assignments (a).
    Assignment,
    /// Everywhere (i).
    Implicit,
}

/// A collation (`pg_collation`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collation {
    /// Schema and name.
    pub name: QName,
    /// The owning role.
    pub owner: Name,
    /// The provider: libc, icu, builtin or default.
    pub provider: Name,
    /// Whether equal means the same bytes.
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub deterministic: bool,
    /// `LOCALE`, where one name serves both.
    #[serde(default, skip_serializing_if = "is_default")]
    pub locale: Option<String>,
    /// `LC_COLLATE`, where it is of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lc_collate: Option<String>,
    /// `LC_CTYPE`, where it is of its own.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lc_ctype: Option<String>,
    /// `RULES` (PostgreSQL 16).
    #[serde(default, skip_serializing_if = "is_default")]
    pub rules: Option<String>,
}

/// An encoding conversion (`pg_conversion`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversion {
    /// Schema and name.
    pub name: QName,
    /// The owning role.
    pub owner: Name,
    /// Whether it is the default for its encodings.
    #[serde(default, skip_serializing_if = "is_default")]
    pub default: bool,
    /// The encoding it reads.
    pub source: Name,
    /// The encoding it writes.
    pub target: Name,
    /// The function.
    pub function: QName,
}

row!(Operator, &'a OperatorId, |row| &row.id);
row!(OperatorFamily, (&'a QName, &'a Name), |row| (&row.name, &row.method));
row!(OperatorClass, (&'a QName, &'a Name), |row| (&row.name, &row.method));
row!(Cast, (&'a Name, &'a Name), |row| (&row.source, &row.target));
row!(Collation, &'a QName, |row| &row.name);
row!(Conversion, &'a QName, |row| &row.name);
