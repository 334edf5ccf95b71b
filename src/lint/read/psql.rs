//! What stands in a file for psql, and for no server.

use std::borrow::Cow;

/// Blanks psql's own commands, and the rows that a `COPY … FROM stdin` is followed by, so that everything keeps its place.
pub(super) fn without(text: &str) -> Cow<'_, str> {
    if !text.lines().any(|line| line.starts_with('\\')) {
        return text.into();
    }
    let mut blank = String::with_capacity(text.len());
    let mut rows = false;
    let has_end = text.lines().any(|line| line.trim_end() == "\\.");
    for line in text.split_inclusive('\n') {
        let is_command = line.starts_with('\\');
        if rows || is_command {
            blank.extend(line.bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }));
            rows = rows && line.trim_end() != "\\.";
            continue;
        }
        blank.push_str(line);
        let lower = line.trim().to_ascii_lowercase();
        rows = has_end && lower.starts_with("copy ") && lower.contains("from stdin") && lower.ends_with(';');
    }
    blank.into()
}
