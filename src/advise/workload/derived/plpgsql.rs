//! The statements of a body of PL/pgSQL, as they are written, with the variables that they may mean.
//!
//! `squawk-syntax` tells the blocks and statements. What has an `INTO` it leaves as it is, in one piece (an error of its
//! own between the others), because PL/pgSQL takes that out before anybody reads the rest, and so it is done here.

use std::sync::Arc;

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::body::BodyLanguage as _;
use squawk_syntax::{SourceFile, SyntaxKind as Kind, SyntaxNode, SyntaxToken};

use super::super::source::statements;
use super::is_planned;
use crate::catalog::Name;
use crate::ddl::inner::value_of;
use crate::sql::tree::{has, tokens};

/// What was read of a body.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    pub(super) statements: Vec<Statement>,
    /// How many statements are put together when it runs.
    pub(super) dynamic: usize,
    /// How many pieces could not be read.
    pub(super) unread: usize,
    /// Whether a name that may be a variable or a column is the variable (`#variable_conflict use_variable`).
    pub(super) prefers_variables: bool,
}

/// A statement in it.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) kind: Asks,
    pub(super) sql: String,
    /// The line of the body on which it begins, from 1.
    pub(super) line: usize,
    /// What the names in it may mean, the innermost last; `None` for one that is text, and so knows no names.
    pub(super) variables: Option<Vec<Arc<Variable>>>,
    /// The loops around it, the outermost first.
    pub(super) loops: Vec<Loop>,
    /// How likely a run of the body comes to it, from 0 to 1.
    pub(super) chance: f64,
}

/// What is to be looked at in a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asks {
    /// It reads or writes by itself.
    Tables,
    /// At most a function that it calls does.
    Functions,
    /// It is `CALL`.
    Procedure,
}

/// How often the inside of a loop is run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Loop {
    Times(f64),
    /// For each row of the statement with this number.
    Rows(usize),
}

/// A variable, or what looks like one.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Variable {
    pub(super) name: Name,
    pub(super) declared: Declared,
}

/// What a variable is declared to be.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Declared {
    /// Of a type that is written so, `record` among them.
    Type(String),
    /// Of the type of a column or another variable: `a.b%TYPE`.
    LikeColumn(Vec<Name>),
    /// A row of a table: `a%ROWTYPE`.
    LikeRow(Vec<Name>),
    /// Another name for a variable.
    Alias(Name),
    /// Nothing that has a value: the name of a block, which may stand before its variables'.
    Label,
}

/// How often a loop is taken to run whose rounds nobody can count.
const ROUNDS: f64 = 10.0;
/// How likely a branch is, and a handler of errors.
const BRANCH: f64 = 0.5;
const HANDLER: f64 = 0.05;

/// Reads a body; `None` where there is no block in it.
pub(super) fn read(text: &str) -> Option<Body> {
    let (tree, _) = ast::Plpgsql::parse_text(text);
    let root = SyntaxNode::new_root(tree);
    let block = root.children().find(|child| child.kind() == Kind::PLPGSQL_BLOCK)?;
    let mut options = root
        .children()
        .filter(|child| child.kind() == Kind::PLPGSQL_COMP_OPTION_VARIABLE_CONFLICT);
    let mut reader = Reader {
        text,
        body: Body {
            prefers_variables: options.any(|option| has(&option, Kind::USE_VARIABLE_KW)),
            ..Body::default()
        },
        variables: Vec::new(),
        loops: Vec::new(),
        chance: 1.0,
    };
    reader.block(&block);
    Some(reader.body)
}

/// The body of a `DO` statement of PL/pgSQL.
pub(super) fn block(statement: &str) -> Option<String> {
    let parse = SourceFile::parse(statement);
    let block = parse.syntax_node().descendants().find_map(ast::Do::cast)?;
    Some(block.plpgsql()?.text().to_owned())
}

struct Reader<'a> {
    text: &'a str,
    body: Body,
    variables: Vec<Arc<Variable>>,
    loops: Vec<Loop>,
    chance: f64,
}

impl Reader<'_> {
    fn block(&mut self, block: &SyntaxNode) {
        let outside = self.variables.len();
        for part in block.children() {
            match part.kind() {
                Kind::PLPGSQL_LABEL => self.declare(name(&part), Declared::Label),
                Kind::PLPGSQL_DECLARE_SECTION => part.children().for_each(|declared| self.declaration(&declared)),
                Kind::PLPGSQL_BODY => self.statements(&part),
                Kind::PLPGSQL_EXCEPTION_SECTION => {
                    let handlers = part.descendants().filter(|inner| inner.kind() == Kind::PLPGSQL_BODY);
                    let own = handlers.filter(|body| body.parent().and_then(|up| up.parent()).as_ref() == Some(&part));
                    for body in own {
                        self.perhaps(HANDLER, |reader| reader.statements(&body));
                    }
                }
                _ => {}
            }
        }
        self.variables.truncate(outside);
    }

    fn declare(&mut self, name: Option<Name>, declared: Declared) {
        if let Some(name) = name {
            self.variables.push(Arc::new(Variable { name, declared }));
        }
    }

    fn declaration(&mut self, node: &SyntaxNode) {
        let mut parts = node.children();
        let own = parts.next().and_then(|part| name(&part));
        match node.kind() {
            Kind::PLPGSQL_VAR_DECL => {
                let kind = parts.next();
                // What it begins with may be asked of variables before it.
                parts.for_each(|part| self.expressions(&part));
                self.declare(own, kind.map_or(Declared::Label, |kind| declared(&kind)));
            }
            Kind::PLPGSQL_ALIAS_DECL => {
                let target = parts.next().and_then(|target| path(&target).pop());
                self.declare(own, target.map_or(Declared::Label, Declared::Alias));
            }
            Kind::PLPGSQL_CURSOR_DECL => {
                let outside = self.variables.len();
                for part in parts {
                    match part.kind() {
                        Kind::PLPGSQL_CURSOR_ARG_LIST => {
                            for argument in part.children() {
                                let mut parts = argument.children();
                                let own = parts.next().and_then(|part| name(&part));
                                self.declare(own, parts.next().map_or(Declared::Label, |kind| declared(&kind)));
                            }
                        }
                        _ if ast::Stmt::can_cast(part.kind()) => self.query(&part),
                        _ => {}
                    }
                }
                self.variables.truncate(outside);
                self.declare(own, Declared::Type("refcursor".to_owned()));
            }
            _ => {}
        }
    }

    fn statements(&mut self, body: &SyntaxNode) {
        let mut before = self.body.statements.len();
        for statement in body.children() {
            let is_error = statement.kind() == Kind::ERROR;
            match without_into(&statement).filter(|_| is_error) {
                Some(sql) => self.push(Asks::Tables, sql, &statement),
                // It may belong to what stands before it, which then is not all of a statement.
                None if is_error => {
                    self.body.statements.truncate(before);
                    self.body.unread += 1;
                }
                None => {
                    before = self.body.statements.len();
                    self.statement(&statement);
                }
            }
        }
    }

    fn statement(&mut self, node: &SyntaxNode) {
        match node.kind() {
            Kind::PLPGSQL_BLOCK => self.block(node),
            Kind::PLPGSQL_LOOP_STMT | Kind::PLPGSQL_WHILE_STMT | Kind::PLPGSQL_FOR_CURSOR_STMT => {
                self.round(Loop::Times(ROUNDS), |reader| reader.parts(node));
            }
            Kind::PLPGSQL_FOR_I_STMT => {
                let range = node.children().find(|part| part.kind() == Kind::PLPGSQL_FOR_RANGE);
                let rounds = range.as_ref().and_then(count).unwrap_or(ROUNDS);
                range.iter().for_each(|range| self.expressions(range));
                let outside = self.variables.len();
                let counter = node.children().find(|part| part.kind() == Kind::PLPGSQL_FOR_VARIABLE);
                self.declare(
                    counter.and_then(|counter| name(&counter)),
                    Declared::Type("integer".to_owned()),
                );
                self.round(Loop::Times(rounds), |reader| reader.bodies(node));
                self.variables.truncate(outside);
            }
            Kind::PLPGSQL_FOR_EACH_STMT | Kind::PLPGSQL_FOR_DYN_STMT => {
                match node.kind() {
                    Kind::PLPGSQL_FOR_DYN_STMT => self.dynamic(node),
                    _ => self.own_expressions(node),
                }
                self.round(Loop::Times(ROUNDS), |reader| reader.bodies(node));
            }
            Kind::PLPGSQL_FOR_QUERY_STMT => {
                let before = self.body.statements.len();
                node.children()
                    .filter(|part| ast::Stmt::can_cast(part.kind()))
                    .for_each(|query| self.query(&query));
                let rounds = match self.body.statements.len() > before {
                    true => Loop::Rows(before),
                    false => Loop::Times(ROUNDS),
                };
                self.round(rounds, |reader| reader.bodies(node));
            }
            Kind::PLPGSQL_RETURN_QUERY_EXECUTE_STMT | Kind::PLPGSQL_DYN_EXECUTE_STMT => self.dynamic(node),
            Kind::PLPGSQL_OPEN_STMT => {
                for part in node.children() {
                    match part.kind() {
                        Kind::PLPGSQL_OPEN_QUERY => {
                            part.children()
                                .filter(|part| ast::Stmt::can_cast(part.kind()))
                                .for_each(|query| self.query(&query));
                        }
                        Kind::PLPGSQL_OPEN_EXECUTE => self.dynamic(&part),
                        _ => {}
                    }
                }
            }
            Kind::PLPGSQL_PERFORM_STMT => {
                let text = text(node);
                if let Some(expression) = text.get("perform".len()..) {
                    let asks = asks(node).unwrap_or(Asks::Functions);
                    self.push(asks, value_of(expression.trim()), node);
                }
            }
            Kind::PLPGSQL_CALL_STMT => self.push(Asks::Procedure, text(node), node),
            Kind::PLPGSQL_RETURN_QUERY_STMT | Kind::PLPGSQL_EXEC_SQL_STMT => {
                node.children()
                    .filter(|part| ast::Stmt::can_cast(part.kind()))
                    .for_each(|query| self.query(&query));
            }
            Kind::PLPGSQL_DO_STMT => self.body.dynamic += 1,
            _ => self.parts(node),
        }
    }

    /// What a statement asks itself, and the statements in it.
    fn parts(&mut self, node: &SyntaxNode) {
        self.own_expressions(node);
        self.bodies(node);
    }

    /// The statements in a statement; there, only a loop runs them for certain.
    fn bodies(&mut self, node: &SyntaxNode) {
        for part in node.children() {
            match part.kind() {
                Kind::PLPGSQL_BODY if ast::PlpgsqlIfStmt::can_cast(node.kind()) => {
                    self.perhaps(BRANCH, |reader| reader.statements(&part));
                }
                Kind::PLPGSQL_BODY => self.statements(&part),
                Kind::PLPGSQL_ELSIF_CLAUSE | Kind::PLPGSQL_ELSE_CLAUSE | Kind::PLPGSQL_CASE_WHEN => {
                    self.perhaps(BRANCH, |reader| reader.parts(&part));
                }
                _ => {}
            }
        }
    }

    fn perhaps(&mut self, chance: f64, read: impl FnOnce(&mut Self)) {
        let outside = self.chance;
        self.chance *= chance;
        read(self);
        self.chance = outside;
    }

    fn round(&mut self, rounds: Loop, read: impl FnOnce(&mut Self)) {
        self.loops.push(rounds);
        read(self);
        self.loops.pop();
    }

    /// The expressions that are direct parts of a statement.
    fn own_expressions(&mut self, node: &SyntaxNode) {
        let own = node
            .children()
            .filter(|part| part.kind() == Kind::PLPGSQL_EXPR || part.kind() == Kind::PLPGSQL_EXIT_WHEN);
        own.for_each(|part| self.expressions(&part));
    }

    /// The expressions in a part of a statement.
    fn expressions(&mut self, part: &SyntaxNode) {
        let expressions = part.descendants().filter(|inner| inner.kind() == Kind::PLPGSQL_EXPR);
        for expression in expressions {
            if let Some(asks) = asks(&expression) {
                self.push(asks, value_of(&text(&expression)), &expression);
            }
        }
    }

    fn query(&mut self, query: &SyntaxNode) {
        let sql = text(query);
        if is_planned(&sql) {
            self.push(Asks::Tables, sql, query);
        }
    }

    /// A statement that is text until it runs.
    fn dynamic(&mut self, node: &SyntaxNode) {
        let expression = node.children().find(|part| part.kind() == Kind::PLPGSQL_EXPR);
        let Some(sql) = expression.and_then(|expression| constant(&expression)) else {
            self.body.dynamic += 1;
            return;
        };
        for sql in statements(&sql).into_iter().filter(|sql| is_planned(sql)) {
            self.push(Asks::Tables, sql, node);
            if let Some(own) = self.body.statements.last_mut() {
                own.variables = None;
            }
        }
    }

    fn push(&mut self, kind: Asks, sql: String, node: &SyntaxNode) {
        let is_broken = |piece: &SyntaxNode| piece.descendants().any(|inner| inner.kind() == Kind::ERROR);
        if node.kind() != Kind::ERROR && is_broken(node) {
            self.body.unread += 1;
            return;
        }
        let start = tokens(node)
            .next()
            .map_or(0, |token| usize::from(token.text_range().start()));
        let before = self.text.get(..start).unwrap_or_default();
        self.body.statements.push(Statement {
            kind,
            sql,
            line: 1 + before.matches('\n').count(),
            variables: Some(self.variables.clone()),
            loops: self.loops.clone(),
            chance: self.chance,
        });
    }
}

/// What has to be looked at in an expression; `None` where it only computes.
fn asks(node: &SyntaxNode) -> Option<Asks> {
    let is_query = |kind: Kind| matches!(kind, Kind::SELECT_KW | Kind::FROM_CLAUSE | Kind::TABLE | Kind::VALUES);
    let mut inner = node.descendants_with_tokens().map(|inner| inner.kind());
    if inner.any(is_query) {
        return Some(Asks::Tables);
    }
    node.descendants()
        .any(|inner| inner.kind() == Kind::CALL_EXPR)
        .then_some(Asks::Functions)
}

/// What a type says.
fn declared(kind: &SyntaxNode) -> Declared {
    match kind.kind() {
        Kind::PERCENT_TYPE => Declared::LikeColumn(path(kind)),
        Kind::PLPGSQL_PERCENT_ROWTYPE => Declared::LikeRow(path(kind)),
        _ => Declared::Type(text(kind)),
    }
}

/// The rounds of `1..10`.
fn count(range: &SyntaxNode) -> Option<f64> {
    let bound = |part: SyntaxNode| text(&part).parse::<f64>().ok();
    let mut bounds = range
        .children()
        .filter(|part| part.kind() == Kind::PLPGSQL_EXPR)
        .map(bound);
    let (from, to) = (bounds.next()??, bounds.next()??);
    let step = bounds.next().unwrap_or(Some(1.0))?;
    Some(((to - from).abs() / step.max(1.0)).floor() + 1.0)
}

/// The string that an expression consists of.
fn constant(expression: &SyntaxNode) -> Option<String> {
    let literal = expression.descendants().find_map(ast::Literal::cast)?;
    let is_all = text(expression) == text(literal.syntax());
    literal.string_value().filter(|_| is_all)
}

/// A statement of SQL without its `INTO`, which is not part of it; `None` where it is something else.
fn without_into(node: &SyntaxNode) -> Option<String> {
    let tokens = tokens(node).collect::<Vec<_>>();
    let is_word = |at: usize, word: &str| {
        tokens
            .get(at)
            .is_some_and(|token| token.text().eq_ignore_ascii_case(word))
    };
    let is = |at: usize, kind: Kind| tokens.get(at).is_some_and(|token| token.kind() == kind);
    let mut depth = 0;
    let mut into = None;
    for (at, token) in tokens.iter().enumerate() {
        match token.kind() {
            Kind::L_PAREN => depth += 1,
            Kind::R_PAREN => depth -= 1,
            Kind::INTO_KW if depth == 0 && at > 0 && !is_word(at - 1, "insert") && !is_word(at - 1, "merge") => {
                into = Some(at);
                break;
            }
            _ => {}
        }
    }
    let into = into?;
    let mut at = into + 1 + usize::from(is_word(into + 1, "strict"));
    loop {
        at += 1;
        while is(at, Kind::DOT) {
            at += 2;
        }
        if is(at, Kind::L_BRACK) {
            while at < tokens.len() && !is(at, Kind::R_BRACK) {
                at += 1;
            }
            at += 1;
        }
        if !is(at, Kind::COMMA) {
            break;
        }
        at += 1;
    }
    let start = tokens.first()?.text_range().start();
    let whole = node.text();
    let offset = node.text_range().start();
    let cut = tokens[into].text_range().start();
    let last = tokens
        .iter()
        .rev()
        .find(|token| token.kind() != Kind::SEMICOLON)?
        .text_range()
        .end();
    let after = tokens
        .get(at)
        .map_or(last, |token| token.text_range().start())
        .min(last);
    let sql = format!(
        "{} {}",
        whole.slice(start - offset..cut - offset),
        whole.slice(after - offset..last - offset)
    );
    let sql = sql.trim().to_owned();
    is_planned(&sql).then_some(sql)
}

/// The text of a piece, without what ends it.
fn text(node: &SyntaxNode) -> String {
    let tokens = tokens(node).collect::<Vec<_>>();
    let is_end = |token: &&SyntaxToken| token.kind() == Kind::SEMICOLON && token.parent().as_ref() == Some(node);
    let last = tokens.iter().rev().find(|token| !is_end(token));
    match (tokens.first(), last) {
        (Some(first), Some(last)) if first.text_range().start() < last.text_range().end() => {
            let offset = node.text_range().start();
            let range = first.text_range().start() - offset..last.text_range().end() - offset;
            node.text().slice(range).to_string()
        }
        _ => String::new(),
    }
}

/// The identifier that a node consists of.
fn name(node: &SyntaxNode) -> Option<Name> {
    let named = |kind: Kind| {
        matches!(
            kind,
            Kind::PLPGSQL_VAR_NAME | Kind::PLPGSQL_VAR_NAME_REF | Kind::PLPGSQL_LABEL_NAME
        )
    };
    let node = node.descendants().find(|inner| named(inner.kind()))?;
    Some(ast::normalize_name_node(&node).into())
}

/// The parts of a dotted name.
fn path(node: &SyntaxNode) -> Vec<Name> {
    let segments = node
        .descendants()
        .filter(|inner| inner.kind() == Kind::PATH_SEGMENT_REF);
    segments
        .map(|segment| ast::normalize_name_node(&segment).into())
        .collect()
}

#[cfg(test)]
mod tests;
