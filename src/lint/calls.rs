//! Which functions the text of a body calls. PostgreSQL keeps no account of it, and neither does it look before it runs.

use std::iter::Peekable;
use std::str::Chars;
use std::sync::OnceLock;

/// The text of a body, which is read when somebody asks for its calls.
#[derive(Clone, Debug)]
pub(super) struct Text {
    text: String,
    calls: OnceLock<Vec<Call>>,
}

impl Text {
    pub(super) fn new(text: String) -> Self {
        let calls = OnceLock::new();
        Self { text, calls }
    }

    pub(super) fn calls(&self) -> &[Call] {
        self.calls.get_or_init(|| calls(&self.text))
    }
}

/// A function that is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) schema: Option<String>,
    pub(super) name: String,
    /// How many arguments it is given.
    pub(super) arguments: usize,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    /// What stands for itself: a dot, a comma, a bracket.
    Sign(char),
    Constant,
}

/// The calls in a body, whatever its language takes for one: names with parentheses behind them. Constants and comments
/// are not looked into.
fn calls(body: &str) -> Vec<Call> {
    let tokens = tokens(body);
    let mut calls = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let [Token::Word(name), Token::Sign('(')] = pair else {
            continue;
        };
        let (schema, before) = match &tokens[..at] {
            [before @ .., Token::Word(schema), Token::Sign('.')] => (Some(schema.clone()), before.last()),
            before => (None, before.last()),
        };
        // `INSERT INTO name (…)` is no call.
        if before != Some(&Token::Word("into".to_owned())) {
            calls.push(Call {
                schema,
                name: name.clone(),
                arguments: arguments(&tokens[at + 1..]),
            });
        }
    }
    calls
}

/// How many arguments stand in the parentheses that the tokens begin with.
fn arguments(tokens: &[Token]) -> usize {
    let mut depth = 0;
    let mut commas = 0;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Sign('(' | '[') => depth += 1,
            Token::Sign(')' | ']') => depth -= 1,
            Token::Sign(',') if depth == 1 => commas += 1,
            _ => {}
        }
        if depth == 0 {
            return if at == 1 { 0 } else { commas + 1 };
        }
    }
    commas + 1
}

fn tokens(body: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = body.chars().peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '-' if rest.next_if_eq(&'-').is_some() => while rest.next().is_some_and(|sign| sign != '\n') {},
            '/' if rest.next_if_eq(&'*').is_some() => skip_comment(&mut rest),
            '\'' => {
                quoted(&mut rest, '\'', false);
                tokens.push(Token::Constant);
            }
            '"' => tokens.push(Token::Word(quoted(&mut rest, '"', false))),
            sign if sign.is_alphanumeric() || sign == '_' => {
                let mut word = String::from(sign);
                while let Some(next) = rest.next_if(|sign| sign.is_alphanumeric() || matches!(sign, '_' | '$')) {
                    word.push(next);
                }
                let word = word.to_lowercase();
                if word == "e" && rest.next_if_eq(&'\'').is_some() {
                    quoted(&mut rest, '\'', true);
                    tokens.push(Token::Constant);
                } else {
                    tokens.push(Token::Word(word));
                }
            }
            sign if sign.is_whitespace() => {}
            sign => tokens.push(Token::Sign(sign)),
        }
    }
    tokens
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) {
    let mut depth = 1;
    while depth > 0
        && let Some(sign) = rest.next()
    {
        match sign {
            '*' if rest.next_if_eq(&'/').is_some() => depth -= 1,
            '/' if rest.next_if_eq(&'*').is_some() => depth += 1,
            _ => {}
        }
    }
}

/// What stands between quotes, the first of which is behind.
fn quoted(rest: &mut Peekable<Chars<'_>>, quote: char, has_escapes: bool) -> String {
    let mut text = String::new();
    while let Some(sign) = rest.next() {
        match sign {
            '\\' if has_escapes => text.extend(rest.next()),
            sign if sign == quote && rest.next_if_eq(&quote).is_none() => return text,
            sign => text.push(sign),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(body: &str) -> Vec<String> {
        let calls = calls(body).into_iter();
        let said = calls.map(|call| match call.schema {
            Some(schema) => format!("{schema}.{}/{}", call.name, call.arguments),
            None => format!("{}/{}", call.name, call.arguments),
        });
        said.collect()
    }

    #[test]
    fn names_with_parentheses_are_calls() {
        for (body, expected) in [
            ("select a.f(1, (2, 3), array[4, 5])", vec!["a.f/3"]),
            ("begin perform F (); return g(h(x), y); end", vec!["f/0", "g/2", "h/1"]),
            ("select \"A b\".\"F\"(1)", vec!["A b.F/1"]),
            ("insert into f (a, b) select 1, 2", vec![]),
            ("insert into a.f (a) select 1", vec![]),
            ("select 'f(1)', e'\\'f(2)', g(3)", vec!["g/1"]),
            ("-- f(1)\nselect /* f(2) /* f(3) */ */ g('a,b')", vec!["g/1"]),
            ("select f from g where x in (1, 2)", vec!["in/2"]),
        ] {
            assert_eq!(said(body), expected, "{body}");
        }
    }
}
