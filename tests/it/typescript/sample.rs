//! A schema made by hand, in which everything that is hard has its place.

use pgkeel::catalog::QName;
use pgkeel::codegen::model::{
    Api, Column, Composite, Domain, Enum, Field, Function, FunctionArgument, Insert, Named, Relation, RelationKind,
    Relationship, Returns, Rule, Scalar, SchemaInfo, Source, Type,
};
use pgkeel::config::Override;

/// A name that is hard on every language.
pub(super) const HOSTILE: &str = "we\"ird */ ${name}\\\n`";
/// A comment that wants out.
pub(super) const EVIL: &str = "*/ export const evil = 1 /* \\\r\n * @param */ `${1}` \u{2028} */";

pub(super) fn api() -> Api {
    let mut api = Api {
        schemas: ["app", "public"].map(schema).into(),
        home: "public".into(),
        enums: vec![
            enumeration("app", "status", &["open", "closed"]),
            enumeration("hidden", "kind", &["x", "y"]),
            enumeration("public", "Mood", &["sad", "ok"]),
            enumeration("public", "empty", &[]),
            enumeration(
                "public",
                HOSTILE,
                &["", "a\"b", "*/", "${x}", "__proto__", "new\nline", "'"],
            ),
            enumeration("public", "mood", &["happy"]),
        ],
        domains: vec![
            Domain {
                named: named("public", "email"),
                base: scalar(Scalar::Text),
                sql: "text".into(),
                not_null: true,
                has_default: false,
                rules: vec![
                    Rule::MaxLength(12),
                    Rule::Matches {
                        pattern: "^[^@]+@[^@]+$".to_owned(),
                        ignore_case: true,
                    },
                ],
            },
            Domain {
                named: named("public", "positive"),
                base: scalar(Scalar::Int4),
                sql: "integer".into(),
                not_null: false,
                has_default: false,
                rules: vec![Rule::Min {
                    bound: "0".to_owned(),
                    exclusive: true,
                }],
            },
        ],
        composites: vec![Composite {
            named: named("public", "address"),
            fields: vec![
                field("street", scalar(Scalar::Text)),
                field("mood", Type::Enum(5)),
                field("old", array(Type::Composite(0))),
            ],
        }],
        overrides: vec![Override {
            typescript: Some("{ theme: \"dark\" | \"light\" }".to_owned()),
            ..Override::default()
        }],
        ..Api::default()
    };
    // A composite cannot hold itself: the array above stands for another in a schema that is not emitted.
    api.composites[0].fields[2].ty = array(Type::Composite(1));
    api.composites.push(Composite {
        named: Named {
            emitted: false,
            ..named("zz", "point")
        },
        fields: vec![field("x", scalar(Scalar::Float8)), field("__proto__", Type::Enum(1))],
    });
    api.enums[1].named.emitted = false;
    api.relations = relations();
    api.functions = functions();
    api
}

fn relations() -> Vec<Relation> {
    let mut orders = table(
        "app",
        "orders",
        vec![
            identity("id", Scalar::Int8),
            column("user_id", scalar(Scalar::Int8)),
            column("status", Type::Enum(0)),
            column("public_mood", Type::Enum(5)),
        ],
    );
    orders.relationships = vec![key("orders_user_id_fkey", "user_id", ("public", "users"), false)];
    orders.relationships[0].same_schema = false;

    let mut posts = table(
        "public",
        "posts",
        vec![
            identity("id", Scalar::Uuid),
            column("author_id", scalar(Scalar::Int8)),
            nullable(column("body", scalar(Scalar::Text))),
        ],
    );
    posts.relationships = vec![key("posts_author_id_fkey", "author_id", ("public", "users"), false)];

    let mut profiles = table(
        "public",
        "profiles",
        vec![
            column("user_id", scalar(Scalar::Int8)),
            column("bio", scalar(Scalar::Text)),
        ],
    );
    profiles.relationships = vec![key("profiles_user_id_fkey", "user_id", ("public", "users"), true)];

    let mut settings = column("settings", scalar(Scalar::Jsonb));
    settings.custom = Some(0);
    let mut generated = column("shout", scalar(Scalar::Text));
    generated.source = Some(Source::Generated {
        expression: "upper(name)".to_owned(),
        stored: true,
    });
    generated.insert = Insert::Never;
    generated.update = false;
    let mut created = column("created_at", scalar(Scalar::Timestamptz));
    created.source = Some(Source::Default("now()".to_owned()));
    created.insert = Insert::Optional;
    let mut age = nullable(column("age", Type::Domain(1)));
    age.rules = vec![Rule::Max {
        bound: "150".to_owned(),
        exclusive: false,
    }];
    let mut users = table(
        "public",
        "users",
        vec![
            identity("id", Scalar::Int8),
            column("email", Type::Domain(0)),
            nullable(column("name", scalar(Scalar::Varchar))),
            column("mood", Type::Enum(5)),
            column("tags", array(scalar(Scalar::Text))),
            nullable(column("moods", array(Type::Enum(5)))),
            column("anything", scalar(Scalar::Jsonb)),
            settings,
            nullable(column("address", Type::Composite(0))),
            generated,
            created,
            age,
            nullable(column("last_post", Type::Row(2))),
        ],
    );
    users.named.comment = Some(EVIL.to_owned());
    users.computed = vec![1];

    let mut view = table(
        "public",
        "active_users",
        vec![
            column("id", scalar(Scalar::Int8)),
            nullable(column("name", scalar(Scalar::Text))),
        ],
    );
    view.kind = RelationKind::View;
    view.insertable = false;
    view.updatable = false;
    view.primary_key.clear();
    view.relationships = vec![key("posts_author_id_fkey", "id", ("public", "users"), true)];

    let mut hostile = table(
        "public",
        HOSTILE,
        [
            HOSTILE,
            "__proto__",
            "1st",
            "",
            "class",
            "user_id",
            "userId",
            "UserID",
            "user__id",
            "*/",
        ]
        .map(|name| {
            let mut column = column(name, scalar(Scalar::Text));
            column.comment = Some(EVIL.to_owned());
            column
        })
        .into(),
    );
    hostile.named.comment = Some(EVIL.to_owned());
    hostile.columns[4].ty = Type::Enum(4);

    let mut partition = table("public", "part_1", vec![column("id", scalar(Scalar::Int4))]);
    partition.partition = true;

    let mut all = vec![
        orders,
        view,
        posts,
        profiles,
        users,
        table("public", "users_insert", vec![column("id", scalar(Scalar::Int4))]),
        table("public", "date", vec![column("day", scalar(Scalar::Date))]),
        table("public", "json", vec![]),
        table("public", "everything", everything()),
        hostile,
        partition,
    ];
    // Positions of rows in types are those before sorting: only `posts` is used so.
    all.sort_by(|a, b| a.named.id.cmp(&b.named.id));
    let posts = all
        .iter()
        .position(|relation| relation.named.id.name == "posts")
        .unwrap();
    for relation in &mut all {
        for column in &mut relation.columns {
            if let Type::Row(at) = &mut column.ty {
                *at = posts;
            }
        }
    }
    all
}

/// Every scalar, alone and in an array.
fn everything() -> Vec<Column> {
    use Scalar as S;
    let scalars = [
        S::Bool,
        S::Int2,
        S::Int4,
        S::Int8,
        S::Float4,
        S::Float8,
        S::Numeric,
        S::Money,
        S::Text,
        S::Varchar,
        S::Bpchar,
        S::Char,
        S::Name,
        S::Bytea,
        S::Uuid,
        S::Date,
        S::Time,
        S::Timetz,
        S::Timestamp,
        S::Timestamptz,
        S::Interval,
        S::Json,
        S::Jsonb,
        S::Jsonpath,
        S::Xml,
        S::Bit,
        S::Varbit,
        S::Inet,
        S::Cidr,
        S::Macaddr,
        S::Macaddr8,
        S::Point,
        S::Line,
        S::Lseg,
        S::Box,
        S::Path,
        S::Polygon,
        S::Circle,
        S::Tsvector,
        S::Tsquery,
        S::Oid,
        S::Xid,
        S::Xid8,
        S::Cid,
        S::Tid,
        S::PgLsn,
        S::PgSnapshot,
        S::Reg,
        S::Citext,
        S::Hstore,
        S::Ltree,
        S::Lquery,
        S::Ltxtquery,
        S::Cube,
        S::Vector,
        S::Halfvec,
        S::Sparsevec,
        S::Geometry,
        S::Geography,
    ];
    let mut columns = Vec::new();
    for one in scalars {
        let name = format!("{one:?}").to_lowercase();
        columns.push(column(&name, scalar(one)));
        columns.push(nullable(column(&format!("{name}_array"), array(scalar(one)))));
    }
    for (name, ty) in [
        ("range", Type::BuiltinRange(S::Int4)),
        ("multirange", Type::BuiltinMultirange(S::Date)),
        ("hidden_enum", Type::Enum(1)),
        ("unknown", Type::Unknown(QName::new("public", "seg"))),
        ("custom", Type::Custom(0, Box::new(scalar(S::Jsonb)))),
        ("domain", Type::Domain(0)),
        ("composite", Type::Composite(0)),
        ("row", Type::Row(0)),
    ] {
        columns.push(nullable(column(name, ty.clone())));
        columns.push(column(&format!("{name}_array"), array(ty)));
    }
    columns
}

fn functions() -> Vec<Function> {
    let posts = Returns::Row(6);
    let mut functions = vec![
        function(
            "add",
            vec![argument("a", Scalar::Int4), optional(argument("b", Scalar::Int4))],
            value(Scalar::Int4),
        ),
        function("display_name", vec![unnamed(Type::Row(8))], value(Scalar::Text)),
        function("echo", vec![unnamed(scalar(Scalar::Jsonb))], value(Scalar::Jsonb)),
        function("find", vec![argument("id", Scalar::Int4)], value(Scalar::Text)),
        function("find", vec![argument("name", Scalar::Text)], value(Scalar::Bool)),
        function(
            "latest_posts",
            vec![optional(argument("n", Scalar::Int4))],
            posts.clone(),
        ),
        function("nothing", vec![], Returns::Void),
        function("of", vec![argument("a", Scalar::Int4)], value(Scalar::Int4)),
        function("of", vec![argument("a", Scalar::Text)], value(Scalar::Int4)),
        function(
            "stats",
            vec![],
            Returns::Record(vec![field("total", scalar(Scalar::Int8)), field("mood", Type::Enum(5))]),
        ),
        function("strict", vec![argument("a", Scalar::Text)], value(Scalar::Text)),
        function("untyped", vec![], Returns::UntypedRecord),
        function("users_posts", vec![unnamed(Type::Row(8))], posts),
    ];
    for function in &mut functions {
        function.returns_set = matches!(
            function.returns,
            Returns::Record(_) | Returns::Row(_) | Returns::UntypedRecord
        );
        function.named.comment = Some(EVIL.to_owned());
        if function.named.id.name == "strict" {
            function.arguments[0].nullable = false;
        }
        if function.named.id.name == "display_name" {
            function.computed_field = true;
        }
    }
    functions
}

fn schema(name: &str) -> SchemaInfo {
    SchemaInfo {
        name: name.into(),
        comment: Some(EVIL.to_owned()),
    }
}

fn named(schema: &str, name: &str) -> Named {
    Named {
        id: QName::new(schema, name),
        rename: None,
        comment: None,
        emitted: true,
    }
}

fn enumeration(schema: &str, name: &str, labels: &[&str]) -> Enum {
    Enum {
        named: named(schema, name),
        labels: labels.iter().map(|&label| label.into()).collect(),
    }
}

fn scalar(scalar: Scalar) -> Type {
    Type::Scalar(scalar)
}

fn array(element: Type) -> Type {
    Type::Array(Box::new(element))
}

fn field(name: &str, ty: Type) -> Field {
    Field {
        name: Some(name.into()),
        ty,
        sql: "text".into(),
        nullable: true,
        comment: None,
    }
}

fn column(name: &str, ty: Type) -> Column {
    Column {
        name: name.into(),
        rename: None,
        ty,
        sql: "text".into(),
        nullable: false,
        write_nullable: false,
        insert: Insert::Required,
        update: true,
        source: None,
        rules: Vec::new(),
        custom: None,
        comment: None,
    }
}

fn identity(name: &str, kind: Scalar) -> Column {
    Column {
        insert: Insert::Never,
        update: false,
        source: Some(Source::IdentityAlways),
        ..column(name, scalar(kind))
    }
}

fn nullable(column: Column) -> Column {
    Column {
        nullable: true,
        write_nullable: true,
        insert: if column.insert == Insert::Required {
            Insert::Optional
        } else {
            column.insert
        },
        ..column
    }
}

fn table(schema: &str, name: &str, columns: Vec<Column>) -> Relation {
    Relation {
        named: named(schema, name),
        kind: RelationKind::Table,
        primary_key: if columns.is_empty() { vec![] } else { vec![0] },
        columns,
        unique_keys: Vec::new(),
        insertable: true,
        updatable: true,
        relationships: Vec::new(),
        computed: Vec::new(),
        partition: false,
        checks: Vec::new(),
    }
}

fn key(name: &str, column: &str, target: (&str, &str), one_to_one: bool) -> Relationship {
    Relationship {
        name: name.into(),
        columns: vec![column.into()],
        target: QName::new(target.0, target.1),
        target_columns: vec!["id".into()],
        one_to_one,
        one_to_one_by_index: false,
        same_schema: true,
        through_view: false,
    }
}

fn function(name: &str, arguments: Vec<FunctionArgument>, returns: Returns) -> Function {
    Function {
        named: named("public", name),
        procedure: false,
        arguments,
        returns,
        returns_set: false,
        single_row: false,
        read_only: false,
        computed_field: false,
    }
}

fn argument(name: &str, kind: Scalar) -> FunctionArgument {
    FunctionArgument {
        name: Some(name.into()),
        ..unnamed(scalar(kind))
    }
}

fn unnamed(ty: Type) -> FunctionArgument {
    FunctionArgument {
        name: None,
        ty,
        sql: "type".into(),
        nullable: true,
        optional: false,
        variadic: false,
    }
}

fn optional(argument: FunctionArgument) -> FunctionArgument {
    FunctionArgument {
        optional: true,
        ..argument
    }
}

fn value(kind: Scalar) -> Returns {
    Returns::Value {
        ty: scalar(kind),
        sql: "text".into(),
    }
}
