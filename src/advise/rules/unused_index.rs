use super::{Rule, fix, needs};
use crate::advise::context::Parts;
use crate::advise::{Context, evidence};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "unused-index",
    Severity::Info,
    "Every write keeps it, it takes space and memory, and no query has read it since counting began.",
    look,
)
.with_usage();

/// How long counting must have run before an index is dropped for it, in seconds: a month has every monthly report.
const LONG: i64 = 31 * 86_400;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let Some(server) = context.usage.and_then(|usage| usage.server) else {
        return Vec::new();
    };
    if !server.counts {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (relation, index) in context.own_indexes() {
        if !needs::serves_queries_alone(context, relation, index) {
            continue;
        }
        let Some(parts) = context.parts(index) else { continue };
        let stale = parts.last_scan.filter(|seconds| *seconds >= 3 * LONG);
        if parts.scans > 0 && stale.is_none() {
            continue;
        }
        let table = &relation.row.name;
        // PostgreSQL does not keep when an index was made: one of yesterday has not been read either.
        let (message, unread) = match stale {
            Some(seconds) => (
                format!("{table}: it was last read {} ago", evidence::time(seconds)),
                Some(seconds),
            ),
            None => {
                let time = evidence::time(server.counted_for);
                let unread = parts.age.map(|age| age.min(server.counted_for));
                (format!("{table}: no query has read it, counted for {time}"), unread)
            }
        };
        let mut known = vec![evidence::bytes(parts.pages * server.block_size)];
        known.extend(writes(context, &parts));
        known.extend(parts.age.map(|age| format!("there for {}", evidence::time(age))));
        if server.replicated {
            known.push("what standbys read is counted there".to_owned());
        }
        if unread.unwrap_or(server.counted_for) < LONG {
            known.push("too short a time to drop it".to_owned());
        }
        let mut finding = RULE
            .about
            .finding(index.name.to_string(), message)
            .with_evidence(known.join("; "));
        if unread.is_some_and(|seconds| seconds >= LONG) && !server.replicated {
            finding = finding.with_fix(fix::drop_index(context, index));
        }
        findings.push(finding);
    }
    findings
}

fn writes(context: &Context<'_>, parts: &Parts<'_>) -> Option<String> {
    let writes: i64 = parts
        .tables
        .iter()
        .map(|table| context.table_usage(table).map(|usage| usage.writes))
        .sum::<Option<_>>()?;
    Some(format!("{} rows written meanwhile", evidence::count(writes as f64)))
}
