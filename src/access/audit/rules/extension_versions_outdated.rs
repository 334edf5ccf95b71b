use super::Rule;
use crate::access::audit::Context;
use crate::ddl::fixes;
use crate::finding::{Finding, Severity};

pub(super) const RULE: Rule = Rule::new(
    "extension-versions-outdated",
    Severity::Warning,
    "The server has a newer version of the extension; until it is updated, what was mended there is not mended here.",
    look,
)
.with_facts(|facts| facts.outdated_extensions.is_some());

fn look(context: &Context<'_>) -> Vec<Finding> {
    let outdated = context.facts.outdated_extensions.iter().flatten();
    let findings = outdated.map(|extension| {
        let message = format!(
            "version {} is installed, and the server has {}",
            extension.installed, extension.offered
        );
        RULE.about
            .finding(extension.name.as_str(), message)
            .with_fix(fixes::update_extension(&extension.name, &extension.offered))
    });
    findings.collect()
}
