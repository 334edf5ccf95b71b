//! From the text of a type to what it is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::Lowering;
use crate::catalog::column::{Column, DataType};
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};
use crate::codegen::model::{Rule, Scalar, Type};

/// Where each named type stands in the model, by kind.
#[derive(Default)]
pub(super) struct Positions<'a> {
    pub(super) enums: BTreeMap<&'a QName, usize>,
    pub(super) domains: BTreeMap<&'a QName, usize>,
    pub(super) composites: BTreeMap<&'a QName, usize>,
    pub(super) ranges: BTreeMap<&'a QName, usize>,
    /// The range of each multirange.
    pub(super) multiranges: BTreeMap<&'a QName, usize>,
    pub(super) relations: HashMap<&'a QName, usize>,
}

/// The named types and relations that are emitted or that something emitted is made of, by name.
pub(super) fn reachable<'a>(catalog: &'a Catalog, roots: BTreeSet<&'a QName>) -> BTreeSet<&'a QName> {
    let mut reached = roots;
    let mut waiting: Vec<&QName> = reached.iter().copied().collect();
    let columns = catalog.columns.chunk_by(|a, b| a.relation == b.relation);
    let columns: HashMap<&QName, &[Column]> = columns.map(|part| (&part[0].relation, part)).collect();
    let mut seen = HashSet::new();
    let mut reach = |data_type: &'a Name, waiting: &mut Vec<&'a QName>| {
        if seen.insert(data_type)
            && let Some(found) = catalog.data_type(data_type)
            && !found.name.is_builtin()
            && reached.insert(&found.name)
        {
            waiting.push(&found.name);
        }
    };
    while let Some(name) = waiting.pop() {
        for column in columns.get(name).copied().unwrap_or_default() {
            reach(&column.data_type, &mut waiting);
        }
        match catalog.user_type(name).map(|row| &row.kind) {
            Some(TypeKind::Domain { base, .. }) => reach(base, &mut waiting),
            Some(TypeKind::Composite { attributes }) => {
                for attribute in attributes {
                    reach(&attribute.data_type, &mut waiting);
                }
            }
            Some(TypeKind::Range(range)) => reach(&range.subtype, &mut waiting),
            Some(TypeKind::Multirange { range }) => {
                if let Some(row) = catalog.user_type(range)
                    && let TypeKind::Range(parts) = &row.kind
                {
                    reach(&parts.subtype, &mut waiting);
                }
            }
            _ => {}
        }
    }
    reached
}

impl Lowering<'_> {
    /// The type that a text means.
    pub(super) fn ty(&self, sql: &Name) -> Type {
        match self.types.get(sql) {
            Some((ty, _)) => ty.clone(),
            None => Type::Unknown(QName::new("pg_catalog", sql.clone())),
        }
    }

    /// What the modifiers of the type that a text means demand of its values.
    pub(super) fn modifier_rules(&self, sql: &Name) -> &[Rule] {
        self.types.get(sql).map_or(&[], |(_, rules)| rules)
    }

    /// What a type is in the model.
    pub(super) fn resolve(&self, data_type: &DataType) -> Type {
        let element = self.named_type(&data_type.name);
        let element = match self.custom_types.get(&data_type.name) {
            Some(&custom) => Type::Custom(custom, Box::new(element)),
            None => element,
        };
        if data_type.array {
            Type::Array(Box::new(element))
        } else {
            element
        }
    }

    fn named_type(&self, name: &QName) -> Type {
        let positions = &self.positions;
        if let Some(&at) = positions.enums.get(name) {
            return Type::Enum(at);
        }
        if let Some(&at) = positions.domains.get(name) {
            return Type::Domain(at);
        }
        if let Some(&at) = positions.composites.get(name) {
            return Type::Composite(at);
        }
        if let Some(&at) = positions.ranges.get(name) {
            return Type::Range(at);
        }
        if let Some(&at) = positions.multiranges.get(name) {
            return Type::Multirange(at);
        }
        if let Some(&at) = positions.relations.get(name) {
            return Type::Row(at);
        }
        match name.schema.as_str() {
            "pg_catalog" => builtin(&name.name),
            "information_schema" => information_schema(&name.name),
            _ => self.extension_type(name).map(Type::Scalar),
        }
        .unwrap_or_else(|| Type::Unknown(name.clone()))
    }

    /// A base type of a well-known extension, known by its bare name because an extension may live in any schema.
    fn extension_type(&self, name: &QName) -> Option<Scalar> {
        let row = self.catalog.user_type(name)?;
        if !matches!(row.kind, TypeKind::Base(_)) {
            return None;
        }
        Some(match name.name.as_str() {
            "citext" => Scalar::Citext,
            "hstore" => Scalar::Hstore,
            "ltree" => Scalar::Ltree,
            "lquery" => Scalar::Lquery,
            "ltxtquery" => Scalar::Ltxtquery,
            "cube" => Scalar::Cube,
            "vector" => Scalar::Vector,
            "halfvec" => Scalar::Halfvec,
            "sparsevec" => Scalar::Sparsevec,
            "geometry" => Scalar::Geometry,
            "geography" => Scalar::Geography,
            _ => return None,
        })
    }
}

/// What the modifiers of a type demand of its values; of an array they speak of the elements, and demand nothing.
pub(super) fn modifier_rules(data_type: &DataType) -> Vec<Rule> {
    let DataType {
        name,
        array: false,
        modifier: Some(modifier),
        ..
    } = data_type
    else {
        return Vec::new();
    };
    if !name.is_builtin() {
        return Vec::new();
    }
    // The character types and numeric add VARHDRSZ, 4 bytes, to what was declared.
    let declared = modifier - 4;
    let rule = match name.name.as_str() {
        "varchar" | "bpchar" => u64::try_from(declared).ok().map(Rule::MaxLength),
        "varbit" => u64::try_from(*modifier).ok().map(Rule::MaxLength),
        "bit" => u64::try_from(*modifier).ok().map(Rule::Bits),
        "numeric" => Some(Rule::Digits {
            precision: u32::try_from((declared >> 16) & 0xffff).unwrap_or_default(),
            // The scale is a signed number of 11 bits.
            scale: ((declared & 0x7ff) ^ 1024) - 1024,
        }),
        _ => None,
    };
    rule.into_iter().collect()
}

/// A type of `pg_catalog`.
fn builtin(name: &str) -> Option<Type> {
    let ty = match name {
        "int4range" => Type::BuiltinRange(Scalar::Int4),
        "int8range" => Type::BuiltinRange(Scalar::Int8),
        "numrange" => Type::BuiltinRange(Scalar::Numeric),
        "tsrange" => Type::BuiltinRange(Scalar::Timestamp),
        "tstzrange" => Type::BuiltinRange(Scalar::Timestamptz),
        "daterange" => Type::BuiltinRange(Scalar::Date),
        "int4multirange" => Type::BuiltinMultirange(Scalar::Int4),
        "int8multirange" => Type::BuiltinMultirange(Scalar::Int8),
        "nummultirange" => Type::BuiltinMultirange(Scalar::Numeric),
        "tsmultirange" => Type::BuiltinMultirange(Scalar::Timestamp),
        "tstzmultirange" => Type::BuiltinMultirange(Scalar::Timestamptz),
        "datemultirange" => Type::BuiltinMultirange(Scalar::Date),
        "int2vector" => Type::Array(Box::new(Type::Scalar(Scalar::Int2))),
        "oidvector" => Type::Array(Box::new(Type::Scalar(Scalar::Oid))),
        _ => Type::Scalar(builtin_scalar(name)?),
    };
    Some(ty)
}

fn builtin_scalar(name: &str) -> Option<Scalar> {
    Some(match name {
        "bool" => Scalar::Bool,
        "int2" => Scalar::Int2,
        "int4" => Scalar::Int4,
        "int8" => Scalar::Int8,
        "float4" => Scalar::Float4,
        "float8" => Scalar::Float8,
        "numeric" => Scalar::Numeric,
        "money" => Scalar::Money,
        "text" => Scalar::Text,
        "varchar" => Scalar::Varchar,
        "bpchar" => Scalar::Bpchar,
        "char" => Scalar::Char,
        "name" => Scalar::Name,
        "bytea" => Scalar::Bytea,
        "uuid" => Scalar::Uuid,
        "date" => Scalar::Date,
        "time" => Scalar::Time,
        "timetz" => Scalar::Timetz,
        "timestamp" => Scalar::Timestamp,
        "timestamptz" => Scalar::Timestamptz,
        "interval" => Scalar::Interval,
        "json" => Scalar::Json,
        "jsonb" => Scalar::Jsonb,
        "jsonpath" => Scalar::Jsonpath,
        "xml" => Scalar::Xml,
        "bit" => Scalar::Bit,
        "varbit" => Scalar::Varbit,
        "inet" => Scalar::Inet,
        "cidr" => Scalar::Cidr,
        "macaddr" => Scalar::Macaddr,
        "macaddr8" => Scalar::Macaddr8,
        "point" => Scalar::Point,
        "line" => Scalar::Line,
        "lseg" => Scalar::Lseg,
        "box" => Scalar::Box,
        "path" => Scalar::Path,
        "polygon" => Scalar::Polygon,
        "circle" => Scalar::Circle,
        "tsvector" => Scalar::Tsvector,
        "tsquery" => Scalar::Tsquery,
        "oid" => Scalar::Oid,
        "xid" => Scalar::Xid,
        "xid8" => Scalar::Xid8,
        "cid" => Scalar::Cid,
        "tid" => Scalar::Tid,
        "pg_lsn" => Scalar::PgLsn,
        "pg_snapshot" | "txid_snapshot" => Scalar::PgSnapshot,
        "regclass" | "regcollation" | "regconfig" | "regdictionary" | "regnamespace" | "regoper" | "regoperator"
        | "regproc" | "regprocedure" | "regrole" | "regtype" | "regdatabase" => Scalar::Reg,
        "void" => Scalar::Void,
        _ => return None,
    })
}

/// The domains of the information schema, which every server has (manual, section 37.2).
fn information_schema(name: &str) -> Option<Type> {
    let scalar = match name {
        "sql_identifier" => Scalar::Name,
        "character_data" | "yes_or_no" => Scalar::Varchar,
        "cardinal_number" => Scalar::Int4,
        "time_stamp" => Scalar::Timestamptz,
        _ => return None,
    };
    Some(Type::Scalar(scalar))
}
