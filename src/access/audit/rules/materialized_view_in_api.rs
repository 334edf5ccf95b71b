use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::access::Privilege;
use crate::catalog::relation::RelationKind;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "materialized-view-in-api",
    Severity::Warning,
    "A materialised view holds what its owner saw when it was refreshed, and knows no row-level security: who may read it \
     reads all of it.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let views = context.relations().filter(|relation| {
        relation.row.kind == RelationKind::MaterializedView && context.is_exposed(&relation.row.name.schema)
    });
    let findings = views.filter_map(|view| {
        let readers = context.who_can(Privilege::Select, view.row);
        let message = format!("{} can read all of it: no policy can hold them back", listed(&readers));
        (!readers.is_empty()).then(|| RULE.about.finding(view.row.name.to_string(), message))
    });
    findings.collect()
}
