//! Row-level security policies (`pg_policy`).

use serde::{Deserialize, Serialize};

use super::id::ObjectId;
use super::name::{Name, QName};
use super::trigger::Event;
use super::{is_default, is_true, row, yes};

/// A row-level security policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// The table it belongs to.
    pub relation: QName,
    /// Its name (`polname`).
    pub name: Name,
    /// Whether it is permissive, rather than restrictive (`polpermissive`).
    #[serde(default = "yes", skip_serializing_if = "is_true")]
    pub permissive: bool,
    /// The command it is for (`polcmd`); `None` for all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub command: Option<Event>,
    /// The roles it is for, sorted; empty for everybody (`PUBLIC`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub roles: Vec<Name>,
    /// Which rows can be seen (`polqual`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub using: Option<String>,
    /// Which rows can be written (`polwithcheck`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub check: Option<String>,
}

row!(Policy, (&'a QName, &'a Name), |row| (&row.relation, &row.name));

impl Policy {
    /// The policy's identity.
    pub fn object(&self) -> ObjectId {
        ObjectId::Policy(self.relation.clone(), self.name.clone())
    }
}
