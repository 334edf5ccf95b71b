//! Findings as annotations of GitHub Actions (workflow commands).

use std::fmt::Write as _;

use super::Shown;
use crate::finding::Severity;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut text = String::new();
    for finding in shown.findings {
        let level = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "notice",
        };
        let mut properties = match &finding.location {
            Some(at) => format!(
                "file={},line={},col={},",
                property(&at.file.to_string_lossy()),
                at.line,
                at.column
            ),
            None => String::new(),
        };
        let _ = write!(properties, "title={}", property(finding.rule));
        let mut message = format!("{}: {}", finding.subject, finding.message);
        for (what, text) in [("fix", &finding.fix), ("hint", &finding.hint)] {
            if let Some(text) = text {
                let _ = write!(message, "\n{what}: {text}");
            }
        }
        let _ = writeln!(text, "::{level} {properties}::{}", data(&message));
    }
    text
}

/// What stands after `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What stands after `name=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
