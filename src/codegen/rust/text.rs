//! Rust text, laid out as `prettyplease` lays it out.

use std::borrow::Cow;

/// The width of a line in bytes, as `prettyplease` has it.
const WIDTH: usize = 89;
/// What is left of it at least, however deep the code stands.
const LEAST: usize = 60;

/// The width of a structure in an expression, up to its closing brace.
const STRUCT_WIDTH: usize = 34;

/// Text that grows by whole lines at one depth.
pub(super) struct Text {
    pub(super) out: String,
    /// The depth of the items, in spaces.
    pub(super) depth: usize,
}

/// The call of a function or method that may fail: `receiver` and `name` together are its path.
#[derive(Clone, Copy)]
pub(super) struct Call<'a> {
    /// What the method is called on; nothing for a function.
    pub(super) receiver: &'a str,
    /// The function's path, or the method's name behind its dot.
    pub(super) name: &'a str,
    /// The argument, if any.
    pub(super) argument: &'a str,
}

impl Text {
    pub(super) fn new(depth: usize) -> Self {
        Self {
            out: String::new(),
            depth,
        }
    }

    /// Appends `text`, line by line, `inner` levels below the items.
    pub(super) fn lines(&mut self, inner: usize, text: &str) {
        for line in text.lines() {
            self.start(inner);
            self.out.push_str(line);
            self.out.push('\n');
        }
    }

    /// Appends one line made of `parts`.
    pub(super) fn line(&mut self, inner: usize, parts: &[&str]) {
        self.start(inner);
        for part in parts {
            self.out.push_str(part);
        }
        self.out.push('\n');
    }

    /// Appends a line that is a type between `before` and `after`, broken inside its angle brackets where it is too long.
    pub(super) fn typed(&mut self, inner: usize, before: &[&str], ty: &str, after: &str) {
        self.start(inner);
        for part in before {
            self.out.push_str(part);
        }
        let used = before.iter().map(|part| part.len()).sum();
        self.break_type(self.depth + inner * 4, used, ty, after);
        self.out.push('\n');
    }

    /// Appends a struct with one field and no name for it.
    pub(super) fn newtype(&mut self, visibility: &str, name: &str, ty: &str) {
        if self.depth + 2 * visibility.len() + name.len() + ty.len() + " struct ( );".len() <= WIDTH {
            return self.line(0, &[visibility, " struct ", name, "(", visibility, " ", ty, ");"]);
        }
        self.line(0, &[visibility, " struct ", name, "("]);
        self.typed(1, &[visibility, " "], ty, ",");
        self.line(0, &[");"]);
    }

    fn break_type(&mut self, indent: usize, used: usize, ty: &str, after: &str) {
        let room = WIDTH.saturating_sub(indent).max(LEAST);
        let arguments = ty.find('<').filter(|_| ty.ends_with('>'));
        let Some(open) = arguments.filter(|_| used + ty.len() + after.len() > room) else {
            self.out.push_str(ty);
            self.out.push_str(after);
            return;
        };
        self.out.push_str(&ty[..=open]);
        for argument in split_arguments(&ty[open + 1..ty.len() - 1]) {
            self.out.push('\n');
            self.spaces(indent + 4);
            self.break_type(indent + 4, 0, argument, ",");
        }
        self.out.push('\n');
        self.spaces(indent);
        self.out.push('>');
        self.out.push_str(after);
    }

    /// Appends an attribute with a list.
    pub(super) fn attribute(&mut self, inner: usize, name: &str, list: &[&str]) {
        self.list(inner, &["#[", name, "("], list, ")]");
    }

    /// Appends a list between `before` and `after`, one entry a line where it is too long for one.
    pub(super) fn list(&mut self, inner: usize, before: &[&str], list: &[&str], after: &str) {
        let length: usize = list.iter().map(|entry| entry.len() + 2).sum();
        let around: usize = before.iter().map(|part| part.len()).sum::<usize>() + after.len();
        if self.depth + inner * 4 + around + length <= WIDTH + 2 {
            self.start(inner);
            self.out.extend(before.iter().copied());
            for (at, entry) in list.iter().enumerate() {
                self.out.push_str(if at == 0 { "" } else { ", " });
                self.out.push_str(entry);
            }
            self.out.push_str(after);
            self.out.push('\n');
            return;
        }
        self.line(inner, before);
        for (at, entry) in list.iter().enumerate() {
            self.line(inner + 1, &[entry, if at + 1 == list.len() { "" } else { "," }]);
        }
        self.line(inner, &[after]);
    }

    /// Appends the call of a macro; where it is too long for a line, its arguments fill as many as they need.
    pub(super) fn call(&mut self, path: &str, arguments: &[&str]) {
        let joined = arguments.join(", ");
        if self.depth + path.len() + joined.len() + 3 <= WIDTH {
            return self.line(0, &[path, "(", &joined, ");"]);
        }
        self.line(0, &[path, "("]);
        let mut left = 0;
        for (at, argument) in arguments.iter().enumerate() {
            let length = argument.len() + usize::from(at + 1 < arguments.len());
            if at > 0 && left > length {
                self.out.push(' ');
                left -= length + 1;
            } else {
                self.out.push_str(if at > 0 { "\n" } else { "" });
                self.start(1);
                left = WIDTH.saturating_sub(self.depth + 4 + length);
            }
            self.out.push_str(argument);
            self.out.push_str(if at + 1 < arguments.len() { "," } else { "\n" });
        }
        self.line(0, &[");"]);
    }

    /// Appends the call of a function that may fail as a statement in a function.
    pub(super) fn statement(&mut self, path: &str, arguments: &[&str]) {
        let joined = arguments.join(", ");
        if self.depth + 8 + path.len() + joined.len() + "()?;".len() <= WIDTH {
            return self.line(2, &[path, "(", &joined, ")?;"]);
        }
        self.line(2, &[path, "("]);
        for argument in arguments {
            self.line(3, &[argument, ","]);
        }
        self.line(2, &[")?;"]);
    }

    /// Appends `Ok(Self { … })` in a function, of fields and what gives them.
    pub(super) fn ok_self(&mut self, fields: &[(&str, Call<'_>)]) {
        match fields {
            [] => self.line(2, &["Ok(Self {})"]),
            [(name, call)] if name.len() + call.length() + "Self { : ? ".len() <= STRUCT_WIDTH => {
                let Call {
                    receiver,
                    name: function,
                    argument,
                } = call;
                self.line(
                    2,
                    &["Ok(Self { ", name, ": ", receiver, function, "(", argument, ")? })"],
                );
            }
            _ => {
                self.line(2, &["Ok(Self {"]);
                for (name, call) in fields {
                    self.fallible(3, &[name, ": "].concat(), call, "?,");
                }
                self.line(2, &["})"]);
            }
        }
    }

    /// Appends the call of a function or method between `before` and `after`, broken as far as it is too long.
    pub(super) fn fallible(&mut self, inner: usize, before: &str, call: &Call<'_>, after: &str) {
        let Call {
            receiver,
            name,
            argument,
        } = call;
        let indent = self.depth + inner * 4;
        if indent + before.len() + call.length() + after.len() <= WIDTH {
            return self.line(inner, &[before, receiver, name, "(", argument, ")", after]);
        }
        let mut at = inner;
        if receiver.is_empty() {
            self.line(inner, &[before, name, "("]);
        } else {
            at += 1;
            self.line(inner, &[before, receiver]);
            if indent + 4 + name.len() + argument.len() + "()".len() + after.len() <= WIDTH {
                return self.line(at, &[name, "(", argument, ")", after]);
            }
            self.line(at, &[name, "("]);
        }
        self.line(at + 1, &[argument, ","]);
        self.line(at, &[")", after]);
    }

    /// Appends a comment of the database as documentation, or what stands for it where there is none.
    pub(super) fn docs(&mut self, inner: usize, comment: Option<&str>, otherwise: &str) {
        let comment = comment.filter(|comment| !comment.trim().is_empty());
        let comment = comment.unwrap_or(otherwise);
        let is_plain = comment
            .bytes()
            .all(|byte| matches!(byte, b' '..=b'~') && !b"<[~`".contains(&byte));
        if is_plain && !comment.is_empty() && !comment.contains("  ") {
            return self.line(inner, &["/// ", comment.trim()]);
        }
        for line in doc_lines(comment) {
            self.start(inner);
            self.out.push_str("///");
            if !line.is_empty() {
                self.out.push(' ');
                self.out.push_str(&line);
            }
            self.out.push('\n');
        }
    }

    fn start(&mut self, inner: usize) {
        self.spaces(self.depth + inner * 4);
    }

    fn spaces(&mut self, count: usize) {
        const BLANK: &str = "                                                                ";
        self.out.push_str(&BLANK[..count.min(BLANK.len())]);
    }
}

impl Call<'_> {
    fn length(&self) -> usize {
        self.receiver.len() + self.name.len() + self.argument.len() + "()".len()
    }
}

/// A string literal.
pub(super) fn literal(text: &str) -> Cow<'static, str> {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    if text
        .bytes()
        .all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\')
    {
        out.push_str(text);
    } else {
        // What could turn the direction of the text is escaped as well.
        text.chars().for_each(|character| match character {
            _ if is_invisible(character) => out.extend(character.escape_unicode()),
            '\'' => out.push('\''),
            _ => out.extend(character.escape_debug()),
        });
    }
    out.push('"');
    Cow::Owned(out)
}

fn split_arguments(arguments: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0;
    arguments
        .split(move |character| {
            match character {
                '<' | '(' | '[' => depth += 1,
                '>' | ')' | ']' => depth -= 1,
                _ => {}
            }
            character == ',' && depth == 0
        })
        .map(str::trim)
}

/// The lines of a comment, such that none can be anything but words: no code block, which rustdoc would run as a test,
/// no HTML, no link to an item, no control character.
fn doc_lines(comment: &str) -> Vec<Cow<'_, str>> {
    let ends = ['\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}'];
    let lines = comment.split("\r\n").flat_map(|lines| lines.split(ends));
    let mut kept: Vec<Cow<'_, str>> = Vec::new();
    for line in lines {
        let line = doc_line(line.trim());
        // Between paragraphs one empty line is enough.
        if !line.is_empty() || kept.last().is_some_and(|last| !last.is_empty()) {
            kept.push(line);
        }
    }
    while kept.last().is_some_and(|last| last.is_empty()) {
        kept.pop();
    }
    kept
}

fn doc_line(line: &str) -> Cow<'_, str> {
    let harmless = |character: char| {
        !matches!(character, '<' | '[' | '\t' | '~') && !character.is_control() && !is_invisible(character)
    };
    let is_harmless = line.chars().all(harmless) && !line.contains("  ") && !line.contains("```");
    if is_harmless {
        return Cow::Borrowed(line);
    }
    let mut escaped = String::with_capacity(line.len() + 8);
    for word in line.split_whitespace() {
        if !escaped.is_empty() {
            escaped.push(' ');
        }
        for character in word.replace("```", "\\`\\`\\`").chars() {
            match character {
                '<' | '[' | '~' => escaped.extend(['\\', character]),
                _ if character.is_control() || is_invisible(character) => escaped.extend(character.escape_unicode()),
                _ => escaped.push(character),
            }
        }
    }
    Cow::Owned(escaped)
}

/// Whether a character can hide or turn what stands around it.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_is_words_only() {
        for (comment, lines) in [
            ("plain", vec!["plain"]),
            ("a\r\nb\rc\u{2028}d", vec!["a", "b", "c", "d"]),
            ("\n\na\n\n\n\nb\n", vec!["a", "", "b"]),
            ("    let x = 1;", vec!["let x = 1;"]),
            ("-     indented", vec!["- indented"]),
            (
                "```\nstd::process::exit(1)\n```",
                vec!["\\`\\`\\`", "std::process::exit(1)", "\\`\\`\\`"],
            ),
            ("~~~ <b> [x]", vec!["\\~\\~\\~ \\<b> \\[x]"]),
            ("\u{202e}txt\u{0}", vec!["\\u{202e}txt\\u{0}"]),
            ("*/ pub fn x() {}", vec!["*/ pub fn x() {}"]),
        ] {
            assert_eq!(doc_lines(comment), lines);
        }
    }

    #[test]
    fn literals_read_back() {
        for text in ["plain", "a\"b\\c\n", "ünï", "\u{202e}", "it's", "\0"] {
            let parsed: syn::LitStr = syn::parse_str(&literal(text)).unwrap();
            assert_eq!(parsed.value(), text);
        }
    }
}
