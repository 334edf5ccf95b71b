//! What a planner is asked, and by whom.

use super::name::bare;

/// Asks for the plan of a statement, which is not run (EXPLAIN).
pub fn explain(statement: &str) -> String {
    format!("EXPLAIN (FORMAT JSON, VERBOSE) {statement}")
}

/// Makes what follows in the transaction run as a role (SET ROLE).
pub fn act_as(role: &str) -> String {
    format!("SET LOCAL ROLE {}", bare(role))
}
