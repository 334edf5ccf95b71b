//! Roles, grants and default privileges are read back exactly, from servers of every major.

use pgkeel::catalog::QName;
use pgkeel::catalog::foreign::UserMapping;
use pgkeel::catalog::scope::{Platform, Scope};
use pgkeel::introspect::{self, Depth};
use pgkeel::scratch;

use super::introspect_objects::{OBJECTS, check, read};
use super::support::database::{database_on, every_server};

pub(crate) const ACCESS: &str = include_str!("introspect/access.sql");

#[tokio::test]
async fn every_major_gives_the_same_rights() {
    for server in every_server() {
        let scratch = database_on(&server, ACCESS).await;
        let (catalog, _) = read(&scratch).await;
        check("access.txt", &catalog);
    }
}

#[tokio::test]
async fn a_role_without_rights_reads_all_but_secrets() {
    for server in every_server() {
        let sql = format!("{OBJECTS}; create role nobody;");
        let scratch = database_on(&server, &sql).await;
        let (mut whole, _) = read(&scratch).await;
        let mut connection = scratch.connect().await.unwrap();
        sqlx::raw_sql("set role nobody").execute(&mut connection).await.unwrap();
        let (seen, diagnostics) = introspect::read(&mut connection, &Scope::default(), Depth::Whole)
            .await
            .unwrap();
        let mappings = whole.user_mappings.iter().map(|row| UserMapping {
            options: Vec::new(),
            ..row.clone()
        });
        whole.user_mappings = pgkeel::catalog::Rows::sorted(mappings.collect());
        assert_eq!(seen, whole, "PostgreSQL {}: {diagnostics:?}", scratch.version());
        let warned = diagnostics.iter().any(|note| note.subject.contains("user mappings"));
        assert!(warned, "{diagnostics:?}");
    }
}

#[tokio::test]
async fn what_users_put_on_a_platforms_tables_is_theirs() {
    let server = scratch::Options {
        platform: scratch::Platform::Supabase,
        ..scratch::Options::default()
    };
    let sql = "create function public.on_signup() returns trigger language plpgsql as 'begin return new; end';
        create trigger signup after insert on auth.users for each row execute function public.on_signup();
        create function public.is_mine(text) returns boolean language sql as 'select true';
        create policy own_files on storage.objects for select to authenticated using (public.is_mine(name));
        create table public.notes (id int, owner uuid references auth.users (id));
        grant select on storage.buckets to anon;";
    let scratch = database_on(&server, sql).await;
    let scope = Scope {
        platform: Some(Platform::Supabase),
        ..Scope::default()
    };
    let mut connection = scratch.connect().await.unwrap();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    let names = |rows: &mut dyn Iterator<Item = (&QName, &str)>| {
        rows.map(|(relation, name)| format!("{relation} {name}"))
            .collect::<Vec<_>>()
    };
    let triggers = names(&mut catalog.triggers.iter().map(|row| (&row.relation, row.name.as_str())));
    assert_eq!(triggers, ["auth.users signup"]);
    let policies = names(&mut catalog.policies.iter().map(|row| (&row.relation, row.name.as_str())));
    assert!(
        policies.contains(&"storage.objects own_files".to_owned()),
        "{policies:?}"
    );
    assert!(catalog.relation(&QName::new("storage", "objects")).is_some());
    assert!(catalog.relation(&QName::new("storage", "buckets")).is_none());
    let edges = serde_json::to_string(&catalog.edges).unwrap();
    assert!(edges.contains("is_mine") && !edges.contains("buckets"), "{edges}");
    let in_platform = |schema: &str| ["auth", "storage"].contains(&schema);
    assert!(
        !catalog
            .grants
            .iter()
            .any(|row| row.object.schema().is_some_and(|schema| in_platform(schema)))
    );
    assert!(
        !catalog
            .comments
            .iter()
            .any(|row| row.object.schema().is_some_and(|schema| in_platform(schema)))
    );
}
