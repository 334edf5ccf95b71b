//! PostgreSQL's tokens as psql sees them (manual, section 4.1): just enough to know where a statement ends.
//!
//! Parsers of whole SQL (squawk, sqlparser) cut statements by grammar; psql cuts them by tokens alone, knows backslash
//! commands and COPY data, and follows `standard_conforming_strings`. To split as psql does is to scan as psql does.

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// White space.
    Space,
    /// `-- to the end of the line`, or `/* nested */`.
    Comment,
    /// An identifier or key word without quotes.
    Word,
    /// `"Quoted"` or `U&"quoted"`.
    QuotedName,
    /// Any string constant: plain, `E''`, `B''`, `X''`, `N''`, `U&''` or dollar-quoted.
    Text,
    /// A number or a parameter such as `$1`.
    Number,
    /// `;`.
    Semicolon,
    /// `(`.
    Open,
    /// `)`.
    Close,
    /// A backslash outside quotes: psql's business.
    Backslash,
    /// A colon that begins no cast: perhaps psql's variable.
    Colon,
    /// Any other character, one at a time, and `::` and `:=`.
    Other,
}

/// A token: what it is and where it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Token {
    /// The token's own text.
    pub(crate) fn of<'a>(&self, text: &'a str) -> &'a str {
        &text[self.start..self.end]
    }

    /// Whether it is the key word `word`, given in lower case.
    pub(crate) fn is(&self, text: &str, word: &str) -> bool {
        self.kind == Kind::Word && self.of(text).eq_ignore_ascii_case(word)
    }

    /// The name that a word or quoted name stands for: folded to lower case, or without its quotes.
    pub(crate) fn name(&self, text: &str) -> Option<String> {
        match self.kind {
            Kind::Word => Some(self.of(text).to_ascii_lowercase()),
            Kind::QuotedName => {
                let quoted = self.of(text).strip_prefix('"')?.strip_suffix('"')?;
                Some(quoted.replace("\"\"", "\""))
            }
            _ => None,
        }
    }
}

/// The tokens of `text` that mean something: neither space nor comments.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(token) = next(text, at, true) {
        at = token.end;
        if !matches!(token.kind, Kind::Space | Kind::Comment) {
            found.push(token);
        }
    }
    found
}

/// The token that starts at `at`, or `None` at the end. `standard_strings` is `standard_conforming_strings`: off, a
/// backslash escapes in plain strings too. An open quote or comment runs to the end of the text.
pub(crate) fn next(text: &str, at: usize, standard_strings: bool) -> Option<Token> {
    let bytes = text.as_bytes();
    let first = *bytes.get(at)?;
    let rest = &bytes[at..];
    let (kind, end) = match first {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => {
            (Kind::Space, at + rest.iter().take_while(|b| is_space(**b)).count())
        }
        b'-' if rest.starts_with(b"--") => (Kind::Comment, line_end(bytes, at)),
        b'/' if rest.starts_with(b"/*") => (Kind::Comment, block_comment_end(bytes, at)),
        b'\'' => (Kind::Text, string_end(bytes, at, !standard_strings)),
        b'"' => (Kind::QuotedName, quoted_end(bytes, at + 1, b'"')),
        b'$' => dollar(bytes, at),
        b';' => (Kind::Semicolon, at + 1),
        b'(' => (Kind::Open, at + 1),
        b')' => (Kind::Close, at + 1),
        b'\\' => (Kind::Backslash, at + 1),
        b':' if rest.starts_with(b"::") || rest.starts_with(b":=") => (Kind::Other, at + 2),
        b':' => (Kind::Colon, at + 1),
        b'0'..=b'9' => (Kind::Number, number_end(bytes, at)),
        _ if is_word_start(first) => word(bytes, at, standard_strings),
        _ => (Kind::Other, at + 1),
    };
    Some(Token { kind, start: at, end })
}

/// A word, or the string or quoted name that its letters are the prefix of.
fn word(bytes: &[u8], at: usize, standard_strings: bool) -> (Kind, usize) {
    let after = |skip: usize| bytes.get(at + skip).copied();
    match bytes[at].to_ascii_lowercase() {
        b'e' if after(1) == Some(b'\'') => return (Kind::Text, string_end(bytes, at + 1, true)),
        b'b' | b'x' if after(1) == Some(b'\'') => return (Kind::Text, string_end(bytes, at + 1, false)),
        b'n' if after(1) == Some(b'\'') => return (Kind::Text, string_end(bytes, at + 1, !standard_strings)),
        b'u' if after(1) == Some(b'&') && after(2) == Some(b'\'') => {
            return (Kind::Text, string_end(bytes, at + 2, false));
        }
        b'u' if after(1) == Some(b'&') && after(2) == Some(b'"') => {
            return (Kind::QuotedName, quoted_end(bytes, at + 3, b'"'));
        }
        _ => {}
    }
    (
        Kind::Word,
        at + bytes[at..].iter().take_while(|b| is_word_part(**b)).count(),
    )
}

/// The end of a string whose opening quote is at `open`, with what SQL appends to it after a line break.
fn string_end(bytes: &[u8], open: usize, escapes: bool) -> usize {
    let mut at = open + 1;
    loop {
        at = match escapes {
            true => escaped_end(bytes, at),
            false => quoted_end(bytes, at, b'\''),
        };
        match continuation(bytes, at) {
            Some(quote) => at = quote + 1,
            None => return at,
        }
    }
}

/// Where a string goes on after its closing quote: white space with a line break in it, then another quote.
fn continuation(bytes: &[u8], mut at: usize) -> Option<usize> {
    let mut broken = false;
    loop {
        match *bytes.get(at)? {
            b'\n' | b'\r' => broken = true,
            b'\'' if broken => return Some(at),
            b'-' if broken && bytes[at..].starts_with(b"--") => at = line_end(bytes, at) - 1,
            byte if is_space(byte) => {}
            _ => return None,
        }
        at += 1;
    }
}

/// The end of what a `quote` closes; a doubled quote is part of it.
fn quoted_end(bytes: &[u8], mut at: usize, quote: u8) -> usize {
    while at < bytes.len() {
        if bytes[at] == quote {
            if bytes.get(at + 1) != Some(&quote) {
                return at + 1;
            }
            at += 1;
        }
        at += 1;
    }
    bytes.len()
}

/// The end of a string in which a backslash escapes the next character.
fn escaped_end(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'\'' if bytes.get(at + 1) == Some(&b'\'') => at += 1,
            b'\'' => return at + 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// A dollar-quoted string, a parameter or a lone dollar.
fn dollar(bytes: &[u8], at: usize) -> (Kind, usize) {
    let digits = bytes[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
    if digits > 0 {
        return (Kind::Number, at + 1 + digits);
    }
    let tag = bytes[at + 1..]
        .iter()
        .take_while(|b| is_word_part(**b) && **b != b'$')
        .count();
    let body = at + 1 + tag + 1;
    if bytes.get(body - 1) != Some(&b'$') {
        return (Kind::Other, at + 1);
    }
    let delimiter = &bytes[at..body];
    let length = bytes[body..]
        .windows(delimiter.len())
        .position(|window| window == delimiter);
    (
        Kind::Text,
        length.map_or(bytes.len(), |length| body + length + delimiter.len()),
    )
}

/// The end of a comment that may hold others.
fn block_comment_end(bytes: &[u8], at: usize) -> usize {
    let mut depth = 0;
    let mut at = at;
    while at < bytes.len() {
        if bytes[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if bytes[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    bytes.len()
}

fn number_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..]
        .iter()
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_' || **b == b'.')
        .count()
}

/// The end of the line that `at` is in, before its line break.
pub(crate) fn line_end(bytes: &[u8], at: usize) -> usize {
    at + bytes[at..].iter().take_while(|b| **b != b'\n' && **b != b'\r').count()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn is_word_part(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        tokens(text).iter().map(|token| (token.kind, token.of(text))).collect()
    }

    #[test]
    fn strings_end_where_postgresql_ends_them() {
        for text in [
            "'plain'",
            "'it''s'",
            r"'back\'",
            r"E'it\'s'",
            r"e'\\'",
            "B'01'",
            "x'ff'",
            "N'n'",
            "U&'d\\0061t'",
            "$$body; '$'$$",
            "$tag$ $$ $other$ $tag$",
            "$ünï$x$ünï$",
            "'a'\n  'b'",
            "'a' -- no\n'b'".strip_prefix("'a' -- no\n").unwrap_or_default(),
            "E'a'\n -- why\n '\\'b'",
        ] {
            assert_eq!(kinds(text), [(Kind::Text, text)]);
        }
    }

    #[test]
    fn a_space_without_a_line_break_ends_a_string() {
        assert_eq!(kinds("'a' 'b'"), [(Kind::Text, "'a'"), (Kind::Text, "'b'")]);
    }

    #[test]
    fn a_dollar_in_a_word_opens_nothing() {
        assert_eq!(kinds("a$b$ c"), [(Kind::Word, "a$b$"), (Kind::Word, "c")]);
        assert_eq!(kinds("$1 $"), [(Kind::Number, "$1"), (Kind::Other, "$")]);
    }

    #[test]
    fn backslashes_escape_in_plain_strings_only_where_the_server_says_so() {
        let text = r"'a\'; b'";
        assert_eq!(next(text, 0, true).map(|token| token.end), Some(4));
        assert_eq!(next(text, 0, false).map(|token| token.end), Some(text.len()));
    }

    #[test]
    fn comments_nest_and_names_keep_their_quotes() {
        let text = "a/* x /* ; */ ' */\"b\"\"c\" U&\"d\" -- ;";
        assert_eq!(
            kinds(text),
            [
                (Kind::Word, "a"),
                (Kind::QuotedName, "\"b\"\"c\""),
                (Kind::QuotedName, "U&\"d\"")
            ]
        );
        assert_eq!(tokens(text)[1].name(text).as_deref(), Some("b\"c"));
    }

    #[test]
    fn what_is_left_open_runs_to_the_end() {
        for text in [
            "'open",
            "E'open\\",
            "\"open",
            "$a$ open $b$",
            "/* open /* */",
            "U&'open",
        ] {
            assert_eq!(next(text, 0, true).map(|token| token.end), Some(text.len()), "{text}");
        }
    }

    #[test]
    fn casts_are_no_variables() {
        assert_eq!(kinds("a::b :c := d")[1], (Kind::Other, "::"));
        assert_eq!(kinds("a::b :c := d")[3], (Kind::Colon, ":"));
    }
}
