use super::Rule;
use crate::advise::{Context, evidence};
use crate::catalog::relation::Relation;
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "transaction-wraparound",
    Severity::Warning,
    "Row versions are frozen before two thousand million transactions have passed, or the server stops taking writes. \
     Autovacuum does it in time, unless something keeps it from it: a transaction or a replication slot that was left open, \
     a prepared transaction, a lock, or too few workers.",
    look,
)
.with_usage();

/// How often over the age at which autovacuum should have come.
const OVERDUE: f64 = 1.5;
/// At which age there is no time to lose, in transactions: the server stops at 2,144 millions.
const URGENT: i64 = 1_500_000_000;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.relations().filter_map(|relation| {
        let age = context.table_usage(&relation.row.name)?.age;
        let limit = limit(relation.row)
            .unwrap_or(i64::MAX)
            .min(context.usage?.server?.freeze_max_age);
        if (age as f64) < limit as f64 * OVERDUE && age < URGENT {
            return None;
        }
        let severity = match age {
            ..URGENT => Severity::Warning,
            _ => Severity::Error,
        };
        let name = &relation.row.name;
        let message = format!(
            "its oldest row version is {} transactions old",
            evidence::count(age as f64)
        );
        let known = format!("autovacuum should come at {}", evidence::count(limit as f64));
        let finding = RULE
            .about
            .finding_of(severity, name.to_string(), message)
            .with_evidence(known);
        Some(finding.with_fix(mend::vacuum("FREEZE", name)))
    });
    findings.collect()
}

/// The table's own limit.
fn limit(relation: &Relation) -> Option<i64> {
    let mut options = relation.options.iter();
    options.find_map(|option| option.strip_prefix("autovacuum_freeze_max_age=")?.parse().ok())
}
