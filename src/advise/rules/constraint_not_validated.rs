use super::Rule;
use crate::advise::Context;
use crate::advise::context::constraint_name;
use crate::catalog::lookup::RelationRef;
use crate::ddl::mend;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "constraint-not-validated",
    Severity::Warning,
    "New rows are held to it, and those that were there before may break it: nobody can rely on it, nor does the planner. \
     To validate it reads the table, and stops nobody.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let constraints = context.tables().flat_map(RelationRef::constraints);
    let open = constraints.filter(|constraint| !constraint.validated && constraint.enforced && !constraint.inherited);
    let findings = open.map(|constraint| {
        let finding = RULE
            .about
            .finding(constraint_name(constraint), "it is NOT VALID: rows may break it");
        finding.with_fix(mend::validate(constraint))
    });
    findings.collect()
}
