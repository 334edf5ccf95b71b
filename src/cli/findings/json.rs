//! Findings as one JSON object: `{ "version": 1, "findings": […] }`.

use schemars::JsonSchema;
use serde::Serialize;

use crate::finding::Finding;

/// What a command has found.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Document<'a> {
    /// The version of this form.
    #[schemars(range(min = 1, max = 1))]
    pub(in crate::cli) version: u32,
    /// What was found, by severity, rule and subject.
    pub(in crate::cli) findings: &'a [Finding],
    /// What `check` compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::cli) comparisons: Option<Vec<Comparison>>,
}

/// What became of one pair that `check` compares.
#[derive(Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Comparison {
    /// The pair.
    pub(in crate::cli) pair: &'static str,
    /// How it ended.
    pub(in crate::cli) outcome: Outcome,
    /// Why there is nothing to compare.
    pub(in crate::cli) reason: Option<String>,
}

/// How a comparison ended.
#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(in crate::cli) enum Outcome {
    /// Both sides were compared.
    Compared,
    /// There is nothing to compare.
    Absent,
    /// It was asked for, and could not be finished.
    Failed,
}

/// What the object means: a JSON Schema.
pub(super) fn schema() -> String {
    let schema = schemars::schema_for!(Document<'static>);
    format!("{:#}\n", schema.to_value())
}

/// The findings in the form of every command.
pub(in crate::cli) fn text(findings: &[Finding]) -> String {
    document(&Document {
        version: 1,
        findings,
        comparisons: None,
    })
}

pub(super) fn document(document: &Document<'_>) -> String {
    // Nothing in a finding can fail to be written.
    serde_json::to_string_pretty(document).unwrap_or_default() + "\n"
}
