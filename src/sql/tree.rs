//! Looking around in the trees of the SQL reader, whatever was read.

use squawk_syntax::{SyntaxKind, SyntaxNode, SyntaxToken};

/// The words and signs in a node.
pub(crate) fn tokens(node: &SyntaxNode) -> impl Iterator<Item = SyntaxToken> + use<> {
    let all = node
        .descendants_with_tokens()
        .filter_map(|element| element.into_token());
    all.filter(is_text)
}

/// Whether a token is a word or a sign: neither white space nor a comment.
pub(crate) fn is_text(token: &SyntaxToken) -> bool {
    !matches!(token.kind(), SyntaxKind::WHITESPACE | SyntaxKind::COMMENT)
}

/// Whether a word or a child of a kind stands in a node.
pub(crate) fn has(node: &SyntaxNode, kind: SyntaxKind) -> bool {
    node.children_with_tokens().any(|child| child.kind() == kind)
}
