//! Rust identifiers out of database names.

use std::borrow::Cow;
use std::fmt::Write as _;

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

/// Rust's keywords, those reserved for later included (reference, section 2.3), sorted.
const KEYWORDS: [&str; 53] = [
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// What the generated code and the derives in it call by a bare name, which no item may take away.
const TAKEN: [&str; 15] = [
    "Box", "DB", "Default", "Err", "From", "None", "Ok", "Option", "R", "Result", "Self", "Some", "String", "TryFrom",
    "Vec",
];

/// The snake_case identifier that `name` wants, not yet made raw.
pub(super) fn field(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'))
        && name.bytes().any(|byte| byte != b'_');
    let snake = if plain {
        name.to_owned()
    } else {
        words(name).to_snake_case()
    };
    start_properly(snake, "empty")
}

/// The UpperCamelCase identifier that `name` wants.
pub(super) fn item(name: &str) -> String {
    start_properly(words(name).to_upper_camel_case(), "Empty")
}

/// The name of a module, and so perhaps of a file: ASCII only.
pub(super) fn module(name: &str) -> String {
    let mut ascii = String::with_capacity(name.len());
    for character in name.chars() {
        push_character(character, character.is_ascii(), &mut ascii);
    }
    field(&ascii)
}

/// Whether a field or module cannot be called `name`, not even raw.
pub(super) fn refuses_field(name: &str) -> bool {
    matches!(name, "self" | "Self" | "super" | "crate" | "_")
}

/// Whether a module cannot be called `name`: it would be one of the files that Rust has other plans for, or ours.
pub(super) fn refuses_module(name: &str) -> bool {
    refuses_field(name) || matches!(name, "mod" | "lib" | "main" | "pg")
}

/// Whether a type cannot be called `name`.
pub(super) fn refuses_item(name: &str) -> bool {
    TAKEN.binary_search(&name).is_ok()
}

/// The identifier as code: raw where it is a keyword.
pub(super) fn code(identifier: String) -> String {
    if KEYWORDS.binary_search(&identifier.as_str()).is_ok() && !refuses_field(&identifier) {
        return format!("r#{identifier}");
    }
    identifier
}

/// Whether `name` can stand as an identifier as it is.
pub(super) fn is_identifier(name: &str) -> bool {
    name.chars().enumerate().all(|(at, letter)| {
        letter == '_' || is_everyday_letter(letter) || letter.is_ascii_alphabetic() || at > 0 && letter.is_ascii_digit()
    }) && name.chars().any(|letter| letter != '_')
}

fn start_properly(mut identifier: String, empty: &str) -> String {
    if identifier.is_empty() {
        return empty.to_owned();
    }
    if identifier.starts_with(|first: char| first.is_ascii_digit()) {
        identifier.insert(0, '_');
    }
    identifier
}

/// The characters of `name` that identifiers are made of; others become breaks, or their code points.
fn words(name: &str) -> Cow<'_, str> {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Cow::Borrowed(name);
    }
    let mut words = String::with_capacity(name.len());
    for character in name.chars() {
        push_character(character, is_everyday_letter(character), &mut words);
    }
    Cow::Owned(words)
}

fn push_character(character: char, keep: bool, words: &mut String) {
    match character {
        _ if character.is_ascii_alphanumeric() => words.push(character),
        _ if character.is_ascii() => words.push('_'),
        _ if keep => words.push(character),
        _ => {
            // Writing to a String cannot fail.
            let _ = write!(words, "_u{:x}_", u32::from(character));
        }
    }
}

/// Whether a character is a letter of those that identifiers may hold without a lint, in their composed form.
fn is_everyday_letter(character: char) -> bool {
    let everyday = matches!(character,
        '\u{c0}'..='\u{131}' | '\u{134}'..='\u{13e}' | '\u{141}'..='\u{148}' | '\u{14a}'..='\u{17e}'
        | '\u{386}'..='\u{3ce}' | '\u{400}'..='\u{45f}'
        | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}');
    everyday && character.is_alphabetic()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_snake_case() {
        for (name, wanted) in [
            ("id", "id"),
            ("a__b", "a__b"),
            ("userId", "user_id"),
            ("UserID", "user_id"),
            ("1st place", "_1st_place"),
            ("", "empty"),
            ("__", "empty"),
            ("größe", "größe"),
            ("a😀b", "a_u1f600_b"),
            ("x²", "x_ub2"),
            ("a\"b\n*/", "a_b"),
        ] {
            assert_eq!(field(name), wanted);
        }
        assert_eq!(code(field("type")), "r#type");
        assert_eq!(code("self_".to_owned()), "self_");
        assert!(refuses_field(&field("self")) && refuses_field(&field("crate")) && !refuses_field("type"));
    }

    #[test]
    fn items_are_upper_camel_case() {
        for (name, wanted) in [
            ("users", "Users"),
            ("user_roles", "UserRoles"),
            ("2fa", "_2fa"),
            ("用户", "用户"),
            ("--", "Empty"),
        ] {
            assert_eq!(item(name), wanted);
        }
        assert!(refuses_item(&item("option")) && refuses_item(&item("self")));
        assert!(TAKEN.is_sorted() && KEYWORDS.is_sorted());
    }

    #[test]
    fn modules_are_ascii_and_no_special_files() {
        assert_eq!(module("größe"), "gr_uf6__udf_e");
        assert_eq!(code(module("type")), "r#type");
        assert!(refuses_module("mod") && refuses_module("pg"));
    }
}
