use super::Rule;
use super::truncate_granted::granted;
use crate::catalog::access::Privilege;
use crate::finding::Severity;

pub(super) const RULE: Rule = Rule::new(
    "references-granted",
    Severity::Info,
    "With REFERENCES a role can find out by foreign keys of its own which keys exist, past every policy, and stop rows \
     from being deleted; with TRIGGER it can run code in others' statements.",
    |context| {
        let privileges = [(Privilege::References, "REFERENCES"), (Privilege::Trigger, "TRIGGER")];
        granted(context, &RULE, &privileges, "tie tables and triggers to it")
    },
);
