//! Colours for code, given when the page is written: comments, strings, numbers and keywords.

use super::markup::Markup;

/// What is coloured how.
#[derive(Clone, Copy, Debug)]
pub(super) struct Syntax {
    /// Sorted.
    keywords: &'static [&'static str],
    any_case: bool,
    line_comment: &'static str,
    block_comment: Option<(&'static str, &'static str)>,
    quotes: &'static [char],
    /// Whether a backslash takes what follows into the string.
    escapes: bool,
}

/// SQL.
#[rustfmt::skip]
pub(super) const SQL: Syntax = Syntax {
    keywords: &[
        "add", "after", "all", "alter", "always", "and", "array", "as", "asc", "before", "begin", "between", "by",
        "cascade", "case", "cast", "check", "collate", "column", "comment", "commit", "constraint", "create",
        "cross", "declare", "default", "deferrable", "deferred", "definer", "delete", "desc", "distinct", "domain",
        "drop", "each", "else", "elsif", "enable", "end", "enum", "except", "exception", "exclude", "execute",
        "exists", "extension", "false", "filter", "first", "for", "force", "foreign", "from", "full", "function",
        "generated", "grant", "group", "having", "identity", "if", "immutable", "in", "include", "index",
        "inherits", "initially", "inner", "insert", "instead", "intersect", "into", "is", "join", "key", "language",
        "last", "lateral", "left", "level", "like", "limit", "loop", "materialized", "new", "no", "not", "null",
        "nulls", "of", "offset", "old", "on", "only", "or", "order", "outer", "over", "owner", "partition",
        "policy", "primary", "procedure", "raise", "range", "references", "replace", "restrict", "restrictive",
        "return", "returning", "returns", "revoke", "right", "role", "row", "rows", "schema", "security", "select",
        "sequence", "set", "setof", "stable", "start", "statement", "stored", "strict", "table", "temporary",
        "then", "to", "trigger", "true", "type", "union", "unique", "update", "using", "values", "view", "volatile",
        "when", "where", "window", "with",
    ],
    any_case: true,
    line_comment: "--",
    block_comment: Some(("/*", "*/")),
    quotes: &['\''],
    escapes: false,
};

#[rustfmt::skip]
const RUST: Syntax = Syntax {
    keywords: &[
        "as", "const", "crate", "default", "derive", "enum", "fn", "for", "impl", "let", "mod", "pub", "self",
        "struct", "super", "type", "use", "where",
    ],
    any_case: false,
    line_comment: "//",
    block_comment: Some(("/*", "*/")),
    quotes: &['"'],
    escapes: true,
};

#[rustfmt::skip]
const TYPESCRIPT: Syntax = Syntax {
    keywords: &[
        "as", "boolean", "const", "export", "extends", "false", "import", "in", "interface", "keyof", "never",
        "null", "number", "readonly", "string", "true", "type", "typeof", "undefined", "unknown",
    ],
    any_case: false,
    line_comment: "//",
    block_comment: Some(("/*", "*/")),
    quotes: &['"', '\'', '`'],
    escapes: true,
};

#[rustfmt::skip]
const PYTHON: Syntax = Syntax {
    keywords: &[
        "False", "None", "True", "class", "def", "from", "import", "in", "is", "lambda", "not", "or", "return",
    ],
    any_case: false,
    line_comment: "#",
    block_comment: Some(("\"\"\"", "\"\"\"")),
    quotes: &['"', '\''],
    escapes: true,
};

impl Syntax {
    /// That of a language by its name; SQL's where nobody knows.
    pub(super) fn of(language: &str) -> Self {
        match language.split(' ').next().unwrap_or_default() {
            "Rust" => RUST,
            "TypeScript" => TYPESCRIPT,
            "Python" => PYTHON,
            _ => SQL,
        }
    }
}

/// Writes the code with its colours.
pub(super) fn code(code: &str, syntax: Syntax, markup: &mut Markup) {
    let mut rest = code;
    let mut plain = 0;
    while let Some(first) = rest[plain..].chars().next() {
        let (class, length) = token(&rest[plain..], first, &syntax);
        if class.is_empty() {
            plain += length;
            continue;
        }
        markup.text(&rest[..plain]);
        markup.leaf("span", &[("class", &class)], &rest[plain..plain + length]);
        rest = &rest[plain + length..];
        plain = 0;
    }
    markup.text(rest);
}

/// What the code begins with, and how long that is.
fn token(code: &str, first: char, syntax: &Syntax) -> (&'static str, usize) {
    if code.starts_with(syntax.line_comment) {
        return ("c", code.find('\n').unwrap_or(code.len()));
    }
    if let Some((open, close)) = syntax.block_comment
        && let Some(inner) = code.strip_prefix(open)
    {
        let length = inner.find(close).map_or(code.len(), |at| at + open.len() + close.len());
        return ("c", length);
    }
    if syntax.quotes.contains(&first) {
        return ("s", string(code, first, syntax.escapes));
    }
    if first.is_ascii_digit() {
        let end = code.find(|next: char| !next.is_ascii_alphanumeric() && next != '.' && next != '_');
        return ("n", end.unwrap_or(code.len()));
    }
    if first.is_alphabetic() || first == '_' {
        let end = code.find(|next: char| !next.is_alphanumeric() && next != '_');
        let word = &code[..end.unwrap_or(code.len())];
        let is_keyword = match syntax.any_case {
            true => syntax
                .keywords
                .binary_search(&word.to_ascii_lowercase().as_str())
                .is_ok(),
            false => syntax.keywords.binary_search(&word).is_ok(),
        };
        return (if is_keyword { "k" } else { "" }, word.len());
    }
    ("", first.len_utf8())
}

/// How long the string is that the code begins with; a quote in it stands twice, or behind a backslash.
fn string(code: &str, quote: char, escapes: bool) -> usize {
    let mut characters = code.char_indices().skip(1).peekable();
    while let Some((at, character)) = characters.next() {
        if escapes && character == '\\' {
            characters.next();
        } else if character == quote {
            let is_twice = !escapes && characters.peek().is_some_and(|(_, next)| *next == quote);
            match is_twice {
                true => drop(characters.next()),
                false => return at + quote.len_utf8(),
            }
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coloured(text: &str, syntax: Syntax) -> String {
        let mut markup = Markup::default();
        code(text, syntax, &mut markup);
        markup.finish()
    }

    #[test]
    fn keywords_are_sorted_so_that_they_are_found() {
        for syntax in [SQL, RUST, TYPESCRIPT, PYTHON] {
            assert!(syntax.keywords.is_sorted(), "{:?}", syntax.keywords);
        }
    }

    #[test]
    fn code_is_coloured_and_escaped() {
        assert_eq!(
            coloured("SELECT 'it''s <b>' -- </span>\n, 1", SQL),
            "<span class=\"k\">SELECT</span> <span class=\"s\">&#39;it&#39;&#39;s &lt;b&gt;&#39;</span> \
             <span class=\"c\">-- &lt;/span&gt;</span>\n, <span class=\"n\">1</span>"
        );
        assert_eq!(
            coloured(r#"pub a: "\"é" /*"#, RUST),
            "<span class=\"k\">pub</span> a: <span class=\"s\">&quot;\\&quot;é&quot;</span> <span class=\"c\">/*</span>"
        );
        assert_eq!(
            coloured("\"\"\"a", PYTHON),
            "<span class=\"c\">&quot;&quot;&quot;a</span>"
        );
    }
}
