//! Functions and procedures as far as the rules look at them.

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::{SourceFile, SyntaxKind, SyntaxNode};

use crate::lint::statement::{Arguments, CreateRoutine, Expression, RoutineChanges, Signature, Verb};
use crate::lint::types::{TypeName, is_type};

use super::expression::expression;
use super::tree::{below, children, has, kid, kids, name, name_of, path, string};

pub(super) fn create(node: &SyntaxNode) -> Option<Verb> {
    let target =
        children(node).find(|child| matches!(child.kind(), SyntaxKind::FUNCTION_NAME | SyntaxKind::PROCEDURE_NAME))?;
    let said = changes(node);
    let list = kid(node, SyntaxKind::FUNC_OPTION_LIST);
    let definer = said.definer == Some(true);
    let sets_search_path = said.search_path == Some(true);
    let option = list
        .as_ref()
        .and_then(|list| kid(list, SyntaxKind::LANGUAGE_FUNC_OPTION));
    let language = option.map_or_else(|| "sql".to_owned(), |option| language(&option));
    let is_sql = language == "sql";
    let text = list.as_ref().and_then(text);
    let is_set = list.as_ref().is_some_and(|list| has(list, SyntaxKind::SET_FUNC_OPTION));
    let gives_set = kid(node, SyntaxKind::RET_TYPE).is_some_and(|returned| {
        let mut elements = returned.descendants_with_tokens();
        elements.any(|element| matches!(element.kind(), SyntaxKind::SETOF_KW | SyntaxKind::TABLE_KW))
    });
    let can_inline = is_sql && !definer && !is_set && !gives_set;
    Some(Verb::CreateRoutine(Box::new(CreateRoutine {
        name: path(&target)?,
        arguments: kid(node, SyntaxKind::PARAM_LIST)
            .map(|list| arguments(&list))
            .unwrap_or_default(),
        body: text.filter(|_| is_read_late(&language)),
        definer,
        sets_search_path,
        volatile: said.volatile.unwrap_or(true),
        inlined: body(node, list.as_ref()).filter(|_| can_inline),
    })))
}

pub(super) fn alter(node: &SyntaxNode) -> Option<Verb> {
    let target = children(node).find_map(|child| path(&child))?;
    let moved = children(node).find(|child| {
        let renames = [
            SyntaxKind::FUNCTION_RENAME_TO,
            SyntaxKind::PROCEDURE_RENAME_TO,
            SyntaxKind::ROUTINE_RENAME_TO,
        ];
        renames.contains(&child.kind()) || child.kind() == SyntaxKind::SET_SCHEMA
    });
    if let Some(moved) = moved {
        return Some(Verb::MoveRoutine {
            routine: signatures(node).pop()?,
            schema: name_of(&moved, SyntaxKind::SCHEMA_REF),
            name: path(&moved).map(|to| to.name),
        });
    }
    Some(Verb::AlterRoutine {
        name: target,
        changes: changes(node),
    })
}

/// The routines that a statement names by their arguments.
pub(super) fn signatures(node: &SyntaxNode) -> Vec<Signature> {
    let is_signature = |kind: SyntaxKind| {
        matches!(
            kind,
            SyntaxKind::FUNCTION_SIG | SyntaxKind::PROCEDURE_SIG | SyntaxKind::ROUTINE_SIG
        )
    };
    let found = node.descendants().filter(|inner| is_signature(inner.kind()));
    let signature = |node: SyntaxNode| {
        Some(Signature {
            name: path(&node)?,
            arguments: kid(&node, SyntaxKind::PARAM_LIST).map(|list| arguments(&list).types),
        })
    };
    found.filter_map(signature).collect()
}

fn arguments(list: &SyntaxNode) -> Arguments {
    let mut read = Arguments::default();
    for param in kids(list, SyntaxKind::PARAM).filter(|param| !has(param, SyntaxKind::PARAM_OUT)) {
        let written = children(&param).find(|child| is_type(child.kind()));
        read.types.extend(written.map(|written| TypeName::read(&written)));
        read.variadic |= has(&param, SyntaxKind::PARAM_VARIADIC);
        read.defaults += usize::from(has(&param, SyntaxKind::PARAM_DEFAULT));
    }
    read
}

/// Whether what a body names is looked up when it runs: PostgreSQL keeps no account of it.
pub(in crate::lint) fn is_read_late(language: &str) -> bool {
    matches!(language, "sql" | "plpgsql")
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
    of_text(&text(list?)?)
}

/// The text of the body, where it is one.
fn text(list: &SyntaxNode) -> Option<String> {
    let definition = kid(list, SyntaxKind::AS_FUNC_OPTION)?;
    string(&below(&definition, SyntaxKind::LITERAL)?)
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
