//! What is not to be committed by halves: rows that are in no table of theirs, and partitions that have left one place
//! for another.

use std::collections::BTreeSet;

use super::order::{Action, Node};
use crate::catalog::ObjectId;
use crate::ddl::{self, Part, Statement, Transaction};
use crate::{Error, Result};

/// Two nodes, and nothing is committed between them.
pub(super) struct Span {
    first: usize,
    last: usize,
    /// Whether it is about rows, which are to be out of sight never.
    is_strict: bool,
}

/// The spans of a migration.
pub(super) fn spans(nodes: &[Node]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (last, node) in nodes.iter().enumerate() {
        let is_table = matches!(node.object, ObjectId::Table(_) | ObjectId::ForeignTable(_));
        let wanted = match (node.action, node.part) {
            (Action::Create, Part::Rows) => (Action::Drop, Part::Itself),
            (Action::Alter, Part::Attachment) if is_table => (Action::Alter, Part::Detachment),
            _ => continue,
        };
        let others = nodes.iter().enumerate().filter(|(_, other)| {
            other.object == node.object && (other.action, other.part) == wanted && !is_apart(other)
        });
        spans.extend(others.map(|(first, _)| Span {
            first,
            last,
            is_strict: wanted.0 == Action::Drop,
        }));
    }
    // Of several statements by which a table leaves, the last counts.
    spans.dedup_by(|later, kept| {
        let is_same = later.last == kept.last;
        kept.first = if is_same { later.first } else { kept.first };
        is_same
    });
    spans
}

/// What a span waits for is done before it begins, where that ends a transaction; where it cannot be, a check of rows is
/// made within, and an index is built there at once.
pub(super) fn hold(spans: &[Span], nodes: &mut [Node], after: &mut [Vec<usize>]) {
    if spans.is_empty() {
        return;
    }
    let mut before = vec![Vec::new(); nodes.len()];
    for (at, next) in after.iter().enumerate() {
        next.iter().for_each(|&next| before[next].push(at));
    }
    for span in spans {
        let mut needed = reached(span.last, &before);
        needed.retain(|&at| is_apart(&nodes[at]));
        if needed.is_empty() {
            continue;
        }
        let within = reached(span.first, after);
        for needed in needed {
            if !within.contains(&needed) {
                after[needed].push(span.first);
            } else if let Some(statements) = kept_within(&nodes[needed]) {
                nodes[needed].statements = statements;
            }
        }
    }
    after.iter_mut().for_each(|next| {
        next.sort_unstable();
        next.dedup();
    });
}

/// What is under way.
#[derive(Default)]
pub(super) struct Open {
    until: BTreeSet<usize>,
    strictly: BTreeSet<usize>,
}

impl Open {
    /// Whether nothing is to be committed now.
    pub(super) fn is_open(&self) -> bool {
        !self.until.is_empty()
    }

    /// Goes on to the next node.
    ///
    /// # Errors
    /// Where rows would be out of sight of others: a bug, which the message describes.
    pub(super) fn pass(&mut self, spans: &[Span], at: usize, nodes: &[Node]) -> Result<()> {
        if let Some(&waiting) = self.strictly.first().filter(|_| is_apart(&nodes[at])) {
            let rows_of = &nodes[waiting].object;
            return Err(Error::new(format!(
                "the rows of {rows_of} would be committed outside of it, which is a bug of pgkeel's planner"
            ))
            .with_detail(format!("before {} in a transaction of its own", nodes[at].object))
            .with_hint("please report it; until it is mended, split the change in two, or plan it with --offline"));
        }
        self.until.remove(&at);
        self.strictly.remove(&at);
        for span in spans.iter().filter(|span| span.first == at) {
            self.until.insert(span.last);
            if span.is_strict {
                self.strictly.insert(span.last);
            }
        }
        Ok(())
    }
}

/// Whether what was done before the node is committed before it.
fn is_apart(node: &Node) -> bool {
    node.transaction() != Transaction::Within
}

/// What the node does in the transaction that is under way; `None` where it cannot be done there.
fn kept_within(node: &Node) -> Option<Vec<Statement>> {
    let statements = node.statements.iter();
    let within = |statement: &Statement| statement.clone().transaction(Transaction::Within);
    match is_check(node) {
        true => Some(statements.map(within).collect()),
        false => statements.map(ddl::at_once).collect(),
    }
}

/// Whether the node only looks at rows, which can be done in any transaction.
fn is_check(node: &Node) -> bool {
    node.transaction() == Transaction::Alone && !matches!(node.object, ObjectId::Type(_))
}

/// Everything that the edges lead to.
fn reached(from: usize, edges: &[Vec<usize>]) -> BTreeSet<usize> {
    let mut reached = BTreeSet::new();
    let mut to_visit = vec![from];
    while let Some(at) = to_visit.pop() {
        to_visit.extend(edges[at].iter().filter(|&&next| reached.insert(next)));
    }
    reached
}
