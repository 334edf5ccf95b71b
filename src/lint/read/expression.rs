//! What of an expression matters to the rules.

use squawk_syntax::ast::{self, AstNode as _, BinOp};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use crate::catalog::Name;
use crate::lint::statement::{Conjunct, Expression, Path};

use super::tree::{children, has, kid, name, string};

/// Reads an expression.
pub(in crate::lint) fn expression(node: &SyntaxNode) -> Expression {
    let mut said = Vec::new();
    conjuncts(node, &mut said);
    Expression {
        text: node.text().to_string().trim().to_owned(),
        calls: calls(node),
        conjuncts: said,
        truth: truth(node),
        columns: columns(node),
    }
}

/// Reads an expression as a catalog keeps it.
pub(in crate::lint) fn parse(text: &str) -> Expression {
    let select = format!("select {text}");
    let tree = SourceFile::parse(&select).syntax_node();
    let target = tree.descendants().find(|node| node.kind() == SyntaxKind::TARGET);
    let inner = target.and_then(|target| children(&target).next());
    inner.map(|inner| expression(&inner)).unwrap_or_default()
}

/// The functions that are called in it.
fn calls(node: &SyntaxNode) -> Vec<Path> {
    let calls = node.descendants().filter(|inner| inner.kind() == SyntaxKind::CALL_EXPR);
    calls.filter_map(|call| called(&call)).collect()
}

/// The function that is called.
pub(in crate::lint) fn called(call: &SyntaxNode) -> Option<Path> {
    let function = children(call).next()?;
    match function.kind() {
        SyntaxKind::NAME_REF => Some(Path {
            schema: None,
            name: name(&function),
        }),
        SyntaxKind::FIELD_EXPR => {
            let parts = function
                .descendants()
                .filter(|part| part.kind() == SyntaxKind::NAME_REF);
            let mut parts = parts.map(|part| name(&part)).collect::<Vec<_>>();
            Some(Path {
                name: parts.pop()?,
                schema: parts.pop(),
            })
        }
        _ => None,
    }
}

/// The columns that are named in it.
fn columns(node: &SyntaxNode) -> Vec<Name> {
    let is_call = |node: &SyntaxNode| node.kind() == SyntaxKind::CALL_EXPR;
    let is_function = |inner: &SyntaxNode| {
        inner.parent().is_some_and(|parent| {
            let is_dotted = parent.kind() == SyntaxKind::FIELD_EXPR;
            is_call(&parent) || is_dotted && parent.parent().as_ref().is_some_and(is_call)
        })
    };
    // Such as CURRENT_TIMESTAMP.
    let is_value = |text: &Name| text.starts_with("current_") || text.starts_with("local") || text.ends_with("_user");
    let names = node.descendants().filter(|inner| inner.kind() == SyntaxKind::NAME_REF);
    let names = names.filter(|inner| !is_function(inner)).map(|inner| name(&inner));
    names.filter(|text| !is_value(text)).collect()
}

/// Without the parentheses and casts around it.
pub(in crate::lint) fn stripped(node: &SyntaxNode) -> SyntaxNode {
    match node.kind() {
        SyntaxKind::PAREN_EXPR | SyntaxKind::CAST_EXPR => {
            let inner = children(node).find(|child| ast::Expr::can_cast(child.kind()));
            inner.map_or_else(|| node.clone(), |inner| stripped(&inner))
        }
        _ => node.clone(),
    }
}

/// What a constant condition comes to.
fn truth(node: &SyntaxNode) -> Option<bool> {
    let node = stripped(node);
    match node.kind() {
        SyntaxKind::LITERAL if has(&node, SyntaxKind::TRUE_KW) => Some(true),
        SyntaxKind::LITERAL if has(&node, SyntaxKind::FALSE_KW) => Some(false),
        SyntaxKind::LITERAL => match string(&node)?.to_ascii_lowercase().as_str() {
            "t" | "true" | "on" | "yes" | "1" => Some(true),
            "f" | "false" | "off" | "no" | "0" => Some(false),
            _ => None,
        },
        SyntaxKind::PREFIX_EXPR if has(&node, SyntaxKind::NOT_KW) => {
            let inner = children(&node).find(|child| ast::Expr::can_cast(child.kind()))?;
            truth(&inner).map(|truth| !truth)
        }
        SyntaxKind::BIN_EXPR => {
            let expr = ast::BinExpr::cast(node)?;
            let (left, right) = (expr.lhs()?, expr.rhs()?);
            let (left, right) = (left.syntax(), right.syntax());
            match expr.op()? {
                BinOp::And(_) => match (truth(left), truth(right)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (Some(true), Some(true)) => Some(true),
                    _ => None,
                },
                BinOp::Or(_) => match (truth(left), truth(right)) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (Some(false), Some(false)) => Some(false),
                    _ => None,
                },
                BinOp::Eq(_) => Some(constant(left)? == constant(right)?),
                BinOp::Neq(_) | BinOp::Neqb(_) => Some(constant(left)? != constant(right)?),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The text of a constant, without quotes.
pub(in crate::lint) fn constant(node: &SyntaxNode) -> Option<String> {
    let node = stripped(node);
    match node.kind() {
        SyntaxKind::LITERAL => {
            let text = string(&node).unwrap_or_else(|| node.text().to_string());
            (!has(&node, SyntaxKind::NULL_KW)).then_some(text)
        }
        SyntaxKind::PREFIX_EXPR if has(&node, SyntaxKind::MINUS) || node.text().to_string().starts_with('-') => {
            let inner = children(&node).find(|child| ast::Expr::can_cast(child.kind()))?;
            Some(format!("-{}", constant(&inner)?))
        }
        _ => None,
    }
}

/// The column that an expression is.
pub(in crate::lint) fn column(node: &SyntaxNode) -> Option<Name> {
    let node = stripped(node);
    match node.kind() {
        SyntaxKind::NAME_REF => Some(name(&node)),
        SyntaxKind::FIELD_EXPR => children(&node)
            .last()
            .filter(|last| last.kind() == SyntaxKind::NAME_REF)
            .map(|last| name(&last)),
        _ => None,
    }
}

fn conjuncts(node: &SyntaxNode, said: &mut Vec<Conjunct>) {
    let node = match node.kind() {
        SyntaxKind::PAREN_EXPR => stripped(node),
        _ => node.clone(),
    };
    if node.kind() == SyntaxKind::POSTFIX_EXPR && has(&node, SyntaxKind::NOTNULL_KW) {
        let column = children(&node).next().and_then(|inner| column(&inner));
        said.push(column.map_or(Conjunct::Other, Conjunct::NotNull));
        return;
    }
    let Some(expr) = ast::BinExpr::cast(node) else {
        return said.push(Conjunct::Other);
    };
    let (Some(left), Some(right), Some(op)) = (expr.lhs(), expr.rhs(), expr.op()) else {
        return said.push(Conjunct::Other);
    };
    let (left, right) = (left.syntax(), right.syntax());
    let (op, turned) = match op {
        BinOp::And(_) => {
            conjuncts(left, said);
            return conjuncts(right, said);
        }
        BinOp::IsNot(_) if has(&stripped(right), SyntaxKind::NULL_KW) => {
            return said.push(column(left).map_or(Conjunct::Other, Conjunct::NotNull));
        }
        BinOp::In(_) => return said.push(among(left, right)),
        BinOp::Eq(_) => ("=", "="),
        BinOp::LAngle(_) => ("<", ">"),
        BinOp::RAngle(_) => (">", "<"),
        BinOp::Lteq(_) => ("<=", ">="),
        BinOp::Gteq(_) => (">=", "<="),
        _ => return said.push(Conjunct::Other),
    };
    said.push(match (column(left), constant(right), constant(left), column(right)) {
        (Some(column), Some(value), ..) => Conjunct::Compare(column, op, value),
        (.., Some(value), Some(column)) => Conjunct::Compare(column, turned, value),
        (Some(_), ..) if op == "=" => among(left, right),
        _ => Conjunct::Other,
    });
}

/// `column IN ('a', 'b')` and `column = ANY (ARRAY['a', 'b'])`.
fn among(left: &SyntaxNode, right: &SyntaxNode) -> Conjunct {
    let is_list = right.kind() != SyntaxKind::CALL_EXPR || kid(right, SyntaxKind::ANY_FN).is_some();
    let has_query = right.descendants().any(|inner| inner.kind() == SyntaxKind::SELECT);
    let literals = right.descendants().filter(|inner| inner.kind() == SyntaxKind::LITERAL);
    match column(left).filter(|_| is_list && !has_query) {
        Some(column) => {
            let values = literals.filter_map(|literal| constant(&literal)).collect::<Vec<_>>();
            if values.is_empty() {
                Conjunct::Other
            } else {
                Conjunct::Among(column, values)
            }
        }
        None => Conjunct::Other,
    }
}
