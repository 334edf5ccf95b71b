//! What policies ask about: the columns and claims that their expressions and helpers' bodies name, with what these are
//! compared with.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use sqlparser::ast::{BinaryOperator, DataType, Expr, SelectItem, Statement, TableFactor, Value, Visit, Visitor};

use super::{Found, Subject};
use crate::access::audit::expressions::{call, parse, parse_statements, relations, select, strip, text};
use crate::access::audit::truth::{is_claims, result, setting};
use crate::catalog::routine::{Body, Routine};
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, QName};

/// How many functions within functions are followed.
const DEPTH: usize = 3;

/// Reads an expression of a policy on `table`.
pub(super) fn expression(catalog: &Catalog, table: &QName, sql: &str, found: &mut Found) {
    if let Some(expr) = parse(sql) {
        read(catalog, Some(table), &expr, Known::new(), 0, found);
        of_parents(catalog, table, &expr, found);
    }
}

/// What is read as the sender is held back by policies of its own.
fn of_parents(catalog: &Catalog, table: &QName, expr: &Expr, found: &mut Found) {
    for (schema, name) in relations(expr) {
        let parent = schema.map(|schema| QName { schema, name });
        let Some(relation) = parent
            .filter(|parent| parent != table)
            .and_then(|parent| catalog.relation(&parent))
        else {
            continue;
        };
        let policies = relation.policies().iter();
        let policies = policies.filter(|policy| policy.command.is_none_or(|of| of == Event::Select));
        let asked = policies.filter_map(|policy| parse(policy.using.as_deref()?));
        let mut of_parent = Found::new();
        for expr in asked {
            read(
                catalog,
                Some(&relation.row.name),
                &expr,
                Known::new(),
                1,
                &mut of_parent,
            );
        }
        for (subject, asked) in of_parent {
            let subject = match subject {
                Subject::Column(table, column) => Subject::Elsewhere(table, column),
                other => other,
            };
            found.entry(subject).or_insert(asked);
        }
    }
}

/// What arguments and variables come to, by name, or `$1` by place.
type Known = BTreeMap<String, Vec<Operand>>;

fn read(catalog: &Catalog, own: Option<&QName>, node: &impl Visit, known: Known, depth: usize, found: &mut Found) {
    let mut tables = Tables {
        catalog,
        names: BTreeMap::new(),
    };
    let _ = node.visit(&mut tables);
    let mut reader = Reader {
        catalog,
        own,
        names: tables.names,
        known,
        depth,
        found,
    };
    let _ = node.visit(&mut reader);
}

/// The tables that are read, by the names that they go by.
struct Tables<'a> {
    catalog: &'a Catalog,
    names: BTreeMap<String, QName>,
}

impl Visitor for Tables<'_> {
    type Break = ();

    fn pre_visit_table_factor(&mut self, factor: &TableFactor) -> ControlFlow<()> {
        if let TableFactor::Table { name, alias, .. } = factor {
            let parts = name.0.iter().filter_map(|part| part.as_ident());
            let parts = parts.map(|part| part.value.as_str()).collect::<Vec<_>>();
            let found = match parts.as_slice() {
                [schema, name] => Some(QName::new(*schema, *name)),
                [name] => {
                    let mut named = self.catalog.relations.iter().filter(|row| row.name.name == **name);
                    named.next().map(|row| row.name.clone())
                }
                _ => None,
            };
            if let Some(table) = found {
                let name = alias.as_ref().map_or(&*table.name, |alias| &alias.name.value);
                self.names.insert(name.to_owned(), table.clone());
            }
        }
        ControlFlow::Continue(())
    }
}

/// One side of a comparison.
#[derive(Clone)]
enum Operand {
    Subject(Subject),
    Constant(String),
}

struct Reader<'a, 'f> {
    catalog: &'a Catalog,
    own: Option<&'a QName>,
    names: BTreeMap<String, QName>,
    known: Known,
    depth: usize,
    found: &'f mut Found,
}

impl Visitor for Reader<'_, '_> {
    type Break = ();

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        match expr {
            Expr::BinaryOp { left, op, right } => match op {
                BinaryOperator::Arrow | BinaryOperator::LongArrow => {}
                BinaryOperator::Question
                | BinaryOperator::QuestionPipe
                | BinaryOperator::QuestionAnd
                | BinaryOperator::AtArrow => {
                    for operand in self.operands(left) {
                        if let Operand::Subject(subject) = operand {
                            self.found.entry(subject).or_default().is_list = true;
                        }
                    }
                    self.compared(&[left, right]);
                }
                BinaryOperator::And | BinaryOperator::Or => {}
                _ => self.compared(&[left, right]),
            },
            Expr::AnyOp { left, right, .. } | Expr::AllOp { left, right, .. } => self.compared(&[left, right]),
            Expr::IsDistinctFrom(left, right) | Expr::IsNotDistinctFrom(left, right) => self.compared(&[left, right]),
            Expr::InList { expr, list, .. } => {
                let sides = [expr.as_ref()].into_iter().chain(list);
                self.compared(&sides.collect::<Vec<_>>());
            }
            Expr::Between { expr, low, high, .. } => self.compared(&[expr, low, high]),
            Expr::Like { expr, pattern, .. } | Expr::ILike { expr, pattern, .. } => self.compared(&[expr, pattern]),
            Expr::IsNull(inner) | Expr::IsNotNull(inner) => {
                for subject in self.subjects(inner) {
                    self.found.entry(subject).or_default().nulls = true;
                }
            }
            Expr::Cast {
                expr: inner,
                data_type: DataType::Boolean | DataType::Bool,
                ..
            } => {
                for subject in self.subjects(inner) {
                    self.found.entry(subject).or_default().is_boolean = true;
                }
            }
            Expr::Case {
                operand: Some(operand),
                conditions,
                ..
            } => {
                let sides = [operand.as_ref()]
                    .into_iter()
                    .chain(conditions.iter().map(|when| &when.condition));
                self.compared(&sides.collect::<Vec<_>>());
            }
            Expr::Identifier(_) | Expr::CompoundIdentifier(_) => {
                for subject in self.subjects(expr) {
                    self.found.entry(subject).or_default();
                }
            }
            Expr::Function(_) => self.follow(expr),
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

impl Reader<'_, '_> {
    fn compared(&mut self, sides: &[&Expr]) {
        let operands = sides.iter().map(|side| self.operands(side)).collect::<Vec<_>>();
        for (at, side) in operands.iter().enumerate() {
            let others = operands.iter().enumerate().filter(|(other, _)| *other != at);
            let others = others.flat_map(|(_, operands)| operands).collect::<Vec<_>>();
            // What a NULL is replaced with is compared too.
            let all = others.iter().copied().chain(side);
            let all = all.collect::<Vec<_>>();
            for operand in side {
                let Operand::Subject(subject) = operand else { continue };
                let asked = self.found.entry(subject.clone()).or_default();
                for other in &all {
                    match other {
                        Operand::Constant(text) if !asked.constants.contains(text) => {
                            asked.constants.push(text.clone());
                        }
                        Operand::Subject(peer) if peer != subject => {
                            asked.peers.insert(peer.clone());
                        }
                        _ => {}
                    }
                }
            }
        }
    }

    fn subjects(&self, expr: &Expr) -> Vec<Subject> {
        let operands = self.operands(expr).into_iter();
        let subjects = operands.filter_map(|operand| match operand {
            Operand::Subject(subject) => Some(subject),
            Operand::Constant(_) => None,
        });
        subjects.collect()
    }

    fn operands(&self, expr: &Expr) -> Vec<Operand> {
        let expr = strip(expr);
        let subject = |subject: Subject| vec![Operand::Subject(subject)];
        match expr {
            Expr::Identifier(name) => {
                let column = || name.value.as_str().into();
                if let Some(own) = self.own.filter(|own| self.has(own, &name.value)) {
                    return subject(Subject::Column(own.clone(), column()));
                }
                match self.names.values().find(|table| self.has(table, &name.value)) {
                    Some(table) => subject(Subject::Elsewhere(table.clone(), column())),
                    None => self.known(&name.value),
                }
            }
            Expr::CompoundIdentifier(parts) => match parts.as_slice() {
                [.., relation, column] => {
                    let name = || column.value.as_str().into();
                    let has = |table: &&QName| self.has(table, &column.value);
                    if let Some(table) = self.names.get(&relation.value).filter(has) {
                        return subject(Subject::Elsewhere(table.clone(), name()));
                    }
                    match self.own.filter(|own| own.name == *relation.value).filter(has) {
                        Some(own) => subject(Subject::Column(own.clone(), name())),
                        None => self.known(&column.value),
                    }
                }
                _ => Vec::new(),
            },
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) | Value::EscapedStringLiteral(text) => {
                    vec![Operand::Constant(text.clone())]
                }
                Value::Number(text, _) => vec![Operand::Constant(text.clone())],
                Value::Boolean(value) => vec![Operand::Constant(value.to_string())],
                Value::Placeholder(name) => self.known(name),
                _ => Vec::new(),
            },
            Expr::Array(array) => array.elem.iter().flat_map(|element| self.operands(element)).collect(),
            Expr::BinaryOp { .. } => path(expr)
                .filter(|path| !path.is_empty())
                .map_or_else(Vec::new, |path| subject(Subject::Token(path))),
            Expr::Function(_) => self.of_call(expr),
            Expr::Subquery(query) => match select(query).map(|select| select.projection.as_slice()) {
                Some([SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }]) => self.operands(expr),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What a call comes to: a setting, one of its arguments, or what the function's one expression comes to.
    fn of_call(&self, expr_of_call: &Expr) -> Vec<Operand> {
        const THROUGH: [&str; 7] = ["coalesce", "nullif", "lower", "upper", "btrim", "trim", "date_trunc"];
        let Some(called) = call(expr_of_call) else {
            return Vec::new();
        };
        if let Some(name) = setting(&called) {
            return vec![Operand::Subject(Subject::Setting(name.to_owned()))];
        }
        if THROUGH.iter().any(|name| called.is_builtin(name)) {
            let all = called.arguments.iter().flat_map(|argument| self.operands(argument));
            return all
                .filter(|operand| !matches!(operand, Operand::Constant(text) if text.is_empty()))
                .collect();
        }
        let Some(routine) = self.routine(expr_of_call).filter(|_| self.depth < DEPTH) else {
            return Vec::new();
        };
        let Some(expr) = result(routine) else { return Vec::new() };
        let inner = Reader {
            catalog: self.catalog,
            own: None,
            names: BTreeMap::new(),
            known: self.given(routine, expr_of_call),
            depth: self.depth + 1,
            found: &mut Found::new(),
        };
        inner.operands(&expr)
    }

    fn known(&self, name: &str) -> Vec<Operand> {
        self.known.get(name).cloned().unwrap_or_default()
    }

    /// What a call gives its function.
    fn given(&self, routine: &Routine, expr: &Expr) -> Known {
        let mut known = Known::new();
        let arguments = call(expr).map(|called| called.arguments).unwrap_or_default();
        for (at, argument) in arguments.into_iter().enumerate() {
            let operands = self.operands(argument);
            if let Some(name) = routine.arguments.get(at).and_then(|argument| argument.name.as_ref()) {
                known.insert(name.to_string(), operands.clone());
            }
            known.insert(format!("${}", at + 1), operands);
        }
        known
    }

    /// Reads the body of a function that is called.
    fn follow(&mut self, expr: &Expr) {
        let Some(routine) = self.routine(expr).filter(|_| self.depth < DEPTH) else {
            return;
        };
        let depth = self.depth + 1;
        let mut known = self.given(routine, expr);
        match (&routine.body, routine.language.as_str()) {
            (Body::Source(source), "plpgsql") => {
                for part in parts(source) {
                    if let Some(statements) = parse_statements(&part) {
                        self.assign(&statements, &mut known);
                        read(self.catalog, None, &statements, known.clone(), depth, self.found);
                    } else if let Some(expr) = parse(&part) {
                        read(self.catalog, None, &expr, known.clone(), depth, self.found);
                    }
                }
            }
            (Body::Source(sql) | Body::Sql(sql), _) => {
                if let Some(statements) = parse_statements(sql) {
                    read(self.catalog, None, &statements, known, depth, self.found);
                } else if let Some(expr) = result(routine) {
                    read(self.catalog, None, &expr, known, depth, self.found);
                }
            }
            _ => {}
        }
    }

    /// Takes what `SELECT … INTO` leaves in a variable.
    fn assign(&self, statements: &[Statement], known: &mut Known) {
        for statement in statements {
            let Statement::Query(query) = statement else { continue };
            let Some(select) = select(query) else { continue };
            let into = select.into.as_ref().and_then(|into| into.targets.first());
            let name = into.map(ToString::to_string);
            if let (Some(name), [SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }]) =
                (name, select.projection.as_slice())
            {
                let operands = self.operands(expr);
                known.insert(name, operands);
            }
        }
    }

    /// The function that is called, where there is one of its name and it is the schema's own.
    fn routine(&self, expr: &Expr) -> Option<&Routine> {
        let name = call(expr)?.routine()?;
        // What says who is signed in is not varied.
        if name.schema == "auth" || name.schema == "storage" {
            return None;
        }
        let mut named = self.catalog.routines.iter().filter(|row| row.id.name == name);
        let first = named.next()?;
        named.next().is_none().then_some(first)
    }

    fn has(&self, table: &QName, column: &str) -> bool {
        let relation = self.catalog.relation(table);
        relation.is_some_and(|relation| relation.column(&column.into()).is_some())
    }
}

/// The statements and conditions of a body of PL/pgSQL, as far as they are plain.
fn parts(source: &str) -> Vec<String> {
    const WORDS: [&str; 10] = [
        "begin", "atomic", "if", "elsif", "else", "then", "return", "perform", "query", "declare",
    ];
    let mut parts = Vec::new();
    for piece in source.split(';') {
        let piece = piece.replace(char::is_whitespace, " ");
        for part in piece.split(" then ") {
            let mut rest = part.trim();
            while let Some(word) = rest.split_whitespace().next() {
                if !WORDS.contains(&word.to_lowercase().as_str()) {
                    break;
                }
                rest = rest[word.len()..].trim_start();
            }
            if !rest.is_empty() {
                parts.push(rest.to_owned());
            }
        }
    }
    parts
}

/// Where in the token an expression looks.
fn path(expr: &Expr) -> Option<Vec<String>> {
    let expr = strip(expr);
    if is_claims(expr) {
        return Some(Vec::new());
    }
    let Expr::BinaryOp { left, op, right } = expr else {
        return None;
    };
    let mut found = path(left)?;
    let key = text(right)?;
    match op {
        BinaryOperator::Arrow | BinaryOperator::LongArrow => found.push(key.to_owned()),
        BinaryOperator::HashArrow | BinaryOperator::HashLongArrow => {
            found.extend(
                key.trim_matches(['{', '}'])
                    .split(',')
                    .map(|part| part.trim().to_owned()),
            );
        }
        _ => return None,
    }
    Some(found)
}
