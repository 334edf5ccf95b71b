//! The rules, one a file, or one a family of hazards that are told apart by a word. A rule looks at one statement in its
//! place, and knows no other rule. What a hazard costs, why it matters and what to do instead stands in [`crate::ddl::HAZARDS`].

mod add_column;
mod backfill;
mod brief_locks;
mod check_validates;
mod column_types;
mod concurrently_in_transaction;
mod concurrently_on_partitioned;
mod constraint_builds_index;
mod definer_search_path;
mod detach_partition;
mod domains;
mod drop_cascade;
mod drop_column;
mod drop_index_not_concurrent;
mod drop_table;
mod enum_values;
mod explicit_lock_table;
mod fk_column_not_indexed;
mod fk_type_mismatch;
mod foreign_keys;
mod grant_to_public_role;
mod held_locks;
mod identifier_too_long;
mod index_not_concurrent;
mod index_too_wide;
mod int_overflow;
mod loosened_columns;
mod missing_lock_timeout;
mod new_table_without_rls;
mod of_server;
mod partitions;
mod pk_using_index_sets_not_null;
mod policy_always_true;
mod policy_dropped;
mod refresh_matview_not_concurrent;
mod reindex_not_concurrent;
mod renames;
mod rewrites;
mod role_bypasses_rls;
mod routine_still_called;
mod row_security;
mod rows;
mod set_not_null_scan;
mod transactions;
mod triggers;
mod truncate;
mod type_change;
mod validate_in_same_transaction;
mod view_invoker;

use super::step::{Found, Step};

/// A rule.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    /// The hazards that it finds.
    pub(super) hazards: &'static [&'static str],
    pub(super) look: fn(&Step<'_>, &mut Vec<Found>),
}

/// Every rule.
pub(super) const RULES: &[Rule] = &[
    add_column::RULE,
    backfill::RULE,
    brief_locks::RULE,
    check_validates::RULE,
    column_types::RULE,
    concurrently_in_transaction::RULE,
    concurrently_on_partitioned::RULE,
    constraint_builds_index::RULE,
    definer_search_path::RULE,
    detach_partition::RULE,
    domains::RULE,
    drop_cascade::RULE,
    drop_column::RULE,
    drop_index_not_concurrent::RULE,
    drop_table::RULE,
    enum_values::RULE,
    explicit_lock_table::RULE,
    fk_column_not_indexed::RULE,
    fk_type_mismatch::RULE,
    foreign_keys::RULE,
    grant_to_public_role::RULE,
    held_locks::RULE,
    identifier_too_long::RULE,
    index_not_concurrent::RULE,
    index_too_wide::RULE,
    int_overflow::RULE,
    loosened_columns::RULE,
    missing_lock_timeout::RULE,
    new_table_without_rls::RULE,
    of_server::RULE,
    partitions::RULE,
    pk_using_index_sets_not_null::RULE,
    policy_always_true::RULE,
    policy_dropped::RULE,
    refresh_matview_not_concurrent::RULE,
    reindex_not_concurrent::RULE,
    renames::RULE,
    rewrites::RULE,
    role_bypasses_rls::RULE,
    routine_still_called::RULE,
    row_security::RULE,
    rows::RULE,
    set_not_null_scan::RULE,
    transactions::RULE,
    triggers::RULE,
    truncate::RULE,
    type_change::RULE,
    validate_in_same_transaction::RULE,
    view_invoker::RULE,
];
