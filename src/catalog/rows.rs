//! Ordered, keyed rows, and the one generic difference between two sets of them.

use std::cmp::Ordering;
use std::ops::Deref;

#[cfg(feature = "plan")]
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A row of the catalog: flat, typed, and keyed by its own identity.
pub trait Row {
    /// What tells this row from every other of its kind.
    type Id<'a>: Ord
    where
        Self: 'a;

    /// The row's identity.
    fn id(&self) -> Self::Id<'_>;

    /// Which of two rows stands first. Rows that are equal here keep the order they came in.
    fn compare(&self, other: &Self) -> Ordering {
        self.id().cmp(&other.id())
    }
}

/// Rows of one kind, ordered and keyed by their own ids. Serialises as an array.
///
/// A kind whose order means something (a relation's columns) keeps that order within its owner and is still found by id.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows<T> {
    rows: Vec<T>,
    /// Positions in `rows`, sorted by id; `None` where `rows` itself is so sorted.
    by_id: Option<Vec<u32>>,
}

impl<T: Row> Rows<T> {
    /// Rows in the order of their kind ([`Row::compare`]).
    pub fn sorted(mut rows: Vec<T>) -> Self {
        rows.sort_by(T::compare);
        Self::in_order(rows)
    }

    /// Rows in the order given, found by id all the same.
    pub fn in_order(rows: Vec<T>) -> Self {
        if rows.is_sorted_by(|a, b| a.id() <= b.id()) {
            return Self { rows, by_id: None };
        }
        let mut by_id: Vec<u32> = (0..u32::try_from(rows.len()).unwrap_or(u32::MAX)).collect();
        // Within each owner alone, where owners are in order: a sort of everything takes many times as long.
        let in_groups = rows.is_sorted_by(|a, b| a.compare(b) != Ordering::Greater);
        let is_one_group = |a: &u32, b: &u32| !in_groups || rows[*a as usize].compare(&rows[*b as usize]).is_eq();
        for group in by_id.chunk_by_mut(is_one_group) {
            sort_positions(group, &|&a, &b| rows[a as usize].id().cmp(&rows[b as usize].id()));
        }
        Self {
            rows,
            by_id: Some(by_id),
        }
    }

    /// The row for which `compare`, which orders a row's id against the one that is wanted, says equal.
    pub fn find(&self, compare: impl Fn(&T) -> Ordering) -> Option<&T> {
        match &self.by_id {
            None => self.rows.binary_search_by(compare).ok().map(|at| &self.rows[at]),
            Some(by_id) => {
                let found = by_id.binary_search_by(|&at| compare(&self.rows[at as usize]));
                found.ok().map(|at| &self.rows[by_id[at] as usize])
            }
        }
    }

    /// The rows whose `key` is `wanted`, where rows are ordered by `key` first.
    pub fn group<K: Ord + ?Sized>(&self, wanted: &K, key: impl Fn(&T) -> &K) -> &[T] {
        let rest = &self.rows[self.rows.partition_point(|row| key(row) < wanted)..];
        // A group is small beside all rows, so its end is looked for nearby.
        let mut near = 8;
        while rest.get(near).is_some_and(|row| key(row) == wanted) {
            near *= 2;
        }
        let length = rest[..near.min(rest.len())].partition_point(|row| key(row) == wanted);
        &rest[..length]
    }

    /// Drops the rows that `keep` does not want.
    pub fn retain(&mut self, keep: impl FnMut(&T) -> bool) {
        let mut rows = std::mem::take(&mut self.rows);
        rows.retain(keep);
        *self = Self::in_order(rows);
    }

    /// The rows in the order of their ids.
    pub fn by_id(&self) -> impl Iterator<Item = &T> {
        let order = self.by_id.as_deref();
        (0..self.rows.len()).map(move |at| &self.rows[order.map_or(at, |order| order[at] as usize)])
    }

    /// Where the first row stands that is not in the order of its kind: there is none in a sound catalog.
    pub fn disorder(&self) -> Option<usize> {
        let sorted = self
            .rows
            .windows(2)
            .position(|pair| pair[0].compare(&pair[1]) == Ordering::Greater)?;
        Some(sorted + 1)
    }

    /// Where a row stands whose id another has too: there is none in a sound catalog.
    pub fn duplicate(&self) -> Option<usize> {
        let mut previous: Option<&T> = None;
        let twice = self
            .by_id()
            .find(|row| previous.replace(row).is_some_and(|before| before.id() == row.id()))?;
        self.rows.iter().position(|row| std::ptr::eq(row, twice))
    }
}

/// One sort for every kind of row: compiling a sort for each takes long.
fn sort_positions(positions: &mut [u32], compare: &dyn Fn(&u32, &u32) -> Ordering) {
    positions.sort_by(compare);
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            by_id: None,
        }
    }
}

impl<T> Deref for Rows<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.rows
    }
}

impl<'a, T> IntoIterator for &'a Rows<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.rows.iter()
    }
}

#[cfg(feature = "plan")]
impl<T: Serialize> Serialize for Rows<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

#[cfg(feature = "plan")]
impl<'de, T: Row + Deserialize<'de>> Deserialize<'de> for Rows<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Vec::deserialize(deserializer).map(Self::in_order)
    }
}

/// One difference between two sets of rows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Delta<'a, T> {
    /// Only the old side has it.
    Removed(&'a T),
    /// Only the new side has it.
    Added(&'a T),
    /// Both sides have it, and they differ.
    Changed(&'a T, &'a T),
}

impl<'a, T> Delta<'a, T> {
    /// The row: the new one where there is one.
    pub fn either(&self) -> &'a T {
        match self {
            Self::Removed(row) | Self::Added(row) | Self::Changed(_, row) => row,
        }
    }
}

/// What turns `old` into `new`, in the order of ids.
pub fn diff<'a, T: Row + PartialEq>(old: &'a Rows<T>, new: &'a Rows<T>) -> Vec<Delta<'a, T>> {
    let (mut old, mut new) = (old.by_id().peekable(), new.by_id().peekable());
    let mut deltas = Vec::new();
    loop {
        match (old.peek().copied(), new.peek().copied()) {
            (None, None) => return deltas,
            (Some(before), Some(after)) if before.id() == after.id() => {
                if before != after {
                    deltas.push(Delta::Changed(before, after));
                }
                old.next();
                new.next();
            }
            (Some(before), after) if after.is_none_or(|after| before.id() < after.id()) => {
                deltas.push(Delta::Removed(before));
                old.next();
            }
            (_, after) => {
                deltas.extend(after.map(Delta::Added));
                new.next();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Pair(&'static str, u8);

    impl Row for Pair {
        type Id<'a> = &'a str;

        fn id(&self) -> &str {
            self.0
        }
    }

    #[test]
    fn rows_are_found_whatever_their_order() {
        let rows = Rows::in_order(vec![Pair("c", 1), Pair("a", 2), Pair("b", 3)]);
        assert_eq!(rows.find(|row| row.0.cmp("a")), Some(&Pair("a", 2)));
        assert_eq!(rows.find(|row| row.0.cmp("d")), None);
        assert_eq!(rows[0].0, "c");
        assert!(rows.duplicate().is_none());
        assert_eq!(rows.disorder(), Some(1));
        let twice = Rows::in_order(vec![Pair("b", 1), Pair("a", 1), Pair("b", 2)]);
        assert_eq!(twice.duplicate(), Some(2));
        assert_eq!(Rows::sorted(vec![Pair("b", 1), Pair("a", 1)]).disorder(), None);
    }

    #[test]
    fn the_difference_has_every_row_once() {
        let old = Rows::sorted(vec![Pair("a", 1), Pair("b", 1), Pair("c", 1)]);
        let new = Rows::sorted(vec![Pair("b", 2), Pair("c", 1), Pair("d", 1)]);
        assert_eq!(
            diff(&old, &new),
            vec![
                Delta::Removed(&Pair("a", 1)),
                Delta::Changed(&Pair("b", 1), &Pair("b", 2)),
                Delta::Added(&Pair("d", 1))
            ]
        );
        assert!(diff(&old, &old).is_empty());
    }
}
