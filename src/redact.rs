//! Keeps passwords out of everything that is shown.

use std::borrow::Cow;

/// What stands where a secret stood.
const MASK: &str = "***";

/// `text` with the password of every URL (`scheme://user:password@host`, `?password=…`) and of every libpq connection
/// string (`password=…`) masked. Rather masks too much than too little: passwords are often not percent-encoded, so
/// everything from the first colon to the last `@` of the line is taken for one.
pub fn redact(text: &str) -> Cow<'_, str> {
    if !text.contains("://") && !contains_password_key(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.split_inclusive('\n').map(redact_line).collect())
}

/// Whether `text` holds a URL with a password in it.
pub fn holds_password(text: &str) -> bool {
    redact(text) != text
}

fn contains_password_key(text: &str) -> bool {
    text.to_ascii_lowercase().contains("password")
}

fn redact_line(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        out.push_str(before);
        let end = after.find(['"', '`', '\n']).unwrap_or(after.len());
        // Another URL on the line begins its own authority.
        let end = after[..end]
            .find("://")
            .map_or(end, |next| after[..next].rfind([' ', ',', '=']).unwrap_or(end));
        let (url, tail) = after.split_at(end);
        match url.rfind('@').and_then(|at| Some((url[..at].find(':')?, at))) {
            Some((colon, at)) => {
                out.push_str(&url[..=colon]);
                out.push_str(MASK);
                out.push_str(&url[at..]);
            }
            None => out.push_str(url),
        }
        rest = tail;
    }
    out.push_str(rest);
    redact_keys(&out)
}

/// Masks the values of `password=…` and `sslpassword=…`, quoted or not.
fn redact_keys(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find("password=") {
        let value = done + found + "password=".len();
        out.push_str(&line[done..value]);
        let rest = &line[value..];
        let length = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.find('\'').map_or(rest.len(), |end| end + 2),
            None => rest
                .find(|c: char| c == '&' || c == '"' || c == '`' || c.is_whitespace())
                .unwrap_or(rest.len()),
        };
        if length > 0 {
            out.push_str(MASK);
        }
        done = value + length;
    }
    out.push_str(&line[done..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked() {
        for (text, shown) in [
            ("postgres://me:secret@h/db", "postgres://me:***@h/db"),
            ("postgres://me:se/cr?et@x@h:5432/db", "postgres://me:***@h:5432/db"),
            ("postgres://me:se cret@h/db", "postgres://me:***@h/db"),
            (
                "url = \"postgresql://me:secret@h\" # mail@x",
                "url = \"postgresql://me:***@h\" # mail@x",
            ),
            (
                "a postgres://a:secret@h b postgres://c:secret@i",
                "a postgres://a:***@h b postgres://c:***@i",
            ),
            (
                "postgres://h/db?user=me&password=secret&x=1",
                "postgres://h/db?user=me&password=***&x=1",
            ),
            ("host=h password='sec ret' user=me", "host=h password=*** user=me"),
            ("host=h PASSWORD=secret", "host=h PASSWORD=***"),
        ] {
            assert_eq!(redact(text), shown);
            assert!(!redact(text).contains("secret") && holds_password(text));
        }
    }

    #[test]
    fn the_rest_is_left_alone() {
        for text in [
            "postgres://h:5432/db",
            "postgres://me@h/db",
            "password authentication failed for user \"x\"",
            "a@b",
        ] {
            assert_eq!(redact(text), text);
            assert!(!holds_password(text));
        }
    }
}
