use super::{Rule, needs, spread};
use crate::advise::{Context, evidence};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "low-value-index",
    Severity::Info,
    "To read a large share of a table by an index takes longer than to read all of it, so the planner leaves the index \
     alone, and every write keeps it.",
    look,
)
.with_usage();

/// From which share of the rows on an index does not help to find them, and from how many rows on it matters.
const LARGE_SHARE: f64 = 0.1;
const MANY: f64 = 10_000.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.own_indexes().filter_map(|(relation, index)| {
        let column = spread::only_column(index)?;
        if !needs::serves_queries_alone(context, relation, index) || context.rows(relation.row)? < MANY {
            return None;
        }
        let usage = context.usage?.column(&relation.row.name, column)?;
        let values = spread::distinct(usage, context.rows(relation.row)?);
        let (true, Some(rarest)) = (f64::from(usage.common) >= values, usage.rarest) else {
            return None;
        };
        if rarest < LARGE_SHARE {
            return None;
        }
        let message = match values {
            ..1.5 => format!("{column} has one value alone"),
            _ => format!(
                "each of the {values:.0} values of {column} is in {} of the rows or more",
                evidence::percent(rarest)
            ),
        };
        let scans = context.parts(index)?.scans;
        let known = format!("scanned {} times", evidence::count(scans as f64));
        Some(RULE.about.finding(index.name.to_string(), message).with_evidence(known))
    });
    findings.collect()
}
