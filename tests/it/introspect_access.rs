//! Roles, grants and default privileges are read back exactly, from servers of every major.

use pgkeel::catalog::foreign::UserMapping;
use pgkeel::catalog::scope::Scope;
use pgkeel::introspect::{self, Depth};

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
