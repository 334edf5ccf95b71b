//! Values for parameters: those that were logged, or such as the statistics say are usual for the columns that they are
//! compared with.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, Expr, LimitClause, Query, Statement, TableFactor, Value, Visit as _, Visitor};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::keywords::Keyword;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use super::lab::{ColumnFacts, Lab};
use super::prepare::folded;
use crate::catalog::{Name, QName};
use crate::sql::typed;
use crate::{Error, Result};

/// Where the values of a statement come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Values {
    /// They stand in it.
    #[default]
    Constant,
    /// They were logged beside it.
    Logged,
    /// They were made up.
    MadeUp,
}

/// The statement with values in place of its parameters: a common one, and one in the middle, where the column that they
/// are compared with is known and they have to be made up.
///
/// # Errors
/// Where the server cannot say what types they have.
pub(super) async fn filled(
    lab: &mut Lab,
    sql: &str,
    settings: &[String],
    values: Option<&[Option<String>]>,
) -> Result<(Vec<String>, Values)> {
    let Some(tokens) = tokens(sql) else {
        return match sql.contains('$') {
            true => Err(Error::new("its parameters cannot be told from the rest")),
            false => Ok((vec![sql.to_owned()], Values::Constant)),
        };
    };
    let highest = tokens.iter().filter_map(number).max().unwrap_or(0);
    if highest == 0 {
        return Ok((vec![sql.to_owned()], Values::Constant));
    }
    let tokens = reshaped(tokens);
    let sql = text(&tokens, &|_| None);
    let types = lab.parameter_types(&sql, settings).await;
    let types = types.map_err(|refused| refused.error)?;
    let of_type = |number: usize| types.get(number - 1).map_or("text", String::as_str);
    if let Some(values) = values {
        let filled = text(&tokens, &|number| {
            let value = values.get(number - 1)?;
            Some(typed(value.as_deref(), of_type(number)))
        });
        return Ok((vec![filled], Values::Logged));
    }
    let uses = uses(&sql);
    let variant = |is_common: bool| {
        text(&tokens, &|number| {
            let kind = of_type(number);
            let value = match uses.get(&number) {
                Some(Use::Compared { column, test }) => {
                    let facts = find(lab, column);
                    facts.and_then(|facts| value(facts, *test, is_common, kind))
                }
                Some(Use::Limit) => Some("20".to_owned()),
                Some(Use::Offset) => Some("0".to_owned()),
                None => None,
            };
            let value = value.or_else(|| any(lab, kind));
            Some(typed(value.as_deref(), kind))
        })
    };
    let mut texts = vec![variant(false)];
    let common = variant(true);
    if !texts.contains(&common) {
        texts.push(common);
    }
    Ok((texts, Values::MadeUp))
}

/// The value in the middle of a column's; `None` where it has not been analysed.
pub(super) fn middle(facts: &ColumnFacts) -> Option<String> {
    let bounds = facts.histogram();
    let common = facts.common();
    let middle = bounds.get(bounds.len() / 2).cloned();
    middle.or_else(|| common.get(common.len() / 2).map(|(value, _)| value.clone()))
}

/// What a parameter is for.
#[derive(Clone, Debug, PartialEq)]
enum Use {
    /// It is compared with a column of one of these tables.
    Compared { column: (Vec<QName>, Name), test: Compare },
    /// It says how many rows.
    Limit,
    /// It says how many rows are left out.
    Offset,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Compare {
    Equal,
    Below,
    Above,
    /// A text that it begins with.
    Like,
    /// A text that is in it somewhere.
    Within,
}

/// What each parameter is for, as far as it can be seen.
fn uses(sql: &str) -> BTreeMap<usize, Use> {
    let mut reader = Reader::default();
    if let Ok(statements) = Parser::parse_sql(&PostgreSqlDialect {}, sql) {
        let _ = statements.visit(&mut reader);
    }
    let Reader {
        tables,
        compared,
        mut found,
    } = reader;
    for (number, qualifier, column, test) in compared {
        let candidates = match &qualifier {
            Some(alias) => tables
                .iter()
                .filter(|(known, _)| known == alias)
                .map(|(_, table)| table.clone())
                .collect(),
            None => tables.iter().map(|(_, table)| table.clone()).collect::<Vec<_>>(),
        };
        let column = (candidates, column);
        found.entry(number).or_insert(Use::Compared { column, test });
    }
    found
}

#[derive(Default)]
struct Reader {
    /// Aliases, and what they stand for; the schema is empty where it is not said.
    tables: Vec<(Name, QName)>,
    compared: Vec<(usize, Option<Name>, Name, Compare)>,
    found: BTreeMap<usize, Use>,
}

impl Visitor for Reader {
    type Break = ();

    fn pre_visit_statement(&mut self, statement: &Statement) -> ControlFlow<()> {
        if let Statement::Insert(insert) = statement {
            self.name(&insert.table.to_string(), None);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, .. } = factor {
            let alias = alias
                .as_ref()
                .map(|alias| folded(&alias.name.value, alias.name.quote_style.is_some()));
            self.name(&name.to_string(), alias);
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_query(&mut self, query: &Query) -> ControlFlow<()> {
        if let Some(LimitClause::LimitOffset { limit, offset, .. }) = &query.limit_clause {
            let limit = limit.as_ref().and_then(parameter);
            let offset = offset.as_ref().and_then(|offset| parameter(&offset.value));
            self.found.extend(limit.map(|number| (number, Use::Limit)));
            self.found.extend(offset.map(|number| (number, Use::Offset)));
        }
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        let mut compare = |column: &Expr, value: &Expr, test: Compare| {
            if let (Some((qualifier, column)), Some(number)) = (column_of(column), parameter(value)) {
                self.compared.push((number, qualifier, column, test));
            }
        };
        match expr {
            Expr::BinaryOp { left, op, right } => {
                let (test, turned) = match op {
                    BinaryOperator::Lt | BinaryOperator::LtEq => (Compare::Below, Compare::Above),
                    BinaryOperator::Gt | BinaryOperator::GtEq => (Compare::Above, Compare::Below),
                    BinaryOperator::Eq
                    | BinaryOperator::NotEq
                    | BinaryOperator::AtArrow
                    | BinaryOperator::ArrowAt
                    | BinaryOperator::PGOverlap => (Compare::Equal, Compare::Equal),
                    BinaryOperator::PGLikeMatch => (Compare::Like, Compare::Like),
                    BinaryOperator::PGILikeMatch => (Compare::Within, Compare::Within),
                    // `a -> $1` says nothing of what is in `a`.
                    _ => return ControlFlow::Continue(()),
                };
                compare(left, right, test);
                compare(right, left, turned);
            }
            Expr::Like { expr, pattern, .. } => compare(expr, pattern, Compare::Like),
            Expr::ILike { expr, pattern, .. } => compare(expr, pattern, Compare::Within),
            Expr::Between { expr, low, high, .. } => {
                compare(expr, low, Compare::Above);
                compare(expr, high, Compare::Below);
            }
            Expr::InList { expr, list, .. } => list.iter().for_each(|value| compare(expr, value, Compare::Equal)),
            Expr::AnyOp { left, right, .. } => compare(left, right, Compare::Equal),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Reader {
    fn name(&mut self, name: &str, alias: Option<Name>) {
        let parts = crate::sql::split_name(name).unwrap_or_default();
        let table = match &parts[..] {
            [schema, name] => QName::new(schema.as_str(), name.as_str()),
            [name] => QName::new("", name.as_str()),
            _ => return,
        };
        self.tables.push((alias.unwrap_or_else(|| table.name.clone()), table));
    }
}

/// A column, with the alias before it.
fn column_of(expr: &Expr) -> Option<(Option<Name>, Name)> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => column_of(inner),
        Expr::Function(function) => {
            // What is compared with `lower(x)` looks like an `x`.
            let text = function.args.to_string();
            let inner = text.trim_start_matches('(').trim_end_matches(')');
            let parsed = Parser::new(&PostgreSqlDialect {})
                .try_with_sql(inner)
                .ok()?
                .parse_expr()
                .ok()?;
            matches!(parsed, Expr::Identifier(_) | Expr::CompoundIdentifier(_))
                .then(|| column_of(&parsed))
                .flatten()
        }
        Expr::Identifier(ident) => Some((None, folded(&ident.value, ident.quote_style.is_some()))),
        Expr::CompoundIdentifier(parts) => {
            let mut names = parts
                .iter()
                .rev()
                .map(|ident| folded(&ident.value, ident.quote_style.is_some()));
            let column = names.next()?;
            Some((names.next(), column))
        }
        _ => None,
    }
}

fn parameter(expr: &Expr) -> Option<usize> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => parameter(inner),
        Expr::Function(function) => {
            let text = function.args.to_string();
            text.trim_matches(['(', ')']).strip_prefix('$')?.parse().ok()
        }
        Expr::Value(value) => match &value.value {
            Value::Placeholder(text) => text.strip_prefix('$')?.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

fn find<'l>(lab: &'l Lab, (tables, column): &(Vec<QName>, Name)) -> Option<&'l ColumnFacts> {
    let all = || lab.columns.iter().filter(|((_, name), _)| name == column);
    let fits = |wanted: &QName, table: &QName| {
        wanted.name == table.name && (wanted.schema.is_empty() || wanted.schema == table.schema)
    };
    tables.iter().find_map(|wanted| {
        all()
            .find(|((table, _), _)| fits(wanted, table))
            .map(|(_, facts)| facts)
    })
}

/// A usual value of a column: what is looked for beyond a value is the newest or the oldest part.
fn value(facts: &ColumnFacts, test: Compare, is_common: bool, kind: &str) -> Option<String> {
    let bounds = facts.histogram();
    let common = facts.common();
    let at = |part: f64| {
        let place = (bounds.len() as f64 * part) as usize;
        bounds.get(place.min(bounds.len().saturating_sub(1))).cloned()
    };
    let most = common
        .first()
        .filter(|_| is_common || bounds.is_empty())
        .map(|(value, _)| value.clone());
    let value = match test {
        Compare::Equal => most.or_else(|| at(0.5)),
        Compare::Above => at(0.9).or(most),
        Compare::Below => at(0.95).or(most),
        Compare::Like => most.or_else(|| at(0.5)).map(|value| format!("{}%", part_of(&value, 0))),
        Compare::Within => most
            .or_else(|| at(0.5))
            .map(|value| format!("%{}%", part_of(&value, value.chars().count() / 2))),
    }?;
    let is_list = kind.ends_with("[]") && !facts.data_type.ends_with("[]");
    Some(match is_list {
        true => format!("{{\"{}\"}}", value.replace('\\', "\\\\").replace('"', "\\\"")),
        false => value,
    })
}

/// A few letters of a value from `start` on, without those that mean something in a pattern.
fn part_of(value: &str, start: usize) -> String {
    let letters = value.chars().skip(start).take(5);
    letters.filter(|letter| !matches!(letter, '%' | '_' | '\\')).collect()
}

/// Some value of a type: one that a column of the type has, where not every type of its kind has the same. `None` where
/// none is known.
fn any(lab: &Lab, kind: &str) -> Option<String> {
    let value = match kind {
        "uuid" => "00000000-0000-0000-0000-000000000000",
        "boolean" => "true",
        "json" | "jsonb" => "{}",
        "bytea" | "text" | "character varying" | "character" | "name" | "\"char\"" => "x",
        "date" | "timestamp with time zone" | "timestamp without time zone" => "2024-01-01",
        "time without time zone" | "time with time zone" => "12:00",
        "interval" => "1 day",
        "inet" | "cidr" => "10.0.0.1",
        "regconfig" => "pg_catalog.english",
        "smallint" | "integer" | "bigint" | "numeric" | "real" | "double precision" | "oid" | "money" => "1",
        _ if kind.ends_with("[]") => "{}",
        _ if kind.ends_with("range") => "empty",
        _ => {
            let is_same = |data_type: &str| data_type == kind || data_type.rsplit('.').next() == Some(kind);
            let mut same = lab.columns.values().filter(|facts| is_same(&facts.data_type));
            return same.find_map(middle);
        }
    };
    Some(value.to_owned())
}

pub(super) fn tokens(sql: &str) -> Option<Vec<Token>> {
    Tokenizer::new(&PostgreSqlDialect {}, sql)
        .with_unescape(false)
        .tokenize()
        .ok()
}

pub(super) fn number(token: &Token) -> Option<usize> {
    match token {
        Token::Placeholder(text) => text.strip_prefix('$')?.parse().ok().filter(|number| *number > 0),
        _ => None,
    }
}

/// `interval $1`, as `pg_stat_statements` writes what was `interval '1 day'`, as `$1::interval`, which can be parsed.
fn reshaped(tokens: Vec<Token>) -> Vec<Token> {
    let mut shaped = Vec::<Token>::with_capacity(tokens.len());
    for token in tokens {
        let at = shaped.iter().rposition(|token| !matches!(token, Token::Whitespace(_)));
        let typed = at
            .filter(|_| number(&token).is_some())
            .and_then(|at| match &shaped[at] {
                Token::Word(word)
                    if matches!(
                        word.keyword,
                        Keyword::INTERVAL | Keyword::DATE | Keyword::TIMESTAMP | Keyword::TIMESTAMPTZ | Keyword::TIME
                    ) =>
                {
                    Some((at, shaped[at].clone()))
                }
                _ => None,
            });
        match typed {
            Some((at, kind)) => {
                shaped.truncate(at);
                shaped.extend([token, Token::DoubleColon, kind]);
            }
            None => shaped.push(token),
        }
    }
    shaped
}

/// The statement with something else in place of its parameters.
fn text(tokens: &[Token], value: &dyn Fn(usize) -> Option<String>) -> String {
    let mut text = String::new();
    for token in tokens {
        match number(token).and_then(value) {
            Some(value) => text.push_str(&value),
            None => text.push_str(&token.to_string()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_traced_to_their_columns() {
        let uses = uses(
            "select * from app.orders o join users u on u.id = o.user_id \
             where o.status = $1 and total > $2 and lower(u.email) = lower($3) \
             and o.info ->> $6 = $7 limit $4 offset $5",
        );
        let compared = |number: usize| match &uses[&number] {
            Use::Compared { column, test } => (column.0.clone(), column.1.to_string(), *test),
            other => panic!("{other:?}"),
        };
        let orders = QName::new("app", "orders");
        assert_eq!(compared(1), (vec![orders.clone()], "status".to_owned(), Compare::Equal));
        assert_eq!(compared(2).1, "total");
        assert_eq!(compared(2).2, Compare::Above);
        assert_eq!(
            compared(3),
            (vec![QName::new("", "users")], "email".to_owned(), Compare::Equal)
        );
        assert_eq!((&uses[&4], &uses[&5]), (&Use::Limit, &Use::Offset));
        assert_eq!(uses.get(&6), None, "a key of an object is no object");
    }

    #[test]
    fn typed_parameters_can_be_parsed() {
        let tokens = reshaped(tokens("select now() - interval $1, 'it''s $2'").unwrap());
        assert_eq!(text(&tokens, &|_| None), "select now() - $1::interval, 'it''s $2'");
        assert_eq!(
            text(&tokens, &|_| Some("'1 day'".to_owned())),
            "select now() - '1 day'::interval, 'it''s $2'"
        );
    }
}
