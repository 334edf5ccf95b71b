//! A schema with a column of every type, as SQL and as the model that it comes to.

use pgkeel::catalog::{Name, QName};
use pgkeel::codegen::model::{
    Api, Column, Composite, Domain, Enum, Field, Insert, Named, Range, Relation, RelationKind, Scalar, SchemaInfo, Type,
};

/// A column: its name, its type as PostgreSQL spells it, a value of it, and the type in the model.
pub(crate) struct Sample {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
    pub(crate) value: &'static str,
    pub(crate) ty: Type,
}

/// The types that the tables need; those of `app` are found by their full name only.
pub(crate) const TYPES: &str = r#"
create extension citext; create extension hstore; create extension ltree; create extension cube;
create schema app;
create type mood as enum ('sad', 'very_happy');
create type app.mood as enum ('sad', 'Über-glücklich', '');
create type app."Odd ""name""" as enum ('a', 'A', 'a b');
create type "größe" as enum ('klein');
create type nothing as enum ();
create domain email as citext check (value ~ '@');
create domain work_email as email not null;
create domain app.feeling as app.mood;
create domain tags as text[];
create domain code as varchar(5);
create type floatrange as range (subtype = float8);
create type app.address as (street varchar(20), "zipCode" code, feeling app.mood, at app.feeling, mails email[], "self" json,
    net cidr, size int8, ranges int4range[], label name, bits varbit, note citext);
create type app.nested as (home app.address, homes app.address[], lonely point);
create type app.lonely as (one int4);
create table pair (a int4, b text, "C" email);
"#;

fn samples() -> Vec<Sample> {
    let sample = |name, sql, value, ty| Sample { name, sql, value, ty };
    let scalar = |name, sql, value, of| sample(name, sql, value, Type::Scalar(of));
    vec![
        scalar("c_bool", "boolean", "true", Scalar::Bool),
        scalar("c_int2", "smallint", "-7", Scalar::Int2),
        scalar("c_int4", "integer", "-70000", Scalar::Int4),
        scalar("c_int8", "bigint", "9007199254740993", Scalar::Int8),
        scalar("c_float4", "real", "1.5", Scalar::Float4),
        scalar("c_float8", "double precision", "0.1", Scalar::Float8),
        scalar("c_numeric", "numeric(20,4)", "1234567890.1234", Scalar::Numeric),
        scalar("c_money", "money", "12.34", Scalar::Money),
        scalar("c_text", "text", "a \"b\" {c},", Scalar::Text),
        scalar("c_varchar", "character varying(9)", "abc", Scalar::Varchar),
        scalar("c_bpchar", "character(3)", "ab", Scalar::Bpchar),
        scalar("c_char", "\"char\"", "x", Scalar::Char),
        scalar("c_name", "name", "abc", Scalar::Name),
        scalar("c_bytea", "bytea", r"\x00ff", Scalar::Bytea),
        scalar("c_uuid", "uuid", "018f0000-0000-7000-8000-000000000001", Scalar::Uuid),
        scalar("c_date", "date", "2024-02-29", Scalar::Date),
        scalar("c_time", "time without time zone", "23:59:59.999999", Scalar::Time),
        scalar("c_timetz", "time with time zone", "10:00:00.5+05:30", Scalar::Timetz),
        scalar(
            "c_timestamp",
            "timestamp without time zone",
            "2024-02-29 12:34:56.789",
            Scalar::Timestamp,
        ),
        scalar(
            "c_timestamptz",
            "timestamp with time zone",
            "2024-02-29 12:34:56.789+02",
            Scalar::Timestamptz,
        ),
        scalar("c_interval", "interval", "1 year -2 days 03:04:05.6", Scalar::Interval),
        scalar("c_json", "json", "[]", Scalar::Json),
        scalar("c_jsonb", "jsonb", r#"{"a": [1, null]}"#, Scalar::Jsonb),
        scalar("c_jsonpath", "jsonpath", "$.\"a\"[*]", Scalar::Jsonpath),
        scalar("c_xml", "xml", "<a>b</a>", Scalar::Xml),
        scalar("c_bit", "bit(3)", "101", Scalar::Bit),
        scalar("c_varbit", "bit varying", "10101010101", Scalar::Varbit),
        scalar("c_inet", "inet", "192.168.1.5/24", Scalar::Inet),
        scalar("c_cidr", "cidr", "2001:db8::/32", Scalar::Cidr),
        scalar("c_macaddr", "macaddr", "08:00:2b:01:02:03", Scalar::Macaddr),
        scalar("c_macaddr8", "macaddr8", "08:00:2b:01:02:03:04:05", Scalar::Macaddr8),
        scalar("c_point", "point", "(1,2.5)", Scalar::Point),
        scalar("c_line", "line", "{1,2,3}", Scalar::Line),
        scalar("c_lseg", "lseg", "[(1,2),(3,4)]", Scalar::Lseg),
        scalar("c_box", "box", "(3,4),(1,2)", Scalar::Box),
        scalar("c_path", "path", "[(1,2),(3,4)]", Scalar::Path),
        scalar("c_polygon", "polygon", "((1,2),(3,4),(5,0))", Scalar::Polygon),
        scalar("c_circle", "circle", "<(1,2),3>", Scalar::Circle),
        scalar(
            "c_tsvector",
            "tsvector",
            "'cat':3B 'fat':2A,7 'plain'",
            Scalar::Tsvector,
        ),
        scalar("c_tsquery", "tsquery", "'fat' & !'rat':A", Scalar::Tsquery),
        scalar("c_oid", "oid", "4000000000", Scalar::Oid),
        scalar("c_xid", "xid", "42", Scalar::Xid),
        scalar("c_xid8", "xid8", "5000000000", Scalar::Xid8),
        scalar("c_cid", "cid", "7", Scalar::Cid),
        scalar("c_tid", "tid", "(1,2)", Scalar::Tid),
        scalar("c_lsn", "pg_lsn", "16/B374D848", Scalar::PgLsn),
        scalar("c_snapshot", "pg_snapshot", "10:20:10,14", Scalar::PgSnapshot),
        scalar("c_regclass", "regclass", "pg_class", Scalar::Reg),
        scalar("c_citext", "public.citext", "MiXed", Scalar::Citext),
        scalar("c_hstore", "public.hstore", "a=>1, \"b c\"=>NULL", Scalar::Hstore),
        scalar("c_ltree", "public.ltree", "Top.Science", Scalar::Ltree),
        scalar("c_lquery", "public.lquery", "Top.*", Scalar::Lquery),
        scalar("c_ltxtquery", "public.ltxtquery", "a & b*", Scalar::Ltxtquery),
        scalar("c_cube", "public.cube", "(1, 2),(3, 4.5)", Scalar::Cube),
        sample("c_point_cube", "public.cube", "(1, 2)", Type::Scalar(Scalar::Cube)),
        sample("c_int4range", "int4range", "[1,5)", Type::BuiltinRange(Scalar::Int4)),
        sample("c_int8range", "int8range", "empty", Type::BuiltinRange(Scalar::Int8)),
        sample(
            "c_numrange",
            "numrange",
            "(1.5000,2.5000]",
            Type::BuiltinRange(Scalar::Numeric),
        ),
        sample(
            "c_tsrange",
            "tsrange",
            "[2024-01-01,)",
            Type::BuiltinRange(Scalar::Timestamp),
        ),
        sample(
            "c_tstzrange",
            "tstzrange",
            "(,)",
            Type::BuiltinRange(Scalar::Timestamptz),
        ),
        sample(
            "c_daterange",
            "daterange",
            "[2024-01-01,2024-02-01)",
            Type::BuiltinRange(Scalar::Date),
        ),
        sample("c_mood", "public.mood", "very_happy", Type::Enum(2)),
        sample("c_app_mood", "app.mood", "Über-glücklich", Type::Enum(1)),
        sample("c_odd", "app.\"Odd \"\"name\"\"\"", "a b", Type::Enum(0)),
        sample("c_size", "public.\"größe\"", "klein", Type::Enum(4)),
        sample("c_email", "public.email", "A@b", Type::Domain(2)),
        sample("c_feeling", "app.feeling", "", Type::Domain(0)),
        sample("c_tags", "public.tags", "{a,NULL}", Type::Domain(3)),
        sample("c_code", "public.code", "abc", Type::Domain(1)),
        sample("c_floatrange", "public.floatrange", "[0.5,1.5)", Type::Range(0)),
        sample("c_address", "app.address", ADDRESS, Type::Composite(0)),
        sample("c_nested", "app.nested", NESTED, Type::Composite(3)),
        sample("c_lonely", "app.lonely", "(1)", Type::Composite(2)),
        sample("c_pair", "public.pair", "(1,\"b \"\"c\",x@y)", Type::Row(0)),
    ]
}

// sqlx sends `json` as `jsonb`, so that its spaces are not kept: there are none here.
const ADDRESS: &str =
    r#"("High ""St""",abc,"Über-glücklich",sad,"{a@b,NULL}","[]",10.0.0.0/8,5,"{""[1,2)"",empty}",lbl,101,Note)"#;
const NESTED: &str = r#"("(a,b,,,,,,,,,,)","{""(a,b,,,,,,,,,,)"",NULL}","(1,2)")"#;

/// The columns of the table `every`, and those of `every_array`, which are arrays of the same.
pub(crate) fn columns() -> (Vec<Sample>, Vec<Sample>) {
    let arrays = samples().into_iter().map(|sample| Sample {
        ty: Type::Array(Box::new(sample.ty)),
        ..sample
    });
    // A domain over an array is no element for sqlx's alias, and money has no fixed spelling: both are in `every` alone.
    let arrays = arrays.filter(|sample| sample.name != "c_tags").collect();
    (samples(), arrays)
}

/// The multiranges, which sqlx does not read.
pub(crate) fn multiranges() -> Vec<Sample> {
    let sample = |name, sql, value, ty| Sample { name, sql, value, ty };
    vec![
        sample(
            "c_int4multirange",
            "int4multirange",
            "{[1,3),[5,9)}",
            Type::BuiltinMultirange(Scalar::Int4),
        ),
        sample(
            "c_floatmultirange",
            "public.floatmultirange",
            "{[0.5,1.5)}",
            Type::Multirange(0),
        ),
    ]
}

/// The SQL of everything, with a row of values and a row of nulls in each table, and an empty copy of it.
pub(crate) fn sql() -> String {
    let (every, arrays) = columns();
    let mut sql = TYPES.to_owned();
    for (name, columns, array) in [
        ("every", &every, false),
        ("every_array", &arrays, true),
        ("multi", &multiranges(), false),
    ] {
        let suffix = if array { "[]" } else { "" };
        let list = |of: &dyn Fn(&Sample) -> String| columns.iter().map(of).collect::<Vec<_>>().join(", ");
        let value = |sample: &Sample| {
            let literal = format!("'{}'::{}", sample.value.replace('\'', "''"), sample.sql);
            if array {
                format!("array[{literal}, null]")
            } else {
                literal
            }
        };
        sql += &format!(
            "create table {name} ({});\n",
            list(&|sample| format!("{} {}{suffix}", sample.name, sample.sql))
        );
        sql += &format!("create table {name}_copy (like {name});\n");
        sql += &format!(
            "insert into {name} values ({});\ninsert into {name} default values;\n",
            list(&value)
        );
    }
    sql
}

/// The model that the SQL comes to.
pub(crate) fn api() -> Api {
    let (every, arrays) = columns();
    let labels = |labels: &[&str]| labels.iter().copied().map(Name::from).collect();
    let make_enum = |schema, name, list: &[&str]| Enum {
        named: named(schema, name),
        labels: labels(list),
    };
    let domain = |schema, name, base, sql: &str| Domain {
        named: named(schema, name),
        base,
        sql: sql.into(),
        not_null: name == "work_email",
        has_default: false,
        rules: Vec::new(),
    };
    let composite = |name, fields| Composite {
        named: named("app", name),
        fields,
    };
    Api {
        schemas: vec![schema("app"), schema("public")],
        home: "public".into(),
        enums: vec![
            make_enum("app", "Odd \"name\"", &["a", "A", "a b"]),
            make_enum("app", "mood", &["sad", "Über-glücklich", ""]),
            make_enum("public", "mood", &["sad", "very_happy"]),
            make_enum("public", "nothing", &[]),
            make_enum("public", "größe", &["klein"]),
        ],
        domains: vec![
            domain("app", "feeling", Type::Enum(1), "app.mood"),
            domain("public", "code", Type::Scalar(Scalar::Varchar), "character varying(5)"),
            domain("public", "email", Type::Scalar(Scalar::Citext), "public.citext"),
            domain(
                "public",
                "tags",
                Type::Array(Box::new(Type::Scalar(Scalar::Text))),
                "text[]",
            ),
            domain("public", "work_email", Type::Domain(2), "public.email"),
        ],
        composites: vec![
            composite(
                "address",
                vec![
                    field("street", "character varying(20)", Type::Scalar(Scalar::Varchar)),
                    field("zipCode", "public.code", Type::Domain(1)),
                    field("feeling", "app.mood", Type::Enum(1)),
                    field("at", "app.feeling", Type::Domain(0)),
                    field("mails", "public.email[]", Type::Array(Box::new(Type::Domain(2)))),
                    field("self", "json", Type::Scalar(Scalar::Json)),
                    field("net", "cidr", Type::Scalar(Scalar::Cidr)),
                    field("size", "bigint", Type::Scalar(Scalar::Int8)),
                    field(
                        "ranges",
                        "int4range[]",
                        Type::Array(Box::new(Type::BuiltinRange(Scalar::Int4))),
                    ),
                    field("label", "name", Type::Scalar(Scalar::Name)),
                    field("bits", "bit varying", Type::Scalar(Scalar::Varbit)),
                    field("note", "public.citext", Type::Scalar(Scalar::Citext)),
                ],
            ),
            composite("long", (1..=63).map(long_field).collect()),
            composite("lonely", vec![field("one", "integer", Type::Scalar(Scalar::Int4))]),
            composite(
                "nested",
                vec![
                    field("home", "app.address", Type::Composite(0)),
                    field("homes", "app.address[]", Type::Array(Box::new(Type::Composite(0)))),
                    field("lonely", "point", Type::Scalar(Scalar::Point)),
                ],
            ),
        ],
        ranges: vec![Range {
            named: named("public", "floatrange"),
            subtype: Type::Scalar(Scalar::Float8),
            multirange: Some(QName::new("public", "floatmultirange")),
        }],
        relations: vec![
            relation(
                "pair",
                vec![
                    column("a", "integer", Type::Scalar(Scalar::Int4)),
                    column("b", "text", Type::Scalar(Scalar::Text)),
                    column("C", "public.email", Type::Domain(2)),
                ],
            ),
            relation("every", every.into_iter().map(Sample::column).collect()),
            relation("every_array", arrays.into_iter().map(Sample::column).collect()),
            relation("multi", multiranges().into_iter().map(Sample::column).collect()),
            relation("no_columns", Vec::new()),
            relation("long_names", (1..=63).map(long_column).collect()),
        ],
        ..Api::default()
    }
}

impl Sample {
    fn column(self) -> Column {
        let suffix = if matches!(self.ty, Type::Array(_)) { "[]" } else { "" };
        column(self.name, &format!("{}{suffix}", self.sql), self.ty)
    }
}

pub(crate) fn schema(name: &str) -> SchemaInfo {
    SchemaInfo {
        name: name.into(),
        comment: None,
    }
}

pub(crate) fn named(schema: &str, name: &str) -> Named {
    Named {
        id: QName::new(schema, name),
        rename: None,
        comment: None,
        emitted: true,
    }
}

fn field(name: &str, sql: &str, ty: Type) -> Field {
    Field {
        name: Some(name.into()),
        ty,
        sql: sql.into(),
        nullable: true,
        comment: None,
    }
}

fn long_field(length: usize) -> Field {
    let types = [
        Type::Array(Box::new(Type::Domain(2))),
        Type::Scalar(Scalar::Int4),
        Type::Scalar(Scalar::Varchar),
    ];
    let name: String = ('a'..='z').cycle().take(length).collect();
    field(&name, "character varying", types[length % types.len()].clone())
}

/// A nullable column without a default.
pub(crate) fn column(name: &str, sql: &str, ty: Type) -> Column {
    Column {
        name: name.into(),
        rename: None,
        ty,
        sql: sql.into(),
        nullable: true,
        write_nullable: true,
        insert: Insert::Optional,
        update: true,
        source: None,
        rules: Vec::new(),
        custom: None,
        comment: None,
    }
}

/// A column whose name and type are as long as it takes to break its lines in every way.
fn long_column(length: usize) -> Column {
    let types = [
        Type::Array(Box::new(Type::Domain(4))),
        Type::Scalar(Scalar::Timestamptz),
        Type::Array(Box::new(Type::BuiltinRange(Scalar::Timestamptz))),
        Type::Enum(1),
    ];
    let name: String = ('A'..='Z').cycle().take(length).collect();
    column(&name, "text", types[length % types.len()].clone())
}

/// A table of `public`.
pub(crate) fn relation(name: &str, columns: Vec<Column>) -> Relation {
    Relation {
        named: named("public", name),
        kind: RelationKind::Table,
        columns,
        primary_key: Vec::new(),
        unique_keys: Vec::new(),
        insertable: true,
        updatable: true,
        relationships: Vec::new(),
        computed: Vec::new(),
        partition: false,
        checks: Vec::new(),
    }
}
