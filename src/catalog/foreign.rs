//! Foreign-data wrappers, servers and user mappings.

use serde::{Deserialize, Serialize};

use super::name::{Name, QName};
use super::relation::ForeignOption;
use super::{Catalog, Rows, is_default, row};

/// A foreign-data wrapper (`pg_foreign_data_wrapper`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignDataWrapper {
    /// Its name.
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// The handler function.
    #[serde(default, skip_serializing_if = "is_default")]
    pub handler: Option<QName>,
    /// The validator function.
    #[serde(default, skip_serializing_if = "is_default")]
    pub validator: Option<QName>,
    /// Its options.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<ForeignOption>,
    /// The extension that it is a member of.
    #[serde(default, skip_serializing_if = "is_default")]
    pub extension: Option<Name>,
}

/// A foreign server (`pg_foreign_server`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Its name.
    pub name: Name,
    /// The owning role.
    pub owner: Name,
    /// The foreign-data wrapper.
    pub wrapper: Name,
    /// `TYPE`.
    #[serde(default, skip_serializing_if = "is_default", rename = "type")]
    pub server_type: Option<String>,
    /// `VERSION`.
    #[serde(default, skip_serializing_if = "is_default")]
    pub version: Option<String>,
    /// Its options.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<ForeignOption>,
}

/// A user mapping (`pg_user_mapping`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UserMapping {
    /// The server.
    pub server: Name,
    /// The role; `None` for everybody (`PUBLIC`).
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: Option<Name>,
    /// Its options; the values of all but the user's name are never read.
    #[serde(default, skip_serializing_if = "is_default")]
    pub options: Vec<ForeignOption>,
}

row!(ForeignDataWrapper, &'a Name, |row| &row.name);
row!(Server, &'a Name, |row| &row.name);
row!(UserMapping, (&'a Name, Option<&'a Name>), |row| (
    &row.server,
    row.role.as_ref()
));

impl Catalog {
    /// The catalog with every foreign object's options as `change` leaves them.
    #[must_use]
    pub fn with_foreign_options(mut self, change: impl Fn(&mut Vec<ForeignOption>)) -> Self {
        macro_rules! each {
            ($($rows:ident . $options:ident,)+) => {
                $(if self.$rows.iter().any(|row| !row.$options.is_empty()) {
                    let mut rows = self.$rows.to_vec();
                    rows.iter_mut().for_each(|row| change(&mut row.$options));
                    self.$rows = Rows::in_order(rows);
                })+
            };
        }
        each! {
            foreign_data_wrappers.options,
            servers.options,
            user_mappings.options,
            relations.foreign_options,
            columns.foreign_options,
        }
        self
    }
}
