//! Lines of Python, and texts that no comment or label can break out of.

/// The text as a string literal in double quotes.
pub(super) fn literal(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    push_escaped(&mut out, text, false);
    out.push('"');
    out
}

/// What the body of a class begins with: its docstring, an empty line before members, and `pass` where there is nothing.
pub(super) fn open_body(out: &mut String, comment: Option<&str>, is_empty: bool) {
    let before = out.len();
    docstring(out, comment, "    ");
    match (is_empty, out.len() > before) {
        (true, false) => out.push_str("    pass\n"),
        (false, true) => out.push('\n'),
        _ => {}
    }
}

/// A docstring of one or more lines, at this indentation, where there is a comment.
pub(super) fn docstring(out: &mut String, comment: Option<&str>, indent: &str) {
    let Some(comment) = comment.map(str::trim).filter(|comment| !comment.is_empty()) else {
        return;
    };
    out.push_str(indent);
    out.push_str("\"\"\"");
    let mut lines = comment.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
    if let Some(first) = lines.next() {
        push_escaped(out, first.trim_end(), true);
    }
    let mut several = false;
    for line in lines {
        several = true;
        out.push('\n');
        let line = line.trim_end();
        if !line.is_empty() {
            out.push_str(indent);
            push_escaped(out, line, true);
        }
    }
    if several {
        out.push('\n');
        out.push_str(indent);
    }
    out.push_str("\"\"\"\n");
}

/// Text inside a literal. Quotes, backslashes and all that could end a line or hide what follows are escaped, so that
/// the literal holds the text and nothing else.
fn push_escaped(out: &mut String, text: &str, keep_quotes: bool) {
    use std::fmt::Write as _;
    // Most texts are plain.
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
    {
        return out.push_str(text);
    }
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str("\\\\"),
            // A docstring may hold a quote, but not where it could meet another.
            '"' if keep_quotes && !out.ends_with('"') && characters.peek().is_some_and(|&next| next != '"') => {
                out.push('"');
            }
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            control if control.is_control() || is_invisible(control) => {
                let code = u32::from(control);
                // Writing to a String cannot fail.
                let _ = if code > 0xffff {
                    write!(out, "\\U{code:08x}")
                } else {
                    write!(out, "\\u{code:04x}")
                };
            }
            other => out.push(other),
        }
    }
}

/// Line and paragraph separators, and what changes the direction of text.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_hold_what_they_are_given() {
        assert_eq!(
            literal("a\"b\\c\n\r\u{2028}\u{1}é"),
            "\"a\\\"b\\\\c\\n\\r\\u2028\\u0001é\""
        );
        assert_eq!(literal("\\N{DEGREE SIGN}"), "\"\\\\N{DEGREE SIGN}\"");
    }

    fn doc(comment: &str) -> String {
        let mut out = String::new();
        docstring(&mut out, Some(comment), "    ");
        out
    }

    #[test]
    fn docstrings_end_where_they_should() {
        assert_eq!(doc("Users."), "    \"\"\"Users.\"\"\"\n");
        assert_eq!(doc("A \"user\""), "    \"\"\"A \"user\\\"\"\"\"\n");
        assert_eq!(
            doc("x\"\"\"\nimport os"),
            "    \"\"\"x\\\"\\\"\\\"\n    import os\n    \"\"\"\n"
        );
        assert_eq!(doc("back\\"), "    \"\"\"back\\\\\"\"\"\n");
        assert_eq!(doc("  "), "");
        assert_eq!(doc("\"quoted\""), "    \"\"\"\\\"quoted\\\"\"\"\"\n");
    }
}
