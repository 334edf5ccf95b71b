//! Functions and procedures as far as the rules look at them.

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use crate::lint::statement::{CreateRoutine, Expression, RoutineChanges, Verb};

use super::expression::expression;
use super::tree::{below, children, has, kid, kids, name, path, string};

pub(super) fn create(node: &SyntaxNode) -> Option<Verb> {
    let target =
        children(node).find(|child| matches!(child.kind(), SyntaxKind::FUNCTION_NAME | SyntaxKind::PROCEDURE_NAME))?;
    let said = changes(node);
    let list = kid(node, SyntaxKind::FUNC_OPTION_LIST);
    let definer = said.definer == Some(true);
    let sets_search_path = said.search_path == Some(true);
    let is_sql = list
        .as_ref()
        .is_none_or(|list| match kid(list, SyntaxKind::LANGUAGE_FUNC_OPTION) {
            Some(option) => language(&option) == "sql",
            None => true,
        });
    let is_set = list.as_ref().is_some_and(|list| has(list, SyntaxKind::SET_FUNC_OPTION));
    let gives_set = kid(node, SyntaxKind::RET_TYPE).is_some_and(|returned| {
        let mut elements = returned.descendants_with_tokens();
        elements.any(|element| matches!(element.kind(), SyntaxKind::SETOF_KW | SyntaxKind::TABLE_KW))
    });
    let can_inline = is_sql && !definer && !is_set && !gives_set;
    Some(Verb::CreateRoutine(Box::new(CreateRoutine {
        name: path(&target)?,
        definer,
        sets_search_path,
        volatile: said.volatile.unwrap_or(true),
        inlined: body(node, list.as_ref()).filter(|_| can_inline),
    })))
}

pub(super) fn alter(node: &SyntaxNode) -> Option<Verb> {
    let target = children(node).find_map(|child| path(&child))?;
    Some(Verb::AlterRoutine {
        name: target,
        changes: changes(node),
    })
}

fn changes(node: &SyntaxNode) -> RoutineChanges {
    let mut said = RoutineChanges::default();
    let Some(list) = kid(node, SyntaxKind::FUNC_OPTION_LIST) else {
        return said;
    };
    let is_path = |option: &SyntaxNode| {
        let setting = below(option, SyntaxKind::CONFIG_PARAMETER_REF).and_then(|setting| path(&setting));
        setting.is_some_and(|setting| setting.name == "search_path")
    };
    for option in children(&list) {
        match option.kind() {
            SyntaxKind::SECURITY_DEFINER_FUNC_OPTION => said.definer = Some(true),
            SyntaxKind::SECURITY_INVOKER_FUNC_OPTION => said.definer = Some(false),
            SyntaxKind::SET_FUNC_OPTION if is_path(&option) => said.search_path = Some(true),
            SyntaxKind::RESET_FUNC_OPTION if is_path(&option) || has(&option, SyntaxKind::ALL_KW) => {
                said.search_path = Some(false);
            }
            SyntaxKind::VOLATILE | SyntaxKind::STABLE | SyntaxKind::IMMUTABLE => {
                said.volatile = Some(option.text().to_string().to_ascii_lowercase().contains("volatile"));
            }
            _ => {}
        }
    }
    said
}

fn language(option: &SyntaxNode) -> String {
    let named = kid(option, SyntaxKind::LANGUAGE_REF).map(|language| name(&language).to_string());
    let quoted = || kid(option, SyntaxKind::LITERAL).and_then(|literal| string(&literal));
    named.or_else(quoted).unwrap_or_default().to_ascii_lowercase()
}

/// The one expression that a function is: `SELECT expression`, `RETURN expression`.
fn body(node: &SyntaxNode, list: Option<&SyntaxNode>) -> Option<Expression> {
    if let Some(returned) = kid(node, SyntaxKind::RETURN_STMT) {
        let inner = children(&returned).find(|child| ast::Expr::can_cast(child.kind()))?;
        return Some(expression(&inner));
    }
    let definition = kids(list?, SyntaxKind::AS_FUNC_OPTION).next()?;
    let text = string(&below(&definition, SyntaxKind::LITERAL)?)?;
    of_text(&text)
}

/// The one expression that the text of an SQL function is.
pub(in crate::lint) fn of_text(text: &str) -> Option<Expression> {
    let tree = SourceFile::parse(text).syntax_node();
    let mut statements = children(&tree).filter(|child| child.kind() != SyntaxKind::EMPTY_STMT);
    let select = statements.next().filter(|select| select.kind() == SyntaxKind::SELECT)?;
    let is_plain =
        statements.next().is_none() && children(&select).all(|part| part.kind() == SyntaxKind::SELECT_CLAUSE);
    let mut targets = select.descendants().filter(|inner| inner.kind() == SyntaxKind::TARGET);
    let target = targets.next().filter(|_| is_plain)?;
    let inner = children(&target).find(|child| ast::Expr::can_cast(child.kind()))?;
    targets.next().is_none().then(|| expression(&inner))
}
