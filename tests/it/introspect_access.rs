//! Roles, grants and default privileges are read back exactly, from servers of every major.

use super::introspect_objects::{check, read};
use super::support::database::{database_on, every_server};

const ACCESS: &str = include_str!("introspect/access.sql");

#[tokio::test]
async fn every_major_gives_the_same_rights() {
    for server in every_server() {
        let scratch = database_on(&server, ACCESS).await;
        let (catalog, _) = read(&scratch).await;
        check("access.txt", &catalog);
    }
}
