//! Constraints of tables and domains (`pg_constraint`).

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;

use super::id::ObjectId;
use super::name::{Name, QName};
#[cfg(feature = "plan")]
use super::{is_default, is_true};
use super::{row, yes};

/// A constraint of a table. A NOT NULL constraint has a row only where its name or state is not the usual one, so that
/// servers which do not keep such constraints (17 and older) give the same catalog.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// The table it belongs to.
    pub relation: QName,
    /// Its name (`conname`).
    pub name: Name,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Whether it can be deferred (`condeferrable`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub deferrable: bool,
    /// Whether it is deferred unless told otherwise (`condeferred`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub initially_deferred: bool,
    /// Whether the rows that were there have been checked (`convalidated`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub validated: bool,
    /// Whether it is enforced at all (`conenforced`, PostgreSQL 18).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub enforced: bool,
    /// Whether children do not inherit it (`connoinherit`); false where it cannot be inherited anyway.
    #[serde(default, skip_serializing_if = "is_default")]
    pub no_inherit: bool,
    /// Whether it is inherited from a parent or attached to a partitioned table's (`coninhcount`, `conparentid`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub inherited: bool,
    /// Whether it is declared here, inherited or not (`conislocal`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub local: bool,
}

/// What a constraint demands (`pg_constraint.contype`).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum ConstraintKind {
    /// `PRIMARY KEY` (p); its index has the constraint's name.
    PrimaryKey {
        /// The key columns, in order.
        columns: Vec<Name>,
        /// Whether the last column is a range that must not overlap (`conperiod`, PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        without_overlaps: bool,
    },
    /// `UNIQUE` (u); its index has the constraint's name and says whether NULLs are distinct.
    Unique {
        /// The key columns, in order.
        columns: Vec<Name>,
        /// Whether the last column is a range that must not overlap (`conperiod`, PostgreSQL 18).
        #[serde(default, skip_serializing_if = "is_default")]
        without_overlaps: bool,
    },
    /// `FOREIGN KEY` (f).
    ForeignKey(Box<ForeignKey>),
    /// `CHECK` (c).
    Check {
        /// The condition (`pg_get_expr(conbin)`), without the outer parentheses of the DDL.
        expression: String,
        /// The columns that it is about, sorted (`conkey`).
        #[serde(default, skip_serializing_if = "is_default")]
        columns: Vec<Name>,
    },
    /// `EXCLUDE` (x); its index has the constraint's name and the elements.
    Exclusion {
        /// The operator of each element (`conexclop`).
        operators: Vec<QName>,
    },
    /// `NOT NULL` (n, PostgreSQL 18).
    NotNull {
        /// The column.
        column: Name,
    },
}

/// A foreign key's own parts.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The referencing columns (`conkey`).
    pub columns: Vec<Name>,
    /// The referenced table (`confrelid`).
    pub references: QName,
    /// The referenced columns (`confkey`).
    pub referenced_columns: Vec<Name>,
    /// What an update of the referenced key does (`confupdtype`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_update: Action,
    /// What a deletion of the referenced row does (`confdeltype`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub on_delete: Action,
    /// The columns that `ON DELETE SET NULL` or `SET DEFAULT` sets, where not all (`confdelsetcols`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub delete_set_columns: Vec<Name>,
    /// Whether it is `MATCH FULL` (`confmatchtype` f).
    #[serde(default, skip_serializing_if = "is_default")]
    pub match_full: bool,
    /// Whether the last columns are ranges matched by `PERIOD` (`conperiod`, PostgreSQL 18).
    #[serde(default, skip_serializing_if = "is_default")]
    pub period: bool,
}

/// What a foreign key does to the referencing rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// `NO ACTION` (a).
    #[default]
    NoAction,
    /// `RESTRICT` (r).
    Restrict,
    /// `CASCADE` (c).
    Cascade,
    /// `SET NULL` (n).
    SetNull,
    /// `SET DEFAULT` (d).
    SetDefault,
}

/// A CHECK constraint of a domain, or a named NOT NULL of one (PostgreSQL 18).
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[cfg_attr(feature = "plan", derive(Serialize))]
#[serde(deny_unknown_fields)]
pub struct DomainConstraint {
    /// The domain it belongs to.
    pub domain: QName,
    /// Its name (`conname`).
    pub name: Name,
    /// The condition on `VALUE` (`pg_get_expr(conbin)`); `None` for a NOT NULL whose name is not the usual one.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expression: Option<String>,
    /// Whether the values that were there have been checked (`convalidated`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub validated: bool,
}

row!(Constraint, (&'a QName, &'a Name), |row| (&row.relation, &row.name));
row!(DomainConstraint, (&'a QName, &'a Name), |row| (&row.domain, &row.name));

impl Constraint {
    /// The constraint's identity.
    pub fn object(&self) -> ObjectId {
        let (relation, name) = (self.relation.clone(), self.name.clone());
        match self.kind {
            ConstraintKind::ForeignKey(_) => ObjectId::ForeignKey(relation, name),
            _ => ObjectId::Constraint(relation, name),
        }
    }
}

impl DomainConstraint {
    /// The constraint's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::DomainConstraint(self.domain.clone(), self.name.clone())
    }
}

/// How the names end that PostgreSQL chooses for NOT NULL constraints, if they are free.
pub(super) const NOT_NULL_LABEL: &str = "_not_null";

/// The name that PostgreSQL chooses for a NOT NULL constraint of a column or domain, if it is free: the parts and
/// `not_null`, where the longest part gives way until all is within 63 bytes (`makeObjectName`).
pub fn usual_not_null_name(parts: &[&Name]) -> String {
    let mut parts = parts.iter().map(|part| part.as_str()).collect::<Vec<_>>();
    let room = 63 - NOT_NULL_LABEL.len() - (parts.len() - 1);
    let mut lengths = parts.iter().map(|part| part.len()).collect::<Vec<_>>();
    while lengths.iter().sum::<usize>() > room {
        let last = lengths.len() - 1;
        let longest = if lengths[0] > lengths[last] { 0 } else { last };
        lengths[longest] -= 1;
    }
    for (part, length) in parts.iter_mut().zip(lengths) {
        *part = &part[..part.floor_char_boundary(length)];
    }
    parts.join("_") + NOT_NULL_LABEL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn not_null_constraints_have_the_names_that_postgres_gives_them() {
        let name = |parts: &[&str]| {
            let parts = parts.iter().map(Name::new).collect::<Vec<_>>();
            usual_not_null_name(&parts.iter().collect::<Vec<_>>())
        };
        assert_eq!(name(&["users", "id"]), "users_id_not_null");
        assert_eq!(name(&["email"]), "email_not_null");
        let long = "t".repeat(63);
        assert_eq!(name(&[&long, "id"]), format!("{}_id_not_null", "t".repeat(51)));
        assert_eq!(
            name(&[&long, &"c".repeat(40)]),
            format!("{}_{}_not_null", "t".repeat(27), "c".repeat(26))
        );
        assert_eq!(
            name(&[&"ü".repeat(31), "id"]),
            format!("{}_id_not_null", "ü".repeat(25))
        );
    }
}
