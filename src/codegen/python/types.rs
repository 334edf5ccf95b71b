//! What each type is in Python, by who parses the values.

use std::collections::BTreeSet;

use super::Plan;
use super::text::literal;
use crate::codegen::model::{Rule, Scalar, Type};
use crate::config::python::{PythonStyle, PythonWire};

/// What a module needs to import.
#[derive(Clone, Debug, Default)]
pub(super) struct Imports {
    /// `import a` or `import a as b`.
    pub(super) modules: BTreeSet<&'static str>,
    /// `from a import b`.
    pub(super) names: BTreeSet<(&'static str, &'static str)>,
    /// Modules of the user's, whose names are written in full.
    pub(super) user: BTreeSet<String>,
    /// Modules of this package that this one is made of, imported at its beginning under a private name.
    pub(super) first: BTreeSet<&'static str>,
    /// Classes of this package's other modules, where each schema has one: module and class.
    pub(super) siblings: BTreeSet<(String, String)>,
}

impl Plan<'_> {
    /// Writes the type of values that are not NULL.
    pub(super) fn push_type(&self, out: &mut String, ty: &Type) {
        match ty {
            Type::Scalar(scalar) => self.push_known_scalar(out, *scalar),
            Type::Enum(at) if self.options.style == PythonStyle::Sqlalchemy => {
                out.push_str(super::sqlalchemy::shared_prefix(self));
                out.push_str(&self.names.enums[*at]);
            }
            Type::Enum(at) => {
                let row = &self.api.enums[*at];
                self.push_declared(out, &row.named.id.schema, &self.names.enums[*at]);
            }
            Type::Domain(at) if self.options.style == PythonStyle::Sqlalchemy => {
                self.push_type(out, &self.api.domains[*at].base);
            }
            // The alias of a domain stands in one module alone, so that modules never wait for each other.
            Type::Domain(at) if self.is_elsewhere(&self.api.domains[*at].named.id.schema) => {
                let domain = &self.api.domains[*at];
                self.push_ruled(out, &domain.base, &domain.rules);
            }
            Type::Domain(at) => out.push_str(&self.names.domains[*at]),
            // What a driver makes of such a value depends on what it was taught.
            Type::Composite(_) | Type::Row(_) | Type::Range(_) | Type::Multirange(_)
                if self.options.style == PythonStyle::Sqlalchemy =>
            {
                self.push_any(out);
            }
            Type::Composite(at) => {
                let row = &self.api.composites[*at];
                self.push_declared(out, &row.named.id.schema, &self.names.composites[*at]);
            }
            Type::Row(at) => {
                let row = &self.api.relations[*at];
                let class = format!("{}Value", self.names.relations[*at]);
                self.push_declared(out, &row.named.id.schema, &class);
            }
            Type::BuiltinRange(scalar) => self.push_range(out, "Range", &Type::Scalar(*scalar)),
            Type::BuiltinMultirange(scalar) => self.push_range(out, "Multirange", &Type::Scalar(*scalar)),
            Type::Range(at) => self.push_range(out, "Range", &self.api.ranges[*at].subtype),
            Type::Multirange(at) => self.push_range(out, "Multirange", &self.api.ranges[*at].subtype),
            Type::Array(element) => {
                out.push_str("list[");
                self.push_type(out, element);
                out.push_str(" | None]");
            }
            Type::Custom(at, inner) => match &self.api.overrides[*at].python {
                Some(code) => self.push_custom(out, code),
                None => self.push_type(out, inner),
            },
            // Every driver gives the text of a type that it does not know.
            Type::Unknown(_) => out.push_str("str"),
        }
    }

    /// Writes the user's own type, and imports the modules that it is made of.
    pub(super) fn push_custom(&self, out: &mut String, code: &str) {
        let modules = super::names::modules(code).map(str::to_owned);
        self.imports.borrow_mut().user.extend(modules);
        out.push_str(code);
    }

    /// Writes a type held to rules, as far as pydantic means by them what PostgreSQL does.
    pub(super) fn push_ruled(&self, out: &mut String, ty: &Type, rules: &[Rule]) {
        let constraints = self.constraints(ty, rules);
        if constraints.is_empty() {
            return self.push_type(out, ty);
        }
        self.import("typing", "Annotated");
        out.push_str("Annotated[");
        self.push_type(out, ty);
        for constraint in constraints {
            out.push_str(", ");
            out.push_str(&constraint);
        }
        out.push(']');
    }

    fn constraints(&self, ty: &Type, rules: &[Rule]) -> Vec<String> {
        if self.options.style != PythonStyle::Pydantic || rules.is_empty() {
            return Vec::new();
        }
        let is_decimal = self.base(ty) == Type::Scalar(Scalar::Numeric);
        let mut keywords: Vec<String> = Vec::new();
        let mut constraints: Vec<String> = Vec::new();
        for rule in rules {
            match rule {
                Rule::MaxLength(length) | Rule::MaxItems(length) => keywords.push(format!("max_length={length}")),
                Rule::MinLength(length) | Rule::MinItems(length) => keywords.push(format!("min_length={length}")),
                Rule::Bits(length) => keywords.push(format!("min_length={length}, max_length={length}")),
                Rule::Min { bound, exclusive } => {
                    let keyword = if *exclusive { "gt" } else { "ge" };
                    keywords.push(format!("{keyword}={}", self.number(bound, is_decimal)));
                }
                Rule::Max { bound, exclusive } => {
                    let keyword = if *exclusive { "lt" } else { "le" };
                    keywords.push(format!("{keyword}={}", self.number(bound, is_decimal)));
                }
                Rule::OneOf(values) => constraints.push(self.one_of(values.iter().map(|value| literal(value)))),
                Rule::OneOfNumbers(values) => {
                    constraints.push(self.one_of(values.iter().map(|value| self.number(value, is_decimal))));
                }
                // What PostgreSQL rounds to its scale, pydantic would refuse; and its patterns have no flags.
                Rule::Digits { .. } | Rule::Matches { ignore_case: true, .. } => {}
                Rule::Matches {
                    pattern,
                    ignore_case: false,
                } => keywords.push(format!("pattern={}", literal(pattern))),
            }
        }
        // Of several bounds of one kind each is kept, in a constraint of its own.
        let mut fields: Vec<Vec<String>> = Vec::new();
        for keyword in keywords {
            let name = keyword.split('=').next().unwrap_or_default();
            let free = fields
                .iter()
                .position(|field| !field.iter().any(|other| other.split('=').next() == Some(name)));
            match free {
                Some(at) => fields[at].push(keyword),
                None => fields.push(vec![keyword]),
            }
        }
        for field in fields {
            self.import("pydantic", "Field");
            constraints.push(format!("Field({})", field.join(", ")));
        }
        constraints
    }

    /// A number as a literal; a decimal one as `Decimal`, which a float is not.
    fn number(&self, text: &str, is_decimal: bool) -> String {
        if is_decimal && text.contains('.') {
            self.import("decimal", "Decimal");
            return format!("Decimal(\"{text}\")");
        }
        text.to_owned()
    }

    fn one_of(&self, values: impl Iterator<Item = String>) -> String {
        self.import("pydantic", "AfterValidator");
        self.one_of_used.set(true);
        let values: Vec<String> = values.collect();
        let comma = if values.len() == 1 { "," } else { "" };
        format!("AfterValidator(_one_of(({}{comma})))", values.join(", "))
    }

    /// The type below every domain.
    pub(super) fn base(&self, ty: &Type) -> Type {
        match ty {
            Type::Domain(at) => self.base(&self.api.domains[*at].base),
            Type::Custom(at, inner) if self.api.overrides[*at].python.is_none() => self.base(inner),
            other => other.clone(),
        }
    }

    pub(super) fn import(&self, module: &'static str, name: &'static str) {
        self.imports.borrow_mut().names.insert((module, name));
    }

    fn push_any(&self, out: &mut String) {
        self.import("typing", "Any");
        out.push_str("Any");
    }

    /// A class of ours; it may stand further down, or in another module. No two modules have classes of one name.
    fn push_declared(&self, out: &mut String, schema: &str, name: &str) {
        if self.is_elsewhere(schema) {
            self.imports
                .borrow_mut()
                .siblings
                .insert((self.module(schema).to_owned(), name.to_owned()));
        }
        out.push_str(name);
    }

    /// Whether a composite type's annotation must be read late: it may name what stands further down.
    pub(super) fn is_forward(&self, ty: &Type) -> bool {
        match ty {
            Type::Domain(_) | Type::Composite(_) | Type::Row(_) => true,
            Type::Array(element) => self.is_forward(element),
            Type::Custom(at, inner) => self.api.overrides[*at].python.is_none() && self.is_forward(inner),
            _ => self.is_late(ty),
        }
    }

    /// Whether a relation's annotation must be read late: relations and what other modules have may not be there yet.
    pub(super) fn is_late(&self, ty: &Type) -> bool {
        match ty {
            Type::Row(_) => true,
            Type::Enum(at) => self.is_elsewhere(&self.api.enums[*at].named.id.schema),
            Type::Composite(at) => self.is_elsewhere(&self.api.composites[*at].named.id.schema),
            Type::Domain(at) => self.is_late(&self.api.domains[*at].base),
            Type::Array(element) => self.is_late(element),
            Type::Custom(at, inner) => self.api.overrides[*at].python.is_none() && self.is_late(inner),
            _ => false,
        }
    }

    fn push_range(&self, out: &mut String, kind: &'static str, subtype: &Type) {
        let is_validated = self.options.style == PythonStyle::Pydantic;
        if self.options.style == PythonStyle::Sqlalchemy {
            // SQLAlchemy brings its own, whatever the driver.
            let class = if kind == "Range" { "Range" } else { "MultiRange" };
            self.import("sqlalchemy.dialects.postgresql.ranges", class);
            out.push_str(class);
            out.push('[');
            self.push_bound(out, subtype);
            out.push(']');
            return;
        }
        match self.options.wire {
            PythonWire::Postgrest => out.push_str("str"),
            // asyncpg brings no types of its own for a checker to see.
            PythonWire::Asyncpg => self.push_any(out),
            PythonWire::Psycopg => {
                let module = if kind == "Range" {
                    "psycopg.types.range"
                } else {
                    "psycopg.types.multirange"
                };
                self.import(module, kind);
                if is_validated {
                    self.import("pydantic", "InstanceOf");
                    out.push_str("InstanceOf[");
                }
                out.push_str(kind);
                out.push('[');
                self.push_bound(out, subtype);
                out.push(']');
                if is_validated {
                    out.push(']');
                }
            }
        }
    }

    /// The type of a range's bounds, which no validator sees.
    fn push_bound(&self, out: &mut String, subtype: &Type) {
        match self.base(subtype) {
            Type::Scalar(Scalar::Timestamp | Scalar::Timestamptz) => {
                self.imports.borrow_mut().modules.insert("datetime as dt");
                out.push_str("dt.datetime");
            }
            Type::Scalar(scalar) => self.push_scalar(out, scalar),
            _ => self.push_any(out),
        }
    }

    /// Writes a scalar as this module has it already, its imports with it.
    fn push_known_scalar(&self, out: &mut String, scalar: Scalar) {
        let mut known = self.scalars.borrow_mut();
        let at = scalar as usize;
        if known.len() <= at {
            known.resize(at + 1, String::new());
        }
        if known[at].is_empty() {
            self.push_scalar(&mut known[at], scalar);
        }
        out.push_str(&known[at]);
    }

    fn push_scalar(&self, out: &mut String, scalar: Scalar) {
        use Scalar::*;
        let is_pydantic = self.options.style == PythonStyle::Pydantic;
        // Where nothing parses the JSON of PostgREST further, a value is what JSON has.
        let is_json = self.options.wire == PythonWire::Postgrest && !is_pydantic;
        let date = |out: &mut String, name: &str| {
            if is_json {
                return out.push_str("str");
            }
            self.imports.borrow_mut().modules.insert("datetime as dt");
            out.push_str("dt.");
            out.push_str(name);
        };
        match scalar {
            Bool => out.push_str("bool"),
            Int2 | Int4 | Int8 => out.push_str("int"),
            Oid if self.options.wire != PythonWire::Postgrest => out.push_str("int"),
            Xid | Cid if self.options.wire == PythonWire::Asyncpg => out.push_str("int"),
            Float4 | Float8 => out.push_str("float"),
            Numeric if is_json => out.push_str("float"),
            Numeric => {
                self.import("decimal", "Decimal");
                out.push_str("Decimal");
            }
            Uuid if is_json => out.push_str("str"),
            Uuid => {
                self.import("uuid", "UUID");
                out.push_str("UUID");
            }
            Date => date(out, "date"),
            // PostgREST gives an offset of hours alone, which is not ISO 8601's.
            Timetz if self.options.wire == PythonWire::Postgrest => out.push_str("str"),
            Time | Timetz => date(out, "time"),
            Timestamp if is_pydantic => {
                self.import("pydantic", "NaiveDatetime");
                out.push_str("NaiveDatetime");
            }
            Timestamptz if is_pydantic => {
                self.import("pydantic", "AwareDatetime");
                out.push_str("AwareDatetime");
            }
            Timestamp | Timestamptz => date(out, "datetime"),
            // PostgREST gives PostgreSQL's own text, which is not ISO 8601's.
            Interval if self.options.wire == PythonWire::Postgrest => out.push_str("str"),
            Interval => date(out, "timedelta"),
            Bytea if self.options.wire == PythonWire::Postgrest => out.push_str("str"),
            Bytea => out.push_str("bytes"),
            Json | Jsonb if is_pydantic && self.options.wire != PythonWire::Asyncpg => {
                self.import("pydantic", "JsonValue");
                out.push_str("JsonValue");
            }
            // asyncpg gives JSON as its text.
            Json | Jsonb if self.options.wire == PythonWire::Asyncpg => out.push_str("str"),
            Json | Jsonb | Geometry => self.push_any(out),
            Inet if is_json => out.push_str("str"),
            Inet => self.push_union(out, &["IPv4Address", "IPv6Address", "IPv4Interface", "IPv6Interface"]),
            Cidr if is_json => out.push_str("str"),
            Cidr => self.push_union(out, &["IPv4Network", "IPv6Network"]),
            Hstore => out.push_str("dict[str, str | None]"),
            Point | Line | Lseg | Box | Path | Polygon | Circle | Bit | Varbit
                if self.options.wire == PythonWire::Asyncpg =>
            {
                self.push_any(out);
            }
            Void => out.push_str("None"),
            Money | Text | Varchar | Bpchar | Char | Name | Jsonpath | Xml | Bit | Varbit | Macaddr | Macaddr8
            | Point | Line | Lseg | Box | Path | Polygon | Circle | Tsvector | Tsquery | Oid | Xid | Xid8 | Cid
            | Tid | PgLsn | PgSnapshot | Reg | Citext | Ltree | Lquery | Ltxtquery | Cube | Vector | Halfvec
            | Sparsevec | Geography => out.push_str("str"),
        }
    }

    fn push_union(&self, out: &mut String, names: &[&'static str]) {
        for (at, name) in names.iter().enumerate() {
            self.import("ipaddress", name);
            if at > 0 {
                out.push_str(" | ");
            }
            out.push_str(name);
        }
    }
}
