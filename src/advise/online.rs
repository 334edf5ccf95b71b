//! Indexes that are made and dropped while everybody goes on working: of a partitioned table, which takes none
//! concurrently, part by part.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::index::{Index, IndexKey};
use crate::catalog::kin::Kin;
use crate::catalog::relation::Relation;
use crate::catalog::{Catalog, QName};
use crate::ddl::{Ddl as _, World, attach_index};

/// What makes an index, in order. Its parts on partitions get names of their own.
pub(super) fn build(index: &Index, catalog: &Catalog, kin: &Kin<'_>, names: &mut Names<'_>) -> Vec<String> {
    with_parts(index, false, catalog, kin, names)
}

/// What makes the parts that an index of a partitioned table lacks; nothing where it lacks none.
pub(super) fn complete(index: &Index, catalog: &Catalog, kin: &Kin<'_>, names: &mut Names<'_>) -> Vec<String> {
    with_parts(index, true, catalog, kin, names)
}

fn with_parts(index: &Index, is_there: bool, catalog: &Catalog, kin: &Kin<'_>, names: &mut Names<'_>) -> Vec<String> {
    let mut indexes = vec![(index.clone(), is_there)];
    let mut attached = Vec::new();
    let mut at = 0;
    while let Some((parent, _)) = indexes.get(at).cloned() {
        at += 1;
        let parts = kin.children(&parent.relation).iter();
        for part in parts.filter(|part| part.partition_of.is_some()) {
            let mut part = part_of(&parent, part);
            let mut others = kin.indexes(&part.relation).iter();
            if let Some(known) = others.clone().find(|old| old.parent.as_ref() == Some(&parent.name)) {
                indexes.push(((*known).clone(), true));
                continue;
            }
            match others.find(|old| can_be_part(old, &part)) {
                Some(old) => {
                    part.name = old.name.clone();
                    attached.extend(attach_index(&part));
                }
                None => {
                    names.give(&mut part);
                    indexes.push((part, false));
                }
            }
        }
    }
    let world = world(catalog, kin);
    let missing = indexes.iter().filter(|(_, is_there)| !is_there);
    let made = missing.flat_map(|(index, _)| index.create(&world));
    made.chain(attached).map(|statement| statement.sql).collect()
}

/// What drops an index.
pub(super) fn drop(index: &Index, catalog: &Catalog, kin: &Kin<'_>) -> Vec<String> {
    let statements = index.drop(&world(catalog, kin)).into_iter();
    statements.map(|statement| statement.sql).collect()
}

/// The part of a partitioned index that is for a partition.
fn part_of(parent: &Index, partition: &Relation) -> Index {
    named(Index {
        name: partition.name.clone(),
        relation: partition.name.clone(),
        parent: Some(parent.name.clone()),
        valid: true,
        ..parent.clone()
    })
}

/// Whether an index that a partition has already is all that its part has to be.
fn can_be_part(old: &Index, part: &Index) -> bool {
    let content = |index: &Index| Index {
        name: part.name.clone(),
        parent: None,
        clustered: false,
        tablespace: None,
        options: Vec::new(),
        ..index.clone()
    };
    old.parent.is_none() && content(old) == content(part)
}

/// Statements that let others go on with their work.
fn world<'a>(catalog: &'a Catalog, kin: &'a Kin<'a>) -> World<'a> {
    static NOTHING: BTreeSet<QName> = BTreeSet::new();
    World {
        from: catalog,
        to: catalog,
        before: kin,
        after: kin,
        session: None,
        online: true,
        replaced: &NOTHING,
    }
}

/// An ordinary index, named.
pub(super) fn index(table: &QName, method: &str, keys: Vec<IndexKey>) -> Index {
    named(Index {
        name: table.clone(),
        relation: table.clone(),
        method: method.into(),
        unique: false,
        nulls_not_distinct: false,
        valid: true,
        clustered: false,
        keys,
        include: Vec::new(),
        predicate: None,
        tablespace: None,
        options: Vec::new(),
        constraint: None,
        parent: None,
        extension: None,
    })
}

/// Names an index as PostgreSQL would; [`Names`] sees to it that no two are called the same.
pub(super) fn named(mut index: Index) -> Index {
    let words = index.keys.iter().map(|key| match (&key.column, &key.expression) {
        (Some(column), _) => column.to_string(),
        (None, Some(text)) => {
            let letters = text.chars().take_while(|letter| *letter != ':' && *letter != '\'');
            let word = letters
                .map(|letter| if letter.is_alphanumeric() { letter } else { '_' })
                .collect::<String>();
            let parts = word.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>();
            parts.join("_")
        }
        (None, None) => String::new(),
    });
    let words = words.collect::<Vec<_>>().join("_");
    let name = fitting(&index.relation.name, &words);
    index.name = QName::new(index.relation.schema.clone(), format!("{name}_idx"));
    index
}

/// Both names in one, short enough for the rest of an index's name. The longer of them is cut, as PostgreSQL does it
/// (`makeObjectName`), so that indexes of a table with a long name still say what they are of.
fn fitting(table: &str, words: &str) -> String {
    /// The 63 bytes of a name without `_`, `_idx` and three digits.
    const ROOM: usize = 55;
    let (mut of_table, mut of_words) = (table.len(), words.len());
    if of_table + of_words > ROOM {
        let half = ROOM / 2;
        of_table = of_table.min(ROOM.saturating_sub(of_words).max(half));
        of_words = of_words.min(ROOM - of_table);
    }
    let cut = |text: &str, length| text[..text.floor_char_boundary(length)].to_owned();
    format!("{}_{}", cut(table, of_table), cut(words, of_words))
}

/// Gives each index a name that neither the schema nor another of them has.
#[cfg(all(unix, feature = "db", feature = "checks", feature = "lint"))]
pub(super) fn distinguished(indexes: &mut [Index], catalog: &Catalog, others: &[QName]) {
    let mut names = Names::new(catalog, others.iter().cloned());
    for index in indexes {
        names.give(index);
    }
}

/// Names that nothing in a schema has, nor an index that was named before.
#[derive(Debug)]
pub(super) struct Names<'a> {
    catalog: &'a Catalog,
    given: BTreeSet<QName>,
    next: BTreeMap<QName, u32>,
}

impl<'a> Names<'a> {
    /// Those of a schema where these are given already.
    pub(super) fn new(catalog: &'a Catalog, given: impl IntoIterator<Item = QName>) -> Self {
        Self {
            catalog,
            given: given.into_iter().collect(),
            next: BTreeMap::new(),
        }
    }

    /// Gives an index a name that begins as its own.
    pub(super) fn give(&mut self, index: &mut Index) {
        let base = index.name.clone();
        while self.is_taken(&index.name) {
            let number = self.next.entry(base.clone()).or_insert(0);
            *number += 1;
            index.name = QName::new(base.schema.clone(), format!("{}{number}", base.name));
        }
        self.given.insert(index.name.clone());
    }

    fn is_taken(&self, name: &QName) -> bool {
        self.given.contains(name)
            || self.catalog.indexes.find(|row| row.name.cmp(name)).is_some()
            || self.catalog.relations.find(|row| row.name.cmp(name)).is_some()
            || self.catalog.sequences.find(|row| row.name.cmp(name)).is_some()
            || self.catalog.user_type(name).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_where_they_are_long_and_keep_what_tells_them_apart() {
        let long = "events_of_the_accounting_department_in_the_year_2024";
        for (table, words) in [("orders", "user_id"), (long, "user_id"), ("orders", long), (long, long)] {
            let name = fitting(table, words);
            assert!(name.len() <= 56, "{name}");
        }
        assert_eq!(fitting("orders", "user_id"), "orders_user_id");
        assert_ne!(fitting(long, "user_id"), fitting(long, "org_id"));
        assert_eq!(fitting("ä".repeat(40).as_str(), "b"), format!("{}_b", "ä".repeat(27)));
    }

    #[test]
    fn no_two_indexes_are_called_the_same() {
        let catalog = Catalog::default();
        let mut names = Names::new(&catalog, [QName::new("public", "a_idx")]);
        let mut given = Vec::new();
        for _ in 0..3 {
            let mut one = index(&QName::new("public", "a"), "btree", Vec::new());
            one.name = QName::new("public", "a_idx");
            names.give(&mut one);
            given.push(one.name.name.to_string());
        }
        assert_eq!(given, ["a_idx1", "a_idx2", "a_idx3"]);
    }
}
