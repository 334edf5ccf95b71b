//! What a file would be with its findings mended.

use super::step::Needs;
use super::{File, Hit, Run};

/// A file with its findings mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// What is to stand in it; `None` where nothing changes.
    pub text: Option<String>,
    /// How many findings are mended by it.
    pub mended: usize,
    /// The findings that could be mended if the file ran without a transaction, by their places among the hits.
    pub needs_statements: Vec<usize>,
}

/// Mends what can be mended in place. Of two changes of the same place the first is made; the other one comes with the next
/// run.
pub fn fixed(file: &File, hits: &[&Hit]) -> Fixed {
    let mut fixed = Fixed {
        text: None,
        mended: 0,
        needs_statements: Vec::new(),
    };
    let mut edits = Vec::new();
    for (at, hit) in hits.iter().enumerate().filter(|(_, hit)| !hit.edits.is_empty()) {
        let alone = hit.edits.iter().any(|edit| edit.needs == Needs::Statements);
        if alone && file.run == Run::PerFile {
            fixed.needs_statements.push(at);
            continue;
        }
        let overlaps = hit
            .edits
            .iter()
            .any(|new| edits.iter().any(|old: &&super::step::Edit| clash(old, new)));
        if !overlaps {
            edits.extend(&hit.edits);
            fixed.mended += 1;
        }
    }
    if edits.is_empty() {
        return fixed;
    }
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut text = file.text.clone();
    for edit in edits.into_iter().rev() {
        text.replace_range(edit.range.clone(), &edit.text);
    }
    fixed.text = Some(text);
    fixed
}

/// Whether two changes cannot both be made. Two that only add something at one place can.
fn clash(a: &super::step::Edit, b: &super::step::Edit) -> bool {
    if a.range.is_empty() && b.range.is_empty() {
        return a.range == b.range && a.text == b.text;
    }
    a.range.start < b.range.end && b.range.start < a.range.end
}
