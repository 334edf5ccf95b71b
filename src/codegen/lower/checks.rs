//! CHECK expressions, as far as every language can say them.
//!
//! Each conjunct of a check is a demand of its own; those that are not understood are left to the database, so that no
//! value is refused which the database takes. A check lets NULL pass unless it says `IS NOT NULL`, which [`super::present`]
//! reads.

use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, UnaryOperator, Value,
};

use super::pattern;
use crate::codegen::model::Rule;
use crate::sql::parse::parse;

/// What one conjunct demands of one column.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Demand {
    /// The column; `VALUE` in a domain's check.
    pub(super) column: String,
    /// The types that the column is cast to before it is compared, in capitals.
    pub(super) casts: Vec<String>,
    /// What the value, as it is, follows.
    pub(super) rule: Rule,
}

/// The demands of a check, as `pg_get_expr` gives it; nothing where it cannot be read.
pub(super) fn read(expression: &str) -> Vec<Demand> {
    let mut demands = Vec::new();
    if let Some(parsed) = parse(expression) {
        conjuncts(&parsed, &mut demands);
    }
    demands
}

fn conjuncts(expr: &Expr, demands: &mut Vec<Demand>) {
    match expr {
        Expr::Nested(inner) => conjuncts(inner, demands),
        Expr::BinaryOp {
            left,
            op: BinaryOperator::And,
            right,
        } => {
            conjuncts(left, demands);
            conjuncts(right, demands);
        }
        _ => demands.extend(demand(expr)),
    }
}

fn demand(expr: &Expr) -> Option<Demand> {
    let (subject, rule) = match expr {
        Expr::BinaryOp { left, op, right } => comparison(left, op, right)?,
        Expr::AnyOp {
            left,
            compare_op: BinaryOperator::Eq,
            right,
            ..
        } => (column(left)?, one_of(right)?),
        _ => return None,
    };
    Some(Demand {
        column: subject.column,
        casts: subject.casts,
        rule,
    })
}

/// What is compared: a column, as it is or cast.
struct Subject {
    column: String,
    casts: Vec<String>,
}

fn comparison(left: &Expr, op: &BinaryOperator, right: &Expr) -> Option<(Subject, Rule)> {
    if let Some(column) = column(left) {
        return value_rule(op, right).map(|rule| (column, rule));
    }
    if let Some(column) = column(right) {
        return value_rule(&mirrored(op)?, left).map(|rule| (column, rule));
    }
    if let Some((column, measure)) = measured(left) {
        return measure_rule(measure, op, right).map(|rule| (column, rule));
    }
    let (column, measure) = measured(right)?;
    measure_rule(measure, &mirrored(op)?, left).map(|rule| (column, rule))
}

/// The operator with its sides exchanged.
fn mirrored(op: &BinaryOperator) -> Option<BinaryOperator> {
    Some(match op {
        BinaryOperator::Lt => BinaryOperator::Gt,
        BinaryOperator::LtEq => BinaryOperator::GtEq,
        BinaryOperator::Gt => BinaryOperator::Lt,
        BinaryOperator::GtEq => BinaryOperator::LtEq,
        BinaryOperator::Eq => BinaryOperator::Eq,
        BinaryOperator::NotEq => BinaryOperator::NotEq,
        _ => return None,
    })
}

/// `column op constant`.
fn value_rule(op: &BinaryOperator, constant: &Expr) -> Option<Rule> {
    let constant = constant_of(constant)?;
    Some(match (op, constant) {
        (BinaryOperator::PGRegexMatch, Constant::Text(text)) => Rule::Matches {
            pattern: pattern::portable(&text)?,
            ignore_case: false,
        },
        (BinaryOperator::PGRegexIMatch, Constant::Text(text)) => Rule::Matches {
            pattern: pattern::portable(&text)?,
            ignore_case: true,
        },
        (BinaryOperator::NotEq, Constant::Text(text)) if text.is_empty() => Rule::MinLength(1),
        (BinaryOperator::Eq, Constant::Text(text)) => Rule::OneOf(vec![text]),
        (BinaryOperator::Eq, Constant::Number(number)) => Rule::OneOfNumbers(vec![number]),
        (BinaryOperator::Gt, constant) => Rule::Min {
            bound: constant.number()?,
            exclusive: true,
        },
        (BinaryOperator::GtEq, constant) => Rule::Min {
            bound: constant.number()?,
            exclusive: false,
        },
        (BinaryOperator::Lt, constant) => Rule::Max {
            bound: constant.number()?,
            exclusive: true,
        },
        (BinaryOperator::LtEq, constant) => Rule::Max {
            bound: constant.number()?,
            exclusive: false,
        },
        _ => return None,
    })
}

/// What a function measures of a column.
#[derive(Clone, Copy)]
enum Measure {
    /// The number of characters.
    Characters,
    /// The number of characters of the trimmed text: no more than that of the text.
    TrimmedCharacters,
    /// The number of elements.
    Items,
    /// The trimmed text itself.
    Trimmed,
}

/// `length(column)` and the like.
fn measured(expr: &Expr) -> Option<(Subject, Measure)> {
    let expr = uncast(expr);
    if let Some(trimmed) = trimmed(expr) {
        return Some((column(trimmed)?, Measure::Trimmed));
    }
    let Expr::Function(function) = expr else { return None };
    let name = function.name.0.last()?.as_ident()?.value.to_ascii_lowercase();
    let [argument] = arguments(function)?[..] else {
        return None;
    };
    match name.as_str() {
        "length" | "char_length" | "character_length" => match trimmed(uncast(argument)) {
            Some(inner) => Some((column(inner)?, Measure::TrimmedCharacters)),
            None => Some((column(argument)?, Measure::Characters)),
        },
        "cardinality" => Some((column(argument)?, Measure::Items)),
        _ => None,
    }
}

/// What is trimmed of blanks.
fn trimmed(expr: &Expr) -> Option<&Expr> {
    match expr {
        Expr::Trim {
            expr,
            trim_what: None,
            trim_characters: None,
            ..
        } => Some(expr),
        Expr::Function(function) => {
            let name = function.name.0.last()?.as_ident()?.value.to_ascii_lowercase();
            let [argument] = arguments(function)?[..] else {
                return None;
            };
            matches!(name.as_str(), "btrim" | "ltrim" | "rtrim").then_some(argument)
        }
        _ => None,
    }
}

fn arguments(function: &Function) -> Option<Vec<&Expr>> {
    let FunctionArguments::List(list) = &function.args else {
        return None;
    };
    list.args
        .iter()
        .map(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expr)) => Some(expr),
            _ => None,
        })
        .collect()
}

fn measure_rule(measure: Measure, op: &BinaryOperator, constant: &Expr) -> Option<Rule> {
    let constant = constant_of(constant)?;
    if let Measure::Trimmed = measure {
        let empty = matches!(&constant, Constant::Text(text) if text.is_empty());
        return (matches!(op, BinaryOperator::NotEq) && empty).then_some(Rule::MinLength(1));
    }
    let number: u64 = constant.number()?.parse().ok()?;
    let least = |bound: u64| match measure {
        // All dimensions count, but a language counts the outer one alone.
        Measure::Items => Rule::MinItems(bound.min(1)),
        _ => Rule::MinLength(bound),
    };
    let most = |bound: u64| match measure {
        Measure::Items => Rule::MaxItems(bound),
        _ => Rule::MaxLength(bound),
    };
    Some(match op {
        BinaryOperator::Gt => least(number.checked_add(1)?),
        BinaryOperator::GtEq => least(number),
        _ if matches!(measure, Measure::TrimmedCharacters) => return None,
        BinaryOperator::Lt => most(number.checked_sub(1)?),
        BinaryOperator::LtEq => most(number),
        _ => return None,
    })
}

/// `ARRAY['a'::text, 'b'::text]`, or such an array behind casts.
fn one_of(list: &Expr) -> Option<Rule> {
    let Expr::Array(array) = uncast(list) else { return None };
    let constants: Vec<Constant> = array.elem.iter().map(constant_of).collect::<Option<_>>()?;
    let texts: Option<Vec<String>> = constants
        .iter()
        .map(|constant| constant.text().map(str::to_owned))
        .collect();
    match texts {
        Some(texts) => Some(Rule::OneOf(texts)),
        None => constants
            .iter()
            .map(Constant::number)
            .collect::<Option<_>>()
            .map(Rule::OneOfNumbers),
    }
}

fn column(expr: &Expr) -> Option<Subject> {
    let mut casts = Vec::new();
    let mut expr = unwrapped(expr);
    while let Expr::Cast {
        expr: inner, data_type, ..
    } = expr
    {
        casts.push(data_type.to_string().to_ascii_uppercase());
        expr = unwrapped(inner);
    }
    match expr {
        Expr::Identifier(name) => Some(Subject {
            column: name.value.clone(),
            casts,
        }),
        _ => None,
    }
}

/// The expression without parentheses.
fn unwrapped(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) => unwrapped(inner),
        other => other,
    }
}

/// The expression without parentheses and casts.
fn uncast(expr: &Expr) -> &Expr {
    match expr {
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => uncast(inner),
        other => other,
    }
}

enum Constant {
    Text(String),
    Number(String),
}

impl Constant {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(_) => None,
        }
    }

    /// The constant as a number: `'5'::numeric` is one as well.
    fn number(&self) -> Option<String> {
        let (Self::Text(text) | Self::Number(text)) = self;
        let digits = text.strip_prefix('-').unwrap_or(text);
        let number = digits.starts_with(|first: char| first.is_ascii_digit())
            && digits
                .chars()
                .all(|character| character.is_ascii_digit() || character == '.')
            && !digits.ends_with('.');
        number.then(|| text.clone())
    }
}

/// A constant, whose casts must leave it as it is written.
fn constant_of(expr: &Expr) -> Option<Constant> {
    match unwrapped(expr) {
        Expr::Cast { expr, data_type, .. } => {
            let ty = data_type.to_string().to_ascii_uppercase();
            let constant = constant_of(expr)?;
            let is_cut = ty.contains('(');
            let is_rounded =
                matches!(ty.as_str(), "SMALLINT" | "INTEGER" | "BIGINT") && constant.number()?.contains('.');
            (!is_cut && !is_rounded).then_some(constant)
        }
        Expr::Value(value) => match &value.value {
            Value::Number(number, _) => Some(Constant::Number(number.clone())),
            Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => Some(Constant::Text(text.clone())),
            _ => None,
        },
        Expr::UnaryOp {
            op: UnaryOperator::Minus,
            expr,
        } => match constant_of(expr)? {
            Constant::Number(number) => Some(Constant::Number(format!("-{number}"))),
            Constant::Text(_) => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(expression: &str) -> Vec<Rule> {
        read(expression).into_iter().map(|demand| demand.rule).collect()
    }

    fn bound(text: &str) -> String {
        text.to_owned()
    }

    #[test]
    fn comparisons_become_bounds() {
        let expected = vec![
            Rule::Min {
                bound: bound("0"),
                exclusive: false,
            },
            Rule::Max {
                bound: bound("150"),
                exclusive: true,
            },
        ];
        assert_eq!(rules("((age >= 0) AND (age < 150))"), expected);
        assert_eq!(rules("((0 <= age) AND (150 > age))"), expected);
        assert_eq!(
            rules("(price > ('-1.5'::numeric)::double precision)"),
            vec![Rule::Min {
                bound: bound("-1.5"),
                exclusive: true
            }]
        );
        assert_eq!(
            rules("(x > (- 3))"),
            vec![Rule::Min {
                bound: bound("-3"),
                exclusive: true
            }]
        );
    }

    #[test]
    fn lists_lengths_and_presence_are_read() {
        let list = Rule::OneOf(vec![bound("a"), bound("it's")]);
        assert_eq!(
            rules("(kind = ANY (ARRAY['a'::text, 'it''s'::text]))"),
            vec![list.clone()]
        );
        assert_eq!(
            rules("((kind)::text = ANY ((ARRAY['a'::character varying, 'it''s'::character varying])::text[]))"),
            vec![list]
        );
        assert_eq!(
            rules("(n = ANY (ARRAY[1, 2]))"),
            vec![Rule::OneOfNumbers(vec![bound("1"), bound("2")])]
        );
        assert_eq!(rules("(char_length(name) <= 50)"), vec![Rule::MaxLength(50)]);
        assert_eq!(rules("(length((name)::text) > 2)"), vec![Rule::MinLength(3)]);
        assert_eq!(rules("(btrim(name) <> ''::text)"), vec![Rule::MinLength(1)]);
        assert_eq!(rules("(TRIM(BOTH FROM name) <> ''::text)"), vec![Rule::MinLength(1)]);
        assert_eq!(rules("(length(TRIM(BOTH FROM name)) > 3)"), vec![Rule::MinLength(4)]);
        assert_eq!(rules("(cardinality(tags) <= 5)"), vec![Rule::MaxItems(5)]);
        assert_eq!(
            rules("(code ~ '^[A-Z]{3}$'::text)"),
            vec![Rule::Matches {
                pattern: bound("^[A-Z]{3}$"),
                ignore_case: false
            }]
        );
    }

    #[test]
    fn casts_are_told_and_constants_are_taken_as_written() {
        let demands = read("(((code)::character varying(2))::text = 'ab'::text)");
        assert_eq!(demands[0].casts, ["TEXT", "CHARACTER VARYING(2)"]);
        assert_eq!(rules("(code = ('abc'::character varying(2))::text)"), vec![]);
        assert_eq!(rules("(n <= (99.6)::integer)"), vec![]);
    }

    #[test]
    fn what_is_not_understood_demands_nothing() {
        for expression in [
            "((a > 0) OR (b > 0))",
            "(starts_at < ends_at)",
            "(length(btrim(name)) < 3)",
            "(NOT (a > 0))",
            "(a > now())",
            "lower(a) = a",
            "not sql at all (",
        ] {
            assert_eq!(rules(expression), vec![], "{expression}");
        }
    }
}
