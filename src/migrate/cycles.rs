//! Objects that need each other: which of them are made empty at first and filled when the others are there, and which
//! are emptied before anything can go.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::depends::Graph;
use crate::catalog::{Catalog, ObjectId};
use crate::ddl;

/// The cycles among objects that are touched on one side.
#[derive(Default)]
pub(super) struct Cycles {
    /// On which cycle an object is.
    by_object: BTreeMap<ObjectId, usize>,
    /// For each cycle the objects that are cut in two.
    cuts: Vec<BTreeSet<ObjectId>>,
}

impl Cycles {
    /// Those among `members`, cut where as little as possible is made twice.
    pub(super) fn of<'a>(catalog: &'a Catalog, graph: &'a Graph, members: BTreeSet<&'a ObjectId>) -> Self {
        let mut cycles = Self::default();
        let mut core = members;
        let needs = |id| graph.needs(id).collect();
        let needed_by = |id| graph.needed_by(id).collect();
        peel(&mut core, needs, needed_by);
        peel(&mut core, needed_by, needs);
        for &id in &core {
            if cycles.by_object.contains_key(id) {
                continue;
            }
            let (before, after) = (reached(id, &core, needs), reached(id, &core, needed_by));
            let cycle = before.intersection(&after).copied().collect::<BTreeSet<_>>();
            cycles.add(cycle.iter().copied(), cuts(catalog, graph, &cycle));
        }
        cycles
    }

    /// Cuts an object that needs itself.
    pub(super) fn cut(&mut self, id: &ObjectId) {
        match self.by_object.get(id) {
            Some(&number) => {
                self.cuts[number].insert(id.clone());
            }
            None => self.add([id], BTreeSet::from([id.clone()])),
        }
    }

    /// Whether the object is made, or removed, in two goes.
    pub(super) fn splits(&self, id: &ObjectId) -> bool {
        self.cut_with(id).any(|cut| cut == id)
    }

    /// Whether both need each other.
    pub(super) fn joins(&self, one: &ObjectId, other: &ObjectId) -> bool {
        let cycle = self.by_object.get(one);
        cycle.is_some() && cycle == self.by_object.get(other)
    }

    /// What is cut on the object's cycle: before all of it is whole, what uses the object would find it empty.
    pub(super) fn cut_with(&self, id: &ObjectId) -> impl Iterator<Item = &ObjectId> {
        self.by_object
            .get(id)
            .into_iter()
            .flat_map(|&number| &self.cuts[number])
    }

    fn add<'a>(&mut self, cycle: impl IntoIterator<Item = &'a ObjectId>, cuts: BTreeSet<ObjectId>) {
        let number = self.cuts.len();
        self.by_object.extend(cycle.into_iter().map(|id| (id.clone(), number)));
        self.cuts.push(cuts);
    }
}

/// What the object needs only because of what is in it: a body, a query, a default.
pub(super) fn contents<'a>(catalog: &'a Catalog, id: &'a ObjectId) -> BTreeSet<&'a ObjectId> {
    let edges = catalog.edges.group(id, |edge| &edge.from);
    let mut contents = edges.iter().map(|edge| &edge.to).collect::<BTreeSet<_>>();
    if let Some(object) = catalog.object(id) {
        object.each_need(catalog, &mut |need| {
            contents.remove(&need);
        });
    }
    contents
}

/// The objects of a cycle without whose contents it is none: functions and domains, and views where these do not do.
fn cuts<'a>(catalog: &'a Catalog, graph: &'a Graph, cycle: &BTreeSet<&'a ObjectId>) -> BTreeSet<ObjectId> {
    let may_be_empty = |id: &ObjectId| catalog.object(id).is_some_and(ddl::may_be_empty);
    let has_contents = |id: &ObjectId| may_be_empty(id) && !contents(catalog, id).is_empty();
    let (views, others): (Vec<_>, Vec<_>) = cycle
        .iter()
        .copied()
        .filter(|id| has_contents(id))
        .partition(|id| matches!(id, ObjectId::View(_)));
    let mut rest = cycle.clone();
    let needs = |id: &'a ObjectId| -> Vec<&'a ObjectId> {
        let left_out = if others.contains(&id) {
            contents(catalog, id)
        } else {
            BTreeSet::new()
        };
        graph.needs(id).filter(|need| !left_out.contains(need)).collect()
    };
    let needed_by = |id: &'a ObjectId| {
        let users = graph.needed_by(id);
        users.filter(|user| needs(user).contains(&id)).collect()
    };
    peel(&mut rest, needs, needed_by);
    peel(&mut rest, needed_by, needs);
    let views = views.into_iter().filter(|view| rest.contains(view));
    views.chain(others.iter().copied()).cloned().collect()
}

/// Removes from `members` what nothing in it holds back, and goes on with what is left.
fn peel<'a>(
    members: &mut BTreeSet<&'a ObjectId>,
    before: impl Fn(&'a ObjectId) -> Vec<&'a ObjectId>,
    after: impl Fn(&'a ObjectId) -> Vec<&'a ObjectId>,
) {
    let held = |id| before(id).into_iter().filter(|id| members.contains(id)).count();
    let mut waits = members.iter().map(|&id| (id, held(id))).collect::<BTreeMap<_, _>>();
    let mut free = waits
        .iter()
        .filter(|(_, count)| **count == 0)
        .map(|(id, _)| *id)
        .collect::<Vec<_>>();
    while let Some(id) = free.pop() {
        members.remove(id);
        for next in after(id) {
            if let Some(count) = waits.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    free.push(next);
                }
            }
        }
    }
}

/// `id` and everything in `members` that `next` leads to from it.
fn reached<'a>(
    id: &'a ObjectId,
    members: &BTreeSet<&'a ObjectId>,
    next: impl Fn(&'a ObjectId) -> Vec<&'a ObjectId>,
) -> BTreeSet<&'a ObjectId> {
    let mut reached = BTreeSet::from([id]);
    let mut to_visit = vec![id];
    while let Some(id) = to_visit.pop() {
        for id in next(id) {
            if members.contains(id) && reached.insert(id) {
                to_visit.push(id);
            }
        }
    }
    reached
}
