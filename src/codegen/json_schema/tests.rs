use super::*;
use crate::catalog::QName;
use crate::codegen::model::{Domain, Enum, RelationKind, Rule, Scalar, SchemaInfo, Type};

fn named(schema: &str, name: &str) -> Named {
    Named {
        id: QName::new(schema, name),
        rename: None,
        comment: None,
        emitted: true,
    }
}

fn column(name: &str, ty: Type, nullable: bool, insert: Insert) -> Column {
    Column {
        name: name.into(),
        rename: None,
        ty,
        sql: "text".into(),
        nullable,
        write_nullable: nullable,
        insert,
        update: insert != Insert::Never,
        source: None,
        rules: Vec::new(),
        custom: None,
        comment: None,
    }
}

fn api() -> Api {
    let mut label = column("label", Type::Scalar(Scalar::Varchar), true, Insert::Optional);
    label.rules = vec![Rule::MaxLength(10), Rule::MaxLength(5)];
    label.comment = Some("What it's \"called\"".to_owned());
    Api {
        schemas: vec![SchemaInfo {
            name: "public".into(),
            comment: None,
        }],
        home: "public".into(),
        enums: vec![Enum {
            named: named("app", "mood"),
            labels: vec!["".into(), "glad".into()],
        }],
        domains: vec![Domain {
            named: named("public", "price"),
            base: Type::Scalar(Scalar::Numeric),
            sql: "numeric".into(),
            not_null: true,
            has_default: false,
            rules: vec![Rule::Min {
                bound: "0".to_owned(),
                exclusive: true,
            }],
        }],
        relations: vec![Relation {
            named: named("public", "things"),
            kind: RelationKind::Table,
            columns: vec![
                column("id", Type::Scalar(Scalar::Int8), false, Insert::Never),
                label,
                column("mood", Type::Enum(0), true, Insert::Optional),
                column("moods", Type::Array(Box::new(Type::Enum(0))), false, Insert::Required),
                column("price", Type::Domain(0), false, Insert::Required),
            ],
            primary_key: vec![0],
            unique_keys: Vec::new(),
            insertable: true,
            updatable: true,
            relationships: Vec::new(),
            computed: Vec::new(),
            partition: false,
            checks: Vec::new(),
        }],
        ..Api::default()
    }
}

fn documents(layout: Layout, style: JsonSchemaStyle) -> BTreeMap<String, Value> {
    let mut entry = Generate::new(Lang::JsonSchema);
    entry.layout = layout;
    let options = JsonSchema {
        style,
        ..JsonSchema::default()
    };
    let generated = generate(&api(), &entry, &options).expect("the model is sound");
    let parsed = generated.files.into_iter().map(|file| {
        assert!(file.contents.lines().take(8).any(|line| line.contains(MARK)));
        (
            file.path.display().to_string(),
            serde_json::from_str(&file.contents).expect("it is JSON"),
        )
    });
    parsed.collect()
}

#[test]
fn rows_inserts_and_updates_say_what_the_table_takes() {
    let documents = documents(Layout::Single, JsonSchemaStyle::JsonSchema);
    let definitions = &documents["schema.json"]["$defs"];
    assert_eq!(
        definitions["public.things"]["properties"]["label"],
        json!({ "type": ["string", "null"], "maxLength": 5, "description": "What it's \"called\"" })
    );
    assert_eq!(
        definitions["public.things"]["properties"]["mood"],
        json!({ "anyOf": [{ "$ref": "#/$defs/app.mood" }, { "type": "null" }] })
    );
    assert_eq!(
        definitions["public.things"]["properties"]["id"]["readOnly"],
        json!(true)
    );
    assert_eq!(
        definitions["public.things.Insert"]["required"],
        json!(["moods", "price"])
    );
    assert!(definitions["public.things.Insert"]["properties"].get("id").is_none());
    assert_eq!(definitions["public.things.Update"]["required"], json!([]));
    assert_eq!(definitions["app.mood"]["enum"], json!(["", "glad"]));
    assert_eq!(
        definitions["public.price"],
        json!({ "allOf": [
            { "anyOf": [{ "type": "number" }, { "enum": ["NaN", "Infinity", "-Infinity"] }] },
            { "exclusiveMinimum": 0 },
        ] })
    );
}

#[test]
fn documents_refer_to_each_other() {
    let documents = documents(Layout::PerSchema, JsonSchemaStyle::Openapi);
    assert_eq!(
        documents.keys().collect::<Vec<_>>(),
        ["schema.json/app.json", "schema.json/public.json"]
    );
    let schemas = &documents["schema.json/public.json"]["components"]["schemas"];
    assert_eq!(
        schemas["public.things"]["properties"]["mood"]["anyOf"][0]["$ref"],
        json!("app.json#/components/schemas/app.mood")
    );
}

#[test]
fn keys_are_never_two_alike() {
    let mut keys = Keys::default();
    for name in ["a b", "a_b", "a.b"] {
        keys.want(&named("public", name), "");
    }
    let notes = keys.settle();
    assert_eq!(keys.wanted, ["public.a_b_2", "public.a_b", "public.a_b_3"]);
    assert_eq!(notes.len(), 2);
}
