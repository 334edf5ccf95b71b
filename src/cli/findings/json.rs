//! Findings as one JSON object: `{ "version": 1, "findings": […] }`.

use serde::Serialize;

use super::Shown;
use crate::finding::Finding;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    findings: &'a [Finding],
}

pub(super) fn text(shown: &Shown<'_>) -> String {
    let document = Document {
        version: 1,
        findings: shown.findings,
    };
    // Nothing in a finding can fail to be written.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}
