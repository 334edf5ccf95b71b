//! Expressions and statements as trees, as far as `sqlparser` reads PostgreSQL's.

use sqlparser::ast::{Expr, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

/// Reads an expression; `None` where it cannot be read.
pub(crate) fn parse(text: &str) -> Option<Expr> {
    let mut parser = Parser::new(&PostgreSqlDialect {}).with_tokens(tokens(text)?);
    let expr = parser.parse_expr().ok()?;
    (parser.peek_token().token == Token::EOF).then_some(expr)
}

/// Reads statements; `None` where they cannot be read.
pub(crate) fn parse_statements(text: &str) -> Option<Vec<Statement>> {
    Parser::parse_sql(&PostgreSqlDialect {}, text).ok()
}

/// The tokens of a text without white space and comments, and with what the parser does not know as what it does:
/// `TRIM(BOTH FROM x)` as `TRIM(x)`, and `f(VARIADIC x)` as `f(x)`.
pub(crate) fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize().ok()?;
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    let keyword = |token: &Token| match token {
        Token::Word(word) => word.keyword,
        _ => Keyword::NoKeyword,
    };
    let mut was_open = false;
    tokens.retain(|token| {
        let is_first = std::mem::replace(&mut was_open, matches!(token, Token::LParen | Token::Comma));
        !(is_first && keyword(token) == Keyword::VARIADIC)
    });
    let mut at = 0;
    while at + 3 < tokens.len() {
        let side = [Keyword::BOTH, Keyword::LEADING, Keyword::TRAILING].contains(&keyword(&tokens[at + 2]));
        if keyword(&tokens[at]) == Keyword::TRIM && side && keyword(&tokens[at + 3]) == Keyword::FROM {
            tokens.drain(at + 2..at + 4);
        }
        at += 1;
    }
    Some(tokens)
}
