use super::{Rule, fix};
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::access::audit::rights::read_by;
use crate::catalog::access::Privilege;
use crate::catalog::relation::{Relation, RelationKind};
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "security-definer-view",
    Severity::Error,
    "A view reads with its owner's rights unless it is security_invoker (PostgreSQL 15 and later): the policies of the \
     tables behind it are not asked for whoever uses it. CREATE OR REPLACE VIEW forgets the option.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let views = context
        .relations()
        .filter(|relation| relation.row.kind == RelationKind::View);
    let views = views.filter(|view| context.is_exposed(&view.row.name.schema) && !view.row.is_security_invoker());
    let findings = views.filter_map(|view| {
        let readers = context.who_can(Privilege::Select, view.row);
        let behind = read_by(context.catalog, &view.row.object());
        let behind = behind
            .into_iter()
            .filter_map(|name| context.catalog.relation(name))
            .collect::<Vec<_>>();
        // A view of constants, or of the system's own, gives nothing of anybody's.
        if readers.is_empty() || behind.is_empty() {
            return None;
        }
        let is_protected = |relation: &Relation| {
            relation.kind == RelationKind::View || relation.row_security || {
                readers
                    .iter()
                    .any(|role| !context.rights.can_some(role, Privilege::Select, relation))
            }
        };
        let goes_around = behind.iter().any(|relation| is_protected(relation.row));
        let severity = if goes_around {
            Severity::Error
        } else {
            Severity::Warning
        };
        let names = behind
            .iter()
            .map(|relation| relation.row.name.to_string())
            .collect::<Vec<_>>();
        let message = format!(
            "{} {} read {} through it with the rights of its owner, {}",
            listed(&readers),
            if readers.len() == 1 { "can" } else { "can each" },
            listed(&names),
            view.row.owner
        );
        let finding = RULE
            .finding_of(severity, view.row.name.to_string(), message)
            .with_evidence(format!(
                "owner {}; it is not security_invoker; it reads {}",
                view.row.owner,
                names.join(", ")
            ));
        // With their own rights they would not get anything of what they may not read: then it has to be thought about.
        let stays = readers.iter().all(|role| {
            behind
                .iter()
                .all(|relation| context.rights.can_some(role, Privilege::Select, relation.row))
        });
        Some(match stays && context.catalog.server.major >= 15 {
            true => finding.with_fix(fix::make_invoker(&view.row.name)),
            false => finding,
        })
    });
    findings.collect()
}
