//! Which functions a text calls: a function's body, of which PostgreSQL keeps no such account, or an expression of a plan.

use squawk_syntax::{SourceFile, SyntaxToken};

use super::tree;

/// A function that is called.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    /// Its schema, where that is named.
    pub(crate) schema: Option<String>,
    /// Its name, folded.
    pub(crate) name: String,
    /// How many arguments it is given.
    pub(crate) arguments: usize,
}

/// The calls in a text, however little of it is SQL: names with parentheses behind them. Constants and comments are not
/// looked into.
pub(crate) fn calls(text: &str) -> Vec<Call> {
    if !text.contains('(') {
        return Vec::new();
    }
    let tokens = tree::tokens(&SourceFile::parse(text).syntax_node()).collect::<Vec<_>>();
    let tokens = tokens.iter().map(SyntaxToken::text).collect::<Vec<_>>();
    let mut calls = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let Some(name) = name(pair[0]).filter(|_| pair[1] == "(") else {
            continue;
        };
        let (schema, before) = match &tokens[..at] {
            [before @ .., schema, "."] => (self::name(schema), before.last()),
            before => (None, before.last()),
        };
        // `INSERT INTO name (…)` is no call.
        if !before.is_some_and(|word| word.eq_ignore_ascii_case("into")) {
            calls.push(Call {
                schema,
                name,
                arguments: arguments(&tokens[at + 1..]),
            });
        }
    }
    calls
}

/// The name that a word or a quoted name is.
fn name(token: &str) -> Option<String> {
    if let Some(quoted) = token.strip_prefix('"') {
        return Some(quoted.strip_suffix('"')?.replace("\"\"", "\""));
    }
    let is_word = token.starts_with(|sign: char| sign.is_alphabetic() || sign == '_') && !token.ends_with('\'');
    is_word.then(|| token.to_lowercase())
}

/// How many arguments stand in the parentheses that the tokens begin with.
fn arguments(tokens: &[&str]) -> usize {
    let (mut depth, mut commas) = (0, 0);
    for (at, token) in tokens.iter().enumerate() {
        match *token {
            "(" | "[" => depth += 1,
            ")" | "]" => depth -= 1,
            "," if depth == 1 => commas += 1,
            _ => {}
        }
        if depth == 0 {
            return if at == 1 { 0 } else { commas + 1 };
        }
    }
    commas + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<String> {
        let said = calls(text).into_iter().map(|call| match call.schema {
            Some(schema) => format!("{schema}.{}/{}", call.name, call.arguments),
            None => format!("{}/{}", call.name, call.arguments),
        });
        said.collect()
    }

    #[test]
    fn names_with_parentheses_are_calls() {
        for (text, expected) in [
            ("select a.f(1, (2, 3), array[4, 5])", vec!["a.f/3"]),
            ("begin perform F (); return g(h(x), y); end", vec!["f/0", "g/2", "h/1"]),
            (
                "<<outer>> begin x := a . f(1); if f(x) > 1 then end if; end",
                vec!["a.f/1", "f/1"],
            ),
            ("select \"A b\".\"F\"(1)", vec!["A b.F/1"]),
            ("(app.\"F\"(a, g(b, c[1, 2])) = now())", vec!["app.F/2", "g/2", "now/0"]),
            ("insert into f (a, b) select 1, 2", vec![]),
            ("insert into a.f (a) select 1", vec![]),
            ("select 'f(1)', e'\\'f(2)', $$f(4)$$, g(3)", vec!["g/1"]),
            ("-- f(1)\nselect /* f(2) /* f(3) */ */ g('a,b')", vec!["g/1"]),
            ("select f from g where x in (1, 2)", vec!["in/2"]),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
