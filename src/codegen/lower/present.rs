//! Which columns a CHECK says are never NULL. Nullability decides types, so that it is read by every build in the same way,
//! also by those that read nothing else of a check.

/// The columns that are not NULL where the check holds, as `pg_get_expr` writes it; `VALUE` in a domain's. A check that is no
/// conjunction of such demands says nothing here.
pub(super) fn columns(expression: &str) -> Vec<String> {
    let mut columns = Vec::new();
    conjuncts(&tokens(expression), &mut columns);
    columns
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    /// A name without quotes, or a keyword.
    Word(String),
    /// A name in quotes, without them.
    Quoted(String),
    Open,
    Close,
    /// Anything else: operators, literals.
    Other,
    /// `::`
    Cast,
}

impl Token {
    fn is(&self, keyword: &str) -> bool {
        matches!(self, Self::Word(word) if word.eq_ignore_ascii_case(keyword))
    }
}

fn conjuncts(tokens: &[Token], columns: &mut Vec<String>) {
    let tokens = unwrapped(tokens);
    let depths = depths(tokens);
    let outermost = |keyword: &'static str| {
        let at = tokens.iter().zip(&depths).enumerate();
        at.filter(move |(_, (token, depth))| **depth == 0 && token.is(keyword))
            .map(|(at, _)| at)
    };
    if outermost("or").next().is_some() {
        return;
    }
    let ends = outermost("and").chain([tokens.len()]).collect::<Vec<_>>();
    if ends.len() == 1 {
        columns.extend(present(tokens).and_then(name));
        return;
    }
    let mut start = 0;
    for end in ends {
        conjuncts(&tokens[start..end], columns);
        start = end + 1;
    }
}

/// What the condition says is not NULL.
fn present(condition: &[Token]) -> Option<&[Token]> {
    match condition {
        [subject @ .., is, not, null] if is.is("is") && not.is("not") && null.is("null") => Some(subject),
        // Of a row, this says less, but still that it is there.
        [not, inner @ ..] if not.is("not") => match unwrapped(inner) {
            [subject @ .., is, null] if is.is("is") && null.is("null") => Some(subject),
            _ => None,
        },
        _ => None,
    }
}

/// The column, as it is or cast: no cast makes a value of NULL.
fn name(subject: &[Token]) -> Option<String> {
    match unwrapped(subject) {
        [Token::Word(name) | Token::Quoted(name)] => Some(name.clone()),
        cast => {
            let depths = depths(cast);
            let at = (0..cast.len()).rfind(|&at| cast[at] == Token::Cast && depths[at] == 0)?;
            let is_type = |token: &Token| !matches!(token, Token::Cast);
            cast[at + 1..].iter().all(is_type).then(|| name(&cast[..at]))?
        }
    }
}

/// The tokens without parentheses around all of them.
fn unwrapped(tokens: &[Token]) -> &[Token] {
    let [Token::Open, inner @ .., Token::Close] = tokens else {
        return tokens;
    };
    let depths = depths(tokens);
    // The first parenthesis may end before the last begins.
    match depths[1..tokens.len() - 1].contains(&0) {
        true => tokens,
        false => unwrapped(inner),
    }
}

/// In how many parentheses and `CASE`s each token stands; those belong to what is within.
fn depths(tokens: &[Token]) -> Vec<usize> {
    let mut depth = 0_usize;
    let depths = tokens.iter().map(|token| {
        let is_end = *token == Token::Close || token.is("end");
        let is_start = *token == Token::Open || token.is("case");
        let own = depth + usize::from(is_start);
        depth = if is_end { depth.saturating_sub(1) } else { own };
        own
    });
    depths.collect()
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(first) = rest.next() {
        let token = match first {
            _ if first.is_whitespace() => continue,
            '(' | '[' => Token::Open,
            ')' | ']' => Token::Close,
            '"' => Token::Quoted(quoted(&mut rest, '"', false)),
            '\'' => {
                // `E'…'` has escapes by backslashes.
                let escapes = tokens.last().is_some_and(|before: &Token| before.is("e"));
                quoted(&mut rest, '\'', escapes);
                Token::Other
            }
            ':' if rest.peek() == Some(&':') => {
                rest.next();
                Token::Cast
            }
            _ if is_of_word(first) => {
                let mut word = String::from(first);
                while let Some(next) = rest.next_if(|&next| is_of_word(next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
            _ => Token::Other,
        };
        tokens.push(token);
    }
    tokens
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

/// What stands up to the closing quote; twice, a quote is itself.
fn quoted(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, quote: char, escapes: bool) -> String {
    let mut text = String::new();
    while let Some(next) = rest.next() {
        if next == quote && rest.next_if_eq(&quote).is_none() {
            break;
        }
        text.push(next);
        if escapes && next == '\\' {
            text.extend(rest.next());
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::columns;

    #[test]
    fn conjuncts_say_what_is_never_null() {
        for (check, expected) in [
            ("(a IS NOT NULL)", &["a"][..]),
            ("a IS NOT NULL", &["a"]),
            ("((a IS NOT NULL) AND (b > 0) AND (c IS NOT NULL))", &["a", "c"]),
            ("((a > 0) AND ((b IS NOT NULL) AND (c IS NOT NULL)))", &["b", "c"]),
            ("(NOT (a IS NULL))", &["a"]),
            ("((a)::text IS NOT NULL)", &["a"]),
            ("(((a)::character varying(3))::text IS NOT NULL)", &["a"]),
            ("(\"my \"\"A\"\" AND\" IS NOT NULL)", &["my \"A\" AND"]),
            ("((b <> ') OR '::text) AND (a IS NOT NULL))", &["a"]),
            ("((b <> E'\\\\\\') OR '::text) AND (a IS NOT NULL))", &["a"]),
            ("(VALUE IS NOT NULL)", &["VALUE"]),
        ] {
            assert_eq!(columns(check), expected, "{check}");
        }
    }

    #[test]
    fn what_may_be_null_is_not_among_them() {
        for check in [
            "((a IS NOT NULL) OR (b IS NOT NULL))",
            "(a IS NULL)",
            "(NOT (a IS NOT NULL))",
            "(a > 0)",
            "(lower(a) IS NOT NULL)",
            "((a || b) IS NOT NULL)",
            "(COALESCE(a, b) IS NOT NULL)",
            "((a IS NOT NULL) = (b IS NOT NULL))",
            "((a IS NOT NULL) IS TRUE)",
            "CASE WHEN (b > 0) THEN b > 1 AND a IS NOT NULL AND true ELSE true END",
            "(num_nonnulls(a, b) = 1)",
            "((a)[1] IS NOT NULL)",
            "((a).b IS NOT NULL)",
            "",
        ] {
            assert_eq!(columns(check), [""; 0], "{check}");
        }
    }
}
