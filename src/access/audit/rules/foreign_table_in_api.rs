use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::access::Privilege;
use crate::catalog::relation::RelationKind;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "foreign-table-in-api",
    Severity::Warning,
    "A foreign table knows no row-level security: who may use it reaches all that its server gives.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let privileges = [
        Privilege::Select,
        Privilege::Insert,
        Privilege::Update,
        Privilege::Delete,
    ];
    let tables = context.relations().filter(|relation| {
        relation.row.kind == RelationKind::ForeignTable && context.is_exposed(&relation.row.name.schema)
    });
    let findings = tables.filter_map(|table| {
        let mut users = privileges
            .map(|privilege| context.who_can(privilege, table.row))
            .concat();
        users.sort();
        users.dedup();
        let server = table.row.server.as_deref().unwrap_or_default();
        let message = format!("{} can use it: no policy can hold them back", listed(&users));
        (!users.is_empty()).then(|| {
            RULE.about
                .finding(table.row.name.to_string(), message)
                .with_evidence(format!("server {server}"))
        })
    });
    findings.collect()
}
