//! The options of `lang = "typescript"`.

use serde::Deserialize;

use crate::{Error, Result};

/// What TypeScript is to look like.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Typescript {
    /// The shape of the output.
    pub style: TypescriptStyle,
    /// Who parses the values. Absent: what goes with the style, see [`Typescript::wire`].
    pub wire: Option<Wire>,
    /// Validators beside the types.
    pub validators: Option<Validators>,
    /// What `int8` is. Absent: what the wire gives, see [`Typescript::int8`].
    pub int8: Option<Int8>,
    /// What `numeric` is. Absent: what the wire gives, see [`Typescript::numeric`].
    pub numeric: Option<Numeric>,
    /// What `date`, `timestamp` and `timestamptz` are. Absent: what the wire gives, see [`Typescript::dates`].
    pub dates: Option<Dates>,
    /// How arrays are typed.
    pub arrays: Arrays,
    /// Whether NaN and the infinities, which clients give as something else than the type's usual value, are typed.
    pub special_values: bool,
    /// Whether single-column primary keys, and the foreign keys that point at them, get an optional brand.
    pub branded_ids: bool,
    /// The case of field names.
    pub case: FieldCase,
    /// Whether enum labels are there at run time.
    pub constants: bool,
    /// How enums are written.
    pub enums: TypescriptEnums,
    /// The major version of PostgREST, for `__InternalSupabase`. Absent: `"13"`.
    pub postgrest_version: Option<String>,
    /// What follows the file's name where one generated file imports another.
    pub import_extension: ImportExtension,
}

impl Default for Typescript {
    fn default() -> Self {
        Self {
            style: TypescriptStyle::default(),
            wire: None,
            validators: None,
            int8: None,
            numeric: None,
            dates: None,
            arrays: Arrays::default(),
            special_values: false,
            branded_ids: false,
            case: FieldCase::default(),
            constants: true,
            enums: TypescriptEnums::default(),
            postgrest_version: None,
            import_extension: ImportExtension::default(),
        }
    }
}

/// The shape of TypeScript's output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TypescriptStyle {
    /// The `Database` type that supabase-js infers from.
    #[default]
    Supabase,
    /// One type each for what is read, inserted and updated.
    Interfaces,
    /// Kysely's `DB` with `ColumnType`.
    Kysely,
}

/// Who turns PostgreSQL's bytes into JavaScript values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Wire {
    /// PostgREST's JSON, as supabase-js sees it.
    Postgrest,
    /// The package `pg` with its default parsers.
    NodePostgres,
    /// The package `postgres` with its default parsers.
    PostgresJs,
}

/// A library of validators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Validators {
    /// zod 4.
    Zod,
}

/// What `int8` becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Int8 {
    /// `number`, exact up to 2^53.
    Number,
    /// `string`.
    String,
    /// `bigint`.
    Bigint,
}

/// What `numeric` becomes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Numeric {
    /// `number`, not exact.
    Number,
    /// `string`.
    String,
}

/// What dates and times of day become.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub enum Dates {
    /// `string`.
    #[serde(rename = "string")]
    String,
    /// `Date`.
    Date,
}

/// How arrays are typed: PostgreSQL lets any array have any number of dimensions, and NULL elements.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Arrays {
    /// `PgArray<T | null>`: what PostgreSQL may hold.
    #[default]
    Exact,
    /// `(T | null)[]`: one dimension.
    Nullable,
    /// `T[]`: one dimension without NULL, as other generators have it.
    Flat,
}

/// The case of TypeScript's field names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum FieldCase {
    /// As in the database.
    #[default]
    Preserve,
    /// `userId`, for clients that rename (Kysely's `CamelCasePlugin`, postgres.js's `transform`).
    Camel,
}

/// How TypeScript writes enums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TypescriptEnums {
    /// A union of string literals.
    #[default]
    Union,
    /// A constant object of the labels, and the union of its values.
    Const,
}

/// What an import of a generated file ends in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum ImportExtension {
    /// `./app.js`, which every module resolution takes.
    #[default]
    Js,
    /// `./app.ts`, for Deno and Node's own type stripping.
    Ts,
    /// `./app`.
    None,
}

impl Typescript {
    /// The wire: as chosen, else PostgREST for the `supabase` style and node-postgres for the others.
    pub fn wire(&self) -> Wire {
        self.wire.unwrap_or(match self.style {
            TypescriptStyle::Supabase => Wire::Postgrest,
            TypescriptStyle::Interfaces | TypescriptStyle::Kysely => Wire::NodePostgres,
        })
    }

    /// `int8`: as chosen, else a number from PostgREST and a string from the drivers.
    pub fn int8(&self) -> Int8 {
        self.int8.unwrap_or(match self.wire() {
            Wire::Postgrest => Int8::Number,
            Wire::NodePostgres | Wire::PostgresJs => Int8::String,
        })
    }

    /// `numeric`: as chosen, else a number from PostgREST and a string from the drivers.
    pub fn numeric(&self) -> Numeric {
        self.numeric.unwrap_or(match self.wire() {
            Wire::Postgrest => Numeric::Number,
            Wire::NodePostgres | Wire::PostgresJs => Numeric::String,
        })
    }

    /// Dates: as chosen, else strings from PostgREST and `Date` from the drivers.
    pub fn dates(&self) -> Dates {
        self.dates.unwrap_or(match self.wire() {
            Wire::Postgrest => Dates::String,
            Wire::NodePostgres | Wire::PostgresJs => Dates::Date,
        })
    }

    /// Refuses what cannot be true together.
    pub(super) fn validate(&self) -> Result<()> {
        if self.style == TypescriptStyle::Supabase && self.case == FieldCase::Camel {
            return Err(Error::new("`case = \"camel\"` does not go with `style = \"supabase\"`")
                .with_hint("PostgREST gives the database's own names: take style \"kysely\" or \"interfaces\""));
        }
        if self.style == TypescriptStyle::Supabase && self.wire() != Wire::Postgrest {
            return Err(Error::new("a driver's wire does not go with `style = \"supabase\"`")
                .with_hint("supabase-js speaks to PostgREST: take style \"kysely\" or \"interfaces\" for a driver"));
        }
        if self.wire() == Wire::Postgrest && self.dates == Some(Dates::Date) {
            return Err(Error::new("`dates = \"Date\"` does not go with the wire \"postgrest\"")
                .with_hint("JSON has no dates: take `dates = \"string\"`, or the wire of a driver"));
        }
        Ok(())
    }
}

impl TypescriptStyle {
    /// Every style, the default first.
    pub const NAMES: &[&str] = &["supabase", "interfaces", "kysely"];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Supabase => "supabase",
            Self::Interfaces => "interfaces",
            Self::Kysely => "kysely",
        }
    }
}
