//! What an expression always comes to, whatever the row: three-valued logic over what is known of the caller, the
//! columns and the functions.

mod logic;

use sqlparser::ast::{
    BinaryOperator, Expr, FunctionArguments, GroupByExpr, SelectItem, SetExpr, Statement, UnaryOperator,
};

use self::logic::{Value, and, boolean, compared, is, is_null, is_present, known, like, literal, not, or};
use super::expressions::{self, Call, call, strip, wrapped};
use crate::access::claims::{Claims, Source};
use crate::catalog::lookup::RelationRef;
use crate::catalog::routine::{Body, Routine};
use crate::catalog::{Catalog, Name, QName};

/// How many functions within functions are followed.
const DEPTH: usize = 4;

/// Who runs the query.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Caller<'a> {
    /// The role; `None` for whoever it may be.
    pub(super) role: Option<&'a Name>,
    /// Whether the request has a user; `None` where that is not known.
    pub(super) signed_in: Option<bool>,
    /// Whether the request brings no claims at all, and no setting of the application's is set.
    pub(super) is_bare: bool,
}

/// What an expression is worked out with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope<'a> {
    /// Where functions and columns are looked up.
    pub(super) catalog: &'a Catalog,
    /// How the user is asked for.
    pub(super) claims: &'a Claims,
    /// The table of users.
    pub(super) users: Option<&'a QName>,
    /// The table whose row is looked at.
    pub(super) table: Option<RelationRef<'a>>,
    /// Who runs the query.
    pub(super) caller: Caller<'a>,
    /// Whether a column that is compared with itself is taken for equal although it may be NULL.
    pub(super) ignores_null: bool,
}

impl Scope<'_> {
    /// Whether the expression is true for every row.
    pub(super) fn is_always_true(&self, expr: &Expr) -> bool {
        self.value(expr, 0) == Value::Bool(true)
    }

    /// Whether the expression is false, or NULL, for every row.
    pub(super) fn is_never_true(&self, expr: &Expr) -> bool {
        matches!(self.value(expr, 0), Value::Bool(false) | Value::Null)
    }

    /// Whether the expression is the key of the user who sends the request, or another mark of who that is.
    pub(super) fn is_user(&self, expr: &Expr) -> bool {
        self.is_user_within(expr, 0)
    }

    fn is_user_within(&self, expr: &Expr, depth: usize) -> bool {
        let expr = strip(expr);
        if let Some(call) = call(expr) {
            let first = || {
                call.arguments
                    .first()
                    .is_some_and(|first| self.is_user_within(first, depth))
            };
            if ["nullif", "coalesce", "lower"].iter().any(|name| call.is_builtin(name)) {
                return first();
            }
            if call.is("auth", "uid") || call.is("auth", "email") || self.is_user_setting(&call) {
                return true;
            }
            if let Source::Function(name) = &self.claims.source
                && call.is(&name.schema, &name.name)
            {
                return true;
            }
            return depth < DEPTH
                && call.arguments.is_empty()
                && self
                    .routine(&call)
                    .and_then(result)
                    .is_some_and(|result| self.is_user_within(&result, depth + 1));
        }
        claim(expr).is_some_and(|claim| ["sub", "email", "user_id"].contains(&claim.as_str()))
    }

    /// `current_setting('app.current_user_id', …)`.
    fn is_user_setting(&self, call: &Call<'_>) -> bool {
        let Some(name) = setting(call) else { return false };
        match &self.claims.source {
            Source::Setting(user) => user == name,
            _ => name == "request.jwt.claim.sub",
        }
    }

    fn value(&self, expr: &Expr, depth: usize) -> Value {
        match expr {
            Expr::Nested(inner) | Expr::Cast { expr: inner, .. } | Expr::Collate { expr: inner, .. } => {
                let value = self.value(inner, depth);
                // A constant that becomes a boolean: 't'::boolean.
                match (expr, value) {
                    (Expr::Cast { data_type, .. }, Value::Constant(text))
                        if data_type.to_string().eq_ignore_ascii_case("boolean") =>
                    {
                        boolean(&text)
                    }
                    (_, value) => value,
                }
            }
            Expr::Value(value) => literal(&value.value),
            Expr::Subquery(query) => match wrapped(query) {
                Some(inner) => self.value(inner, depth),
                None if counts(query) => Value::Present,
                None => Value::Unknown,
            },
            Expr::Exists { subquery, negated } => {
                let found = match expressions::select(subquery) {
                    Some(select) if select.from.is_empty() => match &select.selection {
                        None => Value::Bool(true),
                        Some(condition) => known(self.value(condition, depth)),
                    },
                    _ if self.finds_user(subquery, None) => Value::Bool(true),
                    _ => Value::Unknown,
                };
                if *negated { not(found) } else { found }
            }
            Expr::UnaryOp {
                op: UnaryOperator::Not,
                expr,
            } => not(self.value(expr, depth)),
            Expr::UnaryOp {
                op: UnaryOperator::Minus,
                expr,
            } => match self.value(expr, depth) {
                Value::Constant(text) => Value::Constant(format!("-{text}")),
                other => other,
            },
            Expr::IsTrue(inner) => is(self.value(inner, depth), true),
            Expr::IsNotTrue(inner) => not(is(self.value(inner, depth), true)),
            Expr::IsFalse(inner) => is(self.value(inner, depth), false),
            Expr::IsNotFalse(inner) => not(is(self.value(inner, depth), false)),
            Expr::IsNull(inner) | Expr::IsUnknown(inner) => is_null(self.value(inner, depth)),
            Expr::IsNotNull(inner) | Expr::IsNotUnknown(inner) => not(is_null(self.value(inner, depth))),
            Expr::IsNotDistinctFrom(left, right) => self.same(left, right, depth),
            Expr::IsDistinctFrom(left, right) => not(self.same(left, right, depth)),
            Expr::BinaryOp { left, op, right } => self.binary(left, op, right, depth),
            Expr::InList { expr, list, negated } => {
                let found = self.among(expr, list, depth);
                if *negated { not(found) } else { found }
            }
            Expr::AnyOp {
                left,
                compare_op: BinaryOperator::Eq,
                right,
                ..
            } => match strip(right) {
                Expr::Array(array) => self.among(left, &array.elem, depth),
                Expr::Subquery(query) if self.is_user(left) && self.finds_user(query, Some(())) => Value::Bool(true),
                _ => Value::Unknown,
            },
            Expr::InSubquery {
                expr,
                subquery,
                negated: false,
            } if self.is_user(expr) && self.finds_user(subquery, Some(())) => Value::Bool(true),
            Expr::Between {
                expr,
                negated: false,
                low,
                high,
            } => {
                let low = self.binary(expr, &BinaryOperator::GtEq, low, depth);
                and(low, self.binary(expr, &BinaryOperator::LtEq, high, depth))
            }
            Expr::Case {
                operand: None,
                conditions,
                else_result,
                ..
            } => {
                let mut results = Vec::new();
                for when in conditions {
                    let condition = self.value(&when.condition, depth);
                    if !matches!(condition, Value::Bool(false) | Value::Null) {
                        results.push(self.value(&when.result, depth));
                    }
                    if condition == Value::Bool(true) {
                        return agreed(&results);
                    }
                }
                results.push(match else_result {
                    Some(result) => self.value(result, depth),
                    None => Value::Null,
                });
                agreed(&results)
            }
            Expr::Identifier(name) => self.column(&name.value),
            Expr::CompoundIdentifier(parts) => match (parts.as_slice(), self.table) {
                ([relation, column], Some(table)) if relation.value == table.row.name.name => {
                    self.column(&column.value)
                }
                _ => Value::Unknown,
            },
            Expr::Function(function) => match call(expr) {
                Some(call) => {
                    let has_arguments = !matches!(function.args, FunctionArguments::None);
                    self.called(&call, has_arguments, depth)
                }
                None => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    fn binary(&self, left: &Expr, op: &BinaryOperator, right: &Expr, depth: usize) -> Value {
        use BinaryOperator::{And, Eq, Gt, GtEq, Lt, LtEq, NotEq, Or, PGLikeMatch};
        match op {
            And => return and(self.value(left, depth), self.value(right, depth)),
            Or => return or(self.value(left, depth), self.value(right, depth)),
            BinaryOperator::LongArrow | BinaryOperator::Arrow => return self.claimed(left, right, depth),
            _ => {}
        }
        let sides = (self.value(left, depth), self.value(right, depth));
        if sides.0 == Value::Null || sides.1 == Value::Null {
            return Value::Null;
        }
        if *op == PGLikeMatch {
            return match &sides {
                (value, Value::Constant(pattern)) if pattern == "%" && is_present(value) => Value::Bool(true),
                (Value::Constant(text), Value::Constant(pattern)) => like(text, pattern),
                _ => Value::Unknown,
            };
        }
        if let (Value::Constant(a), Value::Constant(b)) = &sides {
            return compared(a, op, b);
        }
        if let (Value::Bool(a), Value::Bool(b)) = &sides {
            return match op {
                Eq => Value::Bool(a == b),
                NotEq => Value::Bool(a != b),
                _ => Value::Unknown,
            };
        }
        // A length is never negative.
        if matches!((op, &sides.1), (GtEq, Value::Constant(zero)) if zero == "0")
            && is_present(&sides.0)
            && is_length(left)
        {
            return Value::Bool(true);
        }
        // No constant is everybody's key: what is not it lets all others through.
        let is_key = |expr, value: &Value, other: &Value| {
            *value == Value::Present && matches!(other, Value::Constant(_)) && self.is_user(expr)
        };
        if *op == NotEq && (is_key(left, &sides.0, &sides.1) || is_key(right, &sides.1, &sides.0)) {
            return Value::Bool(true);
        }
        let is_column = matches!(strip(left), Expr::Identifier(_) | Expr::CompoundIdentifier(_));
        let is_itself = (is_present(&sides.0) || self.ignores_null && is_column)
            && self.settled(left, depth) == self.settled(right, depth)
            && is_steady(left);
        match op {
            Eq | LtEq | GtEq if is_itself => Value::Bool(true),
            NotEq | Lt | Gt if is_itself => Value::Bool(false),
            Eq | NotEq | Lt | LtEq | Gt | GtEq if is_present(&sides.0) && is_present(&sides.1) => Value::Present,
            _ => Value::Unknown,
        }
    }

    /// The expression as text, without what decides nothing: `coalesce` around what is not NULL, and its arguments that are.
    fn settled(&self, expr: &Expr, depth: usize) -> String {
        let expr = strip(expr);
        let Some(call) = call(expr).filter(|call| call.is_builtin("coalesce")) else {
            return expr.to_string();
        };
        let mut left = Vec::new();
        for argument in call.arguments {
            let value = self.value(argument, depth);
            if value == Value::Null {
                continue;
            }
            left.push(self.settled(argument, depth));
            if is_present(&value) {
                break;
            }
        }
        match left.as_slice() {
            [only] => only.clone(),
            left => format!("coalesce({})", left.join(", ")),
        }
    }

    /// `IS NOT DISTINCT FROM`.
    fn same(&self, left: &Expr, right: &Expr, depth: usize) -> Value {
        if strip(left).to_string() == strip(right).to_string() && is_steady(left) {
            return Value::Bool(true);
        }
        match (self.value(left, depth), self.value(right, depth)) {
            (Value::Null, Value::Null) => Value::Bool(true),
            (Value::Null, other) | (other, Value::Null) if is_present(&other) => Value::Bool(false),
            (Value::Constant(a), Value::Constant(b)) => compared(&a, &BinaryOperator::Eq, &b),
            (Value::Bool(a), Value::Bool(b)) => Value::Bool(a == b),
            _ => Value::Unknown,
        }
    }

    fn among(&self, expr: &Expr, list: &[Expr], depth: usize) -> Value {
        let has = |wanted| list.iter().any(|item| self.value(item, depth) == Value::Bool(wanted));
        if is_present(&self.value(expr, depth)) && has(true) && has(false) {
            return Value::Bool(true);
        }
        let each = list
            .iter()
            .map(|item| self.binary(expr, &BinaryOperator::Eq, item, depth));
        each.fold(Value::Bool(false), or)
    }

    /// `claims -> 'x'` and `claims ->> 'x'`, and what is taken out of that in turn.
    fn claimed(&self, claims: &Expr, key: &Expr, depth: usize) -> Value {
        if !is_claims(claims) {
            return match self.caller.is_bare && self.value(claims, depth) == Value::Null {
                true => Value::Null,
                false => Value::Unknown,
            };
        }
        let is_supabase = matches!(self.claims.source, Source::Supabase);
        match (expressions::text(key), self.caller.signed_in) {
            (Some("sub"), signed_in) => self.user_value(signed_in),
            (Some("role"), _) => self.role_value(),
            (Some("aud"), Some(true)) if is_supabase => Value::Constant("authenticated".to_owned()),
            _ if self.caller.is_bare => Value::Null,
            _ => Value::Unknown,
        }
    }

    fn user_value(&self, signed_in: Option<bool>) -> Value {
        match signed_in {
            Some(true) => Value::Present,
            Some(false) => Value::Null,
            None => Value::Unknown,
        }
    }

    fn role_value(&self) -> Value {
        match self.caller.role {
            Some(role) => Value::Constant(role.to_string()),
            None => Value::Unknown,
        }
    }

    fn called(&self, call: &Call<'_>, has_arguments: bool, depth: usize) -> Value {
        if !has_arguments
            && ["current_user", "current_role", "user"]
                .iter()
                .any(|name| call.is_builtin(name))
        {
            return self.role_value();
        }
        if call.is("auth", "role") {
            return self.role_value();
        }
        if call.is("auth", "jwt") && self.caller.signed_in == Some(true) {
            return Value::Present;
        }
        if call.is("auth", "uid") || self.is_user_setting(call) {
            return self.user_value(self.caller.signed_in);
        }
        if self.caller.is_bare && setting(call).is_some_and(|name| name.contains('.') && !name.starts_with("request."))
        {
            return Value::Null;
        }
        if let Source::Function(name) = &self.claims.source
            && call.is(&name.schema, &name.name)
        {
            return self.user_value(self.caller.signed_in);
        }
        let arguments = || call.arguments.iter().map(|argument| self.value(argument, depth));
        if call.is_builtin("coalesce") {
            let mut left = arguments().filter(|value| *value != Value::Null);
            return match left.next() {
                None => Value::Null,
                Some(first) if first != Value::Unknown => first,
                Some(_) if left.any(|value| is_present(&value)) => Value::Present,
                Some(_) => Value::Unknown,
            };
        }
        if call.is_builtin("nullif") {
            return match (call.arguments.first(), arguments().next()) {
                (Some(first), Some(value)) if self.is_user(first) || value == Value::Null => value,
                _ => Value::Unknown,
            };
        }
        if [
            "now",
            "clock_timestamp",
            "current_timestamp",
            "current_date",
            "gen_random_uuid",
        ]
        .iter()
        .any(|name| call.is_builtin(name))
        {
            return Value::Present;
        }
        if LENGTHS.iter().any(|name| call.is_builtin(name)) {
            return match arguments().next() {
                Some(value) if is_present(&value) => Value::Present,
                _ => Value::Unknown,
            };
        }
        if depth >= DEPTH {
            return Value::Unknown;
        }
        let Some(result) = self.routine(call).and_then(result) else {
            return Value::Unknown;
        };
        // What it says of columns is of its own arguments and tables.
        Self { table: None, ..*self }.value(&result, depth + 1)
    }

    /// The routine that is called, where there is one of this name and number of arguments.
    pub(super) fn routine(&self, call: &Call<'_>) -> Option<&Routine> {
        let name = call.routine()?;
        match self.catalog.routines.group(&name, |row| &row.id.name) {
            [only] => Some(only),
            _ => None,
        }
    }

    fn column(&self, name: &str) -> Value {
        let column = self.table.and_then(|table| table.column(&name.into()));
        match column {
            Some(column) if column.not_null => Value::Present,
            _ => Value::Unknown,
        }
    }

    /// Whether a query finds the caller in the table of users: whoever is signed in is there. With `listed` the query
    /// lists users' keys instead.
    fn finds_user(&self, query: &sqlparser::ast::Query, listed: Option<()>) -> bool {
        let (Some(users), Some(true), Some(select)) = (self.users, self.caller.signed_in, expressions::select(query))
        else {
            return false;
        };
        let read = expressions::relations(query);
        if read != [(Some(users.schema.clone()), users.name.clone())] {
            return false;
        }
        match (&select.selection, listed) {
            (None, _) => true,
            (Some(_), Some(())) => false,
            (Some(condition), None) => {
                expressions::equality(condition).is_some_and(|(left, right)| self.is_user(left) || self.is_user(right))
            }
        }
    }
}

/// Functions whose results are never negative, nor NULL where the argument is not.
const LENGTHS: [&str; 6] = [
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "cardinality",
    "abs",
];

/// Whether the expression is a number that is never negative.
fn is_length(expr: &Expr) -> bool {
    match strip(expr) {
        Expr::Subquery(query) => counts(query),
        other => call(other).is_some_and(|call| LENGTHS.iter().any(|name| call.is_builtin(name))),
    }
}

/// Whether a query counts rows: it always gives one number.
fn counts(query: &sqlparser::ast::Query) -> bool {
    let projected = expressions::select(query).filter(|select| {
        matches!(&select.group_by, GroupByExpr::Expressions(keys, _) if keys.is_empty()) && select.having.is_none()
    });
    match projected.map(|select| select.projection.as_slice()) {
        Some([SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }]) => {
            call(expr).is_some_and(|call| call.is_builtin("count"))
        }
        _ => false,
    }
}

/// What all the results are, where they are the same.
fn agreed(results: &[Value]) -> Value {
    match results {
        [first, others @ ..] if others.iter().all(|other| other == first) => first.clone(),
        _ => Value::Unknown,
    }
}

/// The one expression that a function of SQL or PL/pgSQL gives back, whatever its arguments.
pub(in crate::access) fn result(routine: &Routine) -> Option<Expr> {
    match (&routine.body, routine.language.as_str()) {
        (Body::Source(source), "sql") => {
            let statements = expressions::parse_statements(source)?;
            match statements.as_slice() {
                [Statement::Query(query)] => match query.body.as_ref() {
                    SetExpr::Select(_) => wrapped(query).cloned(),
                    _ => None,
                },
                _ => None,
            }
        }
        (Body::Sql(body), _) => {
            let body = body.trim();
            let returned = body.strip_prefix("RETURN ").map(str::to_owned);
            expressions::parse(&returned?)
        }
        (Body::Source(source), "plpgsql") => {
            let body = source.trim().trim_end_matches(';').trim();
            let inner = strip_word(body, "begin")?;
            let inner = strip_word_at_end(inner, "end")?.trim().trim_end_matches(';');
            expressions::parse(strip_word(inner, "return")?)
        }
        _ => None,
    }
}

fn strip_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let text = text.trim_start();
    let head = text.get(..word.len())?;
    let rest = &text[word.len()..];
    (head.eq_ignore_ascii_case(word) && rest.starts_with(|next: char| next.is_whitespace() || next == '('))
        .then_some(rest)
}

fn strip_word_at_end<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let at = text.len().checked_sub(word.len())?;
    let tail = text.get(at..)?;
    tail.eq_ignore_ascii_case(word).then_some(&text[..at])
}

/// The claim that `claims ->> 'x'` takes.
pub(super) fn claim(expr: &Expr) -> Option<String> {
    match strip(expr) {
        Expr::BinaryOp {
            left,
            op: BinaryOperator::LongArrow | BinaryOperator::Arrow,
            right,
        } if is_claims(left) => expressions::text(right).map(str::to_owned),
        _ => None,
    }
}

/// Whether the expression is all claims of the request's token.
pub(in crate::access) fn is_claims(expr: &Expr) -> bool {
    let Some(call) = call(strip(expr)) else { return false };
    if call.is_builtin("nullif") || call.is_builtin("coalesce") {
        return call.arguments.first().is_some_and(|first| is_claims(first));
    }
    call.is("auth", "jwt") || setting(&call) == Some("request.jwt.claims")
}

/// The setting that `current_setting` reads.
pub(in crate::access) fn setting<'e>(call: &Call<'e>) -> Option<&'e str> {
    let name = call.arguments.first().filter(|_| call.is_builtin("current_setting"))?;
    expressions::text(name)
}

/// Whether the expression comes to the same each time within a statement.
fn is_steady(expr: &Expr) -> bool {
    !expressions::any(expr, |part| {
        call(part).is_some_and(|call| {
            ["random", "clock_timestamp", "gen_random_uuid", "nextval"]
                .iter()
                .any(|name| call.is_builtin(name))
        })
    })
}
