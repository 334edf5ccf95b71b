//! What each type is to SQLAlchemy.

use super::Plan;
use super::text::literal;
use crate::catalog::QName;
use crate::codegen::model::{Rule, Scalar, Type};
use crate::config::python::PythonEnums;

/// Writes the type of a column. A domain is what it restricts: so are its values.
pub(super) fn push(plan: &Plan<'_>, out: &mut String, ty: &Type, rules: &[Rule]) {
    match ty {
        Type::Scalar(scalar) => push_scalar(plan, out, *scalar, rules),
        Type::Enum(at) => push_enum(plan, out, *at),
        Type::Domain(at) => {
            let domain = &plan.api.domains[*at];
            push(plan, out, &domain.base, &domain.rules);
        }
        Type::Composite(at) => push_named(plan, out, &plan.api.composites[*at].named.id),
        Type::Row(at) => push_named(plan, out, &plan.api.relations[*at].named.id),
        Type::BuiltinRange(scalar) => push_range(plan, out, *scalar, "RANGE"),
        Type::BuiltinMultirange(scalar) => push_range(plan, out, *scalar, "MULTIRANGE"),
        Type::Range(at) => push_named(plan, out, &plan.api.ranges[*at].named.id),
        Type::Multirange(at) => match &plan.api.ranges[*at].multirange {
            Some(name) => push_named(plan, out, name),
            None => push_named(plan, out, &plan.api.ranges[*at].named.id),
        },
        Type::Array(element) => {
            dialect(plan);
            out.push_str("pg.ARRAY(");
            match (element.as_ref(), plan.base(element)) {
                // SQLAlchemy takes an array of arrays for one of two dimensions, which PostgreSQL does not.
                (Type::Domain(at), Type::Array(_)) => push_named(plan, out, &plan.api.domains[*at].named.id),
                // A multirange is a list to SQLAlchemy, and would be taken for a second dimension.
                (_, Type::BuiltinMultirange(_)) => {
                    push(plan, out, element, &[]);
                    out.push_str(", dimensions=1");
                }
                _ => push(plan, out, element, &[]),
            }
            out.push(')');
        }
        Type::Custom(_, inner) => push(plan, out, inner, rules),
        Type::Unknown(name) => push_named(plan, out, name),
    }
}

/// What the types of a module rest on.
pub(super) fn helpers(plan: &Plan<'_>) -> String {
    let mut out = String::new();
    if plan.named_used.get() {
        plan.import("typing", "Any");
        plan.import("sqlalchemy.types", "UserDefinedType");
        out.push_str(NAMED);
    }
    if plan.enums_used.get() {
        plan.imports.borrow_mut().modules.insert("enum");
        out.push_str(VALUES);
    }
    out
}

const NAMED: &str = "

class PgType(UserDefinedType[Any]):
    \"\"\"A type that SQLAlchemy does not know, by its name in PostgreSQL.\"\"\"

    cache_ok = True

    def __init__(self, name: str) -> None:
        self.name = name

    def get_col_spec(self, **_: Any) -> str:
        return self.name
";

const VALUES: &str = "

def _values(labels: type[enum.Enum]) -> list[str]:
    return [label.value for label in labels]
";

fn dialect(plan: &Plan<'_>) {
    plan.imports
        .borrow_mut()
        .modules
        .insert("sqlalchemy.dialects.postgresql as pg");
}

fn push_named(plan: &Plan<'_>, out: &mut String, name: &QName) {
    plan.named_used.set(true);
    out.push_str("PgType(");
    let text = if name.is_builtin() {
        name.name.to_string()
    } else {
        name.to_string()
    };
    out.push_str(&literal(&text));
    out.push(')');
}

fn push_enum(plan: &Plan<'_>, out: &mut String, at: usize) {
    let row = &plan.api.enums[at];
    if row.labels.is_empty() {
        return push_named(plan, out, &row.named.id);
    }
    out.push_str("sa.Enum(");
    if plan.options.enums == PythonEnums::Strenum {
        plan.enums_used.set(true);
        let mut class = String::new();
        plan.push_type(&mut class, &Type::Enum(at));
        out.push_str(&class);
        out.push_str(", values_callable=_values");
    } else {
        let labels: Vec<String> = row.labels.iter().map(|label| literal(label)).collect();
        out.push_str(&labels.join(", "));
    }
    out.push_str(", name=");
    out.push_str(&literal(&row.named.id.name));
    out.push_str(", schema=");
    out.push_str(&literal(&row.named.id.schema));
    out.push(')');
}

fn push_range(plan: &Plan<'_>, out: &mut String, scalar: Scalar, kind: &str) {
    let subtype = match scalar {
        Scalar::Int4 => "INT4",
        Scalar::Int8 => "INT8",
        Scalar::Numeric => "NUM",
        Scalar::Timestamp => "TS",
        Scalar::Timestamptz => "TSTZ",
        _ => "DATE",
    };
    dialect(plan);
    out.push_str("pg.");
    out.push_str(subtype);
    out.push_str(kind);
    out.push_str("()");
}

fn push_scalar(plan: &Plan<'_>, out: &mut String, scalar: Scalar, rules: &[Rule]) {
    use Scalar::*;
    let length = rules.iter().find_map(|rule| match rule {
        Rule::MaxLength(length) | Rule::Bits(length) => Some(length.to_string()),
        _ => None,
    });
    let sized = |name: &str| format!("{name}({})", length.as_deref().unwrap_or_default());
    let code = match scalar {
        Bool => "sa.Boolean()".to_owned(),
        Int2 => "sa.SmallInteger()".to_owned(),
        Int4 => "sa.Integer()".to_owned(),
        Int8 => "sa.BigInteger()".to_owned(),
        Float4 => "sa.REAL()".to_owned(),
        Float8 => "sa.Double()".to_owned(),
        Numeric => rules
            .iter()
            .find_map(|rule| match rule {
                Rule::Digits { precision, scale } => Some(format!("sa.Numeric({precision}, {scale})")),
                _ => None,
            })
            .unwrap_or_else(|| "sa.Numeric()".to_owned()),
        Text => "sa.Text()".to_owned(),
        Varchar => sized("sa.String"),
        // What has no length here is no `char(1)` or `bit(1)`, which SQLAlchemy would cast it to.
        Bpchar | Bit if length.is_none() => {
            let name = if scalar == Bit { "pg_catalog.\"bit\"" } else { "bpchar" };
            plan.named_used.set(true);
            format!("PgType({})", literal(name))
        }
        Bpchar => sized("sa.CHAR"),
        Bytea => "sa.LargeBinary()".to_owned(),
        Uuid => "sa.Uuid()".to_owned(),
        Date => "sa.Date()".to_owned(),
        Time => "sa.Time()".to_owned(),
        Timetz => "sa.Time(timezone=True)".to_owned(),
        Timestamp => "sa.DateTime()".to_owned(),
        Timestamptz => "sa.DateTime(timezone=True)".to_owned(),
        Money | Interval | Json | Jsonb | Bit | Varbit | Inet | Cidr | Macaddr | Macaddr8 | Tsvector | Tsquery
        | Oid | Citext | Hstore => {
            dialect(plan);
            match scalar {
                Money => "pg.MONEY()".to_owned(),
                Interval => "pg.INTERVAL()".to_owned(),
                Json => "pg.JSON()".to_owned(),
                Jsonb => "pg.JSONB()".to_owned(),
                Bit => sized("pg.BIT"),
                Varbit => match &length {
                    Some(length) => format!("pg.BIT({length}, varying=True)"),
                    None => "pg.BIT(varying=True)".to_owned(),
                },
                Inet => "pg.INET()".to_owned(),
                Cidr => "pg.CIDR()".to_owned(),
                Macaddr => "pg.MACADDR()".to_owned(),
                Macaddr8 => "pg.MACADDR8()".to_owned(),
                Tsvector => "pg.TSVECTOR()".to_owned(),
                Tsquery => "pg.TSQUERY()".to_owned(),
                Oid => "pg.OID()".to_owned(),
                Hstore => "pg.HSTORE()".to_owned(),
                _ => "pg.CITEXT()".to_owned(),
            }
        }
        other => return push_named(plan, out, &QName::new("pg_catalog", name(other))),
    };
    out.push_str(&code);
}

/// PostgreSQL's name of a type that SQLAlchemy, or psycopg, does not know.
pub(super) fn name(scalar: Scalar) -> &'static str {
    use Scalar::*;
    match scalar {
        Char => "\"char\"",
        Name => "name",
        Jsonpath => "jsonpath",
        Xml => "xml",
        Point => "point",
        Line => "line",
        Lseg => "lseg",
        Box => "box",
        Path => "path",
        Polygon => "polygon",
        Circle => "circle",
        Xid => "xid",
        Xid8 => "xid8",
        Cid => "cid",
        Tid => "tid",
        PgLsn => "pg_lsn",
        PgSnapshot => "pg_snapshot",
        Reg => "regclass",
        Citext => "citext",
        Ltree => "ltree",
        Lquery => "lquery",
        Ltxtquery => "ltxtquery",
        Cube => "cube",
        Vector => "vector",
        Halfvec => "halfvec",
        Sparsevec => "sparsevec",
        Geometry => "geometry",
        Geography => "geography",
        _ => "text",
    }
}
