//! What comes before what: a total order of everything that has to be done.

use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::together::{self, Open};
use crate::catalog::{Name, ObjectId, QName};
use crate::ddl::{LockMode, Part, Statement, Transaction};
use crate::{Error, Result};

/// Something that is done to one object in one go.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// The object.
    pub(super) object: ObjectId,
    /// What is done to it.
    pub(super) action: Action,
    /// Which part of it this is about.
    pub(super) part: Part,
    /// The statements, in order, all of them in the same kind of transaction.
    pub(super) statements: Vec<Statement>,
    /// What is as it shall be afterwards, besides `object`.
    pub(super) makes: Vec<ObjectId>,
    /// What has to be as it shall be before.
    pub(super) needs: Vec<Need>,
    /// What is no longer as it was afterwards.
    pub(super) breaks: Vec<ObjectId>,
    /// What is no longer needed as it was afterwards.
    pub(super) frees: Vec<ObjectId>,
    /// What has to be gone before.
    pub(super) outlives: Vec<ObjectId>,
}

/// A part of an object that has to be done before.
pub(super) type Need = (ObjectId, Part);

/// What is done to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It gets another name.
    Rename,
    /// It is moved out of the way, until nothing uses it any more.
    SetAside,
    /// It is made.
    Create,
    /// It is changed.
    Alter,
    /// It is removed.
    Drop,
}

impl Node {
    /// A node that neither makes nor needs anything yet.
    pub(super) fn new(object: &ObjectId, action: Action, part: Part, statements: Vec<Statement>) -> Self {
        Self {
            object: object.clone(),
            action,
            part,
            statements,
            makes: Vec::new(),
            needs: Vec::new(),
            breaks: Vec::new(),
            frees: Vec::new(),
            outlives: Vec::new(),
        }
    }

    pub(super) fn transaction(&self) -> Transaction {
        self.statements
            .first()
            .map_or(Transaction::Within, |statement| statement.transaction)
    }

    /// The lock for which those who write to a table that was there before have to wait.
    fn holds_up(&self) -> Option<LockMode> {
        let locks = self
            .statements
            .iter()
            .filter_map(|statement| statement.risk.strongest_lock());
        locks.max().filter(|lock| *lock > LockMode::ShareUpdateExclusive)
    }

    /// What stands first where nothing else decides. What loses data comes last, so that nothing is lost before all the
    /// rest has worked; other things go first, so that what comes cannot be taken for them, but for indexes that serve
    /// until others are built. What makes others wait comes after what nobody waits for, and the strongest locks last:
    /// a schema does not tell which table is the busiest, and the same schemas always give the same plan.
    fn rank(&self, at: usize) -> Rank<'_> {
        let loses = self.statements.iter().any(|statement| statement.risk.loss.is_some());
        let serves = self.transaction() == Transaction::Outside;
        let phase = match (self.action, self.part) {
            // It would fire on everything that follows.
            (Action::Drop, _) if matches!(self.object, ObjectId::EventTrigger(_)) => 0,
            (Action::SetAside, _) => 1,
            (Action::Drop, _) if !loses && !serves => 2,
            (Action::Drop, _) => LOSSES,
            (_, Part::Owner) => 5,
            (_, Part::Grants) => 6,
            (_, Part::Comment | Part::Labels) => 7,
            _ if matches!(self.object, ObjectId::EventTrigger(_)) => 8,
            _ if self.holds_up().is_some() => 4,
            _ => 3,
        };
        let backwards = matches!(phase, 2 | LOSSES).then_some(std::cmp::Reverse(&self.object));
        let lock = self.holds_up().filter(|_| phase == 4);
        (phase, lock, backwards, &self.object, self.part, at)
    }
}

/// The phase in which data is lost: after everything else.
const LOSSES: u8 = 9;

type Rank<'a> = (
    u8,
    Option<LockMode>,
    Option<std::cmp::Reverse<&'a ObjectId>>,
    &'a ObjectId,
    Part,
    usize,
);

/// Sorts the nodes so that each comes after what it needs.
///
/// # Errors
/// Where they wait for each other, or would leave rows in no table of theirs: a bug, which the message describes.
pub(super) fn sort(mut nodes: Vec<Node>) -> Result<Vec<Node>> {
    let mut after = successors(&nodes);
    let spans = together::spans(&nodes);
    together::hold(&spans, &mut nodes, &mut after);
    let mut waiting = vec![0_usize; nodes.len()];
    after.iter().flatten().for_each(|&at| waiting[at] += 1);

    let mut ready = Ready::default();
    for (at, node) in nodes.iter().enumerate() {
        if waiting[at] == 0 {
            ready.push(node, at);
        }
    }
    let mut order = Vec::with_capacity(nodes.len());
    // Labels that are added alone are best added before anything else.
    let mut mode = Transaction::Alone;
    let mut open = Open::default();
    while let Some(at) = ready.pop(&mut mode, open.is_open()) {
        open.pass(&spans, at, &nodes)?;
        order.push(at);
        for &next in &after[at] {
            waiting[next] -= 1;
            if waiting[next] == 0 {
                ready.push(&nodes[next], next);
            }
        }
    }
    if order.len() < nodes.len() {
        return Err(deadlock(&nodes, &after, &waiting));
    }
    drop(ready);
    let mut nodes = nodes.into_iter().map(Some).collect::<Vec<_>>();
    Ok(order.into_iter().filter_map(|at| nodes[at].take()).collect())
}

/// The nodes that nothing holds back, by kind of transaction, the best first.
#[derive(Default)]
struct Ready<'a> {
    heaps: BTreeMap<Transaction, BinaryHeap<std::cmp::Reverse<Rank<'a>>>>,
}

impl<'a> Ready<'a> {
    fn push(&mut self, node: &'a Node, at: usize) {
        let heap = self.heaps.entry(node.transaction()).or_default();
        heap.push(std::cmp::Reverse(node.rank(at)));
    }

    /// The best one; one of the kind that is under way, so that transactions are few, and none that ends a transaction
    /// that `is_open`.
    fn pop(&mut self, mode: &mut Transaction, is_open: bool) -> Option<usize> {
        let modes = [*mode, Transaction::Within, Transaction::Outside, Transaction::Alone];
        let phase = |heap: &BinaryHeap<std::cmp::Reverse<Rank<'a>>>| heap.peek().map(|best| best.0.0);
        let keeps_data = |next: &Transaction| self.heaps.get(next).and_then(phase).is_some_and(|phase| phase < LOSSES);
        let is_ready = |next: &Transaction| self.heaps.get(next).is_some_and(|heap| !heap.is_empty());
        let within = Some(Transaction::Within).filter(|within| is_open && is_ready(within));
        let next = within.or_else(|| modes.into_iter().find(keeps_data));
        *mode = next.or_else(|| modes.into_iter().find(is_ready))?;
        let std::cmp::Reverse(best) = self.heaps.get_mut(mode).and_then(BinaryHeap::pop)?;
        Some(best.5)
    }
}

/// For each node those that come after it.
fn successors(nodes: &[Node]) -> Vec<Vec<usize>> {
    let mut makers: BTreeMap<&ObjectId, Vec<usize>> = BTreeMap::new();
    let mut breakers: BTreeMap<&ObjectId, Vec<usize>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        // What is dropped can be waited for to have left its parent.
        let is_gone = matches!(node.action, Action::Drop | Action::SetAside);
        if !is_gone || node.part == Part::Detachment {
            makers.entry(&node.object).or_default().push(at);
        }
        node.makes.iter().for_each(|id| makers.entry(id).or_default().push(at));
        node.breaks
            .iter()
            .for_each(|id| breakers.entry(id).or_default().push(at));
    }
    let set_aside = nodes.iter().enumerate();
    let set_aside = set_aside.filter(|(_, node)| node.action == Action::SetAside);
    let mut set_aside: BTreeMap<_, _> = set_aside.map(|(at, node)| (&node.object, at)).collect();
    // A multirange goes with its range.
    for at in (0..nodes.len()).filter(|&at| is_aside(nodes, at)) {
        if let Some(&aside) = set_aside.get(&nodes[at].object) {
            let with = nodes[at].breaks.iter().filter(|id| matches!(id, ObjectId::Type(_)));
            set_aside.extend(with.map(|id| (id, aside)));
        }
    }
    let of = |map: &BTreeMap<&ObjectId, Vec<usize>>, id: &ObjectId| map.get(id).cloned().unwrap_or_default();

    let mut after = vec![BTreeSet::new(); nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        for (need, part) in &node.needs {
            for maker in of(&makers, need) {
                // What an object's creation makes besides it is as good as the object itself.
                let has_part = nodes[maker].object != *need || nodes[maker].part <= *part;
                if has_part && maker != at {
                    after[maker].insert(at);
                }
            }
        }
        for gone in &node.outlives {
            for removal in of(&breakers, gone) {
                if nodes[removal].action == Action::Drop && removal != at {
                    after[removal].insert(at);
                }
            }
        }
        for freed in &node.frees {
            for breaker in of(&breakers, freed) {
                if breaker != at {
                    after[at].insert(breaker);
                }
            }
            // What is removed is named by its arguments' types, under their own names; so are a range's functions.
            if matches!(node.action, Action::Drop | Action::SetAside) && !is_aside(nodes, at) {
                after[at].extend(set_aside.get(freed));
            }
        }
        if node.action == Action::SetAside {
            after[at].extend(of(&makers, &node.object));
        }
        if node.action == Action::Drop && node.part == Part::Itself {
            let leaving = of(&makers, &node.object).into_iter();
            for leaving in leaving.filter(|&other| nodes[other].action == Action::Drop) {
                after[leaving].insert(at);
            }
        }
        // The parts of one object in their own order, and all of them after its removal.
        if node.action != Action::Drop && node.action != Action::SetAside {
            for other in of(&makers, &node.object) {
                let is_before = (nodes[other].part, other) < (node.part, at);
                if other != at && nodes[other].object != node.object || is_before {
                    after[other].insert(at);
                }
            }
            for made in node.makes.iter().chain([&node.object]) {
                for breaker in of(&breakers, made) {
                    let is_removal = matches!(nodes[breaker].action, Action::Drop | Action::SetAside);
                    if breaker != at && is_removal && !is_aside(nodes, breaker) {
                        after[breaker].insert(at);
                    }
                }
            }
        }
    }
    free_names(nodes, &mut after);
    settle_keys(nodes, &mut after);
    settle_columns(nodes, &mut after);
    after.into_iter().map(|set| set.into_iter().collect()).collect()
}

/// A foreign key leans on whatever key it finds on the columns that it references: what goes is gone by then.
fn settle_keys(nodes: &[Node], after: &mut [BTreeSet<usize>]) {
    let mut removed: BTreeMap<&QName, Vec<usize>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate().filter(|(_, node)| node.action == Action::Drop) {
        let relation = match &node.object {
            ObjectId::Constraint(relation, _) => Some(relation),
            ObjectId::Index(_) => node.frees.iter().find_map(|freed| match freed {
                ObjectId::Column(relation, _) => Some(relation),
                _ => None,
            }),
            _ => None,
        };
        relation
            .into_iter()
            .for_each(|relation| removed.entry(relation).or_default().push(at));
    }
    for (at, node) in nodes.iter().enumerate() {
        let (Action::Create, ObjectId::ForeignKey(..)) = (node.action, &node.object) else {
            continue;
        };
        for (need, _) in &node.needs {
            if let ObjectId::Table(referenced) = need {
                for &removal in removed.get(referenced).into_iter().flatten() {
                    after[removal].insert(at);
                }
            }
        }
    }
}

/// A table joins a parent or a type when both have the columns that they shall have, and no others.
fn settle_columns(nodes: &[Node], after: &mut [BTreeSet<usize>]) {
    let is_joining = |node: &Node| node.part == Part::Attachment && is_joining_side(&node.object);
    let joining = nodes.iter().enumerate().filter(|(_, node)| is_joining(node));
    let mut joining_at: BTreeMap<&QName, Vec<usize>> = BTreeMap::new();
    for (at, node) in joining {
        let others = node.needs.iter().map(|(need, _)| need);
        let tables = others.chain([&node.object]).filter(|id| is_joining_side(id));
        for table in tables.filter_map(ObjectId::qualified) {
            joining_at.entry(table).or_default().push(at);
        }
    }
    for (at, node) in nodes.iter().enumerate() {
        if let ObjectId::Column(relation, _) = &node.object
            && node.part <= Part::Settled
        {
            after[at].extend(joining_at.get(relation).into_iter().flatten());
        }
    }
}

fn is_joining_side(id: &ObjectId) -> bool {
    matches!(id, ObjectId::Table(_) | ObjectId::ForeignTable(_))
}

/// Whether the node removes what has been set aside: the name is free already.
fn is_aside(nodes: &[Node], at: usize) -> bool {
    nodes[at].action == Action::Drop && nodes[at].part == Part::Afterwards
}

/// Two kinds of thing may share one space of names: what leaves a name comes before what takes it.
fn free_names(nodes: &[Node], after: &mut [BTreeSet<usize>]) {
    let mut leavers: BTreeMap<TakenName<'_>, Vec<(usize, &ObjectId)>> = BTreeMap::new();
    for (at, node) in nodes.iter().enumerate() {
        let left = match node.action {
            Action::SetAside => std::slice::from_ref(&node.object),
            Action::Drop if !is_aside(nodes, at) => &node.breaks,
            _ => continue,
        };
        for id in left {
            for (space, schema, name) in names(id) {
                leavers.entry((space, schema, name)).or_default().push((at, id));
            }
        }
    }
    for (at, node) in nodes.iter().enumerate() {
        if node.action != Action::Create {
            continue;
        }
        for made in node.makes.iter().chain([&node.object]) {
            for key in names(made) {
                for (leaver, id) in leavers.get(&key).into_iter().flatten() {
                    if *id != made && *leaver != at {
                        after[*leaver].insert(at);
                    }
                }
            }
        }
    }
}

/// A name within a space of names: the space, the schema or table, the name.
type TakenName<'a> = (Space, &'a Name, &'a Name);

/// A catalog in which names are unique within a schema.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Space {
    Class,
    Type,
    Constraint,
    /// Routines share names; but with defaults, a call may fit the one that goes as well as the one that comes.
    Routine,
}

/// The names that an object takes besides its own identity.
fn names(id: &ObjectId) -> Vec<TakenName<'_>> {
    use ObjectId as Id;
    match id {
        Id::Table(name) | Id::ForeignTable(name) | Id::View(name) | Id::MaterializedView(name) => vec![
            (Space::Class, &name.schema, &name.name),
            (Space::Type, &name.schema, &name.name),
        ],
        Id::Sequence(name) | Id::Index(name) => vec![(Space::Class, &name.schema, &name.name)],
        Id::Type(name) => vec![
            (Space::Class, &name.schema, &name.name),
            (Space::Type, &name.schema, &name.name),
        ],
        // Its index, if it has one, is a relation of the table's schema.
        Id::Constraint(relation, name) | Id::ForeignKey(relation, name) => vec![
            (Space::Class, &relation.schema, name),
            (Space::Constraint, &relation.name, name),
        ],
        Id::Routine(id) => vec![(Space::Routine, &id.name.schema, &id.name.name)],
        _ => Vec::new(),
    }
}

fn deadlock(nodes: &[Node], after: &[Vec<usize>], waiting: &[usize]) -> Error {
    let stuck = |at: &usize| waiting[*at] > 0;
    // Walk back from any stuck node along stuck ones until one comes again: that round trip is a cycle.
    let mut before = vec![Vec::new(); nodes.len()];
    for (at, next) in after.iter().enumerate() {
        next.iter().for_each(|&next| before[next].push(at));
    }
    let mut path: Vec<usize> = (0..nodes.len()).filter(|at| stuck(at)).take(1).collect();
    while let Some(&last) = path.last() {
        let Some(&previous) = before[last].iter().find(|at| stuck(at)) else {
            break;
        };
        if let Some(start) = path.iter().position(|&at| at == previous) {
            path.drain(..start);
            break;
        }
        path.push(previous);
    }
    let names = path
        .iter()
        .rev()
        .map(|&at| format!("{:?} {} ({:?})", nodes[at].action, nodes[at].object, nodes[at].part).to_lowercase())
        .collect::<Vec<_>>();
    Error::new("these steps wait for each other, which is a bug of pgkeel's planner")
        .with_detail(names.join(" -> "))
        .with_hint("please report it; until it is mended, split the change in two")
}
