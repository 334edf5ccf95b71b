//! Regular expressions that PostgreSQL, JavaScript and Python read the same way.

/// The expression rewritten so that JavaScript (with the `u` flag) and Python match what PostgreSQL's `~` matches;
/// `None` where it uses what they do not share (manual, section 9.7.3).
///
/// PostgreSQL's `.` matches line ends too, so it becomes `[\s\S]`. Classes that depend on the locale (`\w`, `\d`,
/// `[[:alpha:]]`), look-around, back references, embedded options and directors are not shared.
pub(super) fn portable(pattern: &str) -> Option<String> {
    if pattern.starts_with("***") || pattern.starts_with("(?") {
        return None;
    }
    let mut out = String::with_capacity(pattern.len());
    let mut characters = pattern.chars().peekable();
    let mut depth = 0_usize;
    while let Some(character) = characters.next() {
        match character {
            '\\' => out.push_str(&escape(characters.next()?)?),
            '.' => out.push_str("[\\s\\S]"),
            '[' => out.push_str(&bracket(&mut characters)?),
            '(' => {
                depth += 1;
                out.push('(');
                match characters.peek() {
                    Some('?') => {
                        characters.next();
                        if characters.next()? != ':' {
                            return None;
                        }
                        out.push_str("?:");
                    }
                    // A quantifier at the start of a group means something only to some.
                    Some('*' | '+' | '{') | None => return None,
                    Some(_) => {}
                }
            }
            ')' => {
                depth = depth.checked_sub(1)?;
                out.push(')');
            }
            '{' => out.push_str(&repetition(&mut characters)?),
            ']' | '}' => return None,
            _ => out.push(character),
        }
    }
    let starts_with_quantifier = pattern.starts_with(['*', '+', '?', '{']) || pattern.starts_with("^*");
    (depth == 0 && !starts_with_quantifier).then_some(out)
}

/// An escape outside brackets.
fn escape(character: char) -> Option<String> {
    match character {
        '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' | '\\' | '/' => {
            Some(format!("\\{character}"))
        }
        't' | 'n' | 'r' | 'f' | 'v' => Some(format!("\\{character}")),
        other if other.is_ascii_punctuation() || other == ' ' => Some(other.to_string()),
        _ => None,
    }
}

/// A bracket expression, from behind its `[` to its `]`.
fn bracket(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("[");
    if characters.peek() == Some(&'^') {
        characters.next();
        out.push('^');
    }
    let mut first = true;
    loop {
        match characters.next()? {
            ']' if first => out.push_str("\\]"),
            ']' => {
                out.push(']');
                return Some(out);
            }
            '[' => match characters.peek() {
                Some(':' | '.' | '=') => return None,
                _ => out.push_str("\\["),
            },
            '\\' => match characters.next()? {
                character @ ('\\' | ']' | '[' | '^' | '-' | '.' | '/' | 't' | 'n' | 'r' | 'f' | 'v') => {
                    out.push('\\');
                    out.push(character);
                }
                other if other.is_ascii_punctuation() => out.push(other),
                _ => return None,
            },
            '-' if first || characters.peek() == Some(&']') => out.push_str("\\-"),
            character => out.push(character),
        }
        first = false;
    }
}

/// A bound such as `{2,5}`, from behind its `{`.
fn repetition(characters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut out = String::from("{");
    loop {
        match characters.next()? {
            character @ ('0'..='9' | ',') => out.push(character),
            '}' if out.len() > 1 && !out.starts_with("{,") => {
                out.push('}');
                return Some(out);
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::portable;

    #[test]
    fn shared_expressions_survive() {
        for (pattern, expected) in [
            ("^[a-z0-9_-]+$", "^[a-z0-9_\\-]+$"),
            ("^.{1,5}$", "^[\\s\\S]{1,5}$"),
            ("^[^@ ]+@[^@ ]+\\.[a-z]{2,}$", "^[^@ ]+@[^@ ]+\\.[a-z]{2,}$"),
            ("^(a|b)?$", "^(a|b)?$"),
            ("a\\-b", "a-b"),
            ("[]a]", "[\\]a]"),
        ] {
            assert_eq!(portable(pattern).as_deref(), Some(expected), "{pattern}");
        }
    }

    #[test]
    fn what_is_not_shared_is_refused() {
        for pattern in [
            "\\w+",
            "\\d",
            "[[:alpha:]]",
            "(?=a)",
            "(?i)a",
            "***=a",
            "(a)\\1",
            "a{",
            "[a",
            "*a",
            "(a",
            "a)",
        ] {
            assert_eq!(portable(pattern), None, "{pattern}");
        }
    }
}
