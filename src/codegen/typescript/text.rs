//! Lines of TypeScript, laid out as prettier leaves them: two spaces, double quotes, no semicolons.

/// Code that is being written, and how deep it is.
#[derive(Default)]
pub(super) struct Code {
    pub(super) text: String,
    level: usize,
}

impl Code {
    /// Begins a line.
    pub(super) fn start(&mut self) -> &mut String {
        for _ in 0..self.level {
            self.text.push_str("  ");
        }
        &mut self.text
    }

    /// A whole line.
    pub(super) fn line(&mut self, text: &str) {
        let out = self.start();
        out.push_str(text);
        out.push('\n');
    }

    /// An empty line.
    pub(super) fn gap(&mut self) {
        self.text.push('\n');
    }

    /// Ends the line that was begun with an opening bracket; what follows is inside.
    pub(super) fn open(&mut self, bracket: &str) {
        self.text.push_str(bracket);
        self.text.push('\n');
        self.level += 1;
    }

    /// Ends the inside, on a line of its own.
    pub(super) fn close(&mut self, bracket: &str) {
        self.level -= 1;
        self.line(bracket);
    }

    /// What follows is one level deeper.
    pub(super) fn indent(&mut self) {
        self.level += 1;
    }

    /// What follows is one level less deep.
    pub(super) fn dedent(&mut self) {
        self.level -= 1;
    }

    /// A comment of the database as JSDoc, of as many lines as it has.
    pub(super) fn doc(&mut self, comment: Option<&str>) {
        let Some(comment) = comment else { return };
        let mut lines = comment
            .split(['\n', '\r', '\u{2028}', '\u{2029}'])
            .map(str::trim_end)
            .filter(|line| !line.is_empty());
        let Some(first) = lines.next() else { return };
        let Some(second) = lines.next() else {
            let out = self.start();
            out.push_str("/** ");
            push_comment(out, first.trim_start());
            out.push_str(" */\n");
            return;
        };
        self.line("/**");
        for line in [first, second].into_iter().chain(lines) {
            let out = self.start();
            out.push_str(" * ");
            push_comment(out, line);
            out.push('\n');
        }
        self.line(" */");
    }
}

/// Text inside a block comment, which it cannot end.
fn push_comment(out: &mut String, text: &str) {
    let mut before = ' ';
    for character in text.chars() {
        if is_hidden(character) && character != '\t' {
            continue;
        }
        if character == '/' && before == '*' {
            out.push('\\');
        }
        out.push(character);
        before = character;
    }
}

/// Whether a character ends a line, or is not seen but alters how its neighbours are.
fn is_hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A string literal.
pub(super) fn push_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if is_hidden(other) => out.push_str(&format!("\\u{:04x}", u32::from(other))),
            other => out.push(other),
        }
    }
    out.push('"');
}

/// The key of a member of a type.
pub(super) fn push_key(out: &mut String, name: &str) {
    if is_plain(name) {
        out.push_str(name);
    } else {
        push_string(out, name);
    }
}

/// The key of a property of an object: `__proto__` would set the prototype unless it is computed.
pub(super) fn push_property(out: &mut String, name: &str) {
    if name == "__proto__" {
        out.push_str("[\"__proto__\"]");
    } else {
        push_key(out, name);
    }
}

/// Whether a name can stand as a key without quotes in every version of JavaScript.
fn is_plain(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == b'_' || first == b'$')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$')
}

/// `"a" | "b"`, or `never` where there is nothing.
pub(super) fn push_union<'a>(out: &mut String, labels: impl IntoIterator<Item = &'a str>) {
    let mut any = false;
    for label in labels {
        if any {
            out.push_str(" | ");
        }
        push_string(out, label);
        any = true;
    }
    if !any {
        out.push_str("never");
    }
}

/// `"a", "b"`.
pub(super) fn push_list<'a>(out: &mut String, items: impl IntoIterator<Item = &'a str>) {
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push_str(", ");
        }
        push_string(out, item);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doc(comment: &str) -> String {
        let mut code = Code::default();
        code.doc(Some(comment));
        code.text
    }

    #[test]
    fn no_comment_becomes_code() {
        assert_eq!(doc("a */ evil() /*"), "/** a *\\/ evil() /* */\n");
        assert_eq!(doc("*/"), "/** *\\/ */\n");
        assert_eq!(doc("/"), "/** / */\n");
        assert_eq!(doc("a\r\nb\u{2028}*/"), "/**\n * a\n * b\n * *\\/\n */\n");
        assert_eq!(doc("*\u{0}/"), "/** *\\/ */\n");
        assert_eq!(doc("\n \n"), "");
    }

    #[test]
    fn names_are_quoted_where_they_must() {
        for (name, key) in [
            ("user_id", "user_id"),
            ("class", "class"),
            ("1st", "\"1st\""),
            ("", "\"\""),
            ("a\"b\\c\n${d}*/", "\"a\\\"b\\\\c\\n${d}*/\""),
            ("__proto__", "__proto__"),
            ("über", "\"über\""),
            ("a\u{2028}b\u{202e}", "\"a\\u2028b\\u202e\""),
        ] {
            let mut out = String::new();
            push_key(&mut out, name);
            assert_eq!(out, key);
        }
        let mut out = String::new();
        push_property(&mut out, "__proto__");
        assert_eq!(out, "[\"__proto__\"]");
    }
}
