//! Reads a `pg_node_tree`: the text that PostgreSQL's `outfuncs.c` writes of an analysed query.
//!
//! Every node is `{TAG :field value …}`, whatever the major version; fields come and go, so they are looked up by name and
//! a missing one reads as null. The text becomes one flat list of items in the order of the text, each of which knows
//! where its subtree ends: one allocation, no copies, and what nobody asks for is stepped over.

use crate::{Error, Result};

/// A whole tree. [`Tree::root`] is where to start.
pub(super) struct Tree<'a> {
    items: Vec<Item<'a>>,
}

#[derive(Clone, Copy)]
struct Item<'a> {
    kind: Kind,
    /// A node's tag, a label's name, an atom's text.
    text: &'a str,
    /// The index after the last item of this subtree.
    end: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    Atom,
    List,
    Node,
    Label,
}

/// One value in a tree: a node, a list, an atom, or null.
#[derive(Clone, Copy)]
pub(super) struct Value<'t> {
    tree: &'t Tree<'t>,
    at: usize,
}

const NULL: Item<'static> = Item {
    kind: Kind::Null,
    text: "",
    end: 0,
};

impl<'a> Tree<'a> {
    /// Reads the text of one `pg_node_tree` value.
    pub(super) fn parse(text: &'a str) -> Result<Self> {
        let mut items = Vec::with_capacity(text.len() / 12);
        let mut open: Vec<Frame> = Vec::new();
        let mut rest = Scanner { text, at: 0 };
        while let Some(token) = rest.next_token() {
            match token {
                "{" | "(" => {
                    let is_node = token == "{";
                    if open.last().is_some_and(|frame| frame.wants_label) {
                        return Err(malformed(rest.at));
                    }
                    let tag = if is_node {
                        rest.next_token().ok_or_else(|| malformed(rest.at))?
                    } else {
                        ""
                    };
                    let kind = if is_node { Kind::Node } else { Kind::List };
                    open.push(Frame {
                        item: items.len(),
                        is_node,
                        wants_label: is_node,
                    });
                    items.push(Item {
                        kind,
                        text: tag,
                        end: 0,
                    });
                    continue;
                }
                "}" | ")" => {
                    let frame = open.pop().ok_or_else(|| malformed(rest.at))?;
                    if frame.is_node != (token == "}") || frame.is_node != frame.wants_label {
                        return Err(malformed(rest.at));
                    }
                    items[frame.item].end = items.len() as u32;
                }
                _ => {
                    let end = items.len() as u32 + 1;
                    match open.last_mut() {
                        Some(frame) if frame.wants_label => {
                            if let Some(name) = token.strip_prefix(':') {
                                frame.wants_label = false;
                                items.push(Item {
                                    kind: Kind::Label,
                                    text: name,
                                    end,
                                });
                                continue;
                            }
                            // The bytes of a constant follow their number: `4 [ 1 0 0 0 ]`.
                            if token != "[" {
                                return Err(malformed(rest.at));
                            }
                            let bytes = rest.bytes().ok_or_else(|| malformed(rest.at))?;
                            items.last_mut().ok_or_else(|| malformed(rest.at))?.text = bytes;
                            continue;
                        }
                        _ if token == "<>" => items.push(Item { end, ..NULL }),
                        _ => items.push(Item {
                            kind: Kind::Atom,
                            text: token,
                            end,
                        }),
                    }
                }
            }
            match open.last_mut() {
                Some(frame) => frame.wants_label = frame.is_node,
                None => return Ok(Self { items }),
            }
        }
        Err(malformed(text.len()))
    }

    pub(super) fn root(&'a self) -> Value<'a> {
        Value { tree: self, at: 0 }
    }
}

/// A node or list whose end has not been read yet.
struct Frame {
    item: usize,
    is_node: bool,
    wants_label: bool,
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    /// The next token by the rules of `pg_strtok`: brackets stand alone, a backslash protects the character after it.
    fn next_token(&mut self) -> Option<&'a str> {
        let bytes = self.text.as_bytes();
        while bytes
            .get(self.at)
            .is_some_and(|byte| matches!(byte, b' ' | b'\n' | b'\t'))
        {
            self.at += 1;
        }
        let start = self.at;
        if matches!(bytes.get(start)?, b'(' | b')' | b'{' | b'}') {
            self.at += 1;
            return Some(&self.text[start..self.at]);
        }
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\n' | b'\t' | b'(' | b')' | b'{' | b'}' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.text.get(start..self.at)
    }

    /// What stands before the next `]`, which is stepped over.
    fn bytes(&mut self) -> Option<&'a str> {
        let (bytes, _) = self.text[self.at..].split_once(']')?;
        self.at += bytes.len() + 1;
        Some(bytes)
    }
}

fn malformed(at: usize) -> Error {
    Error::new(format!("the view's stored query cannot be read at byte {at}"))
}

impl<'t> Value<'t> {
    fn item(self) -> Item<'t> {
        self.tree.items.get(self.at).copied().unwrap_or(NULL)
    }

    /// A node's tag, such as `QUERY`; empty for anything else.
    pub(super) fn tag(self) -> &'t str {
        let item = self.item();
        if item.kind == Kind::Node { item.text } else { "" }
    }

    /// A node's field; null where this version has none.
    pub(super) fn field(self, name: &str) -> Value<'t> {
        let item = self.item();
        let mut at = self.at.saturating_add(1);
        while item.kind == Kind::Node && at < item.end as usize {
            let value = Value {
                tree: self.tree,
                at: at + 1,
            };
            if self.tree.items[at].text == name {
                return value;
            }
            at = value.item().end as usize;
        }
        Value {
            tree: self.tree,
            at: usize::MAX,
        }
    }

    /// The elements of a list, none for anything else. The letter that marks a list of integers or OIDs is one.
    pub(super) fn elements(self) -> impl Iterator<Item = Value<'t>> {
        let item = self.item();
        let mut at = self.at.saturating_add(1);
        std::iter::from_fn(move || {
            if item.kind != Kind::List || at >= item.end as usize {
                return None;
            }
            let value = Value { tree: self.tree, at };
            at = value.item().end as usize;
            Some(value)
        })
    }

    /// Whether it is null, or missing, or a list of nothing.
    pub(super) fn is_empty(self) -> bool {
        match self.item().kind {
            Kind::Null => true,
            Kind::List => self.elements().next().is_none(),
            _ => false,
        }
    }

    /// An atom's text as it is written, with its backslashes.
    pub(super) fn atom(self) -> &'t str {
        let item = self.item();
        if item.kind == Kind::Atom { item.text } else { "" }
    }

    /// An atom as a number.
    pub(super) fn number<N: std::str::FromStr>(self) -> Option<N> {
        self.atom().parse().ok()
    }

    /// Whether it is the atom `true`.
    pub(super) fn is_true(self) -> bool {
        self.atom() == "true"
    }

    /// The bytes of a constant's `constvalue`, as many as can be read.
    pub(super) fn datum(self) -> Vec<u8> {
        self.atom()
            .split_ascii_whitespace()
            .map_while(|byte| byte.parse::<i16>().ok())
            .map(|byte| byte as u8)
            .collect()
    }

    /// The position of this value in its tree: its identity.
    pub(super) fn position(self) -> usize {
        self.at
    }

    /// Whether this subtree has a node with one of these tags.
    pub(super) fn contains(self, tags: &[&str]) -> bool {
        let end = self.item().end as usize;
        let items = self.tree.items.get(self.at..end).unwrap_or(&[]);
        items
            .iter()
            .any(|item| item.kind == Kind::Node && tags.contains(&item.text))
    }

    /// How many nodes of this subtree carry the atom `value` in a field called one of `names`.
    pub(super) fn count_fields(self, names: &[&str], value: &str) -> usize {
        let end = self.item().end as usize;
        let items = self.tree.items.get(self.at..end).unwrap_or(&[]);
        let is_field =
            |pair: &&[Item<'_>]| pair[0].kind == Kind::Label && names.contains(&pair[0].text) && pair[1].text == value;
        items.windows(2).filter(is_field).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_lists_strings_and_bytes_are_read() {
        let text = r#"({RTE :alias <> :eref {ALIAS :aliasname *SELECT*\ 1 :colnames ("a\ b" "c)d" "e"f")}
            :odd :x :set (b 1 2) :constvalue 4 [ 1 0 -1 0 ] :flag true :last -7})"#;
        // The second name closes the list early in a text that nobody escaped; PostgreSQL escapes it.
        assert!(Tree::parse(text).is_err());
        let text = text.replace("c)d", r"c\)d");
        let tree = Tree::parse(&text).unwrap();
        let node = tree.root().elements().next().unwrap();
        assert_eq!(node.tag(), "RTE");
        assert!(node.field("alias").is_empty());
        assert_eq!(node.field("eref").field("aliasname").atom(), r"*SELECT*\ 1");
        assert_eq!(node.field("eref").field("colnames").elements().count(), 3);
        assert_eq!(node.field("odd").atom(), ":x");
        assert_eq!(
            node.field("set")
                .elements()
                .filter_map(Value::number::<i32>)
                .collect::<Vec<_>>(),
            [1, 2]
        );
        assert_eq!(node.field("constvalue").datum(), [1, 0, 255, 0]);
        assert!(node.field("flag").is_true());
        assert_eq!(node.field("last").number::<i32>(), Some(-7));
        assert!(node.field("missing").is_empty());
        assert!(node.field("missing").field("deeper").elements().next().is_none());
    }

    #[test]
    fn broken_text_is_an_error_and_not_a_panic() {
        let whole = "({QUERY :a (1 2) :b {VAR :c 4 [ 1 2 ] :d \\}} :e <>})";
        assert!(Tree::parse(whole).is_ok());
        for end in 0..whole.len() {
            assert!(Tree::parse(&whole[..end]).is_err(), "{}", &whole[..end]);
        }
        for text in [
            "({A b})",
            "({A :b 1 2})",
            "({A :b (})",
            "(})",
            "{A :b}",
            "({A :b \\é})",
            "\\",
        ] {
            assert!(Tree::parse(text).is_err() || text.contains('é'), "{text}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let text = "(".repeat(1_000_000) + &")".repeat(1_000_000);
        assert!(Tree::parse(&text).is_ok());
    }
}
