use super::*;
use crate::catalog::QName;
use crate::codegen::files::MARK;
use crate::codegen::model::{Column, Insert, Named, RelationKind, Scalar, SchemaInfo};
use crate::config::typescript::ImportExtension;
use crate::config::{Language, Name as Rename};

fn column(name: &str, ty: Type) -> Column {
    Column {
        name: name.into(),
        rename: None,
        ty,
        sql: "integer".into(),
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

fn table(schema: &str, name: &str, columns: &[&str]) -> Relation {
    Relation {
        named: Named {
            id: QName::new(schema, name),
            rename: None,
            comment: None,
            emitted: true,
        },
        kind: RelationKind::Table,
        columns: columns
            .iter()
            .map(|name| column(name, Type::Scalar(Scalar::Int4)))
            .collect(),
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

fn api(schemas: &[&str], relations: Vec<Relation>) -> Api {
    let schema = |name: &&str| SchemaInfo {
        name: (*name).into(),
        comment: None,
    };
    Api {
        schemas: schemas.iter().map(schema).collect(),
        home: match schemas {
            [only] => (*only).into(),
            _ => "public".into(),
        },
        relations,
        ..Api::default()
    }
}

fn options(style: TypescriptStyle) -> Typescript {
    Typescript {
        style,
        ..Typescript::default()
    }
}

fn run(api: &Api, layout: Layout, options: Typescript) -> Generated {
    let mut entry = Generate::from(Language::Typescript(options.clone()));
    entry.layout = layout;
    generate(api, &entry, &options)
}

fn text(api: &Api, options: Typescript) -> String {
    run(api, Layout::Single, options).files.remove(0).contents
}

#[test]
fn a_name_that_is_taken_is_noted() {
    let api = api(
        &["public"],
        vec![table("public", "date", &["a_b", "aB"]), table("public", "x", &[])],
    );
    let camel = Typescript {
        case: FieldCase::Camel,
        ..options(TypescriptStyle::Interfaces)
    };
    let generated = run(&api, Layout::Single, camel);
    let code = &generated.files[0].contents;
    assert!(
        code.contains("export interface Date_ {\n  aB_2: number\n  aB: number\n}"),
        "{code}"
    );
    let notes: Vec<&str> = generated.notes.iter().map(|note| note.subject.as_str()).collect();
    assert_eq!(notes, ["public.date", "public.date.a_b"]);
    assert!(
        run(&api, Layout::Single, options(TypescriptStyle::Supabase))
            .notes
            .is_empty()
    );
}

#[test]
fn other_schemas_have_a_prefix_and_the_user_the_last_word() {
    let mut api = api(
        &["app", "public"],
        vec![table("app", "users", &["id"]), table("public", "users", &["id"])],
    );
    let code = text(&api, options(TypescriptStyle::Kysely));
    assert!(code.contains("  \"app.users\": AppUsers\n  users: Users\n"), "{code}");
    api.relations[0].named.rename = Some(Rename::All("Account".to_owned()));
    api.relations[0].columns[0].rename = Some(Rename::All("key".to_owned()));
    let code = text(&api, options(TypescriptStyle::Kysely));
    assert!(code.contains("export interface Account {\n  key: number\n}"), "{code}");
    assert!(code.contains("  \"app.users\": Account\n"), "{code}");
}

#[test]
fn what_camel_case_loses_is_a_warning() {
    let api = api(&["public"], vec![table("public", "line_1", &["user_id", "userId"])]);
    let camel = Typescript {
        case: FieldCase::Camel,
        ..options(TypescriptStyle::Kysely)
    };
    let notes = run(&api, Layout::Single, camel).notes;
    let warned: Vec<&str> = notes.iter().map(|note| note.subject.as_str()).collect();
    assert!(warned.contains(&"public.line_1"), "{warned:?}");
    assert!(warned.contains(&"public.line_1.\"userId\""), "{warned:?}");
}

#[test]
fn partitions_stay_behind_their_table() {
    let mut partition = table("public", "events_1", &["id"]);
    partition.partition = true;
    let api = api(&["public"], vec![table("public", "events", &["id"]), partition]);
    assert!(!text(&api, options(TypescriptStyle::Supabase)).contains("events_1"));
    let mut entry = Generate::from(Language::Typescript(Typescript::default()));
    entry.partitions = true;
    let code = &generate(&api, &entry, &Typescript::default()).files[0].contents;
    assert!(code.contains("      events_1: {\n"));
}

#[test]
fn unknown_types_are_named() {
    let mut one = table("public", "t", &[]);
    let seg = Type::Unknown(QName::new("public", "seg"));
    one.columns = vec![column("a", seg.clone()), column("b", Type::Array(Box::new(seg)))];
    let generated = run(&api(&["public"], vec![one]), Layout::Single, Typescript::default());
    assert_eq!(generated.notes.len(), 1);
    assert_eq!(generated.notes[0].subject, "public.seg");
    assert!(generated.files[0].contents.contains("b: PgArray<unknown>\n"));
}

#[test]
fn a_file_per_schema_whatever_schemas_are_called() {
    let names = ["App", "app", "index", "public"];
    let relations = names.iter().map(|schema| table(schema, "t", &["id"])).collect();
    let ts = Typescript {
        import_extension: ImportExtension::Ts,
        ..Typescript::default()
    };
    let generated = run(&api(&names, relations), Layout::PerSchema, ts);
    let files: Vec<String> = generated
        .files
        .iter()
        .map(|file| file.path.display().to_string())
        .collect();
    assert_eq!(
        files,
        [
            "types.ts/app_2.ts",
            "types.ts/app.ts",
            "types.ts/index_.ts",
            "types.ts/public.ts",
            "types.ts/index.ts"
        ]
    );
    assert!(generated.files[4].contents.contains("from \"./app_2.ts\""));
    assert_eq!(generated.folders.len(), 1);
    for file in &generated.files {
        assert!(file.contents.contains(MARK) && file.contents.ends_with('\n') && !file.contents.ends_with("\n\n"));
    }
}

#[test]
fn the_users_header_comes_first() {
    let mut entry = Generate::from(Language::Typescript(Typescript::default()));
    entry.header = Some("/* eslint-disable */".to_owned());
    let code = &generate(&Api::default(), &entry, &Typescript::default()).files[0].contents;
    assert!(code.starts_with("/* eslint-disable */\n// Generated by pgkeel"));
}
