//! Which columns views and functions search for something within them: `name ILIKE '%' || $1 || '%'`.
//!
//! Their text is looked at word by word, because a body of PL/pgSQL is no statement. A column counts only where it can be
//! but one of the tables that the text names.

use std::collections::BTreeMap;

use sqlparser::keywords::Keyword;
use sqlparser::tokenizer::Token;

use crate::catalog::{Catalog, QName};
use crate::sql::parse::tokens;

/// How many letters or digits on end a constant has to have for trigrams to find it.
const LETTERS: usize = 3;

/// The relations that a text names, and each name in a schema of ours alone.
pub(super) struct Known<'a> {
    by_name: BTreeMap<&'a str, Vec<&'a QName>>,
}

impl<'a> Known<'a> {
    /// Those of a catalog.
    pub(super) fn of(catalog: &'a Catalog) -> Self {
        let mut by_name = BTreeMap::<_, Vec<_>>::new();
        for relation in &catalog.relations {
            if catalog.own_schema(&relation.name.schema).is_some() {
                by_name
                    .entry(relation.name.name.as_str())
                    .or_default()
                    .push(&relation.name);
            }
        }
        Self { by_name }
    }

    fn find(&self, schema: Option<&str>, name: &str) -> Option<&'a QName> {
        let mut found = self.by_name.get(name)?.iter();
        match schema {
            Some(schema) => found.find(|found| found.schema == schema).copied(),
            None => found.next().filter(|_| found.next().is_none()).copied(),
        }
    }
}

/// The columns that the text searches, each with its relation. `has` says whether a relation has a column.
pub(super) fn searched<'a>(
    text: &str,
    known: &Known<'a>,
    has: impl Fn(&QName, &str) -> bool,
) -> Vec<(&'a QName, String)> {
    let lower = text.to_ascii_lowercase();
    if !lower.contains('%') || !["like", "~~"].iter().any(|word| lower.contains(word)) {
        return Vec::new();
    }
    let Some(tokens) = tokens(text) else { return Vec::new() };
    let named = named(&tokens, known);
    let operators = (0..tokens.len()).filter(|&at| is_operator(&tokens[at]) && begins_anywhere(&tokens[at + 1..]));
    let columns = operators.filter_map(|at| column(&tokens[..at]));
    let found = columns.filter_map(|(qualifier, column)| {
        let is_meant = |(alias, relation): &&(String, &'a QName)| {
            qualifier.as_ref().is_none_or(|qualifier| qualifier == alias) && has(relation, &column)
        };
        let mut meant = named.iter().filter(is_meant).map(|(_, relation)| *relation);
        let first = meant.next()?;
        meant.all(|other| other == first).then_some((first, column))
    });
    found.collect()
}

fn is_operator(token: &Token) -> bool {
    matches!(token, Token::DoubleTilde | Token::DoubleTildeAsterisk)
        || [Keyword::LIKE, Keyword::ILIKE].contains(&keyword(token))
}

/// Whether what stands behind the operator is a pattern that may begin anywhere.
fn begins_anywhere(rest: &[Token]) -> bool {
    let mut rest = rest.iter().skip_while(|token| **token == Token::LParen);
    let Some(mut first) = rest.next() else { return false };
    let is_call = word(first).is_some_and(|word| ["concat", "format"].contains(&word.as_str()));
    if is_call {
        match (rest.next(), rest.next()) {
            (Some(Token::LParen), Some(argument)) => first = argument,
            _ => return false,
        }
    }
    let (Token::SingleQuotedString(text) | Token::EscapedStringLiteral(text)) = first else {
        return false;
    };
    // The server writes the type of a constant.
    let mut rest =
        rest.skip_while(|token| **token == Token::DoubleColon || word(token).is_some_and(|word| word == "text"));
    let goes_on = is_call || rest.next() == Some(&Token::StringConcat);
    let longest = text
        .split(|sign: char| !sign.is_alphanumeric())
        .map(|run| run.chars().count());
    text.starts_with('%') && (goes_on || longest.max() >= Some(LETTERS))
}

/// The column that stands before the operator, alone or as text.
fn column(before: &[Token]) -> Option<(Option<String>, String)> {
    const BEFORE: [Keyword; 7] = [
        Keyword::WHERE,
        Keyword::AND,
        Keyword::OR,
        Keyword::ON,
        Keyword::WHEN,
        Keyword::HAVING,
        Keyword::SELECT,
    ];
    let mut before = before;
    if let [rest @ .., Token::DoubleColon, cast] = before
        && word(cast).is_some_and(|cast| cast == "text")
    {
        before = rest;
    }
    if let [rest @ .., Token::RParen] = before {
        let open = rest.iter().rposition(|token| *token == Token::LParen)?;
        // What is called is another value than the column.
        let is_called = open > 0 && matches!(&rest[open - 1], Token::Word(word) if !BEFORE.contains(&word.keyword));
        if is_called || rest.len() - open > 4 {
            return None;
        }
        before = &rest[open + 1..];
    }
    match before {
        [.., schema, Token::Period, table, Token::Period, column] if word(schema).is_some() => {
            Some((Some(word(table)?), word(column)?))
        }
        [.., qualifier, Token::Period, column] => Some((Some(word(qualifier)?), word(column)?)),
        [.., column] => Some((None, word(column)?)),
        [] => None,
    }
}

/// What the text calls the relations that it reads, with each.
fn named<'a>(tokens: &[Token], known: &Known<'a>) -> Vec<(String, &'a QName)> {
    const BEFORE: [Keyword; 5] = [
        Keyword::FROM,
        Keyword::JOIN,
        Keyword::ONLY,
        Keyword::UPDATE,
        Keyword::INTO,
    ];
    let mut named = Vec::new();
    for at in 1..tokens.len() {
        let before = &tokens[at - 1];
        let may_be_one = matches!(before, Token::Comma | Token::LParen) || BEFORE.contains(&keyword(before));
        let Some(first) = word(&tokens[at]).filter(|_| may_be_one) else {
            continue;
        };
        let (relation, name, mut next) = match &tokens[at + 1..] {
            [Token::Period, second, ..] => match word(second) {
                Some(second) => (known.find(Some(&first), &second), second, at + 3),
                None => continue,
            },
            _ => (known.find(None, &first), first, at + 1),
        };
        let Some(relation) = relation else { continue };
        if tokens.get(next).is_some_and(|token| keyword(token) == Keyword::AS) {
            next += 1;
        }
        let alias = tokens.get(next).filter(|token| keyword(token) == Keyword::NoKeyword);
        named.push((alias.and_then(word).unwrap_or(name), relation));
    }
    named
}

fn keyword(token: &Token) -> Keyword {
    match token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    }
}

fn word(token: &Token) -> Option<String> {
    match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        Token::Word(word) => Some(word.value.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_is_searched_where_a_pattern_may_begin_anywhere() {
        let names = [QName::new("public", "notes"), QName::new("public", "users")];
        let known = Known {
            by_name: names.iter().map(|name| (name.name.as_str(), vec![name])).collect(),
        };
        let has = |relation: &QName, column: &str| match relation.name.as_str() {
            "notes" => ["id", "body", "Title"].contains(&column),
            _ => ["id", "name"].contains(&column),
        };
        let of = |text: &str| {
            let found = searched(text, &known, has).into_iter();
            found
                .map(|(table, column)| format!("{}.{column}", table.name))
                .collect::<Vec<_>>()
                .join(", ")
        };
        for (text, wanted) in [
            ("select * from notes where body ilike '%' || q || '%'", "notes.body"),
            (
                "select from public.notes n join users u on true where n.body like '%abc%' and u.name ilike concat('%', q)",
                "notes.body, users.name",
            ),
            (
                "SELECT n.id FROM public.notes n WHERE ((n.\"Title\")::text ~~* (('%'::text || q) || '%'::text))",
                "notes.Title",
            ),
            (
                "begin return query select * from notes where notes.body ilike format('%%%s%%', q); end",
                "notes.body",
            ),
            ("SELECT id FROM notes WHERE (body ~~ '%abc%'::text)", "notes.body"),
            // The beginning is known, too few letters are, or none is asked for.
            ("select * from notes where body like q || '%'", ""),
            ("select * from notes where body like 'abc%'", ""),
            ("select * from notes where body like '%a%'", ""),
            ("select * from notes where body not like '%abc%'", ""),
            // Another value than the column, no column, or one of two.
            ("select * from notes where lower(body) like '%abc%'", ""),
            ("select * from notes where q like '%abc%'", ""),
            ("select * from notes, users where id like '%abc%'", ""),
            ("select * from elsewhere.notes where body like '%abc%'", ""),
        ] {
            assert_eq!(of(text), wanted, "{text}");
        }
    }
}
