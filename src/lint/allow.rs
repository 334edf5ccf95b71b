//! `-- pgkeel:allow rule reason`: what the file itself says of a finding.

use std::ops::Range;

use crate::config::load::nearest;
use crate::ddl::HAZARDS;
use crate::diagnostic::Diagnostic;

use super::read::Script;
use super::step::Found;
use super::{File, place};

/// How such a comment begins.
const MARK: &str = "pgkeel:allow";

/// A rule that is allowed, and where.
struct Allowed {
    rule: String,
    /// What it is said of, in bytes of the file.
    range: Range<usize>,
    /// Where it is said.
    at: usize,
    used: bool,
}

/// The findings that no comment allows. A comment that allows nothing is a warning.
pub(super) fn unallowed(file: &File, script: &Script, found: Vec<Found>, notes: &mut Vec<Diagnostic>) -> Vec<Found> {
    if !file.text.contains(MARK) {
        return found;
    }
    let mut warn = |at: usize, message: String| {
        let (line, column) = place::at(&file.text, at);
        notes.push(Diagnostic::warning(
            format!("{}:{line}:{column}", file.name.display()),
            message,
        ));
    };
    let mut allowed = Vec::new();
    for comment in &script.comments {
        let text = &file.text[comment.clone()];
        for line in text.lines() {
            let line = line
                .trim_start_matches(|sign: char| "-/* \t".contains(sign))
                .trim_end_matches("*/")
                .trim();
            let Some(rest) = line.strip_prefix(MARK).filter(|rest| rest.starts_with([' ', '\t'])) else {
                continue;
            };
            let mut words = rest.split_whitespace();
            let rules = words.next().unwrap_or_default();
            if words.next().is_none() {
                warn(
                    comment.start,
                    format!("`{MARK} {rules}` gives no reason, and does not count: say why behind the rule"),
                );
                continue;
            }
            for rule in rules.split(',').map(|rule| rule.replace('_', "-")) {
                let known = HAZARDS.iter().map(|hazard| hazard.id).collect::<Vec<_>>();
                if !known.contains(&rule.as_str()) {
                    let near =
                        nearest(&rule, &known).map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
                    warn(comment.start, format!("there is no rule `{rule}`{near}"));
                    continue;
                }
                allowed.push(Allowed {
                    rule,
                    range: meant(file, script, comment),
                    at: comment.start,
                    used: false,
                });
            }
        }
    }
    let mut left = Vec::new();
    for hit in found {
        let mut matching = allowed
            .iter_mut()
            .filter(|allowed| allowed.rule == hit.rule && allowed.range.contains(&hit.range.start));
        match matching.next() {
            Some(allowed) => {
                allowed.used = true;
                matching.for_each(|allowed| allowed.used = true);
            }
            None => left.push(hit),
        }
    }
    for allowed in allowed.iter().filter(|allowed| !allowed.used) {
        warn(
            allowed.at,
            format!("`{}` is allowed here, and not found: the comment can go", allowed.rule),
        );
    }
    left
}

/// What a comment is about: the statement that it stands in or before; at the file's head, with an empty line behind it, all
/// of the file.
fn meant(file: &File, script: &Script, comment: &Range<usize>) -> Range<usize> {
    let first = script.statements.first().map(|statement| statement.range.start);
    let between = first.and_then(|first| file.text.get(comment.end..first));
    if let Some(between) = between {
        // The line that the comment ends in, further comments of the head, and the line that the statement begins in.
        let lines = between.split('\n').collect::<Vec<_>>();
        let inner = lines.get(1..lines.len() - 1).unwrap_or_default();
        let behind = inner.iter().find(|line| !line.trim_start().starts_with("--"));
        if behind.is_some_and(|line| line.trim().is_empty()) {
            return 0..usize::MAX;
        }
    }
    let next = script
        .statements
        .iter()
        .find(|statement| statement.range.end > comment.start);
    next.map_or(0..0, |statement| {
        statement.range.start..statement.range.end.max(statement.range.start + 1)
    })
}
