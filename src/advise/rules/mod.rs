//! The rules, one a file. A rule looks at one thing that could be better, and knows no other.

mod append_only_time_index;
mod autovacuum_disabled;
mod char_column;
mod columns;
mod constraint_not_validated;
mod cover;
mod dead_tuples;
mod duplicate_foreign_key;
mod duplicate_index;
mod feed_index;
mod fix;
mod fk_type_mismatch;
mod index_not_inherited;
mod int_overflow;
mod invalid_index;
mod json_column;
mod low_value_index;
mod needs;
mod no_primary_key;
mod nullable_foreign_key;
#[cfg(feature = "checks")]
mod patterns;
mod prefer_identity;
mod redundant_prefix_index;
mod soft_delete_index;
mod spread;
mod table_bloat;
mod timestamp_without_tz;
mod transaction_wraparound;
mod twins;
mod unindexed_foreign_keys;
#[cfg(feature = "checks")]
mod unindexed_pattern_search;
mod unindexed_text_search;
mod unlimited_varchar;
mod unused_index;
mod varchar_limit;
mod wrong_index_method;

use super::Context;
use crate::catalog::usage::Replication;
use crate::diagnostic::Diagnostic;
use crate::finding::{self, About, Finding, Severity};

/// A rule of the advice.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its name, why it matters, and how much as a rule.
    pub about: About,
    look: fn(&Context<'_>) -> Vec<Finding>,
    /// Whether it says nothing without what the server has counted.
    needs_usage: bool,
}

/// Every rule, by name.
pub const RULES: &[Rule] = &[
    append_only_time_index::RULE,
    autovacuum_disabled::RULE,
    char_column::RULE,
    constraint_not_validated::RULE,
    dead_tuples::RULE,
    duplicate_foreign_key::RULE,
    duplicate_index::RULE,
    feed_index::RULE,
    fk_type_mismatch::RULE,
    index_not_inherited::RULE,
    int_overflow::RULE,
    invalid_index::RULE,
    json_column::RULE,
    low_value_index::RULE,
    no_primary_key::RULE,
    nullable_foreign_key::RULE,
    prefer_identity::RULE,
    redundant_prefix_index::RULE,
    soft_delete_index::RULE,
    table_bloat::RULE,
    timestamp_without_tz::RULE,
    transaction_wraparound::RULE,
    unindexed_foreign_keys::RULE,
    #[cfg(feature = "checks")]
    unindexed_pattern_search::RULE,
    unindexed_text_search::RULE,
    unlimited_varchar::RULE,
    unused_index::RULE,
    varchar_limit::RULE,
    wrong_index_method::RULE,
];

/// Looks at a schema with every rule: what was found, sorted by severity, rule and subject, and what could not be looked
/// at.
pub fn advise(context: &Context<'_>) -> (Vec<Finding>, Vec<Diagnostic>) {
    let (able, unable): (Vec<&Rule>, Vec<_>) = RULES
        .iter()
        .partition(|rule| context.usage.is_some() || !rule.needs_usage);
    let mut findings = able.iter().flat_map(|rule| (rule.look)(context)).collect::<Vec<_>>();
    finding::sort(&mut findings);
    (findings, noticed(context, &unable))
}

/// Why rules were left out, or know less than they could.
fn noticed(context: &Context<'_>, unable: &[&Rule]) -> Vec<Diagnostic> {
    if !unable.is_empty() {
        let rules = unable.iter().map(|rule| rule.about.id).collect::<Vec<_>>().join(", ");
        let message = format!("only a live database has them, and these rules go by them: {rules}");
        return vec![Diagnostic::note("statistics", message)];
    }
    let mut noticed = Vec::new();
    let Some(server) = context.usage.and_then(|usage| usage.server) else {
        return noticed;
    };
    if !server.counts {
        let message = "it is off, so nothing is known of what is used, and it could not be looked at";
        let hint = "set track_counts = on, and ask again some weeks later";
        noticed.push(Diagnostic::gap("track_counts", message).with_hint(hint));
    }
    if server.replication == Replication::Standby {
        let message =
            "it counts what is read on it alone: rows written, dead rows and vacuums are the primary's to tell";
        noticed.push(Diagnostic::warning("the standby", message).with_hint("ask the primary too"));
    }
    noticed
}

impl Rule {
    /// A rule that needs the schema alone.
    const fn new(
        id: &'static str,
        severity: Severity,
        why: &'static str,
        look: fn(&Context<'_>) -> Vec<Finding>,
    ) -> Self {
        Self {
            about: About { id, severity, why },
            look,
            needs_usage: false,
        }
    }

    /// A rule that goes by what the server has counted.
    const fn with_usage(mut self) -> Self {
        self.needs_usage = true;
        self
    }
}
