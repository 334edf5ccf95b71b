use super::Rule;
use crate::advise::{Context, evidence};
use crate::catalog::relation::Relation;
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "transaction-wraparound",
    Severity::Warning,
    "Row versions are frozen before two thousand million transactions have passed, or as many multixacts (sets of \
     transactions that hold one row), or the server stops taking writes, in all databases. Autovacuum does it in time, unless \
     something keeps it from it: a transaction or a replication slot that was left open, a prepared transaction, a lock, or \
     too few workers.",
    look,
)
.with_usage();

/// How often over the age at which autovacuum should have come.
const OVERDUE: f64 = 1.5;
/// At which age there is no time to lose, in transactions or multixacts: the server stops at 2,144 millions.
const URGENT: i64 = 1_500_000_000;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let tables = context.relations().filter_map(|relation| {
        let usage = context.table_usage(&relation.row.name)?;
        let finding = finding(
            context,
            Some(relation.row),
            usage.age,
            usage.multi_age,
            relation.row.name.to_string(),
        )?;
        Some(finding.with_fix(mend::vacuum("FREEZE", &relation.row.name)))
    });
    let mut findings = tables.collect::<Vec<_>>();
    let of_tables = !findings.is_empty();
    let databases = context.usage.iter().flat_map(|usage| &usage.databases);
    // Of the database itself, its tables say more.
    let others = databases.filter(|(_, usage)| !(usage.current && of_tables));
    findings.extend(others.filter_map(|(name, usage)| {
        let finding = finding(context, None, usage.age, usage.multi_age, format!("database {name}"))?;
        Some(finding.with_hint("VACUUM (FREEZE) there, as a role that owns its tables and the system's"))
    }));
    findings
}

/// What is to be said of these ages; a relation may have limits of its own.
fn finding(
    context: &Context<'_>,
    relation: Option<&Relation>,
    age: i64,
    multi_age: i64,
    subject: String,
) -> Option<Finding> {
    let server = context.usage?.server?;
    let own = |option| {
        relation
            .and_then(|relation| limit(relation, option))
            .unwrap_or(i64::MAX)
    };
    let limits = [
        (
            age,
            own("autovacuum_freeze_max_age").min(server.freeze_max_age),
            "transactions",
        ),
        (
            multi_age,
            own("autovacuum_multixact_freeze_max_age").min(server.multi_freeze_max_age),
            "multixacts",
        ),
    ];
    let is_due = |age: i64, limit: i64| age as f64 >= limit as f64 * OVERDUE || age >= URGENT;
    let due = limits.iter().filter(|(age, limit, _)| is_due(*age, *limit));
    let due = due.collect::<Vec<_>>();
    let severity = match due.iter().map(|(age, ..)| *age).max()? {
        ..URGENT => Severity::Warning,
        _ => Severity::Error,
    };
    let ages = due
        .iter()
        .map(|(age, _, what)| format!("{} {what}", evidence::count(*age as f64)));
    let message = format!(
        "its oldest row version is {} old",
        ages.collect::<Vec<_>>().join(" and ")
    );
    let known = due
        .iter()
        .map(|(_, limit, what)| format!("{} {what}", evidence::count(*limit as f64)));
    let known = format!("autovacuum should come at {}", known.collect::<Vec<_>>().join(" and "));
    Some(RULE.about.finding_of(severity, subject, message).with_evidence(known))
}

/// The table's own limit.
fn limit(relation: &Relation, option: &str) -> Option<i64> {
    let mut options = relation.options.iter();
    options.find_map(|set| set.strip_prefix(option)?.strip_prefix('=')?.parse().ok())
}
