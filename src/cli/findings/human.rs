//! Findings for reading: by severity and rule, with the reason once for each rule, and what is said of many once.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use super::excerpt::Excerpts;
use super::{Shown, word};
use crate::finding::{Finding, Severity};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
/// From how many subjects on the same is said of all of them together.
const MANY: usize = 3;

pub(super) fn text(shown: &Shown<'_>) -> String {
    let mut text = String::new();
    let mut excerpts = Excerpts::default();
    let groups = shown
        .findings
        .chunk_by(|a, b| (a.severity, a.rule) == (b.severity, b.rule));
    for group in groups {
        let Some(first) = group.first() else { continue };
        let style = style(first.severity);
        let _ = writeln!(
            text,
            "{style}{}{style:#} {BOLD}{}{BOLD:#}",
            word(first.severity),
            first.rule
        );
        if let Some(about) = shown.about(first) {
            let _ = writeln!(text, "{DIM}{}{DIM:#}", indented(about.why, "  "));
        }
        push_group(&mut text, group, &mut excerpts);
        text.push('\n');
    }
    text.push_str(&summary(shown.findings));
    text.push('\n');
    // A terminal would go back and write over the line.
    text.replace('\r', "")
}

/// In the order of the subjects; those of which the same is said follow the first of them.
fn push_group(text: &mut String, group: &[Finding], excerpts: &mut Excerpts) {
    let is_like = |a: &Finding, b: &Finding| {
        (&a.message, &a.hint) == (&b.message, &b.hint) && a.location.is_none() && b.location.is_none()
    };
    for (at, finding) in group.iter().enumerate() {
        let alike = group.iter().filter(|other| is_like(finding, other)).collect::<Vec<_>>();
        if alike.len() < MANY {
            push(text, finding, excerpts);
        } else if !group[..at].iter().any(|before| is_like(before, finding)) {
            push_alike(text, &alike);
        }
    }
}

fn push_alike(text: &mut String, alike: &[&Finding]) {
    let _ = writeln!(text, "  {BOLD}of {}{BOLD:#}: {}", alike.len(), alike[0].message);
    for finding in alike {
        let _ = writeln!(text, "    {}", finding.subject);
    }
    match alike.iter().find_map(|finding| finding.fix.as_ref()) {
        None => {}
        Some(fix) => {
            let _ = writeln!(text, "    fix:   {} (and so on)", one_line(fix));
        }
    }
    if let Some(hint) = &alike[0].hint {
        let _ = writeln!(text, "    hint:  {hint}");
    }
}

fn push(text: &mut String, finding: &Finding, excerpts: &mut Excerpts) {
    let _ = write!(text, "  {BOLD}{}{BOLD:#}: {}", finding.subject, finding.message);
    if let Some(at) = &finding.location {
        let _ = write!(text, " ({}:{}:{})", at.file.display(), at.line, at.column);
    }
    text.push('\n');
    if let Some(excerpt) = finding.location.as_ref().and_then(|at| excerpts.at(at)) {
        let _ = writeln!(text, "{excerpt}");
    }
    if let Some(evidence) = &finding.evidence {
        let evidence = indented(&shortened(evidence), "           ");
        let _ = writeln!(text, "{DIM}    found: {}{DIM:#}", evidence.trim_start());
    }
    if let Some(fix) = &finding.fix {
        let _ = writeln!(text, "    fix:   {}", indented(fix, "           ").trim_start());
    }
    if let Some(hint) = &finding.hint {
        let _ = writeln!(text, "    hint:  {}", indented(hint, "           ").trim_start());
    }
}

fn summary(findings: &[Finding]) -> String {
    if findings.is_empty() {
        return "nothing found".to_owned();
    }
    let counts = [Severity::Error, Severity::Warning, Severity::Info].map(|severity| {
        let count = findings.iter().filter(|finding| finding.severity == severity).count();
        let plural = if count == 1 || severity == Severity::Info {
            ""
        } else {
            "s"
        };
        (count, format!("{count} {}{plural}", word(severity)))
    });
    let counts = counts.into_iter().filter(|(count, _)| *count > 0).map(|(_, text)| text);
    counts.collect::<Vec<_>>().join(", ")
}

/// What is long, such as a function's body, is told by its beginning.
fn shortened(text: &str) -> String {
    const LINES: usize = 6;
    let lines = text.lines().collect::<Vec<_>>();
    match lines.len() > LINES {
        true => format!("{}\n…", lines[..LINES].join("\n")),
        false => text.to_owned(),
    }
}

fn one_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn indented(text: &str, by: &str) -> String {
    let lines = text.lines().map(|line| format!("{by}{line}"));
    lines.collect::<Vec<_>>().join("\n")
}

fn style(severity: Severity) -> Style {
    match severity {
        Severity::Error => AnsiColor::Red.on_default().bold(),
        Severity::Warning => AnsiColor::Yellow.on_default().bold(),
        Severity::Info => AnsiColor::Cyan.on_default().bold(),
    }
}
