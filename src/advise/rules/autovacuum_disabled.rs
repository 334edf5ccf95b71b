use super::Rule;
use crate::advise::Context;
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "autovacuum-disabled",
    Severity::Warning,
    "Dead rows stay, statistics grow old, and plans with them. Autovacuum comes only to prevent wraparound, when it takes \
     longest.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let is_off = |option: &&crate::catalog::Name| {
        let value = option.strip_prefix("autovacuum_enabled=").map(str::to_ascii_lowercase);
        value.is_some_and(|value| ["false", "off", "no", "0", "f", "n"].contains(&&*value))
    };
    let tables = context
        .relations()
        .filter(|relation| relation.row.options.iter().any(|option| is_off(&option)));
    let findings = tables.map(|table| {
        let name = &table.row.name;
        let finding = RULE.about.finding(name.to_string(), "autovacuum_enabled is off");
        finding.with_fix(mend::reset(name, "autovacuum_enabled"))
    });
    findings.collect()
}
