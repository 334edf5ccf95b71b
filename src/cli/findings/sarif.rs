//! Findings as SARIF 2.1.0, which code-scanning services take.

use serde_json::{Value, json};

use super::Shown;
use crate::finding::{Finding, Severity};

pub(super) fn text(shown: &Shown<'_>) -> String {
    let rules = shown.rules.iter().map(|about| {
        json!({
            "id": about.id,
            "shortDescription": { "text": about.id.replace('-', " ") },
            "fullDescription": { "text": about.why },
            "defaultConfiguration": { "level": level(about.severity) },
        })
    });
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "columnKind": "unicodeCodePoints",
            "tool": { "driver": {
                "name": format!("pgkeel {}", shown.command),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules.collect::<Vec<_>>(),
            } },
            "results": shown.findings.iter().map(|finding| result(shown, finding)).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn result(shown: &Shown<'_>, finding: &Finding) -> Value {
    let (file, line, column) = match &finding.location {
        Some(at) => (at.file.to_string_lossy().into_owned(), at.line, at.column),
        None => (shown.file.to_owned(), 1, 1),
    };
    let mut message = format!("{}: {}", finding.subject, finding.message);
    let more = [
        ("evidence", &finding.evidence),
        ("fix", &finding.fix),
        ("hint", &finding.hint),
    ];
    for (what, text) in more {
        if let Some(text) = text {
            message.push_str(&format!("\n{what}: {text}"));
        }
    }
    json!({
        "ruleId": finding.rule,
        "ruleIndex": shown.rules.iter().position(|about| about.id == finding.rule),
        "level": level(finding.severity),
        "message": { "text": message },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&file) },
                "region": { "startLine": line, "startColumn": column },
            },
            "logicalLocations": [{ "fullyQualifiedName": finding.subject }],
        }],
        // What a service knows the same finding by when lines move.
        "partialFingerprints": { "ruleAndSubject/v1": format!("{}:{}", finding.rule, finding.subject) },
    })
}

/// A path as a reference that a URI may be (RFC 3986): every other byte is written as its number.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(byte.into()),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}
