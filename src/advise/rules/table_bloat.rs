use super::Rule;
use crate::advise::{Context, evidence};
use crate::catalog::lookup::RelationRef;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "table-bloat",
    Severity::Info,
    "The file is far larger than its rows: scans read the empty part too, and it takes up memory. VACUUM lets new rows use \
     it, and gives none back; VACUUM FULL does, and locks everybody out; pg_repack or pg_squeeze does beside their work.",
    look,
)
.with_usage();

/// How often a file has to be as large as its rows, and how many bytes have to be empty.
const TIMES: f64 = 2.5;
const WASTE: i64 = 20 << 20;

/// What every page (`PageHeaderData`) and every row (`HeapTupleHeaderData` with its line pointer, aligned) takes besides.
const PAGE_HEADER: f64 = 24.0;
const ROW_HEADER: f64 = 28.0;

fn look(context: &Context<'_>) -> Vec<Finding> {
    let findings = context.relations().filter_map(|relation| {
        let usage = context.table_usage(&relation.row.name)?;
        let block_size = context.usage?.server?.block_size;
        let needed = pages_for(context, relation, usage.rows?, block_size as f64)?;
        let waste = (usage.pages - needed as i64) * block_size;
        if waste < WASTE || (usage.pages as f64) < needed * TIMES {
            return None;
        }
        let message = format!(
            "{} of its {} are empty",
            evidence::bytes(waste),
            evidence::bytes(usage.pages * block_size)
        );
        let known = format!("about {} rows, as last analysed", evidence::count(usage.rows?));
        Some(
            RULE.about
                .finding(relation.row.name.to_string(), message)
                .with_evidence(known),
        )
    });
    findings.collect()
}

/// How many pages so many rows take, by the average width of each column; `None` where a width is not known.
fn pages_for(context: &Context<'_>, relation: RelationRef<'_>, rows: f64, block_size: f64) -> Option<f64> {
    if rows < 1.0 {
        return Some(0.0);
    }
    let mut width = ROW_HEADER;
    for column in relation.columns() {
        let usage = context.usage?.column(&relation.row.name, &column.name)?;
        // The bytes that alignment leaves empty are four on average, where it leaves any.
        width += (f64::from(usage.width) + 4.0) * (1.0 - usage.nulls);
    }
    let options = relation.row.options.iter();
    let mut fillfactor = options.filter_map(|option| option.strip_prefix("fillfactor=")?.parse::<f64>().ok());
    let filled = (block_size - PAGE_HEADER) * fillfactor.next_back().unwrap_or(100.0) / 100.0;
    Some((rows / (filled / width).floor().max(1.0)).ceil())
}
