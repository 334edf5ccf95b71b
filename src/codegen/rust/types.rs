//! What PostgreSQL's types are in Rust.
//!
//! A driver's own type is taken where it holds every value and can be serialised; otherwise one of the module `pg`,
//! which is written beside the schemas. Elements of arrays may be null, and are always `Option`. No driver reads an
//! array of more than one dimension.

use super::context::{Context, Item};
use super::names;
use crate::codegen::model::{Scalar, Type};
use crate::config::Lang;
use crate::config::rust::{Datetime, Decimal, Domains, Json, Net, Rust, RustStyle, Uuid};

/// What can be derived for a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Traits {
    pub(super) eq: bool,
    pub(super) hash: bool,
    pub(super) copy: bool,
}

/// How a scalar is written.
enum Spelling {
    /// As it stands.
    Path(&'static str),
    /// As a type of the module of helpers.
    Helper(&'static str),
}

use Spelling::{Helper, Path};

impl Context<'_> {
    /// Appends a type, not yet nullable, as it is written in `module`.
    pub(super) fn push_type(&self, ty: &Type, module: usize, out: &mut String) {
        let options = self.options;
        match ty {
            Type::Scalar(scalar) => self.push_scalar(*scalar, out),
            Type::Enum(at) => self.push_item(&self.enums[*at], module, out),
            Type::Domain(at) => self.push_item(&self.domains[*at], module, out),
            Type::Composite(at) => self.push_item(&self.composites[*at], module, out),
            Type::Row(at) => self.push_item(&self.relations[*at].row, module, out),
            Type::Range(at) => self.push_item(&self.ranges[*at], module, out),
            Type::BuiltinRange(_) if options.style == RustStyle::Plain => out.push_str("String"),
            Type::BuiltinRange(subtype) => {
                self.need(range_key(*subtype));
                self.push_range(&Type::Scalar(*subtype), module, out);
            }
            Type::BuiltinMultirange(subtype) => self.push_multirange(*subtype, module, out),
            // tokio-postgres does not learn what the elements of a user's own multirange are.
            Type::Multirange(_) if options.style == RustStyle::TokioPostgres => self.push_helper("Raw", out),
            Type::Multirange(_) => out.push_str("String"),
            Type::Array(element) => {
                out.push_str("Vec<Option<");
                self.push_type(element, module, out);
                out.push_str(">>");
            }
            Type::Custom(at, base) => match self.api.overrides[*at].code(Lang::Rust) {
                Some(code) => out.push_str(&self.custom(code, base)),
                None => self.push_type(base, module, out),
            },
            Type::Unknown(_) if options.style == RustStyle::Plain => out.push_str("serde_json::Value"),
            Type::Unknown(_) => self.push_helper("Raw", out),
        }
    }

    /// The user's own type, in the driver's wrapper where it stands for JSON and that is asked for.
    pub(super) fn custom(&self, code: &str, base: &Type) -> String {
        let is_json = matches!(base, Type::Scalar(Scalar::Json | Scalar::Jsonb));
        match json_wrapper(self.options) {
            Some(wrapper) if is_json => format!("{wrapper}<{code}>"),
            _ => code.to_owned(),
        }
    }

    /// Appends a range over `subtype`.
    pub(super) fn push_range(&self, subtype: &Type, module: usize, out: &mut String) {
        self.need("Range");
        out.push_str("super::pg::Range<");
        self.push_type(subtype, module, out);
        out.push('>');
    }

    fn push_multirange(&self, subtype: Scalar, module: usize, out: &mut String) {
        if self.options.style != RustStyle::TokioPostgres {
            // sqlx refuses every row that has one: the column is to be selected as text.
            out.push_str("String");
            return;
        }
        self.need("Multirange");
        out.push_str("super::pg::Multirange<");
        self.push_type(&Type::Scalar(subtype), module, out);
        out.push('>');
    }

    pub(super) fn push_item(&self, item: &Item, module: usize, out: &mut String) {
        if item.module != module {
            out.push_str("super::");
            out.push_str(&names::code(self.modules[item.module].name.clone()));
            out.push_str("::");
        }
        out.push_str(&item.name);
    }

    fn push_helper(&self, name: &'static str, out: &mut String) {
        self.need(name);
        out.push_str("super::pg::");
        out.push_str(name);
    }

    fn push_scalar(&self, scalar: Scalar, out: &mut String) {
        match spelling(scalar, self.options) {
            Path(path) => out.push_str(path),
            Helper(name) => self.push_helper(name, out),
        }
    }

    /// What can be derived for a type.
    pub(super) fn traits(&self, ty: &Type) -> Traits {
        let options = self.options;
        match ty {
            Type::Scalar(scalar) => scalar_traits(*scalar, options),
            Type::Enum(_) => Traits::ALL,
            Type::Domain(at) => self.traits(&self.api.domains[*at].base),
            // They may contain themselves, and are rarely compared.
            Type::Composite(_) | Type::Row(_) => Traits::NONE,
            Type::BuiltinRange(_) | Type::Range(_) if options.style == RustStyle::Plain => Traits::TEXT,
            Type::BuiltinRange(subtype) => scalar_traits(*subtype, options),
            Type::Range(at) => self.traits(&self.api.ranges[*at].subtype),
            Type::BuiltinMultirange(_) | Type::Multirange(_) if options.style != RustStyle::TokioPostgres => {
                Traits::TEXT
            }
            Type::BuiltinMultirange(subtype) => scalar_traits(*subtype, options).owned(),
            Type::Multirange(_) => Traits::TEXT,
            Type::Array(element) => self.traits(element).owned(),
            Type::Custom(at, base) => match self.api.overrides[*at].code(Lang::Rust) {
                Some(_) => Traits::NONE,
                None => self.traits(base),
            },
            Type::Unknown(_) if options.style == RustStyle::Plain => Traits::NONE,
            Type::Unknown(_) => Traits::TEXT,
        }
    }

    /// Whether a driver decodes the type only unseen: it does not look through the domains in it.
    pub(super) fn hides_domain(&self, ty: &Type) -> bool {
        match ty {
            Type::Domain(at) => {
                self.options.domains() == Domains::Alias || self.hides_domain(&self.api.domains[*at].base)
            }
            Type::Array(element) => self.hides_domain(element),
            Type::Custom(at, base) => self.api.overrides[*at].code(Lang::Rust).is_none() && self.hides_domain(base),
            _ => false,
        }
    }

    /// Whether sqlx takes the Rust type for just this type of PostgreSQL, so that it can stand in a composite type.
    pub(super) fn is_exact(&self, ty: &Type) -> bool {
        match ty {
            Type::Scalar(scalar) => !matches!(
                scalar,
                Scalar::Varchar
                    | Scalar::Bpchar
                    | Scalar::Name
                    | Scalar::Citext
                    | Scalar::Json
                    | Scalar::Cidr
                    | Scalar::Varbit
                    | Scalar::Reg
                    | Scalar::Halfvec
                    | Scalar::Sparsevec
            ),
            Type::Enum(_) | Type::Composite(_) | Type::Row(_) | Type::Range(_) | Type::BuiltinRange(_) => true,
            Type::Array(element) => self.is_exact(element),
            Type::Custom(at, base) => self.api.overrides[*at].code(Lang::Rust).is_some() || self.is_exact(base),
            Type::Domain(_) | Type::BuiltinMultirange(_) | Type::Multirange(_) | Type::Unknown(_) => false,
        }
    }
}

impl Traits {
    const ALL: Self = Self {
        eq: true,
        hash: true,
        copy: true,
    };
    const TEXT: Self = Self {
        eq: true,
        hash: true,
        copy: false,
    };
    const FLOAT: Self = Self {
        eq: false,
        hash: false,
        copy: true,
    };
    const NONE: Self = Self {
        eq: false,
        hash: false,
        copy: false,
    };

    fn owned(self) -> Self {
        Self { copy: false, ..self }
    }
}

/// The part of the helpers that ties a built-in range to its element.
pub(super) fn range_key(subtype: Scalar) -> &'static str {
    match subtype {
        Scalar::Int4 => "subtype int4",
        Scalar::Int8 => "subtype int8",
        Scalar::Numeric => "subtype num",
        Scalar::Timestamp => "subtype ts",
        Scalar::Timestamptz => "subtype tstz",
        _ => "subtype date",
    }
}

/// The element's type and the OIDs of the range and its array, by [`range_key`].
pub(super) fn range_subtype(key: &str, options: &Rust) -> Option<(&'static str, u32, u32)> {
    let (scalar, range, array) = match key {
        "subtype int4" => (Scalar::Int4, 3904, 3905),
        "subtype num" => (Scalar::Numeric, 3906, 3907),
        "subtype ts" => (Scalar::Timestamp, 3908, 3909),
        "subtype tstz" => (Scalar::Timestamptz, 3910, 3911),
        "subtype date" => (Scalar::Date, 3912, 3913),
        "subtype int8" => (Scalar::Int8, 3926, 3927),
        _ => return None,
    };
    match spelling(scalar, options) {
        Path(path) => Some((path, range, array)),
        Helper(_) => None,
    }
}

/// The driver's wrapper of typed JSON, where one is asked for.
pub(super) fn json_wrapper(options: &Rust) -> Option<&'static str> {
    match (options.json, options.style) {
        (Json::Value, _) | (_, RustStyle::Plain) => None,
        (Json::Typed, RustStyle::Sqlx) => Some("sqlx::types::Json"),
        (Json::Typed, RustStyle::TokioPostgres) => Some("postgres_types::Json"),
    }
}

fn spelling(scalar: Scalar, options: &Rust) -> Spelling {
    let plain = options.style == RustStyle::Plain;
    let json = || match (options.json, options.style) {
        (Json::Value, _) | (_, RustStyle::Plain) => "serde_json::Value",
        (Json::Typed, RustStyle::Sqlx) => "sqlx::types::Json<serde_json::Value>",
        (Json::Typed, RustStyle::TokioPostgres) => "postgres_types::Json<serde_json::Value>",
    };
    let helper = |name| if plain { Path("String") } else { Helper(name) };
    match scalar {
        Scalar::Bool => Path("bool"),
        Scalar::Int2 => Path("i16"),
        Scalar::Int4 => Path("i32"),
        Scalar::Int8 => Path("i64"),
        Scalar::Float4 => Path("f32"),
        Scalar::Float8 => Path("f64"),
        Scalar::Numeric => match options.decimal {
            Decimal::RustDecimal => Path("rust_decimal::Decimal"),
            Decimal::Bigdecimal => Path("bigdecimal::BigDecimal"),
        },
        Scalar::Text | Scalar::Varchar | Scalar::Bpchar | Scalar::Name | Scalar::Citext => Path("String"),
        Scalar::Char if plain => Path("String"),
        Scalar::Char => Path("i8"),
        Scalar::Bytea => Path("Vec<u8>"),
        Scalar::Uuid => match options.uuid {
            Uuid::Uuid => Path("uuid::Uuid"),
            Uuid::String => Path("String"),
        },
        Scalar::Date | Scalar::Time | Scalar::Timestamp | Scalar::Timestamptz => Path(datetime(scalar, options)),
        Scalar::Json | Scalar::Jsonb => Path(json()),
        Scalar::Bit | Scalar::Varbit if plain => Path("String"),
        Scalar::Bit | Scalar::Varbit => Path("bit_vec::BitVec"),
        Scalar::Inet | Scalar::Cidr => match options.net() {
            Net::Ipnetwork => Path("ipnetwork::IpNetwork"),
            Net::Ipnet => Path("ipnet::IpNet"),
            Net::Cidr if scalar == Scalar::Inet => Path("cidr::IpInet"),
            Net::Cidr => Path("cidr::IpCidr"),
        },
        Scalar::Macaddr => match options.style {
            RustStyle::Sqlx => Path("mac_address::MacAddress"),
            RustStyle::TokioPostgres => Path("eui48::MacAddress"),
            RustStyle::Plain => Path("String"),
        },
        Scalar::Oid => match options.style {
            RustStyle::Sqlx => Path("sqlx::postgres::types::Oid"),
            RustStyle::TokioPostgres | RustStyle::Plain => Path("u32"),
        },
        Scalar::Void => Path("()"),
        Scalar::Vector if plain => Path("String"),
        Scalar::Vector => Path("pgvector::Vector"),
        Scalar::Hstore if plain => Path("std::collections::BTreeMap<String, Option<String>>"),
        Scalar::Geometry | Scalar::Geography if plain => Path("serde_json::Value"),
        Scalar::Money => helper("Money"),
        Scalar::Timetz => helper("TimeTz"),
        Scalar::Interval => helper("Interval"),
        Scalar::Jsonpath => helper("Jsonpath"),
        Scalar::Xml => helper("Xml"),
        Scalar::Macaddr8 => helper("Macaddr8"),
        Scalar::Point => helper("Point"),
        Scalar::Line => helper("Line"),
        Scalar::Lseg => helper("Lseg"),
        Scalar::Box => helper("Rect"),
        Scalar::Path => helper("Path"),
        Scalar::Polygon => helper("Polygon"),
        Scalar::Circle => helper("Circle"),
        Scalar::Tsvector => helper("Tsvector"),
        Scalar::Tsquery => helper("Tsquery"),
        Scalar::Xid => helper("Xid"),
        Scalar::Xid8 => helper("Xid8"),
        Scalar::Cid => helper("Cid"),
        Scalar::Tid => helper("Tid"),
        Scalar::PgLsn => helper("Lsn"),
        Scalar::PgSnapshot => helper("Snapshot"),
        Scalar::Reg => helper("Reg"),
        Scalar::Hstore => helper("Hstore"),
        Scalar::Ltree => helper("Ltree"),
        Scalar::Lquery => helper("Lquery"),
        Scalar::Ltxtquery => helper("Ltxtquery"),
        Scalar::Cube => helper("Cube"),
        Scalar::Geometry => helper("Geometry"),
        Scalar::Geography => helper("Geography"),
        Scalar::Halfvec | Scalar::Sparsevec => helper("Raw"),
    }
}

fn datetime(scalar: Scalar, options: &Rust) -> &'static str {
    match (options.datetime, scalar) {
        (Datetime::Chrono, Scalar::Date) => "chrono::NaiveDate",
        (Datetime::Chrono, Scalar::Time) => "chrono::NaiveTime",
        (Datetime::Chrono, Scalar::Timestamp) => "chrono::NaiveDateTime",
        (Datetime::Chrono, _) => "chrono::DateTime<chrono::Utc>",
        (Datetime::Time, Scalar::Date) => "time::Date",
        (Datetime::Time, Scalar::Time) => "time::Time",
        (Datetime::Time, Scalar::Timestamp) => "time::PrimitiveDateTime",
        (Datetime::Time, _) => "time::OffsetDateTime",
        // sqlx has no feature for jiff, but jiff has a crate for sqlx.
        (Datetime::Jiff, Scalar::Date) if options.style == RustStyle::Sqlx => "jiff_sqlx::Date",
        (Datetime::Jiff, Scalar::Time) if options.style == RustStyle::Sqlx => "jiff_sqlx::Time",
        (Datetime::Jiff, Scalar::Timestamp) if options.style == RustStyle::Sqlx => "jiff_sqlx::DateTime",
        (Datetime::Jiff, _) if options.style == RustStyle::Sqlx => "jiff_sqlx::Timestamp",
        (Datetime::Jiff, Scalar::Date) => "jiff::civil::Date",
        (Datetime::Jiff, Scalar::Time) => "jiff::civil::Time",
        (Datetime::Jiff, Scalar::Timestamp) => "jiff::civil::DateTime",
        (Datetime::Jiff, _) => "jiff::Timestamp",
    }
}

fn scalar_traits(scalar: Scalar, options: &Rust) -> Traits {
    let plain = options.style == RustStyle::Plain;
    match scalar {
        Scalar::Float4 | Scalar::Float8 => Traits::FLOAT,
        Scalar::Json | Scalar::Jsonb => Traits::NONE,
        Scalar::Geometry | Scalar::Geography if plain => Traits::NONE,
        _ if matches!(spelling(scalar, options), Path("String")) => Traits::TEXT,
        Scalar::Point | Scalar::Line | Scalar::Lseg | Scalar::Box | Scalar::Circle => Traits::FLOAT,
        Scalar::Path | Scalar::Polygon | Scalar::Cube | Scalar::Vector => Traits::NONE,
        Scalar::Numeric if options.decimal == Decimal::Bigdecimal => Traits::TEXT,
        Scalar::Bool | Scalar::Int2 | Scalar::Int4 | Scalar::Int8 | Scalar::Numeric | Scalar::Money => Traits::ALL,
        Scalar::Char | Scalar::Uuid | Scalar::Inet | Scalar::Cidr | Scalar::Macaddr | Scalar::Macaddr8 => Traits::ALL,
        Scalar::Date | Scalar::Time | Scalar::Timestamp | Scalar::Timestamptz => Traits::ALL,
        Scalar::Timetz | Scalar::Interval | Scalar::Oid | Scalar::Xid | Scalar::Xid8 | Scalar::Cid => Traits::ALL,
        Scalar::Tid | Scalar::PgLsn | Scalar::Reg | Scalar::Void => Traits::ALL,
        _ => Traits::TEXT,
    }
}
