//! The statements that mend what was found: small ones, that name what is there already.

use crate::catalog::policy::Policy;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Name, QName};
use crate::ddl::{bare, qualified};

pub(super) fn enable_row_security(table: &QName) -> String {
    format!("ALTER TABLE {} ENABLE ROW LEVEL SECURITY;", qualified(table))
}

pub(super) fn force_row_security(table: &QName) -> String {
    format!("ALTER TABLE {} FORCE ROW LEVEL SECURITY;", qualified(table))
}

pub(super) fn make_invoker(view: &QName) -> String {
    format!("ALTER VIEW {} SET (security_invoker = on);", qualified(view))
}

pub(super) fn revoke(privileges: &[&str], relation: &Relation, grantees: &[Option<&Name>]) -> String {
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

pub(super) fn alter_policy(policy: &Policy, using: Option<&str>, check: Option<&str>) -> String {
    let mut sql = format!("ALTER POLICY {} ON {}", bare(&policy.name), qualified(&policy.relation));
    for (clause, expression) in [("USING", using), ("WITH CHECK", check)] {
        if let Some(expression) = expression {
            sql.push_str(&format!(" {clause} ({expression})"));
        }
    }
    sql + ";"
}

pub(super) fn create_index(table: &QName, column: &str) -> String {
    format!("CREATE INDEX ON {} ({});", qualified(table), bare(column))
}

pub(super) fn update_extension(name: &str, version: &str) -> String {
    format!(
        "ALTER EXTENSION {} UPDATE TO {};",
        bare(name),
        crate::sql::literal(version)
    )
}
