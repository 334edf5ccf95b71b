//! The names in a function's statements that stand for values, as parameters.
//!
//! Whether a name is a column or a variable is asked of the server: what it does not know as a column is one of the
//! function's variables, if there is one of the name. So a column goes before a variable wherever both could be meant, as in
//! SQL functions; PL/pgSQL refuses to run such a statement, unless it is told what to take (PL/pgSQL, Variable Substitution).

use std::collections::BTreeMap;
use std::ops::Range;

use sqlparser::tokenizer::Token;

use super::super::lab::Lab;
use super::super::prepare::folded;
use super::super::typical;
use super::plpgsql::{Declared, Variable};
use crate::catalog::routine::{ArgumentMode, Routine};
use crate::catalog::{Catalog, Name, QName};
use crate::ddl::inner::grouped;
use crate::ddl::qualified;
use crate::sql::parameter;
use crate::{Error, Result};

/// The names that a statement may mean besides columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Names and what they stand for; of two that are the same, the last.
    names: Vec<(Name, Value)>,
    /// What `$1` and so on stand for, and are called; where there is nothing, they are left as they are.
    positions: Vec<(Name, Value)>,
    /// Whether names are variables even where a column has the name, too.
    is_first: bool,
}

/// What a name stands for.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    /// Something of a type that is written so.
    Of(String),
    /// A row of a relation.
    Row(QName, BTreeMap<Name, Name>),
    /// Something of which only the server can say what type it has.
    Any,
    /// Nothing by itself: what stands behind the dot is one of the names.
    Label,
}

impl Scope {
    /// The arguments of a routine.
    pub(super) fn of(routine: &Routine, catalog: &Catalog) -> Self {
        let is_plpgsql = routine.language == "plpgsql";
        let is_known = |mode: ArgumentMode| is_plpgsql || !matches!(mode, ArgumentMode::Out | ArgumentMode::Table);
        let mut scope = Self::default();
        scope.names.push((routine.id.name.name.clone(), Value::Label));
        for argument in routine.arguments.iter().filter(|argument| is_known(argument.mode)) {
            let value = Value::typed(&argument.data_type, &routine.id.name.schema, catalog);
            let unnamed = || parameter(scope.positions.len() + 1, None).into();
            let name = argument.name.clone().unwrap_or_else(unnamed);
            scope.positions.push((name.clone(), value.clone()));
            scope.names.push((name, value));
        }
        if is_plpgsql {
            scope.names.extend(Self::of_block().names);
        }
        scope
    }

    /// What every block of PL/pgSQL knows.
    pub(super) fn of_block() -> Self {
        let known = [("found", "boolean"), ("sqlstate", "text"), ("sqlerrm", "text")];
        let known = known.map(|(name, kind)| (Name::new_static(name), Value::Of(kind.to_owned())));
        Self {
            names: known.into(),
            ..Self::default()
        }
    }

    /// What a trigger's function knows of the row and of why it runs (PL/pgSQL, Trigger Functions).
    pub(super) fn add_trigger(&mut self, table: &QName, catalog: &Catalog) {
        for row in ["new", "old"] {
            self.names.push((Name::new_static(row), Value::row(table, catalog)));
        }
        const TOLD: [(&str, &str); 10] = [
            ("tg_name", "name"),
            ("tg_when", "text"),
            ("tg_level", "text"),
            ("tg_op", "text"),
            ("tg_relid", "oid"),
            ("tg_relname", "name"),
            ("tg_table_name", "name"),
            ("tg_table_schema", "name"),
            ("tg_nargs", "integer"),
            ("tg_argv", "text[]"),
        ];
        for (name, kind) in TOLD {
            self.names.push((Name::new_static(name), Value::Of(kind.to_owned())));
        }
    }

    /// With what is declared in the body of the routine.
    pub(super) fn with<'v>(
        &self,
        variables: impl Iterator<Item = &'v Variable>,
        home: &Name,
        catalog: &Catalog,
    ) -> Self {
        let mut scope = self.clone();
        for variable in variables {
            let value = match &variable.declared {
                Declared::Type(text) => Value::typed(text, home, catalog),
                Declared::LikeRow(path) => {
                    let table = relation(path, home, catalog);
                    table.map_or(Value::Any, |table| Value::row(&table, catalog))
                }
                Declared::LikeColumn(path) => match path.split_last() {
                    Some((column, table)) if !table.is_empty() => {
                        let table = relation(table, home, catalog);
                        table.map_or(Value::Any, |table| Value::column(&table, column, catalog))
                    }
                    _ => path.last().and_then(|name| scope.value(name)).unwrap_or(Value::Any),
                },
                Declared::Alias(name) => {
                    let number = name.strip_prefix('$').and_then(|number| number.parse::<usize>().ok());
                    let position = number.and_then(|number| scope.positions.get(number.checked_sub(1)?));
                    let argument = position.map(|(_, value)| value.clone());
                    argument.or_else(|| scope.value(name)).unwrap_or(Value::Any)
                }
                Declared::Label => Value::Label,
            };
            scope.names.push((variable.name.clone(), value));
        }
        scope
    }

    /// With names before columns.
    pub(super) fn first(mut self) -> Self {
        self.is_first = true;
        self
    }

    fn value(&self, name: &str) -> Option<Value> {
        let known = self.names.iter().rev().find(|(known, _)| known == name);
        known.map(|(_, value)| value.clone())
    }
}

impl Value {
    fn typed(text: &str, home: &Name, catalog: &Catalog) -> Self {
        const UNTOLD: [&str; 8] = [
            "record",
            "anyelement",
            "anyarray",
            "anynonarray",
            "anyenum",
            "anyrange",
            "anycompatible",
            "anycompatiblearray",
        ];
        if UNTOLD.contains(&text.to_ascii_lowercase().as_str()) {
            return Self::Any;
        }
        let parts = crate::sql::split_name(text).unwrap_or_default();
        let parts = parts.into_iter().map(Name::from).collect::<Vec<_>>();
        match relation(&parts, home, catalog) {
            Some(table) => Self::row(&table, catalog),
            None => Self::Of(text.to_owned()),
        }
    }

    fn row(table: &QName, catalog: &Catalog) -> Self {
        let relation = catalog.relation(table);
        let columns = relation.iter().flat_map(|relation| relation.columns());
        let columns = columns.map(|column| (column.name.clone(), column.data_type.clone()));
        Self::Row(table.clone(), columns.collect())
    }

    fn column(table: &QName, column: &Name, catalog: &Catalog) -> Self {
        let relation = catalog.relation(table);
        let column = relation.and_then(|relation| relation.column(column));
        column.map_or(Self::Any, |column| Self::Of(column.data_type.to_string()))
    }
}

/// The relation of a name: what has no schema is looked for where the routine is, then anywhere.
fn relation(path: &[Name], home: &Name, catalog: &Catalog) -> Option<QName> {
    let found = |schema: &Name, name: &Name| {
        let name = QName::new(schema.clone(), name.clone());
        catalog.relation(&name).map(|_| name)
    };
    match path {
        [schema, name] => found(schema, name),
        [name] => found(home, name).or_else(|| {
            let mut all = catalog.relations.iter().filter(|row| row.name.name == *name);
            all.next().map(|row| row.name.clone()).filter(|_| all.next().is_none())
        }),
        _ => None,
    }
}

/// The statement with parameters for what is no column.
///
/// # Errors
/// Where the server does not take it all the same.
pub(super) async fn with_parameters(lab: &mut Lab, sql: &str, settings: &[String], scope: &Scope) -> Result<String> {
    let Some(tokens) = typical::tokens(sql) else {
        return Err(Error::new("its words cannot be told apart"));
    };
    let mut text = Text::new(tokens);
    text.replace_positions(scope);
    if scope.is_first {
        text.replace_all(scope);
    }
    loop {
        let refused = match lab.parameter_types(&text.sql(), settings).await {
            Ok(_) => return Ok(text.sql()),
            Err(refused) => refused,
        };
        let is_replaced = match (refused.code.as_str(), refused.at) {
            // No such column, no such table.
            ("42703" | "42P01", Some(at)) => text.piece_at(at).is_some_and(|at| text.replace(at, scope)),
            // A type that is not to be found out. The number is told in every language.
            ("42P18", _) => text.settle(&refused.error.to_string()),
            _ => false,
        };
        if !is_replaced {
            return Err(refused.error);
        }
    }
}

/// A statement whose pieces are exchanged.
struct Text {
    pieces: Vec<Piece>,
    /// The numbers of the parameters by what they stand for.
    numbers: BTreeMap<String, usize>,
}

struct Piece {
    token: Token,
    text: String,
    is_replaced: bool,
}

impl Text {
    fn new(tokens: Vec<Token>) -> Self {
        let piece = |token: Token| Piece {
            text: token.to_string(),
            token,
            is_replaced: false,
        };
        Self {
            pieces: tokens.into_iter().map(piece).collect(),
            numbers: BTreeMap::new(),
        }
    }

    fn sql(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// The piece that begins behind so many characters.
    fn piece_at(&self, at: usize) -> Option<usize> {
        let mut before = 0;
        self.pieces.iter().position(|piece| {
            let is_here = before == at && !piece.text.is_empty();
            before += piece.text.chars().count();
            is_here
        })
    }

    fn name(&self, at: usize) -> Option<Name> {
        let piece = self.pieces.get(at).filter(|piece| !piece.is_replaced)?;
        match &piece.token {
            Token::Word(word) => Some(folded(&word.value, word.quote_style.is_some())),
            _ => None,
        }
    }

    fn is(&self, at: usize, token: &Token) -> bool {
        self.pieces
            .get(at)
            .is_some_and(|piece| piece.token == *token && !piece.is_replaced)
    }

    /// Puts a parameter in place of the name that begins with a piece; whether it stands for something.
    fn replace(&mut self, at: usize, scope: &Scope) -> bool {
        let Some(first) = self.name(at) else { return false };
        let value = match scope.value(&first) {
            None => return false,
            Some(Value::Label) if self.is(at + 1, &Token::Period) => {
                // What is left of the name is found in its turn.
                let is_known = self.name(at + 2).is_some_and(|name| scope.value(&name).is_some());
                if is_known {
                    self.drop(at..at + 2);
                    return self.replace(at + 2, scope);
                }
                return false;
            }
            Some(Value::Label) => return false,
            Some(value) => value,
        };
        let is_dotted = self.is(at + 1, &Token::Period);
        let (shown, end) = match (&value, self.name(at + 2)) {
            (Value::Row(table, _), _) if is_dotted && self.is(at + 2, &Token::Mul) => {
                let row = self.parameter(&first, Some(&qualified(table)));
                (grouped(&row) + ".*", at + 3)
            }
            (_, Some(field)) if is_dotted => {
                let kind = match &value {
                    Value::Row(_, columns) => columns.get(&field).map(Name::as_str),
                    _ => None,
                };
                (self.parameter(&format!("{first}.{field}"), kind), at + 3)
            }
            _ if is_dotted => return false,
            (Value::Of(kind), _) => (self.parameter(&first, Some(kind)), at + 1),
            (Value::Row(table, _), _) => (self.parameter(&first, Some(&qualified(table))), at + 1),
            (Value::Any | Value::Label, _) => (self.parameter(&first, None), at + 1),
        };
        self.drop(at..end);
        self.put(at, end, shown);
        true
    }

    /// Puts parameters in place of all names that are variables, wherever a column can be.
    fn replace_all(&mut self, scope: &Scope) {
        for at in 0..self.pieces.len() {
            let is_named = at > 0 && self.is(at - 1, &Token::Period);
            let is_called = self.is(at + 1, &Token::LParen);
            if !is_named && !is_called && !self.is(at + 1, &Token::Period) {
                self.replace(at, scope);
            }
        }
    }

    /// Puts parameters of our own in place of `$1` and so on, which are arguments.
    fn replace_positions(&mut self, scope: &Scope) {
        for at in 0..self.pieces.len() {
            let number = typical::number(&self.pieces[at].token);
            let Some((name, value)) = number.and_then(|number| scope.positions.get(number - 1)) else {
                continue;
            };
            let kind = match value {
                Value::Of(kind) => Some(kind.clone()),
                Value::Row(table, _) => Some(qualified(table)),
                Value::Any | Value::Label => None,
            };
            let shown = self.parameter(name, kind.as_deref());
            self.put(at, at + 1, shown);
        }
    }

    /// Gives the parameter that an error tells of a type, as an unknown constant would have it; whether there is one.
    fn settle(&mut self, error: &str) -> bool {
        let digits = error.rsplit('$').next().unwrap_or_default();
        let digits = digits.chars().take_while(char::is_ascii_digit).collect::<String>();
        let Ok(number) = digits.parse() else { return false };
        let untyped = parameter(number, None);
        let mut is_settled = false;
        for piece in self
            .pieces
            .iter_mut()
            .filter(|piece| piece.is_replaced && piece.text == untyped)
        {
            piece.text = parameter(number, Some("text"));
            is_settled = true;
        }
        is_settled
    }

    /// The parameter for what is named so.
    fn parameter(&mut self, name: &str, kind: Option<&str>) -> String {
        let next = self.numbers.len() + 1;
        let number = *self.numbers.entry(name.to_owned()).or_insert(next);
        parameter(number, kind)
    }

    /// Sets a piece; what is before `end` has been part of it.
    fn put(&mut self, at: usize, end: usize, shown: String) {
        // A type takes the brackets that are behind it for its own.
        let shown = match self.is(end, &Token::LBracket) {
            true => grouped(&shown),
            false => shown,
        };
        self.pieces[at].text = shown;
        self.pieces[at].is_replaced = true;
    }

    fn drop(&mut self, pieces: Range<usize>) {
        for piece in &mut self.pieces[pieces] {
            piece.text.clear();
            piece.is_replaced = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope() -> Scope {
        let of = |kind: &str| Value::Of(kind.to_owned());
        let columns = BTreeMap::from([(Name::new_static("id"), Name::new_static("bigint"))]);
        Scope {
            names: vec![
                (Name::new_static("f"), Value::Label),
                (Name::new_static("a"), of("uuid")),
                (Name::new_static("list"), of("text[]")),
                (Name::new_static("new"), Value::Row(QName::new("app", "t"), columns)),
                (Name::new_static("line"), Value::Any),
            ],
            positions: vec![(Name::new_static("a"), of("uuid"))],
            is_first: false,
        }
    }

    /// The statement when the server has complained about the names that begin behind these words.
    fn replaced(sql: &str, behind: &[&str]) -> String {
        let mut text = Text::new(typical::tokens(sql).unwrap());
        for words in behind {
            let sql = text.sql();
            let at = sql[..sql.find(words).unwrap() + words.len()].chars().count();
            let at = text.piece_at(at).unwrap();
            assert!(text.replace(at, &scope()), "{words}");
        }
        text.sql()
    }

    #[test]
    fn names_become_parameters_of_their_types() {
        assert_eq!(
            replaced("select 'ü' from t where x = a and y = f.a", &["x = ", "y = "]),
            "select 'ü' from t where x = $1::uuid and y = $1::uuid"
        );
        assert_eq!(
            replaced(
                "select new.*, NEW.id, line.x, list[1], new",
                &["select ", "*, ", "bigint, ", "$3, ", "[1], "]
            ),
            "select ($1::app.t).*, $2::bigint, $3, ($4::text[])[1], $1::app.t"
        );
        let mut text = Text::new(typical::tokens("select f.g, a.b.c, other").unwrap());
        assert!(!text.replace(2, &scope()), "what is behind the dot is no variable");
        assert!(!text.replace(14, &scope()), "nor is this");
    }

    #[test]
    fn arguments_have_numbers_and_types_are_settled() {
        let mut text = Text::new(typical::tokens("select $1, line.x || $2").unwrap());
        text.replace_positions(&scope());
        assert_eq!(text.sql(), "select $1::uuid, line.x || $2");
        let line = text.pieces.iter().position(|piece| piece.text == "line").unwrap();
        assert!(text.replace(line, &scope()));
        assert!(text.settle("could not determine data type of parameter $2"));
        assert_eq!(text.sql(), "select $1::uuid, $2::text || $2");
        assert!(!text.settle("something else"));
    }

    #[test]
    fn variables_go_first_where_that_is_said() {
        let mut text = Text::new(typical::tokens("select a, t.a, a(1), line.x from t").unwrap());
        text.replace_all(&scope());
        assert_eq!(text.sql(), "select $1::uuid, t.a, a(1), line.x from t");
    }
}
