//! The options of `lang = "rust"`.

use std::path::PathBuf;

use serde::Deserialize;

use crate::{Error, Result};

/// What Rust is to look like.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Rust {
    /// The driver that the types are for.
    pub style: RustStyle,
    /// The crate of dates and times.
    pub datetime: Datetime,
    /// The crate of `numeric`.
    pub decimal: Decimal,
    /// What `uuid` is.
    pub uuid: Uuid,
    /// The crate of `inet` and `cidr`. Absent: what goes with the driver, see [`Rust::net`].
    pub net: Option<Net>,
    /// What `json` and `jsonb` are.
    pub json: Json,
    /// Whether everything derives `serde::Serialize` and `serde::Deserialize`.
    pub serde: bool,
    /// More derives for every struct and enum, by path.
    pub derives: Vec<String>,
    /// How domains are written. Absent: what goes with the driver, see [`Rust::domains`].
    pub domains: Option<Domains>,
    /// How single-column primary keys, and the foreign keys that point at them, are typed: newtypes or bare.
    pub ids: Ids,
    /// Whether a table gets a struct of its optional changes.
    pub patch: bool,
    /// Where a `sqlx.toml` is written that teaches `query!` the same types; relative to the configuration's folder.
    pub sqlx_toml: Option<PathBuf>,
    /// The visibility of all items.
    pub visibility: Visibility,
}

impl Default for Rust {
    fn default() -> Self {
        Self {
            style: RustStyle::default(),
            datetime: Datetime::default(),
            decimal: Decimal::default(),
            uuid: Uuid::default(),
            net: None,
            json: Json::default(),
            serde: true,
            derives: Vec::new(),
            domains: None,
            ids: Ids::default(),
            patch: true,
            sqlx_toml: None,
            visibility: Visibility::default(),
        }
    }
}

/// The driver that Rust's types are for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum RustStyle {
    /// sqlx: `FromRow` and `Type`.
    #[default]
    Sqlx,
    /// tokio-postgres: `FromSql`, `ToSql` and `TryFrom<&Row>`.
    TokioPostgres,
    /// No driver.
    Plain,
}

/// The crate of dates and times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Datetime {
    /// chrono.
    #[default]
    Chrono,
    /// time.
    Time,
    /// jiff.
    Jiff,
}

/// The crate of `numeric`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Decimal {
    /// rust_decimal: 28 digits, no NaN.
    #[default]
    #[serde(rename = "rust_decimal", alias = "rust-decimal")]
    RustDecimal,
    /// bigdecimal: any number of digits.
    #[serde(rename = "bigdecimal")]
    Bigdecimal,
}

/// What `uuid` becomes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Uuid {
    /// `uuid::Uuid`.
    #[default]
    Uuid,
    /// `String`, in the style `plain` only: no driver reads a uuid as text.
    String,
}

/// The crate of `inet` and `cidr`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Net {
    /// ipnetwork, for sqlx.
    Ipnetwork,
    /// ipnet, for sqlx.
    Ipnet,
    /// cidr, for tokio-postgres.
    Cidr,
}

/// What `json` and `jsonb` become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Json {
    /// `serde_json::Value`, and the type of `[columns]` verbatim where there is one.
    #[default]
    Value,
    /// The driver's `Json<T>` around the type of `[columns]`, or around `serde_json::Value`.
    Typed,
}

/// How Rust writes domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Domains {
    /// `type Email = String;`.
    Alias,
    /// `struct Email(String);`.
    Newtype,
}

/// How Rust types keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Ids {
    /// By their column's type.
    #[default]
    Plain,
    /// `struct UserId(Uuid);` for the key of `users` and all that refers to it.
    Newtype,
}

/// The visibility of Rust's items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Visibility {
    /// `pub`.
    #[default]
    #[serde(rename = "pub")]
    Public,
    /// `pub(crate)`.
    #[serde(rename = "pub(crate)")]
    Crate,
}

impl Rust {
    /// The crate of `inet` and `cidr`: as chosen, else cidr for tokio-postgres and ipnetwork for the others.
    pub fn net(&self) -> Net {
        self.net.unwrap_or(match self.style {
            RustStyle::TokioPostgres => Net::Cidr,
            RustStyle::Sqlx | RustStyle::Plain => Net::Ipnetwork,
        })
    }

    /// How domains are written: as chosen, else as newtypes for tokio-postgres, which writes no bare value to a domain,
    /// and as aliases for the others.
    pub fn domains(&self) -> Domains {
        self.domains.unwrap_or(match self.style {
            RustStyle::TokioPostgres => Domains::Newtype,
            RustStyle::Sqlx | RustStyle::Plain => Domains::Alias,
        })
    }

    /// Refuses what no driver can do.
    pub(super) fn validate(&self) -> Result<()> {
        let (option, cure) = match self.style {
            RustStyle::Sqlx if self.net() == Net::Cidr => ("net = \"cidr\"", "take \"ipnetwork\" or \"ipnet\""),
            RustStyle::TokioPostgres if self.net() != Net::Cidr => ("net", "take \"cidr\", which it has"),
            RustStyle::TokioPostgres if self.decimal == Decimal::Bigdecimal => {
                ("decimal = \"bigdecimal\"", "take \"rust_decimal\"")
            }
            RustStyle::Sqlx | RustStyle::TokioPostgres if self.uuid == Uuid::String => {
                ("uuid = \"string\"", "take \"uuid\", or style \"plain\"")
            }
            RustStyle::TokioPostgres | RustStyle::Plain if self.sqlx_toml.is_some() => {
                ("sqlx-toml", "remove it, or take style \"sqlx\"")
            }
            RustStyle::Sqlx | RustStyle::TokioPostgres | RustStyle::Plain => return Ok(()),
        };
        let style = self.style.name();
        Err(Error::new(format!("`{option}` does not go with `style = \"{style}\"`")).with_hint(cure))
    }
}

impl RustStyle {
    /// Every style, the default first.
    pub const NAMES: &[&str] = &["sqlx", "tokio-postgres", "plain"];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::TokioPostgres => "tokio-postgres",
            Self::Plain => "plain",
        }
    }
}

impl Visibility {
    /// As code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Public => "pub",
            Self::Crate => "pub(crate)",
        }
    }
}
