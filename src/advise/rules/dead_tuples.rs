use super::Rule;
use crate::advise::{Context, evidence};
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "dead-tuples",
    Severity::Info,
    "Rows that were updated or deleted are read and skipped by every scan until VACUUM has cleared them. Autovacuum comes \
     when they are a fifth, unless it is off, too slow, or held back by an old transaction or replication slot.",
    look,
)
.with_usage();

/// From how many dead rows for each live one on, and from how many in all.
const SHARE: f64 = 0.5;
const MANY: i64 = 10_000;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.relations().filter_map(|relation| {
        let usage = context.table_usage(&relation.row.name)?;
        let (dead, live) = (usage.dead_rows, usage.live_rows);
        if dead < MANY || (dead as f64) < live as f64 * SHARE {
            return None;
        }
        let message = format!(
            "{} rows are dead, and {} live",
            evidence::count(dead as f64),
            evidence::count(live as f64)
        );
        let known = match usage.vacuumed {
            Some(seconds) => format!("last vacuumed {} ago", evidence::time(seconds)),
            None => "never vacuumed".to_owned(),
        };
        let name = &relation.row.name;
        let finding = RULE.about.finding(name.to_string(), message).with_evidence(known);
        Some(finding.with_fix(mend::vacuum("ANALYZE", name)))
    });
    findings.collect()
}
