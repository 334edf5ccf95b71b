//! The catalogue of hazards: every id that a step of a plan, a finding of `lint` or `--allow` may name.

/// The ids, by what they are about. They are an API: none changes its meaning.
pub const HAZARDS: &[&str] = &[
    // Indexes and constraints.
    "index-not-concurrent",
    "concurrently-in-transaction",
    "concurrently-on-partitioned",
    "drop-index-not-concurrent",
    "reindex-not-concurrent",
    "index-too-wide",
    "unique-constraint-builds-index",
    "primary-key-builds-index",
    "pk-using-index-sets-not-null",
    "exclusion-constraint",
    "fk-validates",
    "fk-locks-referenced-table",
    "fk-type-mismatch",
    "fk-not-valid-on-partitioned",
    "fk-column-not-indexed",
    "check-validates",
    "validate-in-same-transaction",
    "set-not-null-scan",
    // Columns.
    "add-column-required",
    "add-column-volatile-default",
    "add-column-generated-stored",
    "add-column-constrained-domain",
    "add-column-serial-or-identity",
    "drop-column",
    "rename-column",
    "drop-not-null",
    "drop-default-on-required",
    "type-change-rewrite",
    "type-change-index-rebuild",
    "type-change-blocked-by-view",
    "json-column",
    "char-column",
    "varchar-limit",
    "timestamp-without-tz",
    "int-overflow",
    "prefer-identity",
    // Tables.
    "rename-table",
    "rename-schema",
    "drop-table",
    "drop-cascade",
    "truncate",
    "truncate-cascade",
    "set-logged-rewrite",
    "set-tablespace-rewrite",
    "set-access-method-rewrite",
    "table-rebuild",
    "cluster",
    "vacuum-full",
    "refresh-matview-not-concurrent",
    "explicit-lock-table",
    "create-trigger",
    "disable-trigger",
    "replica-identity",
    "attach-partition-scan",
    "create-partition-of",
    "default-partition-scan",
    "detach-partition-not-concurrent",
    "inherit-lock",
    // Types.
    "enum-value-order",
    "enum-value-used-in-same-transaction",
    "rename-enum-value",
    "enum-type",
    "domain-with-constraint",
    "domain-add-constraint-scan",
    // Transactions.
    "missing-lock-timeout",
    "statement-after-access-exclusive",
    "multiple-tables-locked",
    "multiple-alter-same-table",
    "backfill-in-same-transaction",
    "uncommitted-transaction",
    "transaction-nesting",
    // Data.
    "update-without-where",
    "delete-without-where",
    "duplicate-column-assignment",
    "identifier-too-long",
    // Security.
    "rls-disabled",
    "rls-enabled-no-policy",
    "new-table-without-rls",
    "policy-dropped",
    "policy-always-true",
    "grant-to-public-role",
    "view-security-invoker-lost",
    "view-without-security-invoker",
    "definer-search-path",
    // What is left to do by hand.
    SECRET_LEFT_OUT,
    SLOT_LEFT_BEHIND,
];

/// An option is left out because its value was never read: it has to be given by hand.
pub const SECRET_LEFT_OUT: &str = "secret-option-left-out";

/// A subscription's slot stays at the publisher, which keeps all that happens for it until its disk is full: it has to be
/// dropped there by hand.
pub(super) const SLOT_LEFT_BEHIND: &str = "subscription-slot-left-behind";

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// Every id that stands in a call of `hazard(…)` or `hazard_if(…, …)` in this folder.
    fn given(folder: &Path, ids: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.ends_with("hazards.rs") {
                continue;
            }
            if path.is_dir() {
                given(&path, ids);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for call in text.split("hazard").skip(1) {
                let arguments = call.split([';', '\n', ')']).next().unwrap_or_default();
                let quoted = arguments.split('"').nth(1);
                ids.extend(quoted.filter(|_| arguments.contains('(')).map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_hazard_is_in_the_catalogue() {
        let mut ids = Vec::new();
        given(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ddl"), &mut ids);
        assert!(ids.len() > 20, "{ids:?}");
        for id in ids {
            assert!(HAZARDS.contains(&id.as_str()), "`{id}` is not in the catalogue");
        }
    }

    #[test]
    fn no_hazard_is_there_twice() {
        let mut ids = HAZARDS.to_vec();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), HAZARDS.len());
    }
}
