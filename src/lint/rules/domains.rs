use super::Rule;
use crate::catalog::QName;
use crate::lint::statement::{DomainAction, Verb};
use crate::lint::step::{Found, Step};

pub(super) const RULE: Rule = Rule {
    hazards: &["domain-with-constraint", "domain-add-constraint-scan"],
    look,
};

fn look(step: &Step<'_>, found: &mut Vec<Found>) {
    match &step.statement.verb {
        Verb::CreateDomain {
            name, checks, not_null, ..
        } if *checks > 0 || *not_null => {
            let name = step.schema.resolve_type(name);
            let message = "a later change of its checks reads every table that uses it";
            found.push(step.found("domain-with-constraint", name.to_string(), message));
        }
        Verb::AlterDomain { name, action } => {
            let name = step.schema.resolve_type(name);
            let scans = match action {
                DomainAction::AddConstraint { not_valid } => !not_valid,
                DomainAction::SetNotNull => true,
                DomainAction::Other => false,
            };
            let users = users(step, &name);
            if !scans || users.is_empty() && step.schema.is_whole {
                return;
            }
            let tables = match users.as_slice() {
                [] => "every table that uses it".to_owned(),
                users => users.join(", "),
            };
            let message = format!("writing to {tables} waits until every row has been looked at");
            found.push(step.found("domain-add-constraint-scan", name.to_string(), message));
        }
        _ => {}
    }
}

/// The tables with a column of the domain, or of a domain over it.
fn users(step: &Step<'_>, domain: &QName) -> Vec<String> {
    let is_of = |data_type: &crate::lint::types::TypeName| {
        let mut data_type = data_type.clone();
        loop {
            data_type.array = false;
            if step.schema.type_id(&data_type) == domain.to_string() {
                return true;
            }
            match step.schema.domain(&data_type) {
                Some((inner, _)) => data_type = inner.base.clone(),
                None => return false,
            }
        }
    };
    let uses = |relation: &&crate::lint::schema::Relation| {
        let mut columns = relation.columns.iter().flatten();
        columns.any(|column| is_of(&column.data_type))
    };
    let used = step
        .schema
        .relations
        .iter()
        .filter(|(name, relation)| step.schema.is_used(name) && uses(relation));
    used.map(|(name, _)| name.to_string()).collect()
}
