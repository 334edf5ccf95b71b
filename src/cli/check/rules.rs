//! What `check` finds, by name.

use crate::finding::{About, Severity};

pub(super) const LIVE_DIFFERS: &str = "live-differs";
pub(super) const MIGRATIONS_DIFFER: &str = "migrations-differ";
pub(super) const COLUMN_ORDER: &str = "column-order";
pub(super) const GENERATED_STALE: &str = "generated-stale";
pub(super) const GENERATED_MISSING: &str = "generated-missing";
pub(super) const GENERATED_SURPLUS: &str = "generated-surplus";
pub(super) const HISTORY_PENDING: &str = "history-pending";
pub(super) const COMPARISON_FAILED: &str = "comparison-failed";

/// Those that begin with `migration-` are as `pgkeel migrate status` has them.
pub(super) const RULES: [About; 16] = [
    error(
        LIVE_DIFFERS,
        "The database is not as what is committed says, so what was made from that does not fit it.",
    ),
    error(
        MIGRATIONS_DIFFER,
        "A new database, made by the migrations, would not be as the snapshot says.",
    ),
    error(
        COLUMN_ORDER,
        "Whoever relies on the order of columns, such as COPY without a list, gets other columns.",
    ),
    error(
        GENERATED_STALE,
        "The code compiles against a schema that is not the one committed.",
    ),
    error(GENERATED_MISSING, "What is configured to be generated is not there."),
    error(
        GENERATED_SURPLUS,
        "It was generated once and says nothing of the schema any more.",
    ),
    About {
        id: HISTORY_PENDING,
        severity: Severity::Warning,
        why: "The database lacks what the migration makes.",
    },
    error(
        "migration-out-of-order",
        "Databases have run the same migrations in another order.",
    ),
    error("migration-edited", "What was run is not what the folder says."),
    error(
        "migration-renumbered",
        "It would be run a second time under its new version.",
    ),
    error(
        "migration-of-another-branch",
        "The database has what this folder does not know of.",
    ),
    error(
        "migration-missing",
        "A new database would lack what this one was given.",
    ),
    error("migration-duplicate", "Only one of them can be run."),
    error("migration-half-done", "The database is between two states."),
    error("migration-failed", "The database may be between two states."),
    error(
        COMPARISON_FAILED,
        "What could not be compared may differ: this is no clean bill.",
    ),
];

const fn error(id: &'static str, why: &'static str) -> About {
    About {
        id,
        severity: Severity::Error,
        why,
    }
}
