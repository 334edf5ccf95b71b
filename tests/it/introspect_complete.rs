//! Whatever `pg_dump -s` lists is in the catalog.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use pgkeel::catalog::constraint::ConstraintKind;
use pgkeel::catalog::relation::RelationKind;
use pgkeel::catalog::routine::RoutineKind;
use pgkeel::catalog::scope::Depth;
use pgkeel::catalog::types::TypeKind;
use pgkeel::catalog::{Catalog, Name, ObjectId, QName, RoutineId};
use pgkeel::scratch::Scratch;
use pgkeel::snapshot;

use super::introspect_access::ACCESS;
use super::introspect_objects::{OBJECTS, read};
use super::support::corpus;
use super::support::database::{database_from, database_on, every_server};
use super::support::servers::pg_dump;
use super::support::toolchain::run;

#[tokio::test]
async fn nothing_that_pg_dump_lists_is_missing() {
    for server in every_server() {
        for sql in [OBJECTS, ACCESS] {
            compare(&database_on(&server, sql).await, "our own schema").await;
        }
    }
}

#[tokio::test]
async fn other_peoples_schemas_are_read_whole() {
    for path in corpus::schemas() {
        let scratch = database_from(&path).await;
        compare(&scratch, &path.display().to_string()).await;
    }
}

async fn compare(scratch: &Scratch, what: &str) {
    let (catalog, _) = read(scratch).await;
    assert_eq!(catalog.duplicate(), None, "{what}");
    assert_eq!(catalog.dangling(), None, "{what}");
    assert_eq!(unresolved(&serde_json::to_value(&catalog).unwrap()), None, "{what}");
    let text = snapshot::render(&catalog).unwrap();
    let again = snapshot::parse(&text, Path::new("snapshot"), Depth::Whole).unwrap();
    assert!(again == catalog, "{what}: the snapshot says something else");
    let mut dump = Command::new(pg_dump());
    dump.args(["--schema-only", "--no-subscriptions", "--dbname", &scratch.url()]);
    let dump = run(&mut dump).unwrap();
    let dumped = dump.lines().filter_map(entry).collect::<BTreeSet<_>>();
    assert!(!dumped.is_empty(), "{what}");
    let known = entries(&catalog);
    let missing = dumped.difference(&known).collect::<Vec<_>>();
    assert!(missing.is_empty(), "{what}: {missing:#?}");
}

/// A text that stands for a name and is an OID instead.
fn unresolved(value: &serde_json::Value) -> Option<String> {
    use serde_json::Value::*;
    match value {
        Array(values) => values.iter().find_map(unresolved),
        Object(fields) => fields.iter().find_map(|(key, value)| {
            let is_name =
                !["text", "value", "default", "initial", "name", "labels", "cost", "rows"].contains(&key.as_str());
            is_name.then(|| unresolved(value)).flatten()
        }),
        String(text) if text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_digit()) => Some(text.clone()),
        _ => None,
    }
}

/// Type, schema and name of an object, as `pg_dump` puts them above it.
type Entry = (String, String, String);

/// Reads `-- Name: …; Type: …; Schema: …; Owner: …`.
fn entry(line: &str) -> Option<Entry> {
    let line = line.strip_prefix("-- Name: ")?;
    let (name, rest) = line.rsplit_once("; Type: ")?;
    let (kind, rest) = rest.split_once("; Schema: ")?;
    let (schema, _) = rest.split_once("; Owner:")?;
    // Where migrations are recorded is nobody's schema.
    if schema == "supabase_migrations" || (kind == "SCHEMA" && name == "supabase_migrations") {
        return None;
    }
    // A view that depends on itself in a roundabout way is dumped in two steps.
    if kind == "RULE" && name.ends_with(" _RETURN") {
        return None;
    }
    // The routine that an ACL or a comment is about has the names of its arguments too.
    let of_routine = ["FUNCTION ", "PROCEDURE ", "AGGREGATE "]
        .iter()
        .any(|word| name.starts_with(word));
    let name = if of_routine { name.split('(').next()? } else { name };
    Some(made(kind, schema, name))
}

/// `pg_dump` quotes some names, never breaks a line, and has another word for `bpchar`.
fn made(kind: &str, schema: &str, name: &str) -> Entry {
    let name = name.replace("bpchar", "character");
    let plain = |text: &str| text.replace('"', "").replace(['\n', '\r'], " ");
    (kind.to_owned(), plain(schema), plain(&name))
}

/// Everything in the catalog, as `pg_dump` calls it.
fn entries(catalog: &Catalog) -> BTreeSet<Entry> {
    let mut all = BTreeSet::new();
    let mut add = |kind: &str, schema: &str, name: &str| {
        all.insert(made(kind, schema, name));
    };
    for row in &catalog.relations {
        let name = &row.name;
        let kind = match row.kind {
            RelationKind::Table | RelationKind::PartitionedTable => "TABLE",
            RelationKind::View => "VIEW",
            RelationKind::MaterializedView => "MATERIALIZED VIEW",
            RelationKind::ForeignTable => "FOREIGN TABLE",
        };
        add(kind, &name.schema, &name.name);
        if row.partition_of.is_some() {
            add("TABLE ATTACH", &name.schema, &name.name);
        }
        if row.row_security {
            add("ROW SECURITY", &name.schema, &name.name);
        }
    }
    let of = |relation: &QName, name: &Name| format!("{} {name}", relation.name);
    for row in catalog.columns.iter().filter(|row| row.default.is_some()) {
        add("DEFAULT", &row.relation.schema, &of(&row.relation, &row.name));
    }
    for row in &catalog.constraints {
        let kind = match row.kind {
            ConstraintKind::ForeignKey(_) => "FK CONSTRAINT",
            ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. } => "CHECK CONSTRAINT",
            _ => "CONSTRAINT",
        };
        add(kind, &row.relation.schema, &of(&row.relation, &row.name));
    }
    for row in &catalog.domain_constraints {
        add("CHECK CONSTRAINT", &row.domain.schema, &of(&row.domain, &row.name));
    }
    for row in &catalog.indexes {
        add("INDEX", &row.name.schema, &row.name.name);
        if row.parent.is_some() {
            add("INDEX ATTACH", &row.name.schema, &row.name.name);
        }
    }
    for row in &catalog.sequences {
        add("SEQUENCE", &row.name.schema, &row.name.name);
        if row.owned_by.is_some() {
            add("SEQUENCE OWNED BY", &row.name.schema, &row.name.name);
        }
    }
    for row in &catalog.routines {
        let (kind, signature) = routine(&row.id, row.kind);
        add(kind, &row.id.name.schema, &signature);
    }
    for row in &catalog.types {
        let kind = match row.kind {
            TypeKind::Domain { .. } => "DOMAIN",
            _ => "TYPE",
        };
        add(kind, &row.name.schema, &row.name.name);
        if matches!(row.kind, TypeKind::Base(_)) {
            add("SHELL TYPE", &row.name.schema, &row.name.name);
        }
    }
    for row in &catalog.rules {
        add("RULE", &row.relation.schema, &of(&row.relation, &row.name));
    }
    for row in &catalog.triggers {
        add("TRIGGER", &row.relation.schema, &of(&row.relation, &row.name));
    }
    for row in &catalog.policies {
        add("POLICY", &row.relation.schema, &of(&row.relation, &row.name));
    }
    for row in &catalog.publication_tables {
        let name = format!("{} {}", row.publication, row.relation.name);
        add("PUBLICATION TABLE", &row.relation.schema, &name);
    }
    for row in &catalog.publication_schemas {
        add(
            "PUBLICATION TABLES IN SCHEMA",
            &row.schema,
            &format!("{} {}", row.publication, row.schema),
        );
    }
    for row in &catalog.operators {
        add("OPERATOR", &row.id.name.schema, &row.id.name.name);
    }
    for row in &catalog.casts {
        add("CAST", "-", &format!("CAST ({} AS {})", row.source, row.target));
    }
    for row in &catalog.transforms {
        add(
            "TRANSFORM",
            "-",
            &format!("TRANSFORM FOR {} LANGUAGE {}", row.data_type, row.language),
        );
    }
    for row in &catalog.user_mappings {
        let role = row.role.as_deref().unwrap_or("public");
        add(
            "USER MAPPING",
            "-",
            &format!("USER MAPPING {role} SERVER {}", row.server),
        );
    }
    for row in &catalog.default_privileges {
        let schema = row.schema.as_deref().unwrap_or("-");
        let objects = serde_json::to_value(row.objects).unwrap();
        let objects = objects.as_str().unwrap().replace('_', " ").to_uppercase();
        add("DEFAULT ACL", schema, &format!("DEFAULT PRIVILEGES FOR {objects}"));
    }
    macro_rules! named {
        ($($section:ident: $kind:literal),+) => {
            $(for row in &catalog.$section {
                add($kind, "-", &row.name);
            })+
        };
    }
    named!(
        schemas: "SCHEMA",
        extensions: "EXTENSION",
        languages: "PROCEDURAL LANGUAGE",
        access_methods: "ACCESS METHOD",
        foreign_data_wrappers: "FOREIGN DATA WRAPPER",
        servers: "SERVER",
        event_triggers: "EVENT TRIGGER",
        publications: "PUBLICATION"
    );
    macro_rules! qualified {
        ($($section:ident: $kind:literal),+) => {
            $(for row in &catalog.$section {
                add($kind, &row.name.schema, &row.name.name);
            })+
        };
    }
    qualified!(
        collations: "COLLATION",
        conversions: "CONVERSION",
        operator_families: "OPERATOR FAMILY",
        operator_classes: "OPERATOR CLASS",
        text_search_parsers: "TEXT SEARCH PARSER",
        text_search_templates: "TEXT SEARCH TEMPLATE",
        text_search_dictionaries: "TEXT SEARCH DICTIONARY",
        text_search_configurations: "TEXT SEARCH CONFIGURATION",
        statistics: "STATISTICS"
    );
    for row in &catalog.grants {
        let (schema, name) = tag(catalog, &row.object, true);
        add("ACL", &schema, &name);
    }
    for row in &catalog.comments {
        let (schema, name) = tag(catalog, &row.object, false);
        add("COMMENT", &schema, &name);
    }
    for row in &catalog.security_labels {
        let (schema, name) = tag(catalog, &row.object, false);
        add("SECURITY LABEL", &schema, &name);
    }
    all
}

fn routine(id: &RoutineId, kind: RoutineKind) -> (&'static str, String) {
    let (word, arguments) = match kind {
        RoutineKind::Procedure => ("PROCEDURE", id.arguments.as_str()),
        RoutineKind::Aggregate if id.arguments.is_empty() => ("AGGREGATE", "*"),
        RoutineKind::Aggregate => ("AGGREGATE", id.arguments.as_str()),
        RoutineKind::Function | RoutineKind::Window => ("FUNCTION", id.arguments.as_str()),
    };
    (word, format!("{}({arguments})", id.name.name))
}

/// What a comment, label or ACL is about: schema, and kind and name. An ACL calls every relation a table.
fn tag(catalog: &Catalog, object: &ObjectId, acl: bool) -> (String, String) {
    use ObjectId::*;
    let schema = object.qualified().map_or("-", |name| name.schema.as_str()).to_owned();
    let relation = |kind: &str, name: &QName| format!("{} {}", if acl { "TABLE" } else { kind }, name.name);
    let on = |kind: &str, relation: &QName, name: &Name| format!("{kind} {name} ON {}", relation.name);
    let name = match object {
        Table(name) => relation("TABLE", name),
        View(name) => relation("VIEW", name),
        MaterializedView(name) => relation("MATERIALIZED VIEW", name),
        ForeignTable(name) => relation("FOREIGN TABLE", name),
        Column(name, column) => format!("COLUMN {}.{column}", name.name),
        Sequence(name) => format!("SEQUENCE {}", name.name),
        Index(name) => format!("INDEX {}", name.name),
        Statistics(name) => format!("STATISTICS {}", name.name),
        Type(name) => match catalog.user_type(name).map(|row| &row.kind) {
            Some(TypeKind::Domain { .. }) if !acl => format!("DOMAIN {}", name.name),
            _ => format!("TYPE {}", name.name),
        },
        Routine(id) => {
            let kind = catalog
                .routines
                .find(|row| row.id.cmp(id))
                .map_or(RoutineKind::Function, |row| row.kind);
            let (word, _) = routine(id, kind);
            let word = if acl && word == "AGGREGATE" { "FUNCTION" } else { word };
            format!("{word} {}", id.name.name)
        }
        Constraint(relation, name) | ForeignKey(relation, name) => on("CONSTRAINT", relation, name),
        DomainConstraint(domain, name) => format!("CONSTRAINT {name} ON DOMAIN {}", domain.name),
        Trigger(relation, name) => on("TRIGGER", relation, name),
        Rule(relation, name) => on("RULE", relation, name),
        Policy(relation, name) => on("POLICY", relation, name),
        Schema(name) => format!("SCHEMA {name}"),
        Extension(name) => format!("EXTENSION {name}"),
        Language(name) => format!("LANGUAGE {name}"),
        AccessMethod(name) => format!("ACCESS METHOD {name}"),
        ForeignDataWrapper(name) => format!("FOREIGN DATA WRAPPER {name}"),
        Server(name) if acl => format!("FOREIGN SERVER {name}"),
        Server(name) => format!("SERVER {name}"),
        EventTrigger(name) => format!("EVENT TRIGGER {name}"),
        Publication(name) => format!("PUBLICATION {name}"),
        Cast(source, target) => format!("CAST ({source} AS {target})"),
        Transform(data_type, language) => format!("TRANSFORM FOR {data_type} LANGUAGE {language}"),
        Collation(name) => format!("COLLATION {}", name.name),
        Conversion(name) => format!("CONVERSION {}", name.name),
        Operator(id) => {
            let side = |side: &Option<Name>| side.as_deref().unwrap_or("NONE").to_owned();
            format!("OPERATOR {} ({}, {})", id.name.name, side(&id.left), side(&id.right))
        }
        OperatorFamily(name, method) => format!("OPERATOR FAMILY {} USING {method}", name.name),
        OperatorClass(name, method) => format!("OPERATOR CLASS {} USING {method}", name.name),
        TextSearchParser(name) => format!("TEXT SEARCH PARSER {}", name.name),
        TextSearchTemplate(name) => format!("TEXT SEARCH TEMPLATE {}", name.name),
        TextSearchDictionary(name) => format!("TEXT SEARCH DICTIONARY {}", name.name),
        TextSearchConfiguration(name) => format!("TEXT SEARCH CONFIGURATION {}", name.name),
        other => format!("{other:?}"),
    };
    (schema, name)
}
