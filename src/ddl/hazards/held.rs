//! Hazards of statements that come after others in one transaction, whose locks are held until its end.

use crate::ddl::risk::{LockMode, Risk};

/// Labels what others wait for besides: several tables that are locked at a time, and work that comes while one is.
pub fn label_transaction<'r>(risks: impl Iterator<Item = &'r mut Risk>) {
    let mut held = Vec::new();
    let mut missing = vec!["multiple-tables-locked", "statement-after-access-exclusive"];
    for risk in risks {
        if missing.is_empty() {
            return;
        }
        let others = || risk.locks.iter().filter(|(table, _)| !held.contains(table));
        let strongest = others().map(|(_, mode)| *mode).max();
        let locks_all = strongest == Some(LockMode::AccessExclusive);
        let goes_on =
            strongest >= Some(LockMode::Share) || risk.scan && risk.strongest_lock() < Some(LockMode::Exclusive);
        let mut found = Vec::new();
        if !held.is_empty() {
            missing.retain(|id| {
                let is_met = if *id == "multiple-tables-locked" {
                    locks_all
                } else {
                    goes_on
                };
                found.extend(is_met.then_some(*id));
                !is_met
            });
        }
        let locked = others().filter(|(_, mode)| *mode == LockMode::AccessExclusive);
        let locked = locked.map(|(table, _)| table.clone()).collect::<Vec<_>>();
        held.extend(locked);
        risk.hazards.extend(found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ObjectId, QName};

    /// The hazards of statements that lock tables so, one after another.
    fn labelled(statements: &[(&str, LockMode, bool)]) -> Vec<Vec<&'static str>> {
        let risk = |(table, mode, scan): &(&str, LockMode, bool)| Risk {
            locks: vec![(ObjectId::Table(QName::new("public", *table)), *mode)],
            scan: *scan,
            ..Risk::default()
        };
        let mut risks = statements.iter().map(risk).collect::<Vec<_>>();
        label_transaction(risks.iter_mut());
        risks.into_iter().map(|risk| risk.hazards).collect()
    }

    #[test]
    fn what_comes_while_a_table_is_locked_is_told_once() {
        use LockMode::{AccessExclusive, Share, ShareUpdateExclusive};
        let brief = |table| (table, AccessExclusive, false);
        assert_eq!(labelled(&[brief("a"), brief("a")]), [[""; 0], [""; 0]]);
        assert_eq!(
            labelled(&[brief("a"), brief("b"), brief("c")])[1..],
            [
                vec!["multiple-tables-locked", "statement-after-access-exclusive"],
                vec![]
            ]
        );
        assert_eq!(
            labelled(&[brief("a"), ("b", Share, true), brief("c")])[1..],
            [["statement-after-access-exclusive"], ["multiple-tables-locked"]]
        );
        assert_eq!(
            labelled(&[brief("a"), ("a", ShareUpdateExclusive, true)])[1],
            ["statement-after-access-exclusive"]
        );
        assert_eq!(labelled(&[("b", Share, true), brief("a")]), [[""; 0], [""; 0]]);
        assert_eq!(labelled(&[brief("a"), ("b", ShareUpdateExclusive, false)])[1], [""; 0]);
    }
}
