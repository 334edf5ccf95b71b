use super::Rule;
use crate::access::audit::Context;
use crate::access::audit::context::listed;
use crate::catalog::Name;
use crate::catalog::access::Privilege;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "pg-graphql-anon-table-exposed",
    Severity::Info,
    "pg_graphql shows the name and the columns of everything that a role may select from, whatever the policies say: \
     without signing in, anybody can read the schema.",
    |context| {
        let anonymous = context.settings.anonymous.iter().collect::<Vec<_>>();
        exposed(context, &RULE, &anonymous)
    },
);

/// What pg_graphql shows to one of these roles.
pub(super) fn exposed(context: &Context<'_>, rule: &Rule, roles: &[&Name]) -> Vec<Finding> {
    if !context
        .catalog
        .extensions
        .iter()
        .any(|extension| extension.name == "pg_graphql")
    {
        return Vec::new();
    }
    let exposed = context
        .relations()
        .filter(|relation| context.is_exposed(&relation.row.name.schema));
    let findings = exposed.filter_map(|relation| {
        let readers = roles
            .iter()
            .filter(|role| context.rights.can_some(role, Privilege::Select, relation.row));
        let readers = readers.collect::<Vec<_>>();
        let message = format!("{} can see its name and columns through GraphQL", listed(&readers));
        (!readers.is_empty()).then(|| rule.about.finding(relation.row.name.to_string(), message))
    });
    findings.collect()
}
