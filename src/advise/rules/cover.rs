//! Which index answers a search for the columns of a foreign key.

use crate::advise::Context;
use crate::advise::context::is_of;
use crate::catalog::Name;
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::{Relation, RelationKind};
use crate::sql::identifier;

/// How well a search for equal values of some columns is answered. The better is the greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cover {
    /// Only by reading everything.
    None,
    /// By an index that begins with some of them.
    Part,
    /// By an index that begins with all of them in another order.
    OtherOrder,
    /// By an index that begins with them.
    Full,
}

/// The methods whose indexes find a few rows by equal values of their first columns. What a GiST or SP-GiST index has of
/// plain values, such as that of an exclusion constraint, finds equal ones (modules `btree_gist` and core).
const FINDERS: [&str; 4] = ["btree", "hash", "gist", "spgist"];

/// How well the indexes of a table answer a search for the columns; of a partitioned one, its worst partition counts.
pub(super) fn cover(context: &Context<'_>, table: &Relation, columns: &[Name]) -> Cover {
    let indexes = context.indexes(&table.name).iter();
    let own = indexes
        .map(|index| cover_of(index, columns))
        .max()
        .unwrap_or(Cover::None);
    if own == Cover::Full || table.kind != RelationKind::PartitionedTable {
        return own;
    }
    let partitions = context.partitions(&table.name).iter();
    let worst = partitions.map(|partition| cover(context, partition, columns)).min();
    own.max(worst.unwrap_or(Cover::None))
}

/// How well one index does.
pub(super) fn cover_of(index: &Index, columns: &[Name]) -> Cover {
    let is_hash = index.method == "hash";
    if !index.valid || !FINDERS.contains(&&*index.method) || !covers_all_rows(index, columns) {
        return Cover::None;
    }
    let first = index.keys.get(..columns.len()).unwrap_or_default();
    // The search compares as the columns do, and an index of another collation is no help for it.
    let is_of =
        |key: &IndexKey, column: &Name| is_of(key, column) && key.collation.is_none() && finds_equal(index, key);
    let has = |column: &&Name| first.iter().any(|key| is_of(key, column));
    if !first.is_empty() && first.iter().zip(columns).all(|(key, column)| is_of(key, column)) {
        Cover::Full
    } else if !first.is_empty() && columns.iter().all(|column| has(&column)) {
        Cover::OtherOrder
    } else if columns
        .iter()
        .any(|column| index.keys.first().is_some_and(|key| is_of(key, column)))
        && !is_hash
    {
        Cover::Part
    } else {
        Cover::None
    }
}

/// Whether the key's operators have equality: those that no type has by default are for something else, such as trigrams.
fn finds_equal(index: &Index, key: &IndexKey) -> bool {
    ["btree", "hash"].contains(&&*index.method) || (FINDERS.contains(&&*index.method) && key.opclass.is_none())
}

/// Why an index that begins with the columns does not answer a search for them; `None` where it does, or begins otherwise.
pub(super) fn why_not(index: &Index, columns: &[Name]) -> Option<String> {
    let first = index.keys.get(..columns.len())?;
    if !first.iter().zip(columns).all(|(key, column)| is_of(key, column)) {
        return None;
    }
    if !index.valid {
        return Some("it is invalid".to_owned());
    }
    if !first.iter().all(|key| finds_equal(index, key)) {
        return Some(format!("a {} index is no help to find single rows", index.method));
    }
    if !covers_all_rows(index, columns) {
        let predicate = index.predicate.as_deref().unwrap_or_default();
        return Some(format!("has only the rows of WHERE {predicate}"));
    }
    let collation = first.iter().find_map(|key| key.collation.as_ref())?;
    Some(format!("compares by {collation}, which the column does not"))
}

/// Whether the index has every row that a search for equal values of the columns can find: all, or all that are not NULL.
fn covers_all_rows(index: &Index, columns: &[Name]) -> bool {
    let Some(predicate) = &index.predicate else { return true };
    let implied = columns
        .iter()
        .map(|column| format!("{} IS NOT NULL", identifier(column)));
    let implied = implied.collect::<Vec<_>>();
    predicate
        .split(" AND ")
        .all(|part| implied.iter().any(|implied| part.trim_matches(['(', ')']) == implied))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::QName;

    fn index(method: &str, columns: &[&str], predicate: Option<&str>) -> Index {
        let key = |column: &&str| IndexKey {
            column: Some((*column).into()),
            ..IndexKey::default()
        };
        Index {
            name: QName::new("public", "i"),
            relation: QName::new("public", "t"),
            method: method.into(),
            unique: false,
            nulls_not_distinct: false,
            valid: true,
            clustered: false,
            keys: columns.iter().map(key).collect(),
            include: Vec::new(),
            predicate: predicate.map(str::to_owned),
            tablespace: None,
            options: Vec::new(),
            constraint: None,
            parent: None,
            extension: None,
        }
    }

    #[test]
    fn an_index_answers_for_the_columns_that_it_begins_with() {
        let of = |index: &Index, columns: &[&str]| {
            cover_of(
                index,
                &columns.iter().map(|column| Name::from(*column)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(of(&index("btree", &["a", "b"], None), &["a"]), Cover::Full);
        assert_eq!(of(&index("btree", &["a", "b"], None), &["b"]), Cover::None);
        assert_eq!(of(&index("btree", &["a", "b"], None), &["b", "a"]), Cover::OtherOrder);
        assert_eq!(of(&index("btree", &["b"], None), &["a", "b"]), Cover::Part);
        assert_eq!(of(&index("gin", &["a"], None), &["a"]), Cover::None);
        assert_eq!(of(&index("brin", &["a"], None), &["a"]), Cover::None);
        assert_eq!(of(&index("gist", &["a", "during"], None), &["a"]), Cover::Full);
        assert_eq!(of(&index("hash", &["a"], None), &["a"]), Cover::Full);
        assert_eq!(
            of(&index("btree", &["a"], Some("(a IS NOT NULL)")), &["a"]),
            Cover::Full
        );
        assert_eq!(of(&index("btree", &["a"], Some("(a > 7)")), &["a"]), Cover::None);
        let both = "((a IS NOT NULL) AND (b IS NOT NULL))";
        assert_eq!(of(&index("btree", &["a", "b"], Some(both)), &["a", "b"]), Cover::Full);
        assert_eq!(of(&index("btree", &["a", "b"], Some(both)), &["a"]), Cover::None);
    }
}
