//! What the conditions of a plan demand of which columns.
//!
//! A verbose plan writes every column with its relation's alias. What is not understood is left out: an index is chosen
//! by the planner's cost, and what is read here only says which ones to try.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, CastKind, DataType, Expr, Ident, UnaryOperator, Value, visit_expressions};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

use crate::catalog::Name;
use crate::sql::keyword_safe;

/// What an index has in one place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// A column.
    Column(Name),
    /// An expression of columns, in parentheses where it needs them.
    Expression(String),
}

/// How a condition looks for rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Test {
    /// One value.
    Equal,
    /// The value of a row of another relation.
    Joined,
    /// One of several values.
    Listed,
    /// What is before or after a value.
    Ranged,
    /// What begins with a text.
    Prefix,
    /// What has a text in it.
    Within,
    /// What has an element: `@>`, `&&`, `@@`, `?`.
    Has {
        /// Whether `?` asks, which the smaller operator class of jsonb does not answer.
        key: bool,
    },
}

/// A demand on one column or expression of one relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Condition {
    /// The relation's alias.
    pub(super) alias: String,
    /// What is looked at.
    pub(super) key: Key,
    /// How.
    pub(super) test: Test,
}

/// A condition with nothing but constants, which a partial index could have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Fixed {
    /// The relation's alias.
    pub(super) alias: String,
    /// The columns.
    pub(super) columns: Vec<Name>,
    /// The condition, without the alias.
    pub(super) text: String,
    /// The value that it compares with, if it does.
    pub(super) compares: bool,
}

/// Everything that one condition of a plan says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Demands {
    /// What indexes can look for.
    pub(super) conditions: Vec<Condition>,
    /// What they can be limited to.
    pub(super) fixed: Vec<Fixed>,
    /// What is looked for in several ways, of which one is enough: one condition for each way, all of one relation.
    pub(super) either: Vec<Vec<Condition>>,
}

/// Reads a condition as a plan shows it. `is_text` says whether a column is of a type whose values are text's, so that
/// its cast to text changes nothing.
pub(super) fn read(text: &str, is_text: &dyn Fn(&str, &str) -> bool) -> Demands {
    let mut demands = Demands::default();
    if let Some(expr) = parse(text) {
        take(&expr, is_text, &mut demands);
    }
    demands
}

/// The relation and the key of one entry of a sort or group key.
pub(super) fn key(text: &str, is_text: &dyn Fn(&str, &str) -> bool) -> Option<(String, Key)> {
    key_of(&parse(text)?, is_text)
}

/// The columns that a text of a plan names, with their aliases; `None` for whole rows.
pub(super) fn references(text: &str) -> Vec<(String, Option<Name>)> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text)
        .tokenize()
        .unwrap_or_default();
    let mut found = Vec::new();
    for window in tokens.windows(3) {
        match window {
            [Token::Word(alias), Token::Period, Token::Word(column)] => {
                found.push((alias.value.clone(), Some(Name::from(column.value.as_str()))));
            }
            [Token::Word(alias), Token::Period, Token::Mul] => found.push((alias.value.clone(), None)),
            _ => {}
        }
    }
    found
}

/// The words of a text that could be columns, which the output of a plan of one relation names without it.
pub(super) fn bare_names(text: &str) -> Vec<Name> {
    let tokens = Tokenizer::new(&PostgreSqlDialect {}, text)
        .tokenize()
        .unwrap_or_default();
    let found = tokens.iter().enumerate().filter_map(|(at, token)| match token {
        Token::Word(word) => {
            let is_next = |token: &Token| tokens.get(at + 1) == Some(token);
            let is_qualified = at > 0 && tokens[at - 1] == Token::Period;
            (!is_qualified && !is_next(&Token::Period) && !is_next(&Token::LParen)).then(|| word.value.as_str().into())
        }
        _ => None,
    });
    found.collect()
}

/// Parses what a plan shows. What stands for a part of the plan (`(hashed SubPlan 1)`) becomes a parameter.
fn parse(text: &str) -> Option<Expr> {
    let mut tokens = Tokenizer::new(&PostgreSqlDialect {}, text).tokenize().ok()?;
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    let is_plan = |token: &Token| matches!(token, Token::Word(word) if matches!(&*word.value, "SubPlan" | "InitPlan"));
    while let Some(at) = tokens.iter().position(is_plan) {
        let start = tokens[..at].iter().rposition(|token| *token == Token::LParen)?;
        let mut end = at + tokens[at..].iter().position(|token| *token == Token::RParen)?;
        if tokens.get(end + 1) == Some(&Token::Period) {
            end += 2;
        }
        tokens.splice(start..=end, [Token::Placeholder("$0".to_owned())]);
    }
    Parser::new(&PostgreSqlDialect {}).with_tokens(tokens).parse_expr().ok()
}

fn take(expr: &Expr, is_text: &dyn Fn(&str, &str) -> bool, demands: &mut Demands) {
    match expr {
        Expr::Nested(inner) => take(inner, is_text, demands),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            take(left, is_text, demands);
            take(right, is_text, demands);
        }
        // Each arm can be looked for alone, and what is found put together.
        Expr::BinaryOp {
            op: BinaryOperator::Or, ..
        } => {
            let arms = arms_of(expr).into_iter().map(|arm| {
                let mut demands = Demands::default();
                take(arm, is_text, &mut demands);
                demands.conditions
            });
            let arms = arms.collect::<Vec<_>>();
            demands.either.extend(ways(&arms));
            demands
                .conditions
                .extend(arms.into_iter().flatten().map(|condition| Condition {
                    test: match condition.test {
                        Test::Equal => Test::Listed,
                        test => test,
                    },
                    ..condition
                }));
        }
        _ => {
            demands.conditions.extend(conditions(expr, is_text));
            demands.fixed.extend(fixed(expr));
        }
    }
}

/// One condition of each arm, where every arm has one of the same relation, and not all are of one key.
fn ways(arms: &[Vec<Condition>]) -> Option<Vec<Condition>> {
    let alias = &arms.first()?.first()?.alias;
    let ways = arms
        .iter()
        .map(|arm| arm.iter().find(|condition| condition.alias == *alias).cloned());
    let mut ways = ways.collect::<Option<Vec<_>>>()?;
    ways.sort();
    ways.dedup_by(|a, b| a.key == b.key);
    (ways.len() > 1).then_some(ways)
}

fn arms_of(expr: &Expr) -> Vec<&Expr> {
    match expr {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Or,
            right,
        } => [arms_of(left), arms_of(right)].concat(),
        Expr::Nested(inner) => arms_of(inner),
        _ => vec![expr],
    }
}

/// What one comparison looks for; a join looks at both sides.
fn conditions(expr: &Expr, is_text: &dyn Fn(&str, &str) -> bool) -> Vec<Condition> {
    let mut found = Vec::new();
    let mut look = |subject: &Expr, other: Option<&Expr>, test: Test| {
        let Some((alias, key)) = key_of(subject, is_text) else {
            return;
        };
        let others = other.map(aliases).unwrap_or_default();
        let test = match test {
            Test::Equal if !others.is_empty() => Test::Joined,
            test => test,
        };
        if !others.contains(&alias) {
            found.push(Condition { alias, key, test });
        }
    };
    match expr {
        Expr::BinaryOp { left, op, right } => {
            let ranged = matches!(
                op,
                BinaryOperator::Lt | BinaryOperator::LtEq | BinaryOperator::Gt | BinaryOperator::GtEq
            );
            match op {
                BinaryOperator::Eq => {
                    look(left, Some(right), Test::Equal);
                    look(right, Some(left), Test::Equal);
                }
                _ if ranged => match (row(left), row(right)) {
                    (Some(left), Some(right)) => {
                        look(left, Some(right), Test::Ranged);
                        look(right, Some(left), Test::Ranged);
                    }
                    _ => {
                        look(left, Some(right), Test::Ranged);
                        look(right, Some(left), Test::Ranged);
                    }
                },
                BinaryOperator::PGLikeMatch => look(left, Some(right), pattern(right)),
                BinaryOperator::PGILikeMatch => look(left, Some(right), Test::Within),
                BinaryOperator::AtArrow
                | BinaryOperator::PGOverlap
                | BinaryOperator::AtAt
                | BinaryOperator::ArrowAt => {
                    look(left, Some(right), Test::Has { key: false });
                }
                BinaryOperator::Question | BinaryOperator::QuestionAnd | BinaryOperator::QuestionPipe => {
                    look(left, Some(right), Test::Has { key: true });
                }
                _ => {}
            }
        }
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } => look(left, Some(right), Test::Listed),
        Expr::IsNull(inner) => look(inner, None, Test::Equal),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } => look(inner, None, Test::Equal),
        Expr::CompoundIdentifier(_) => look(expr, None, Test::Equal),
        _ => {}
    }
    found
}

/// The first value of a row, which decides most.
fn row(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Tuple(values) => values.first(),
        _ => None,
    }
}

/// A pattern that begins with a letter looks for a beginning.
fn pattern(expr: &Expr) -> Test {
    match literal_of(expr) {
        Some(text) if !text.starts_with(['%', '_']) => Test::Prefix,
        _ => Test::Within,
    }
}

fn literal_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => literal_of(inner),
        Expr::Value(value) => match &value.value {
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// What can stand as the condition of a partial index: one relation's columns and constants, nothing that is run.
fn fixed(expr: &Expr) -> Option<Fixed> {
    let constant = |expr: &Expr| literal_of(expr).is_some() || is_number(expr);
    let column = |expr: &Expr| -> Option<(String, Name)> {
        match expr {
            Expr::Nested(inner) => plain(inner),
            Expr::Cast { expr: inner, .. } => plain(strip(inner)),
            _ => plain(expr),
        }
    };
    let (subject, compares) = match expr {
        Expr::IsNull(inner) | Expr::IsNotNull(inner) => (column(inner)?, false),
        Expr::UnaryOp {
            op: UnaryOperator::Not,
            expr: inner,
        } => (column(inner)?, false),
        Expr::CompoundIdentifier(_) => (column(expr)?, false),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::Eq | BinaryOperator::NotEq,
            right,
        } if constant(right) => (column(left)?, true),
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } if constant(right) => (column(left)?, true),
        _ => return None,
    };
    Some(Fixed {
        alias: subject.0,
        columns: vec![subject.1],
        text: without_alias(expr),
        compares,
    })
}

fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => is_number(inner),
        Expr::Value(value) => matches!(value.value, Value::Number(..) | Value::Boolean(_)),
        _ => false,
    }
}

fn strip(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => strip(inner),
        _ => expr,
    }
}

/// A column with its alias.
fn plain(expr: &Expr) -> Option<(String, Name)> {
    match expr {
        Expr::Nested(inner) => plain(inner),
        Expr::CompoundIdentifier(parts) => match &parts[..] {
            [alias, column] => Some((alias.value.clone(), Name::from(column.value.as_str()))),
            _ => None,
        },
        _ => None,
    }
}

/// What an index would have for this side of a comparison.
fn key_of(expr: &Expr, is_text: &dyn Fn(&str, &str) -> bool) -> Option<(String, Key)> {
    match expr {
        Expr::Nested(inner) => key_of(inner, is_text),
        Expr::CompoundIdentifier(_) => plain(expr).map(|(alias, column)| (alias, Key::Column(column))),
        Expr::Cast {
            kind: CastKind::DoubleColon,
            expr: inner,
            data_type: DataType::Text,
            ..
        } if plain(inner).is_some_and(|(alias, column)| is_text(&alias, &column)) => key_of(inner, is_text),
        Expr::Function(_)
        | Expr::BinaryOp { .. }
        | Expr::Cast { .. }
        | Expr::Extract { .. }
        | Expr::AtTimeZone { .. }
        | Expr::Substring { .. }
        | Expr::Trim { .. }
        | Expr::Position { .. }
        | Expr::Overlay { .. }
        | Expr::Ceil { .. }
        | Expr::Floor { .. }
        | Expr::Case { .. } => {
            let aliases = aliases(expr);
            let alias = aliases.first().filter(|_| aliases.len() == 1)?;
            let is_parameter = |expr: &Expr| {
                matches!(expr, Expr::Value(value) if matches!(value.value, Value::Placeholder(_)))
                    || matches!(expr, Expr::Subquery(_) | Expr::Exists { .. })
            };
            let has_parameter = visit_expressions(expr, |inner| match is_parameter(inner) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            });
            if has_parameter.is_break() {
                return None;
            }
            let text = without_alias(expr);
            let text = match expr {
                Expr::Function(_) => text,
                _ => format!("({text})"),
            };
            Some((alias.clone(), Key::Expression(text)))
        }
        _ => None,
    }
}

/// The relations whose columns are in an expression.
fn aliases(expr: &Expr) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let _ = visit_expressions(expr, |inner| {
        if let Some((alias, _)) = plain(inner) {
            found.insert(alias);
        }
        ControlFlow::<()>::Continue(())
    });
    found
}

/// The expression as it stands in the definition of an index.
fn without_alias(expr: &Expr) -> String {
    let mut expr = strip(expr).clone();
    let _ = sqlparser::ast::visit_expressions_mut(&mut expr, |inner| {
        if let Some((_, column)) = plain(inner) {
            let name = keyword_safe(&column).to_string();
            *inner = Expr::Identifier(Ident::new(name));
        }
        ControlFlow::<()>::Continue(())
    });
    expr.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let demands = read(text, &|_, column| column == "email");
        let conditions = demands.conditions.iter().map(|condition| {
            let key = match &condition.key {
                Key::Column(column) => column.to_string(),
                Key::Expression(text) => text.clone(),
            };
            format!("{}.{key} {:?}", condition.alias, condition.test)
        });
        let fixed = demands
            .fixed
            .iter()
            .map(|fixed| format!("{} if {}", fixed.alias, fixed.text));
        conditions.chain(fixed).collect()
    }

    #[test]
    fn conjuncts_are_read_one_by_one() {
        assert_eq!(
            shown("((r.return_date IS NULL) AND (i.store_id = 7) AND (r.rental_date > '2022-01-01'::date))"),
            [
                "r.return_date Equal",
                "i.store_id Equal",
                "r.rental_date Ranged",
                "r if return_date IS NULL",
                "i if store_id = 7"
            ]
        );
    }

    #[test]
    fn expressions_with_a_grammar_of_their_own_are_keys() {
        assert_eq!(
            shown("((EXTRACT(month FROM p.born) = '3'::numeric) AND (SUBSTRING(p.code FROM 1 FOR 2) = 'ab'::text))"),
            [
                "p.(EXTRACT(MONTH FROM born)) Equal",
                "p.(SUBSTRING(code FROM 1 FOR 2)) Equal",
            ]
        );
        assert_eq!(
            shown("((p.at AT TIME ZONE 'UTC'::text) > '2024-01-01 00:00:00'::timestamp without time zone)"),
            ["p.(at AT TIME ZONE 'UTC'::TEXT) Ranged"]
        );
    }

    #[test]
    fn joins_are_looked_at_from_both_sides() {
        assert_eq!(shown("(r.a = i.b)"), ["r.a Joined", "i.b Joined"]);
        assert_eq!(shown("(r.a = r.b)"), [""; 0]);
    }

    #[test]
    fn parts_of_the_plan_are_parameters() {
        assert_eq!(
            shown("((hashed SubPlan 1) AND (t.deleted_at IS NULL) AND (t.a = $0))"),
            ["t.deleted_at Equal", "t.a Equal", "t if deleted_at IS NULL"]
        );
        assert_eq!(shown("(t.a = (InitPlan 1).col1)"), ["t.a Equal"]);
        assert_eq!(
            shown("((f.owner_id = $0) OR ((f.v = 'org'::text) AND (hashed SubPlan 1)))"),
            ["f.owner_id Listed", "f.v Listed"]
        );
    }

    #[test]
    fn each_arm_of_an_alternative_has_its_condition() {
        let either = |text: &str| {
            let found = read(text, &|_, _| false).either;
            let groups = found
                .iter()
                .map(|group| group.iter().map(|way| format!("{:?}", way.key)).collect::<Vec<_>>());
            groups.map(|group| group.join(" ")).collect::<Vec<_>>()
        };
        assert_eq!(either("((m.a = 1) OR (m.b = 2))"), ["Column(\"a\") Column(\"b\")"]);
        assert_eq!(either("((m.a = 1) OR (m.a = 2))"), [""; 0], "one index serves both");
        assert_eq!(
            either("((m.a = 1) OR (hashed SubPlan 1))"),
            [""; 0],
            "nothing serves the second"
        );
        assert_eq!(either("((m.a = 1) OR (n.b = 2))"), [""; 0], "of two relations");
    }

    #[test]
    fn expressions_keep_their_text() {
        assert_eq!(shown("(lower(c.name) = 'x'::text)"), ["c.lower(name) Equal"]);
        assert_eq!(
            shown("((p.details ->> 'ref'::text) = 'R1'::text)"),
            ["p.(details ->> 'ref'::TEXT) Equal"]
        );
        assert_eq!(
            shown("((c.email)::text = 'x'::text)"),
            ["c.email Equal", "c if (email)::TEXT = 'x'::TEXT"]
        );
    }

    #[test]
    fn patterns_and_elements_have_their_own_indexes() {
        assert_eq!(shown("(c.n ~~ 'Ln3%'::text)"), ["c.n Prefix"]);
        assert_eq!(shown("(c.n ~~ '%Ln3%'::text)"), ["c.n Within"]);
        assert_eq!(shown("(c.n ~~* 'ln%'::text)"), ["c.n Within"]);
        assert_eq!(shown(r#"(p.d @> '{"a": 1}'::jsonb)"#), ["p.d Has { key: false }"]);
        assert_eq!(shown("(p.d ? 'a'::text)"), ["p.d Has { key: true }"]);
        assert_eq!(
            shown("(t.s = ANY ('{a,b}'::text[]))"),
            ["t.s Listed", "t if s = ANY('{a,b}'::TEXT[])"]
        );
        assert_eq!(shown("(NOT c.active)"), ["c.active Equal", "c if NOT active"]);
    }

    #[test]
    fn references_are_found_in_any_text() {
        let found = references("sum((a.x + b.\"Y\")), (a.*)::text");
        let expected = [
            ("a".to_owned(), Some("x".into())),
            ("b".to_owned(), Some("Y".into())),
            ("a".to_owned(), None),
        ];
        assert_eq!(found, expected);
        assert_eq!(bare_names("sum((x + \"Y\"))"), ["x", "Y"]);
        assert!(bare_names("max(a.x)").is_empty());
    }
}
