//! Comments: what is for readers, and the lines that are for pgkeel.

use crate::config::{Lang, Override};

/// A comment taken apart.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Comment {
    /// What is for readers.
    pub(super) text: Option<String>,
    /// `@name`: what the object is called.
    pub(super) name: Option<String>,
    /// `@notNull`: a view's column that is never NULL though that cannot be proved.
    pub(super) not_null: bool,
    /// `@type`: what the type is called, per language.
    pub(super) custom: Option<Override>,
    /// Lines that begin like the above but cannot be followed.
    pub(super) refused: Vec<String>,
}

/// Takes a comment apart. A comment is a stranger's text, so a `@type` or `@name` line is followed only where it can be
/// nothing but a type or a name.
pub(super) fn read(comment: &str) -> Comment {
    let mut read = Comment::default();
    if !comment.contains('@') {
        read.text = Some(comment.to_owned());
        return read;
    }
    let mut kept = Vec::new();
    for line in comment.lines() {
        let trimmed = line.trim();
        let (word, rest) = trimmed.split_once(char::is_whitespace).unwrap_or((trimmed, ""));
        let rest = rest.trim();
        let followed = match word {
            "@notNull" => rest.is_empty(),
            "@name" => is_name(rest),
            "@type" => follow_type(rest, read.custom.get_or_insert_default()),
            _ => {
                kept.push(line);
                continue;
            }
        };
        if !followed {
            read.refused.push(trimmed.to_owned());
            kept.push(line);
            continue;
        }
        match word {
            "@notNull" => read.not_null = true,
            "@name" => read.name = Some(rest.to_owned()),
            _ => {}
        }
    }
    let text = kept.join("\n");
    read.text = (!text.trim().is_empty()).then(|| text.trim_end().to_owned());
    read.custom = read.custom.filter(|custom| *custom != Override::default());
    read
}

/// `@type LANGUAGE CODE`, or `@type CODE` for TypeScript, as other tools have it.
fn follow_type(rest: &str, custom: &mut Override) -> bool {
    let (first, others) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let (lang, code) = match first.trim_end_matches(':').parse::<Lang>() {
        Ok(lang) if !others.is_empty() => (lang, others.trim()),
        _ => (Lang::Typescript, rest),
    };
    if !is_type(code, lang) {
        return false;
    }
    let slot = match lang {
        Lang::Typescript => &mut custom.typescript,
        Lang::Rust => &mut custom.rust,
        Lang::Python => &mut custom.python,
        Lang::JsonSchema => return false,
    };
    *slot = Some(code.to_owned());
    true
}

/// Whether the text is one identifier.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
        && text
            .chars()
            .all(|character| character.is_alphanumeric() || character == '_')
}

/// Whether the text can be nothing but a type: names, paths, generics, unions, arrays and literal strings without
/// escapes, with all brackets closed. Parentheses and braces are TypeScript's alone (`import("…")`, groups, objects), where
/// a type is never run; a Python annotation is.
fn is_type(text: &str, lang: Lang) -> bool {
    let mut open = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '<' => open.push('>'),
            '[' => open.push(']'),
            '(' if lang == Lang::Typescript => open.push(')'),
            '{' if lang == Lang::Typescript => open.push('}'),
            ';' | '?' if open.contains(&'}') => {}
            '>' | ']' | ')' | '}' => {
                if open.pop() != Some(character) {
                    return false;
                }
            }
            '"' | '\'' => loop {
                match characters.next() {
                    Some(end) if end == character => break,
                    Some('\\' | '`' | '\n' | '\r' | '*') | None => return false,
                    Some(_) => {}
                }
            },
            '_' | '.' | ':' | ',' | '|' | '&' | '$' | ' ' => {}
            other if other.is_alphanumeric() => {}
            _ => return false,
        }
    }
    open.is_empty() && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_for_pgkeel_are_taken_out() {
        let read =
            read("The mood.\n@type string\n@type rust crate::Mood\n@name Feeling\n@notNull\nMore: me@example.org");
        assert_eq!(read.text.as_deref(), Some("The mood.\nMore: me@example.org"));
        assert_eq!(read.name.as_deref(), Some("Feeling"));
        assert!(read.not_null);
        let custom = read.custom.expect("there are two types");
        assert_eq!(
            (custom.typescript.as_deref(), custom.rust.as_deref()),
            (Some("string"), Some("crate::Mood"))
        );
        assert!(read.refused.is_empty());
    }

    #[test]
    fn a_comment_never_becomes_code() {
        for line in [
            "@type string; export const x = 1",
            "@type (() => { while (1) {} })()",
            "@type string */ export",
            "@type `a`",
            "@type \"a\\\"",
            "@type Foo<",
            "@type",
            "@type {a: string} ; x",
            "@type {a: string}; export {b}",
            "@type python {a}",
            "@type python __import__('os').system('x')",
            "@type rust include!(\"x\")",
            "@name a-b",
            "@name",
        ] {
            let read = read(line);
            assert_eq!(
                (read.custom, read.name, read.text),
                (None, None, Some(line.to_owned())),
                "{line}"
            );
            assert_eq!(read.refused, vec![line.to_owned()]);
        }
    }

    #[test]
    fn types_of_every_language_pass() {
        for (code, lang) in [
            ("import('./meta').OrderMeta", Lang::Typescript),
            ("Record<string, unknown>", Lang::Typescript),
            ("('a' | 'b')[]", Lang::Typescript),
            ("{ text: string; done?: boolean }[]", Lang::Typescript),
            ("crate::Email", Lang::Rust),
            ("Vec<crate::a::B>", Lang::Rust),
            ("app.meta.OrderMeta", Lang::Python),
            ("list[str]", Lang::Python),
        ] {
            assert!(is_type(code, lang), "{code}");
        }
    }
}
