//! Keeps passwords out of everything that is shown.

use std::borrow::Cow;

/// What stands where a secret stood.
const MASK: &str = "***";

/// `text` with the password of every URL (`scheme://user:password@host`, `?password=…`), of every libpq connection
/// string (`password=…`) and of SQL (`PASSWORD '…'`, of roles and in options) masked. Rather masks too much than too little: passwords are often not percent-encoded, so
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

/// Masks the values of `password=…` and `sslpassword=…`, quoted or not, and SQL's `PASSWORD '…'`.
fn redact_keys(line: &str) -> String {
    let lower = line.to_ascii_lowercase();
    let mut out = String::with_capacity(line.len());
    let mut done = 0;
    while let Some(found) = lower[done..].find("password") {
        let key = done + found + "password".len();
        let Some((value, length)) = value_after(&line[key..]) else {
            out.push_str(&line[done..key]);
            done = key;
            continue;
        };
        out.push_str(&line[done..key + value]);
        if length > 0 {
            out.push_str(MASK);
        }
        done = key + value + length;
    }
    out.push_str(&line[done..]);
    out
}

/// Where the value of a key begins that `rest` follows, and how long it is; `None` where it has none.
fn value_after(rest: &str) -> Option<(usize, usize)> {
    if let Some(value) = rest.strip_prefix('=') {
        let length = match value.strip_prefix('\'') {
            Some(quoted) => quoted.find('\'').map_or(value.len(), |end| end + 2),
            None => value
                .find(|c: char| c == '&' || c == '"' || c == '`' || c.is_whitespace())
                .unwrap_or(value.len()),
        };
        return Some((1, length));
    }
    // The name of an option may stand in quotes of its own.
    let value = rest.strip_prefix('"').unwrap_or(rest).trim_start();
    let is_apart = value.len() < rest.len();
    let literal = value.strip_prefix(['e', 'E']).unwrap_or(value).strip_prefix('\'')?;
    let start = rest.len() - value.len();
    let mut end = 0;
    for part in literal.split_inclusive('\'') {
        end += part.len();
        // Two quotes are one that is meant, and so is one behind a backslash.
        let goes_on = literal[end..].starts_with('\'') || part.len() == 1 && end > 1 || part.ends_with("\\'");
        if !goes_on {
            break;
        }
    }
    is_apart.then_some((start, value.len() - literal.len() + end))
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
            (
                "create role a password 'secret' login; -- 'x'",
                "create role a password *** login; -- 'x'",
            ),
            (
                "ALTER ROLE a PASSWORD E'it''s \\'secret' VALID UNTIL 'x'",
                "ALTER ROLE a PASSWORD *** VALID UNTIL 'x'",
            ),
            (
                "options (host 'h', \"password\" 'secret', user 'u')",
                "options (host 'h', \"password\" ***, user 'u')",
            ),
            ("options (password 'secret", "options (password ***"),
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
            "create role a password null; select 'x'",
            "comment on column t.password is 'x'",
            "a@b",
        ] {
            assert_eq!(redact(text), text);
            assert!(!holds_password(text));
        }
    }
}
