use super::cover::{Cover, cover_of};
use super::{Rule, fix, twins};
use crate::advise::context::Parts;
use crate::advise::{Context, evidence};
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
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
        if index.unique
            || !index.valid
            || !twins::can_go(context, relation.row, index)
            || is_for_others(context, relation, index)
        {
            continue;
        }
        let Some(parts) = context.parts(index) else { continue };
        let stale = parts.last_scan.filter(|seconds| *seconds >= 3 * LONG);
        if parts.scans > 0 && stale.is_none() {
            continue;
        }
        let table = &relation.row.name;
        let (message, counted) = match stale {
            Some(seconds) => (
                format!(
                    "{table}: the last query that read it was {} ago",
                    evidence::time(seconds)
                ),
                seconds,
            ),
            None => {
                let time = evidence::time(server.counted_for);
                (
                    format!("{table}: no query has read it, counted for {time}"),
                    server.counted_for,
                )
            }
        };
        let mut finding = RULE.finding(index.name.to_string(), message);
        let mut known = vec![evidence::bytes(parts.pages * server.block_size)];
        known.extend(writes(context, &parts));
        if server.replicated {
            known.push("what standbys read is counted there".to_owned());
        }
        if counted < LONG {
            known.push("too short a time to drop it".to_owned());
        }
        finding = finding.with_evidence(known.join("; "));
        if counted >= LONG && !server.replicated && parts.pages > 1 {
            finding = finding.with_fix(fix::drop_index(relation.row, index));
        }
        findings.push(finding);
    }
    findings
}

/// Whether something else than a query of a user's needs the index: a policy, or the search that a foreign key makes.
fn is_for_others(context: &Context<'_>, relation: RelationRef<'_>, index: &Index) -> bool {
    let first = index.keys.first().and_then(|key| key.column.as_ref());
    if index.clustered || first.is_some_and(|column| context.is_in_policy(&relation.row.name, column)) {
        return true;
    }
    relation.constraints().iter().any(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => cover_of(index, &key.columns) >= Cover::Part,
        _ => false,
    })
}

fn writes(context: &Context<'_>, parts: &Parts<'_>) -> Option<String> {
    let writes: i64 = parts
        .tables
        .iter()
        .map(|table| context.table_usage(table).map(|usage| usage.writes))
        .sum::<Option<_>>()?;
    Some(format!("{} rows written meanwhile", evidence::count(writes as f64)))
}
