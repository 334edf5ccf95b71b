//! How large an index will be, from what the planner knows of its columns (`nbtsort.c`, `nbtdedup.c`, `gin`).

/// The bytes of a block.
pub(super) const BLOCK: f64 = 8192.0;
/// What of a page of a b-tree is for tuples: less its header, its special space and the free tenth (`fillfactor`).
const LEAF: f64 = (BLOCK - 24.0 - 16.0) * 0.9;
/// The largest tuple that a build puts duplicates into: a tenth of a page.
const POSTING: f64 = 812.0;
/// The bytes of a row's address.
const ADDRESS: f64 = 6.0;

/// One column of an index.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// The average bytes of a value.
    pub(super) width: f64,
    /// What its place is a multiple of; 1 for what varies in length.
    pub(super) align: f64,
    /// The number of distinct values in the index.
    pub(super) distinct: f64,
    /// The part of the rows in which it is NULL.
    pub(super) nulls: f64,
}

/// The pages of a b-tree of `rows` rows. `merges` is whether equal keys are kept once, which needs a type that is equal
/// where its bytes are, and no included columns.
pub(super) fn btree(rows: f64, parts: &[Part], merges: bool) -> u64 {
    let rows = rows.max(0.0);
    let mut data = 0.0_f64;
    for part in parts {
        data = (data / part.align).ceil() * part.align + part.width * (1.0 - part.nulls);
    }
    // A tuple that has a NULL has a bitmap, too.
    let nullable = 1.0 - parts.iter().map(|part| 1.0 - part.nulls).product::<f64>();
    let key = aligned(8.0 + data) + 8.0 * nullable;
    let bytes = if merges {
        let groups = parts
            .iter()
            .map(|part| part.distinct.max(1.0))
            .product::<f64>()
            .min(rows);
        let alike = (rows / groups.max(1.0)).max(1.0);
        let together = alike.min(((POSTING - key) / ADDRESS).max(1.0));
        let tuple = if together < 1.2 {
            key
        } else {
            aligned(key + ADDRESS * together)
        };
        rows / together * (tuple + 4.0)
    } else {
        rows * (key + 4.0)
    };
    let leaves = (bytes / LEAF).ceil();
    // The page that describes the tree, and those above the leaves.
    1 + (leaves + (leaves * (key + 12.0) / LEAF).ceil()).max(0.0) as u64
}

/// What rows have in an inverted index.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Elements {
    /// The part of the rows that has each of the elements that are known.
    pub(super) known: Vec<f64>,
    /// How many others a row has.
    pub(super) others: f64,
    /// The part of the rows that has each of the others.
    pub(super) each: f64,
}

/// The pages of an inverted index of `rows` rows of a table of `pages`. Each element is there once, with the addresses of
/// its rows as differences, of which a byte keeps seven bits (`ginpostinglist.c`).
pub(super) fn gin(rows: f64, pages: f64, elements: &Elements) -> u64 {
    /// The bytes of an element with what belongs to it.
    const ELEMENT: f64 = 24.0;
    /// What of a page is used, as builds leave it.
    const FULL: f64 = 0.65;
    /// The numbers of a page's rows: eleven bits.
    const PLACES: f64 = 2048.0;
    let bytes = |part: f64| {
        let found = (part * rows).max(1.0);
        let difference = (pages * PLACES / found).max(2.0);
        ELEMENT + found * (difference.log2() / 7.0).ceil().min(6.0)
    };
    let known = elements.known.iter().map(|part| bytes(*part)).sum::<f64>();
    let others = elements.others / elements.each.max(1.0 / rows.max(1.0)) * bytes(elements.each);
    2 + ((known + others) / (BLOCK * FULL)).ceil() as u64
}

/// The pages of a block-range index on a table of `pages`.
pub(super) fn brin(pages: f64, width: f64) -> u64 {
    3 + ((pages / 128.0).ceil() * (2.0 * width + 24.0) / BLOCK).ceil() as u64
}

fn aligned(bytes: f64) -> f64 {
    (bytes / 8.0).ceil() * 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Within a tenth of what PostgreSQL 15 builds.
    #[track_caller]
    fn is_near(pages: u64, built: u64) {
        let ratio = pages as f64 / built as f64;
        assert!((0.9..1.1).contains(&ratio), "{pages} for {built}");
    }

    #[test]
    fn btrees_are_as_large_as_they_come_out() {
        let part = |width, align, distinct| Part {
            width,
            align,
            distinct,
            nulls: 0.0,
        };
        let unique = part(8.0, 8.0, 100_000.0);
        is_near(btree(100_000.0, &[unique], true), 276);
        is_near(btree(100_000.0, &[unique, unique], true), 386);
        is_near(btree(100_000.0, &[part(4.0, 4.0, 10.0)], true), 87);
        is_near(btree(100_000.0, &[part(4.0, 4.0, 1000.0)], true), 90);
        is_near(btree(100_000.0, &[part(4.0, 4.0, 10.0)], false), 276);
        is_near(btree(100_000.0, &[part(33.0, 1.0, 100_000.0)], true), 731);
    }

    #[test]
    fn inverted_indexes_are_as_large_as_they_come_out() {
        // Of 300,000 rows in 8,116 pages, two tags each: one of 2,000 evenly, one of 800 with few that are frequent.
        let mut known = vec![1.0 / 2000.0; 200];
        known.extend((0..800).map(|tag| ((f64::from(tag) + 1.0) / 800.0).cbrt() - (f64::from(tag) / 800.0).cbrt()));
        let tags = Elements {
            known,
            others: 0.9,
            each: 1.0 / 2000.0,
        };
        is_near(gin(300_000.0, 8116.0, &tags), 337);
        // 40,000 names of thirteen letters, in 562 pages.
        let trigrams = Elements {
            known: Vec::new(),
            others: 14.0,
            each: 0.005,
        };
        let pages = gin(40_000.0, 562.0, &trigrams);
        assert!((150..300).contains(&pages), "{pages} for 256");
    }

    #[test]
    fn an_empty_index_has_its_first_page() {
        assert_eq!(btree(0.0, &[], true), 1);
    }
}
