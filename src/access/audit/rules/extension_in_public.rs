use super::Rule;
use crate::access::audit::Context;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "extension-in-public",
    Severity::Warning,
    "The functions and tables of an extension in the schema public are part of the API, and of everybody's search_path.",
    look,
);

fn look(context: &Context<'_>) -> Vec<Finding> {
    let extensions = context
        .catalog
        .extensions
        .iter()
        .filter(|extension| extension.schema == "public");
    let findings = extensions.map(|extension| {
        RULE.about
            .finding(extension.name.as_str(), "its objects are in the schema public")
            .with_evidence(format!("version {}", extension.version))
    });
    findings.collect()
}
