//! What a statement does to rows, and which relations it reads.

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::{SyntaxKind, SyntaxNode};

use crate::catalog::Name;
use crate::lint::statement::{Conjunct, Dml, DmlKind, Filter, Path};

use super::expression::expression;
use super::tree::{children, kid, kids, name_of, path};

/// Each `INSERT`, `UPDATE`, `DELETE` and `MERGE` in a statement, those in `WITH` included. What stands in a routine's body
/// or a rule is not done now.
pub(super) fn changes(node: &SyntaxNode) -> Vec<Dml> {
    let is_kept = matches!(
        node.kind(),
        SyntaxKind::CREATE_FUNCTION | SyntaxKind::CREATE_PROCEDURE | SyntaxKind::CREATE_RULE | SyntaxKind::PREPARE
    );
    if is_kept || node.kind() == SyntaxKind::EXPLAIN && !explains_by_running(node) {
        return Vec::new();
    }
    node.descendants().filter_map(|inner| change(&inner)).collect()
}

/// `EXPLAIN ANALYZE`, `EXPLAIN (ANALYZE)`.
fn explains_by_running(node: &SyntaxNode) -> bool {
    let is_analyze = |option: &SyntaxNode| {
        let mut words = option.text().to_string().to_ascii_lowercase();
        words.retain(|sign| sign.is_ascii_alphanumeric() || sign == ' ');
        let mut words = words.split_whitespace();
        matches!(words.next(), Some("analyze" | "analyse")) && !matches!(words.next(), Some("off" | "false" | "0"))
    };
    let mut inside = node.descendants();
    inside.any(|inner| match inner.kind() {
        SyntaxKind::EXPLAIN_ANALYZE => true,
        SyntaxKind::EXPLAIN_OPTION => is_analyze(&inner),
        _ => false,
    })
}

fn change(node: &SyntaxNode) -> Option<Dml> {
    let (kind, target) = match node.kind() {
        SyntaxKind::INSERT => (DmlKind::Insert, SyntaxKind::RELATION_NAME_REF),
        SyntaxKind::UPDATE => (DmlKind::Update, SyntaxKind::RELATION_NAME),
        SyntaxKind::DELETE => (DmlKind::Delete, SyntaxKind::RELATION_NAME),
        SyntaxKind::MERGE => (DmlKind::Merge, SyntaxKind::TABLE_RELATION_NAME),
        _ => return None,
    };
    Some(Dml {
        kind,
        table: path(&kid(node, target)?)?,
        filter: filter(node),
        twice: twice(node),
    })
}

fn filter(node: &SyntaxNode) -> Filter {
    let is_joined = kid(node, SyntaxKind::FROM_CLAUSE).is_some() || kid(node, SyntaxKind::USING_CLAUSE).is_some();
    let Some(clause) = kid(node, SyntaxKind::WHERE_CLAUSE) else {
        return match kid(node, SyntaxKind::WHERE_CURRENT_OF) {
            Some(_) => Filter::Some,
            None if is_joined => Filter::Some,
            None => Filter::None,
        };
    };
    let inner = children(&clause).find(|child| ast::Expr::can_cast(child.kind()));
    let Some(said) = inner.map(|inner| expression(&inner)) else {
        return Filter::Some;
    };
    if said.truth == Some(true) {
        return Filter::None;
    }
    let equal = said.conjuncts.iter().filter_map(|conjunct| match conjunct {
        Conjunct::Compare(column, "=", _) => Some(column.clone()),
        _ => None,
    });
    match equal.collect::<Vec<_>>() {
        columns if columns.is_empty() => Filter::Some,
        columns => Filter::Equal(columns),
    }
}

/// The columns that are set more than once.
fn twice(node: &SyntaxNode) -> Vec<Name> {
    let mut lists = Vec::new();
    if let Some(list) = kid(node, SyntaxKind::COLUMN_TARGET_LIST) {
        lists.push(targets(&list));
    }
    let clauses = children(node).filter(|child| {
        matches!(
            child.kind(),
            SyntaxKind::SET_CLAUSE | SyntaxKind::ON_CONFLICT_CLAUSE | SyntaxKind::MERGE_WHEN_MATCHED
        )
    });
    for clause in clauses {
        lists.extend(
            clause
                .descendants()
                .find(|inner| inner.kind() == SyntaxKind::SET_CLAUSE)
                .map(|set| targets(&set)),
        );
    }
    let mut twice = Vec::new();
    for list in lists {
        for (at, column) in list.iter().enumerate() {
            if list[..at].contains(column) && !twice.contains(column) {
                twice.push(column.clone());
            }
        }
    }
    twice
}

fn targets(node: &SyntaxNode) -> Vec<Name> {
    let targets = node
        .descendants()
        .filter(|inner| inner.kind() == SyntaxKind::COLUMN_TARGET);
    // A part of a column (`a.b`, `a[1]`) may be set beside another part.
    let whole = targets.filter(|target| children(target).count() == 1);
    whole
        .filter_map(|target| name_of(&target, SyntaxKind::COLUMN_NAME_REF))
        .collect()
}

/// The relations that a statement reads from.
pub(super) fn reads(node: &SyntaxNode) -> Vec<Path> {
    let items = node
        .descendants()
        .filter(|inner| inner.kind() == SyntaxKind::RELATION_FROM_ITEM);
    let mut names = items.flat_map(|item| kids(&item, SyntaxKind::RELATION_NAME_REF).collect::<Vec<_>>());
    let mut reads = Vec::new();
    for inner in names.by_ref() {
        if let Some(read) = path(&inner)
            && !reads.contains(&read)
        {
            reads.push(read);
        }
    }
    reads
}
