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

/// What stands after `::`. A name may hold anything, and must not command the terminal that the log is shown in.
fn data(text: &str) -> String {
    let text = text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    text.replace(|sign: char| sign.is_control() && sign != '\t', "\u{fffd}")
}

/// What stands after `name=`.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_name_commands_anybody() {
        assert_eq!(
            data("50%\r\n::error::\u{1b}[31m\tred"),
            "50%25%0D%0A::error::\u{fffd}[31m\tred"
        );
        assert_eq!(property("a,b:c\n"), "a%2Cb%3Ac%0A");
    }
}
