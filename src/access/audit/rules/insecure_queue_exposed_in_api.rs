use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::{Name, QName};
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "insecure-queue-exposed-in-api",
    Severity::Error,
    "With the schema pgmq_public in the API, its functions read and write queues with the caller's rights: only \
     row-level security on the queue's table holds callers back.",
    look,
)
.with_facts(|facts| facts.queues.is_some());

fn look(context: &Context<'_>) -> Vec<Finding> {
    if !context.is_exposed(&"pgmq_public".into()) {
        return Vec::new();
    }
    let queues = context
        .facts
        .queues
        .iter()
        .flatten()
        .filter(|queue| !queue.row_security);
    let findings = queues.filter_map(|queue| {
        let is_outside = |role: &&Name| context.settings.outside.contains(role);
        let readers = queue.readers.iter().filter(is_outside).collect::<Vec<_>>();
        let table = QName::new("pgmq", queue.table.clone());
        let message = format!(
            "row-level security is off, and {} can read the queue through pgmq_public",
            listed(&readers)
        );
        (!readers.is_empty()).then(|| {
            RULE.about
                .finding(table.to_string(), message)
                .with_fix(fixes::enable_row_security(&table))
        })
    });
    findings.collect()
}
