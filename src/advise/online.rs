//! Indexes that are made and dropped while everybody goes on working: of a partitioned table, which takes none
//! concurrently, part by part.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::index::{Index, IndexKey};
use crate::catalog::kin::Kin;
use crate::catalog::relation::Relation;
use crate::catalog::{Catalog, QName};
use crate::ddl::{Ddl as _, World, attach_index};

/// What makes an index, in order. Its parts on partitions are called as nothing in `taken` is, and added there.
pub(super) fn build(index: &Index, catalog: &Catalog, kin: &Kin<'_>, taken: &mut Vec<QName>) -> Vec<String> {
    let mut wanted = vec![index.clone()];
    taken.push(index.name.clone());
    let mut attached = Vec::new();
    let mut at = 0;
    while let Some(parent) = wanted.get(at).cloned() {
        at += 1;
        let parts = kin.children(&parent.relation).iter();
        for part in parts.filter(|part| part.partition_of.is_some()) {
            let mut part = part_of(&parent, part);
            match kin.indexes(&part.relation).iter().find(|old| can_be_part(old, &part)) {
                Some(old) => {
                    part.name = old.name.clone();
                    attached.extend(attach_index(&part));
                }
                None => {
                    distinguished(std::slice::from_mut(&mut part), catalog, taken);
                    taken.push(part.name.clone());
                    wanted.push(part);
                }
            }
        }
    }
    let world = world(catalog, kin);
    let made = wanted.iter().flat_map(|index| index.create(&world));
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

/// Names an index as PostgreSQL would; [`distinguished`] sees to it that no two are called the same.
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
    let mut name = format!("{}_{words}", index.relation.name);
    while name.len() > 52 {
        name.pop();
    }
    index.name = QName::new(index.relation.schema.clone(), format!("{name}_idx"));
    index
}

/// Gives each index a name that neither the schema nor another of them has.
pub(super) fn distinguished(indexes: &mut [Index], catalog: &Catalog, others: &[QName]) {
    let mut taken = catalog
        .indexes
        .iter()
        .map(|index| index.name.clone())
        .collect::<BTreeSet<_>>();
    taken.extend(others.iter().cloned());
    taken.extend(catalog.relations.iter().map(|relation| relation.name.clone()));
    let mut next = BTreeMap::<QName, u32>::new();
    for index in indexes {
        let base = index.name.clone();
        while !taken.insert(index.name.clone()) {
            let number = next.entry(base.clone()).or_insert(0);
            *number += 1;
            index.name = QName::new(base.schema.clone(), format!("{}{number}", base.name));
        }
    }
}
