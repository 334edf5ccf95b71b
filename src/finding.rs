//! What an audit, an advisor, a linter or a drift check has found: data, the same for all of them.

use std::path::PathBuf;

use serde::Serialize;

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Finding {
    /// The rule that found it, in kebab-case.
    pub rule: &'static str,
    /// How much it matters.
    pub severity: Severity,
    /// The object it is about, as the user would name it.
    pub subject: String,
    /// What is the matter, and why it matters.
    pub message: String,
    /// Where it is written, if it is about a file.
    pub location: Option<Location>,
    /// What it was concluded from.
    pub evidence: Option<String>,
    /// SQL that mends it, where that is certain.
    pub fix: Option<String>,
    /// What else mends it: commands to run, or what to decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// What a rule is: the same for all of its findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Its name, in kebab-case.
    pub id: &'static str,
    /// How much its findings matter as a rule.
    pub severity: Severity,
    /// Why they matter.
    pub why: &'static str,
}

/// How much a [`Finding`] matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It is wrong, or open to somebody who must not have it.
    Error,
    /// It is likely to go wrong.
    Warning,
    /// Worth knowing.
    Info,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
pub struct Location {
    /// The file, as it was named.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl About {
    /// A finding of this rule, of the rule's own severity.
    pub fn finding(&self, subject: impl Into<String>, message: impl Into<String>) -> Finding {
        self.finding_of(self.severity, subject, message)
    }

    /// A finding that matters more, or less, than the rule's findings usually do.
    pub fn finding_of(&self, severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding::new(self.id, severity, subject, message)
    }
}

impl Finding {
    /// A finding of `rule` about `subject`.
    pub fn new(rule: &'static str, severity: Severity, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            rule,
            severity,
            subject: subject.into(),
            message: message.into(),
            location: None,
            evidence: None,
            fix: None,
            hint: None,
        }
    }

    /// Adds where it is written.
    #[must_use]
    pub fn at(mut self, file: impl Into<PathBuf>, line: u32, column: u32) -> Self {
        self.location = Some(Location {
            file: file.into(),
            line,
            column,
        });
        self
    }

    /// Adds what it was concluded from.
    #[must_use]
    pub fn with_evidence(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = Some(evidence.into());
        self
    }

    /// Adds SQL that mends it.
    #[must_use]
    pub fn with_fix(mut self, fix: impl Into<String>) -> Self {
        self.fix = Some(fix.into());
        self
    }

    /// Adds what else mends it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Whether `wish` names this finding: its rule, or its rule and subject as `rule:subject`. `_` and `-` are the same
    /// in a rule's name, and so are one and many.
    pub fn is_named(&self, wish: &str) -> bool {
        let (rule, subject) = match wish.split_once(':') {
            Some((rule, subject)) => (rule, Some(subject)),
            None => (wish, None),
        };
        is_rule(self.rule, rule) && subject.is_none_or(|subject| subject == self.subject)
    }
}

/// Brings findings in the order in which they are shown, by severity, rule and subject, each once.
pub fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| (a.severity, a.rule, &a.subject, a).cmp(&(b.severity, b.rule, &b.subject, b)));
    findings.dedup();
}

/// Whether `name` is the rule `id`: `_` and `-` are the same, and so are one and many.
pub fn is_rule(id: &str, name: &str) -> bool {
    let one = |name: &str| name.strip_suffix('s').unwrap_or(name).to_owned();
    one(id) == one(&name.replace('_', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_is_named_by_its_rule_alone_or_with_its_subject() {
        let finding = Finding::new("no-policy", Severity::Info, "public.notes", "nobody can read it");
        for name in [
            "no-policy",
            "no_policy",
            "no-policy:public.notes",
            "no_policy:public.notes",
            "no-policys",
        ] {
            assert!(finding.is_named(name), "{name}");
        }
        for name in ["no", "no-policy:public.note", "no-policy:", "policy"] {
            assert!(!finding.is_named(name), "{name}");
        }
    }
}
