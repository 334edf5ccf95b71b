//! Findings as JUnit's XML: a rule that found nothing is a test that passed.

use std::fmt::Write as _;

use super::{Shown, word};

pub(super) fn text(shown: &Shown<'_>) -> String {
    let is_of = |id: &str| {
        shown
            .findings
            .iter()
            .filter(move |finding| finding.rule == id)
            .collect::<Vec<_>>()
    };
    let tests = shown
        .rules
        .iter()
        .map(|about| is_of(about.id).len().max(1))
        .sum::<usize>();
    let suite = attribute(&format!("pgkeel {}", shown.command));
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    let _ = writeln!(
        text,
        "  <testsuite name=\"{suite}\" tests=\"{tests}\" failures=\"{}\" errors=\"0\">",
        shown.findings.len()
    );
    for about in shown.rules {
        let found = is_of(about.id);
        if found.is_empty() {
            let _ = writeln!(
                text,
                "    <testcase classname=\"{}\" name=\"nothing found\"/>",
                about.id
            );
        }
        for finding in found {
            let mut detail = finding.message.clone();
            let more = [
                ("evidence", &finding.evidence),
                ("fix", &finding.fix),
                ("hint", &finding.hint),
            ];
            for (what, more) in more {
                if let Some(more) = more {
                    let _ = write!(detail, "\n{what}: {more}");
                }
            }
            let _ = writeln!(
                text,
                "    <testcase classname=\"{}\" name=\"{}\">\n      <failure type=\"{}\" message=\"{}\">{}</failure>\n    </testcase>",
                about.id,
                attribute(&finding.subject),
                word(finding.severity),
                attribute(&finding.message),
                escaped(&detail)
            );
        }
    }
    text.push_str("  </testsuite>\n</testsuites>\n");
    text
}

/// As XML takes it: a sign that no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in text.chars() {
        match sign {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(sign),
            sign if sign.is_control() || matches!(sign, '\u{fffe}' | '\u{ffff}') => {}
            sign => out.push(sign),
        }
    }
    out
}

/// The same between quotes, where a parser would make blanks of lines' ends.
fn attribute(text: &str) -> String {
    escaped(text).replace('\n', "&#10;").replace('\t', "&#9;")
}
