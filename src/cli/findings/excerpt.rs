//! The line of a file that a finding is about, with a mark under what is meant.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use unicode_width::UnicodeWidthStr as _;

use crate::finding::Location;

/// The files that have been looked into.
#[derive(Default)]
pub(super) struct Excerpts {
    files: BTreeMap<PathBuf, Option<String>>,
}

impl Excerpts {
    /// The line of a place and the marks under it, up to the end of the statement; nothing where there is no such line.
    pub(super) fn at(&mut self, at: &Location) -> Option<String> {
        let read = |file: &PathBuf| std::fs::read_to_string(file).ok();
        let text = self.files.entry(at.file.clone()).or_insert_with_key(read).as_deref()?;
        let line = text.lines().nth(usize::try_from(at.line).ok()?.checked_sub(1)?)?;
        let column = usize::try_from(at.column).ok()?.checked_sub(1)?;
        let meant = line.chars().skip(column).collect::<String>();
        let end = meant.find(';').map_or(meant.len(), |end| end + 1);
        let marks = meant[..end].trim_end().width().max(1);
        // A tab under a tab keeps the marks in their place, and so do two blanks under a sign of two cells.
        let before = line.chars().take(column).collect::<String>();
        let cells = before.split('\t').map(|part| " ".repeat(part.width()));
        let before = cells.collect::<Vec<_>>().join("\t");
        let number = at.line.to_string();
        let mut excerpt = format!("    {number} | {}\n", line.trim_end());
        let _ = write!(
            excerpt,
            "    {} | {before}{}",
            " ".repeat(number.len()),
            "^".repeat(marks)
        );
        Some(excerpt)
    }
}
