//! Findings as one JSON object: `{ "version": 1, "findings": […] }`.

use serde::Serialize;

use crate::finding::Finding;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: &'a [Finding],
}

/// The findings in the form of every command.
pub(in crate::cli) fn text(findings: &[Finding]) -> String {
    let document = Document { version: 1, findings };
    // Nothing in a finding can fail to be written.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
