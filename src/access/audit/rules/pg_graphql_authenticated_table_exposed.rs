use super::Rule;
use super::pg_graphql_anon_table_exposed::exposed;
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule::new(
    "pg-graphql-authenticated-table-exposed",
    Severity::Info,
    "pg_graphql shows the name and the columns of everything that a role may select from, whatever the policies say: \
     whoever signs up can read the schema.",
    |context| {
        let signed_in = context.settings.signed_in().collect::<Vec<_>>();
        exposed(context, &RULE, &signed_in)
    },
);
