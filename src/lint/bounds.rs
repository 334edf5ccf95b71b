//! What checks say of a partition's bound, so far as PostgreSQL would see it too (`predicate_implied_by`).

use std::cmp::Ordering;

use crate::catalog::Name;

use super::statement::{Bound, Conjunct, Edge, PartitionKey};

/// Whether rows of which this is said are all within the bound: then nobody has to look at them.
pub(super) fn implies(said: &[Conjunct], key: &PartitionKey, bound: &Bound, not_null: &dyn Fn(&Name) -> bool) -> bool {
    let [Some(column)] = key.columns.as_slice() else {
        return false;
    };
    if !not_null(column) {
        return false;
    }
    match bound {
        Bound::Range { from, to } => {
            let (Some(from), Some(to)) = (from.first(), to.first()) else {
                return false;
            };
            let is_above = |conjunct: &Conjunct| match (conjunct, from) {
                (Conjunct::Compare(of, op, value), Edge::Value(edge)) if of == column => match compare(value, edge) {
                    Some(Ordering::Greater) => matches!(*op, ">" | ">=" | "="),
                    Some(Ordering::Equal) => matches!(*op, ">" | ">=" | "="),
                    _ => false,
                },
                _ => false,
            };
            let is_below = |conjunct: &Conjunct| match (conjunct, to) {
                (Conjunct::Compare(of, op, value), Edge::Value(edge)) if of == column => match compare(value, edge) {
                    Some(Ordering::Less) => matches!(*op, "<" | "<=" | "="),
                    Some(Ordering::Equal) => *op == "<",
                    _ => false,
                },
                _ => false,
            };
            (*from == Edge::MinValue || said.iter().any(is_above))
                && (*to == Edge::MaxValue || said.iter().any(is_below))
        }
        Bound::List(values) => {
            let is_one = |value: &String| values.iter().flatten().any(|one| one == value);
            said.iter().any(|conjunct| match conjunct {
                Conjunct::Compare(of, "=", value) => of == column && is_one(value),
                Conjunct::Among(of, among) => of == column && among.iter().all(is_one),
                _ => false,
            })
        }
        Bound::Default | Bound::Other => false,
    }
}

/// Whether no row of which this is said can be within the bound.
pub(super) fn excludes(said: &[Conjunct], key: &PartitionKey, bound: &Bound) -> bool {
    let [Some(column)] = key.columns.as_slice() else {
        return false;
    };
    said.iter().any(|conjunct| match (conjunct, bound) {
        (Conjunct::Compare(of, op, value), Bound::Range { from, to }) if of == column => {
            let against = |edge: Option<&Edge>| match edge {
                Some(Edge::Value(edge)) => compare(value, edge),
                _ => None,
            };
            matches!(
                (*op, against(from.first()), against(to.first())),
                ("<", Some(Ordering::Less | Ordering::Equal), _)
                    | ("<=" | "=", Some(Ordering::Less), _)
                    | (">" | ">=" | "=", _, Some(Ordering::Greater | Ordering::Equal))
            )
        }
        (Conjunct::Compare(of, "=", value), Bound::List(values)) if of == column => {
            !values.contains(&Some(value.clone()))
        }
        (Conjunct::Among(of, among), Bound::List(values)) if of == column => {
            !among.iter().any(|value| values.contains(&Some(value.clone())))
        }
        _ => false,
    })
}

/// The order of two constants, where it can be told from how they are written: numbers, and dates and times of one form.
fn compare(a: &str, b: &str) -> Option<Ordering> {
    if let (Ok(a), Ok(b)) = (a.parse::<f64>(), b.parse::<f64>()) {
        return a.partial_cmp(&b);
    }
    if a == b {
        return Some(Ordering::Equal);
    }
    let is_date = |text: &str| {
        let mut bytes = text.bytes();
        text.len() >= 10
            && (&mut bytes).take(4).all(|byte| byte.is_ascii_digit())
            && text.as_bytes()[4] == b'-'
            && text.as_bytes()[7] == b'-'
    };
    // A time of zero is that of a date alone.
    let day = |text: &str| {
        text.find(" 00:00:00")
            .filter(|at| *at == 10)
            .map_or(text.to_owned(), |_| text[..10].to_owned())
    };
    let (a, b) = (day(a), day(b));
    (is_date(&a) && is_date(&b) && (a.len() == b.len())).then(|| a.cmp(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> PartitionKey {
        PartitionKey {
            strategy: "range".into(),
            columns: vec![Some("at".into())],
        }
    }

    fn year(from: &str, to: &str) -> Bound {
        Bound::Range {
            from: vec![Edge::Value(from.into())],
            to: vec![Edge::Value(to.into())],
        }
    }

    #[test]
    fn a_check_of_the_bound_vouches_and_a_wider_one_does_not() {
        let said = |from: &str, to: &str| {
            vec![
                Conjunct::Compare("at".into(), ">=", from.into()),
                Conjunct::Compare("at".into(), "<", to.into()),
            ]
        };
        let bound = year("2025-01-01", "2026-01-01");
        let vouches = |said: &[Conjunct]| implies(said, &key(), &bound, &|_| true);
        assert!(vouches(&said("2025-01-01", "2026-01-01")));
        assert!(vouches(&said("2025-03-01", "2025-04-01")));
        assert!(!vouches(&said("2024-12-31", "2026-01-01")));
        assert!(!vouches(&said("2025-01-01", "2026-01-02")));
        assert!(!implies(&said("2025-01-01", "2026-01-01"), &key(), &bound, &|_| false));
    }

    #[test]
    fn what_ends_before_the_bound_is_excluded() {
        let bound = year("2026-01-01", "2027-01-01");
        let ends = |to: &str| excludes(&[Conjunct::Compare("at".into(), "<", to.into())], &key(), &bound);
        assert!(ends("2026-01-01"));
        assert!(!ends("2026-01-02"));
    }
}
