//! Looking around in a syntax tree.

use std::ops::Range;

use squawk_syntax::ast::{self, AstNode as _};
use squawk_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

use crate::catalog::Name;
use crate::lint::statement::Path;
pub(in crate::lint) use crate::sql::tree::has;
use crate::sql::tree::is_text;

/// The children that are nodes.
pub(in crate::lint) fn children(node: &SyntaxNode) -> impl Iterator<Item = SyntaxNode> + use<> {
    node.children()
}

/// The first child of a kind.
pub(in crate::lint) fn kid(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.children().find(|child| child.kind() == kind)
}

/// The children of a kind.
pub(in crate::lint) fn kids(node: &SyntaxNode, kind: SyntaxKind) -> impl Iterator<Item = SyntaxNode> + use<> {
    node.children().filter(move |child| child.kind() == kind)
}

/// The first of a kind anywhere below.
pub(in crate::lint) fn below(node: &SyntaxNode, kind: SyntaxKind) -> Option<SyntaxNode> {
    node.descendants().find(|inner| inner.kind() == kind)
}

/// Where it stands, without the white space and comments around it.
pub(in crate::lint) fn range(node: &SyntaxNode) -> Range<usize> {
    match ends(node) {
        Some((first, last)) => first.text_range().start().into()..last.text_range().end().into(),
        None => node.text_range().start().into()..node.text_range().end().into(),
    }
}

/// The first and the last word or sign.
pub(in crate::lint) fn ends(node: &SyntaxNode) -> Option<(SyntaxToken, SyntaxToken)> {
    let mut first = node.first_token()?;
    while !is_text(&first) {
        first = first.next_token()?;
    }
    let mut last = node.last_token()?;
    while !is_text(&last) && last != first {
        last = last.prev_token()?;
    }
    Some((first, last))
}

/// The end of a word of this kind that is a direct part of the node.
pub(in crate::lint) fn end_of(node: &SyntaxNode, kind: SyntaxKind) -> Option<usize> {
    let mut elements = node.children_with_tokens();
    elements
        .find(|element| element.kind() == kind)
        .map(|element| element.text_range().end().into())
}

/// The identifier that a node consists of.
pub(in crate::lint) fn name(node: &SyntaxNode) -> Name {
    ast::normalize_name_node(node).into()
}

/// The name that a child of a kind consists of.
pub(in crate::lint) fn name_of(node: &SyntaxNode, kind: SyntaxKind) -> Option<Name> {
    kid(node, kind).map(|child| name(&child))
}

/// The dotted name in a node: itself, or the first below that is one.
pub(in crate::lint) fn path(node: &SyntaxNode) -> Option<Path> {
    let is_path = |kind: SyntaxKind| matches!(kind, SyntaxKind::PATH | SyntaxKind::PATH_REF);
    let top = node.descendants().find(|inner| is_path(inner.kind()))?;
    let is_segment = |kind: SyntaxKind| matches!(kind, SyntaxKind::PATH_SEGMENT | SyntaxKind::PATH_SEGMENT_REF);
    let parts = top.descendants().filter(|inner| is_segment(inner.kind()));
    let mut parts = parts.map(|segment| name(&segment)).collect::<Vec<_>>();
    let last = parts.pop()?;
    Some(Path {
        schema: parts.pop(),
        name: last,
    })
}

/// The dotted names in the children of a kind.
pub(in crate::lint) fn paths(node: &SyntaxNode, kind: SyntaxKind) -> Vec<Path> {
    kids(node, kind).filter_map(|child| path(&child)).collect()
}

/// The value of a string constant; `None` for another constant.
pub(in crate::lint) fn string(node: &SyntaxNode) -> Option<String> {
    const STRINGS: [SyntaxKind; 7] = [
        SyntaxKind::STRING,
        SyntaxKind::ESC_STRING,
        SyntaxKind::UNICODE_ESC_STRING,
        SyntaxKind::DOLLAR_QUOTED_STRING,
        SyntaxKind::NATIONAL_STRING,
        SyntaxKind::BIT_STRING,
        SyntaxKind::BYTE_STRING,
    ];
    if !STRINGS.iter().any(|kind| has(node, *kind)) {
        return None;
    }
    ast::Literal::cast(node.clone())?.string_value()
}

/// Options in parentheses, by name and value.
pub(in crate::lint) fn options(node: &SyntaxNode) -> Vec<(Name, String)> {
    let Some(list) = below(node, SyntaxKind::ATTRIBUTE_LIST) else {
        return Vec::new();
    };
    let option = |option: SyntaxNode| {
        let value = kid(&option, SyntaxKind::ATTRIBUTE_VALUE).map(|value| value.text().to_string());
        let value = value.unwrap_or_else(|| "true".to_owned());
        let value = value.trim().trim_matches('\'').to_ascii_lowercase();
        Some((name_of(&option, SyntaxKind::ATTRIBUTE_NAME)?, value))
    };
    kids(&list, SyntaxKind::ATTRIBUTE_OPTION).filter_map(option).collect()
}
