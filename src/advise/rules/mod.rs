//! The rules, one a file. A rule looks at one thing that could be better, and knows no other.

mod char_column;
mod columns;
mod cover;
mod duplicate_index;
mod fix;
mod int_overflow;
mod json_column;
mod no_primary_key;
mod redundant_prefix_index;
mod timestamp_without_tz;
mod twins;
mod unindexed_foreign_keys;
mod unused_index;

use super::Context;
use crate::diagnostic::Diagnostic;
use crate::finding::{About, Finding, Severity};

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
    char_column::RULE,
    duplicate_index::RULE,
    int_overflow::RULE,
    json_column::RULE,
    no_primary_key::RULE,
    redundant_prefix_index::RULE,
    timestamp_without_tz::RULE,
    unindexed_foreign_keys::RULE,
    unused_index::RULE,
];

/// Looks at a schema with every rule: what was found, sorted by severity, rule and subject, and what could not be looked
/// at.
pub fn advise(context: &Context<'_>) -> (Vec<Finding>, Vec<Diagnostic>) {
    let (able, unable): (Vec<&Rule>, Vec<_>) = RULES
        .iter()
        .partition(|rule| context.usage.is_some() || !rule.needs_usage);
    let mut findings = able.iter().flat_map(|rule| (rule.look)(context)).collect::<Vec<_>>();
    findings.sort_by(|a, b| (a.severity, a.rule, &a.subject, a).cmp(&(b.severity, b.rule, &b.subject, b)));
    findings.dedup();
    (findings, noticed(context, &unable))
}

/// Why rules were left out, or know less than they could.
fn noticed(context: &Context<'_>, unable: &[&Rule]) -> Vec<Diagnostic> {
    if !unable.is_empty() {
        let rules = unable.iter().map(|rule| rule.about.id).collect::<Vec<_>>().join(", ");
        let message = format!("only a live database has them, and these rules go by them: {rules}");
        return vec![Diagnostic::note("statistics", message)];
    }
    let is_counted = context
        .usage
        .and_then(|usage| usage.server)
        .is_none_or(|server| server.counts);
    match is_counted {
        true => Vec::new(),
        false => vec![
            Diagnostic::warning(
                "track_counts",
                "it is off, so nothing is known of what is used, and it could not be looked at",
            )
            .with_hint("set track_counts = on, and ask again some weeks later"),
        ],
    }
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

    /// A finding of this rule, of the rule's own severity.
    fn finding(&self, subject: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::new(self.about.id, self.about.severity, subject, message)
    }

    /// A finding that matters more, or less, than the rule's findings usually do.
    fn finding_of(&self, severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::new(self.about.id, severity, subject, message)
    }
}
