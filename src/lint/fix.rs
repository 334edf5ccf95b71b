//! What a file would be with its findings mended.

use std::ops::Range;

use super::step::{Edit, Needs};
use super::{File, Hit, Run};

/// A file with its findings mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fixed {
    /// What is to stand in it; `None` where nothing changes.
    pub text: Option<String>,
    /// Whether each finding is mended by it.
    pub is_mended: Vec<bool>,
    /// How many are.
    pub mended: usize,
    /// How many would be, if their statements stood in a file that runs without a transaction.
    pub apart: usize,
}

/// Mends what can be mended in place. Of two changes of the same place the first is made; the other one comes with the next
/// run.
pub fn fixed(file: &File, hits: &[&Hit]) -> Fixed {
    let mut fixed = Fixed {
        text: None,
        is_mended: vec![false; hits.len()],
        mended: 0,
        apart: 0,
    };
    let mut made = Vec::<&Edit>::new();
    for (hit, is_mended) in hits.iter().zip(&mut fixed.is_mended) {
        if hit.edits.is_empty() {
            continue;
        }
        if !hit.edits.iter().all(|edit| is_met(edit.needs, file.run)) {
            fixed.apart += 1;
            continue;
        }
        if !hit.edits.iter().any(|new| made.iter().any(|old| clash(old, new))) {
            made.extend(&hit.edits);
            fixed.mended += 1;
            *is_mended = true;
        }
    }
    if !made.is_empty() {
        fixed.text = Some(with(&file.text, made));
    }
    fixed
}

/// The statement as it would be with these changes; `None` for none.
pub(super) fn edited(text: &str, statement: &Range<usize>, edits: &[Edit]) -> Option<String> {
    if edits.is_empty() {
        return None;
    }
    let start = statement.start;
    let own = text.get(statement.clone())?;
    let moved = edits
        .iter()
        .filter(|edit| edit.range.start >= start && edit.range.end <= statement.end);
    let moved = moved.map(|edit| Edit {
        range: edit.range.start - start..edit.range.end - start,
        ..edit.clone()
    });
    let moved = moved.collect::<Vec<_>>();
    Some(with(own, moved.iter().collect()))
}

fn with(text: &str, mut edits: Vec<&Edit>) -> String {
    edits.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let mut text = text.to_owned();
    for edit in edits.into_iter().rev() {
        text.replace_range(edit.range.clone(), &edit.text);
    }
    text
}

fn is_met(needs: Needs, run: Run) -> bool {
    match needs {
        Needs::Nothing => true,
        Needs::Outside => run != Run::PerFile,
        Needs::Statements => run == Run::PerStatement,
    }
}

/// Whether two changes cannot both be made. Two that only add something at one place can, unless it is the same.
fn clash(a: &Edit, b: &Edit) -> bool {
    if a.range.is_empty() && b.range.is_empty() {
        return a.range == b.range && a.text == b.text;
    }
    a.range.start < b.range.end && b.range.start < a.range.end
}
