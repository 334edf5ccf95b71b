use super::{Rule, columns, needs, spread};
use crate::advise::{Context, evidence};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "append-only-time-index",
    Severity::Info,
    "Where rows stand in the order of their time, and are read by the thousand, BRIN finds them as fast with a hundredth or \
     a thousandth of the space, and costs writes next to nothing. It does not sort: lists of the latest few want a B-tree.",
    look,
)
.with_usage();

/// How far the order of values has to be that of the rows, from 0 to 1.
const IN_ORDER: f64 = 0.99;
/// From how many bytes on it matters.
const LARGE: i64 = 8 << 20;
/// From how many entries a scan on it is a range that is read.
const RANGE: i64 = 1_000;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.own_indexes().filter_map(|(relation, index)| {
        let name = spread::only_column(index)?;
        let bytes = context.index_bytes(index).filter(|bytes| *bytes >= LARGE)?;
        let column = relation
            .column(name)
            .filter(|column| columns::is_time(context, column))?;
        let parts = context.parts(index).filter(|parts| parts.scans > 0)?;
        let measured = parts
            .tables
            .iter()
            .filter_map(|table| context.usage?.column(table, name));
        let correlation = measured
            .filter_map(|usage| usage.correlation)
            .map(f64::abs)
            .reduce(f64::min)?;
        let entries = parts.entries_read / parts.scans;
        if correlation < IN_ORDER || entries < RANGE || !needs::serves_queries_alone(context, relation, index) {
            return None;
        }
        let message = format!(
            "rows stand in the order of {}, and are read in ranges: BRIN would do",
            column.name
        );
        let known = format!(
            "{}; {} entries a scan; correlation {correlation:.2}",
            evidence::bytes(bytes),
            evidence::count(entries as f64)
        );
        Some(RULE.about.finding(index.name.to_string(), message).with_evidence(known))
    });
    findings.collect()
}
