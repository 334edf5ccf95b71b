//! The statements that mend a finding: small ones, each about one object that is there already. They suppose nothing of
//! the rest of the schema, and so need no plan.

use crate::catalog::policy::Policy;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Name, QName};
use crate::sql::literal;

use super::name::{bare, qualified};

/// Turns row-level security on (Data Definition, Row Security Policies).
pub fn enable_row_security(table: &QName) -> String {
    format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;", qualified(table))
}

/// Turns row-level security on for the owner too.
pub fn force_row_security(table: &QName) -> String {
    format!("ALTER TABLE {} FORCE ROW LEVEL SECURITY;", qualified(table))
}

/// Makes a view read with its caller's rights (CREATE VIEW, `security_invoker`, 15 and later).
pub fn make_invoker(view: &QName) -> String {
    format!("ALTER VIEW {} SET (security_invoker = on);", qualified(view))
}

/// Takes privileges on a relation; a grantee of `None` is PUBLIC.
pub fn revoke(privileges: &[&str], relation: &Relation, grantees: &[Option<&Name>]) -> String {
    let keyword = match relation.kind {
        RelationKind::Table | RelationKind::PartitionedTable => "TABLE ",
        _ => "",
    };
    let grantees = grantees
        .iter()
        .map(|grantee| grantee.map_or("PUBLIC".to_owned(), |role| bare(role)));
    format!(
        "REVOKE {} ON {keyword}{} FROM {};",
        privileges.join(", "),
        qualified(&relation.name),
        grantees.collect::<Vec<_>>().join(", ")
    )
}

/// Gives a policy other expressions; those of `None` stay.
pub fn alter_policy(policy: &Policy, using: Option<&str>, check: Option<&str>) -> String {
    let mut sql = format!("ALTER POLICY {} ON {}", bare(&policy.name), qualified(&policy.relation));
    for (clause, expression) in [("USING", using), ("WITH CHECK", check)] {
        if let Some(expression) = expression {
            sql.push_str(&format!(" {clause} ({expression})"));
        }
    }
    sql + ";"
}

/// Makes an index on one column, and leaves its name to the server.
pub fn create_index(table: &QName, column: &str) -> String {
    format!("CREATE INDEX ON {} ({});", qualified(table), bare(column))
}

/// Brings an extension to a version that the server offers.
pub fn update_extension(name: &str, version: &str) -> String {
    format!("ALTER EXTENSION {} UPDATE TO {};", bare(name), literal(version))
}
