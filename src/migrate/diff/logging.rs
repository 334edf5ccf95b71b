//! Tables that foreign keys join and that change whether they are logged: a logged table has no key to one that is not.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Changes};
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::{ObjectId, QName};

impl Changes<'_> {
    /// Says which table comes first. A key that would have both come first goes, and comes back afterwards.
    pub(super) fn order_logging(&mut self) {
        let to = self.world.to;
        let flips = self.by_object.iter().filter_map(|(id, change)| match (id, change) {
            (ObjectId::Table(table), Change::Alter(_)) => {
                let [old, new] = [self.world.from, to].map(|side| side.relation(table));
                let new = new?.row;
                (old?.row.unlogged != new.unlogged).then_some((&new.name, new.unlogged))
            }
            _ => None,
        });
        let flips = flips.collect::<BTreeMap<_, _>>();
        if flips.is_empty() {
            return;
        }
        let mut after: BTreeMap<&QName, BTreeSet<&QName>> = BTreeMap::new();
        let mut cut = Vec::new();
        for row in &self.world.from.constraints {
            let ConstraintKind::ForeignKey(key) = &row.kind else {
                continue;
            };
            let (Some((from, is_unlogged)), Some((references, _))) =
                (flips.get_key_value(&row.relation), flips.get_key_value(&key.references))
            else {
                continue;
            };
            let (first, then) = if *is_unlogged {
                (*from, *references)
            } else {
                (*references, *from)
            };
            let is_copy = row.inherited && !row.local;
            if first == then || self.goes(&row.object()) || to.object(&row.object()).is_none() {
                continue;
            }
            if leads_to(then, first, &after) && !is_copy {
                cut.push(row.object());
            } else {
                after.entry(first).or_default().insert(then);
            }
        }
        for (first, then) in after {
            for then in then {
                let earlier = self.logged_before.entry(ObjectId::Table(then.clone())).or_default();
                earlier.push(ObjectId::Table(first.clone()));
            }
        }
        self.by_object.extend(cut.into_iter().map(|key| (key, Change::Replace)));
    }
}

fn leads_to(from: &QName, to: &QName, after: &BTreeMap<&QName, BTreeSet<&QName>>) -> bool {
    let mut reached = BTreeSet::from([from]);
    let mut to_visit = vec![from];
    while let Some(table) = to_visit.pop() {
        if table == to {
            return true;
        }
        let next = after.get(table).into_iter().flatten();
        to_visit.extend(next.filter(|next| reached.insert(next)));
    }
    false
}
