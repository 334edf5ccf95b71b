//! What turns one catalog into another: steps in order, cut where transactions begin and end.

mod removals;

use std::collections::{BTreeMap, BTreeSet};

use super::cycles::{Cycles, contents};
use super::diff::{Change, Changes, is_ours};
use super::needs;
use super::order::{self, Node};
use crate::Result;
use crate::catalog::kin::Kin;
use crate::catalog::language::Transform;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, Object, ObjectId};
use crate::ddl::{self, Part, Statement, Transaction, World, access};
use crate::threads::joined;

pub use super::order::Action;

/// How a migration is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The role that will run it, where that is known: it owns what it makes.
    pub session: Option<Name>,
    /// Whether tables are locked for as long as it takes, for fewer steps.
    pub offline: bool,
}

/// A migration: what to run, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
}

/// One statement and what it is for.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The object that it is about.
    pub object: ObjectId,
    /// What is done to it.
    pub action: Action,
    /// What is run.
    pub statement: Statement,
}

/// What turns `from` into `to`; empty where they are equal.
///
/// # Errors
/// Where the steps cannot be put in an order: a bug, which the message describes.
pub fn plan(from: &Catalog, to: &Catalog, options: &Options) -> Result<Plan> {
    let (before, after) = std::thread::scope(|scope| {
        let before = scope.spawn(|| Kin::of(from));
        let after = Kin::of(to);
        (joined(before), after)
    });
    let world = World {
        from,
        to,
        before: &before,
        after: &after,
        session: options.session.as_ref(),
        online: !options.offline,
        replaced: &BTreeSet::new(),
    };
    let changes = Changes::new(world);
    let replaced = changes.replaced_relations();
    let world = World {
        replaced: &replaced,
        ..world
    };
    let nodes = order::sort(Building::new(&changes, world).nodes())?;
    let mut steps = Vec::new();
    for node in nodes {
        let (object, action) = (node.object, node.action);
        steps.extend(node.statements.into_iter().map(|statement| Step {
            object: object.clone(),
            action,
            statement,
        }));
    }
    let cluster = access::memberships(&world)
        .into_iter()
        .chain(access::default_privileges(&world));
    steps.extend(cluster.map(|(role, statement)| Step {
        object: ObjectId::Role(role),
        action: Action::Alter,
        statement,
    }));
    for segment in steps.chunk_by_mut(are_together) {
        ddl::label_transaction(segment.iter_mut().map(|step| &mut step.statement.risk));
    }
    Ok(Plan { steps })
}

/// Whether one transaction takes both.
fn are_together(one: &Step, next: &Step) -> bool {
    [one, next].map(|step| step.statement.transaction) == [Transaction::Within; 2]
}

impl Plan {
    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps by the transactions that they run in.
    pub fn segments(&self) -> impl Iterator<Item = &[Step]> {
        self.steps.chunk_by(are_together)
    }
}

/// Nodes in the making.
struct Building<'a> {
    changes: &'a Changes<'a>,
    world: World<'a>,
    /// What the creation of something else makes too.
    inlined: BTreeSet<ObjectId>,
    /// What comes in two goes, and what goes so.
    coming: Cycles,
    going: Cycles,
    nodes: Vec<Node>,
}

impl<'a> Building<'a> {
    fn new(changes: &'a Changes<'a>, world: World<'a>) -> Self {
        let comes = changes.by_object.iter().filter(|(_, change)| **change != Change::Drop);
        let comes = comes.map(|(id, _)| id).collect();
        let goes = changes.by_object.keys().filter(|id| changes.goes(id)).collect();
        let mut coming = Cycles::of(world.to, &changes.new, comes);
        for (id, change) in &changes.by_object {
            if matches!(change, Change::Create | Change::Replace) && world.to.object(id).is_some_and(ddl::names_itself)
            {
                coming.cut(id);
            }
        }
        Self {
            changes,
            world,
            inlined: BTreeSet::new(),
            coming,
            going: Cycles::of(world.from, &changes.old, goes),
            nodes: Vec::new(),
        }
    }

    fn world(&self) -> World<'a> {
        self.world
    }

    fn nodes(mut self) -> Vec<Node> {
        let mut made_with: BTreeMap<&ObjectId, Vec<ObjectId>> = BTreeMap::new();
        for (id, _) in self.fresh() {
            if let Some(object) = self.world().to.object(id) {
                let inlined = ddl::inlined(object, &self.world());
                if !inlined.is_empty() {
                    self.inlined.extend(inlined.iter().cloned());
                    made_with.insert(id, inlined);
                }
            }
        }
        self.removals();
        for (id, change) in &self.changes.by_object {
            match change {
                Change::Create | Change::Replace => self.create(id, made_with.remove(id).unwrap_or_default()),
                Change::Alter(statements) => self.alter(id, statements),
                Change::Drop => {}
            }
        }
        self.surroundings();
        self.nodes
    }

    fn fresh(&self) -> impl Iterator<Item = (&'a ObjectId, &'a Change)> + use<'a> {
        let changes = self.changes.by_object.iter();
        changes.filter(|(_, change)| matches!(change, Change::Create | Change::Replace))
    }

    /// What goes, each with what goes with it by itself.
    fn removals(&mut self) {
        let mut with: BTreeMap<ObjectId, Vec<ObjectId>> = BTreeMap::new();
        for id in self.changes.by_object.keys().filter(|id| self.changes.goes(id)) {
            with.entry(self.remover(id)).or_default().push(id.clone());
        }
        for (id, breaks) in with {
            let frees = breaks
                .iter()
                .flat_map(|broken| self.changes.old.needs(broken))
                .filter(|need| !breaks.contains(need))
                .cloned()
                .collect::<Vec<_>>();
            if self.is_set_aside(&id) {
                self.set_aside(&id, breaks, frees);
                continue;
            }
            let frees = self.empty(&id, frees);
            let statements = match (&id, self.world().from.object(&id)) {
                (ObjectId::Default(relation, column), _) => ddl::drop_default(relation, column, &self.world()),
                (_, Some(object)) => ddl::drop(object, &self.world()),
                _ => continue,
            };
            let relation = id.qualified().filter(|relation| self.is_detached(relation));
            let relation = match self.world().from.object(&id) {
                Some(Object::Index(row)) => Some(&row.relation).filter(|relation| self.is_detached(relation)),
                _ => relation,
            };
            let leaves = relation.map(|relation| (ObjectId::Table(relation.clone()), Part::Detachment));
            let mut leaves = leaves.into_iter().collect::<Vec<_>>();
            leaves.extend(needs::departures(&id, &self.world()));
            self.push(&id, Action::Drop, statements, |node| {
                node.breaks.clone_from(&breaks);
                node.frees.clone_from(&frees);
                node.needs.extend(leaves.clone());
            });
        }
    }

    /// Takes out of an object what is in it where that keeps others from going; what is left to be freed.
    fn empty(&mut self, id: &ObjectId, frees: Vec<ObjectId>) -> Vec<ObjectId> {
        let from = self.world().from;
        let Some(object) = from.object(id).filter(|_| self.going.splits(id)) else {
            return frees;
        };
        let contents = contents(from, id);
        let statements = ddl::empty(object, &self.world());
        let statements = statements.into_iter().map(|statement| statement.part(Part::Detachment));
        self.push(id, Action::Drop, statements.collect(), |node| {
            let freed = contents.iter().copied().chain([id]);
            node.frees.extend(freed.cloned());
        });
        frees.into_iter().filter(|need| !contents.contains(need)).collect()
    }

    fn set_aside(&mut self, id: &ObjectId, breaks: Vec<ObjectId>, frees: Vec<ObjectId>) {
        let from = self.world().from;
        let Some(object) = from.object(id) else { return };
        let Some((statements, aside)) = ddl::set_aside(object, &self.world()) else {
            return;
        };
        self.push(id, Action::SetAside, statements, |node| node.frees.clone_from(&frees));
        let statements = ddl::drop_aside(object, &aside);
        let statements = statements.into_iter().map(|statement| statement.part(Part::Afterwards));
        self.push(id, Action::Drop, statements.collect(), |node| {
            node.breaks.clone_from(&breaks);
            node.frees.clone_from(&frees);
        });
    }

    fn create(&mut self, id: &ObjectId, inlined: Vec<ObjectId>) {
        if self.inlined.contains(id) {
            return;
        }
        let statements = match (id, self.world().to.object(id)) {
            (ObjectId::Default(relation, column), _) => {
                let relation = self.world().to.relation(relation);
                let column = relation.and_then(|relation| relation.column(column));
                column.map_or_else(Vec::new, |column| ddl::set_default(column, &self.world()))
            }
            // An extension that comes back brings its members.
            (_, Some(object)) if !is_ours(self.world().to, object) => Vec::new(),
            (_, Some(object)) if self.coming.splits(id) => ddl::create_empty(object, &self.world()),
            (_, Some(object)) => ddl::create(object, &self.world()),
            _ => return,
        };
        let needs = inlined
            .iter()
            .chain([id])
            .flat_map(|made| needs::of(made, &self.changes.new, &self.coming, &self.world))
            .chain(needs::rows_below(id, &self.world));
        let filled = inlined.iter().chain([id]);
        let filled = filled.filter_map(|made| self.changes.filled.get(made)).flatten();
        let needs = needs
            .chain(filled.map(|changed| (changed.clone(), Part::Afterwards)))
            .filter(|(need, _)| need != id && !inlined.contains(need))
            .map(|(need, part)| match self.coming.joins(id, &need) {
                true => (need, Part::Itself),
                false => (need, part),
            })
            .collect::<BTreeSet<_>>();
        // A type that is only announced at first needs nothing yet.
        let is_split = self.coming.splits(id);
        let contents = if is_split {
            contents(self.world().to, id)
        } else {
            BTreeSet::new()
        };
        let is_announced =
            !is_split && matches!(id, ObjectId::Type(_)) && statements.iter().any(|one| one.part == Part::Afterwards);
        // A routine depends on the transforms of its language that it finds, whether it uses them or not.
        let is_routine = matches!(id, ObjectId::Routine(_));
        let transforms = self.world().from.transforms.iter().filter(|_| is_routine);
        let transforms = transforms.map(Transform::object).filter(|id| self.changes.goes(id));
        // A table has one primary key at a time.
        let key = needs::key_before(id, &self.world).filter(|id| self.changes.goes(id));
        let mut before = needs::default_before(id, &self.world);
        before.retain(|id| self.changes.goes(id));
        before.extend(transforms);
        self.push(id, Action::Create, statements, |node| {
            if node.part == Part::Itself {
                node.makes.clone_from(&inlined);
            }
            node.outlives.extend(before.iter().cloned());
            if node.transaction() == Transaction::Within {
                node.outlives.extend(key.clone());
            }
            let is_wanted = |(need, _): &&order::Need| match node.part {
                Part::Itself if is_announced => matches!(need, ObjectId::Schema(_)),
                Part::Itself => !contents.contains(need),
                _ => true,
            };
            let needs = needs.iter().filter(is_wanted).cloned().collect::<Vec<_>>();
            node.needs.extend(needs);
        });
    }

    fn alter(&mut self, id: &ObjectId, statements: &[Statement]) {
        let mut needs = needs::of(id, &self.changes.new, &self.coming, &self.world);
        needs.extend(needs::departures_of_type(id, &self.world));
        let logged_before = self.changes.logged_before.get(id).into_iter().flatten();
        needs.extend(logged_before.map(|table| (table.clone(), Part::Itself)));
        // What goes with a parent that the column's table has left by then need not wait for the column.
        let is_left = |need: &ObjectId| {
            let above = need.qualified().filter(|_| matches!(need, ObjectId::Column(..)));
            let above = above.and_then(|above| self.world().from.relation(above));
            matches!(id, ObjectId::Column(..)) && above.is_some_and(|above| self.changes.goes(&above.row.object()))
        };
        let frees = self.changes.old.needs(id);
        let frees = frees.filter(|need| self.changes.goes(need) && !is_left(need));
        let frees = frees.cloned().collect::<Vec<_>>();
        let column = match self.world().from.object(id) {
            Some(Object::Sequence(row)) => row.owned_by.as_ref(),
            _ => None,
        };
        let column = column.map(|column| ObjectId::Column(column.relation.clone(), column.column.clone()));
        let below = self.changes.retyped_with(id);
        let parts = needs::parts_of_type(id, self.changes);
        let emptied_for = |need: &ObjectId| {
            self.changes
                .emptied
                .get(need)
                .is_some_and(|columns| columns.contains(id))
        };
        let mut statements = statements.to_vec();
        if self.coming.splits(id) {
            let is_itself = |statement: &&mut Statement| statement.part == Part::Itself;
            let late = statements.iter_mut().filter(is_itself);
            late.for_each(|statement| statement.part = Part::Afterwards);
        }
        self.push(id, Action::Alter, statements, |node| {
            node.makes.extend(parts.iter().cloned());
            node.breaks.extend(parts.iter().cloned());
            if node.part == Part::Retype {
                node.makes.extend(below.iter().cloned());
                node.breaks.extend(below.iter().cloned());
            }
            // A column that is emptied for a change comes before it with that, and after it with its values.
            let is_before = node.part == Part::Retype;
            if node.part == Part::Detachment {
                node.frees.extend(column.clone());
            } else {
                let needs = needs.iter().filter(|(need, _)| !is_before || !emptied_for(need));
                node.needs.extend(needs.cloned());
            }
            if node.part != Part::Attachment {
                // What is built on a column or a type goes before it changes; the rest does not mind, nor a label more.
                let adds_label = matches!(id, ObjectId::Type(_)) && node.transaction() == Transaction::Alone;
                let is_built_on = !matches!(id, ObjectId::Sequence(_)) && node.part != Part::Detachment && !adds_label;
                node.breaks.extend(is_built_on.then(|| id.clone()));
                let frees = frees.iter().filter(|need| is_before || !emptied_for(need));
                node.frees.extend(frees.cloned());
            }
        });
    }

    /// Owners, grants, comments and labels: of what is fresh all, of the rest what differs.
    fn surroundings(&mut self) {
        let World { from, to, .. } = self.world();
        let mut touched = self.changes.owners.clone();
        for (id, _) in self.fresh().filter(|(id, _)| to.object(id).is_some()) {
            touched.insert(id.clone());
            // The attributes of a composite type come with it, and their comments do not.
            if let Some(Object::Type(row)) = to.object(id)
                && let TypeKind::Composite { attributes } = &row.kind
            {
                let attributes = attributes.iter();
                let attributes = attributes.map(|one| ObjectId::Column(row.name.clone(), one.name.clone()));
                touched.extend(attributes.filter(|attribute| to.comment(attribute).is_some()));
            }
        }
        let grants = crate::catalog::diff(&from.grants, &to.grants);
        touched.extend(grants.iter().map(|delta| delta.either().object.clone()));
        let comments = crate::catalog::diff(&from.comments, &to.comments);
        touched.extend(comments.iter().map(|delta| delta.either().object.clone()));
        let labels = crate::catalog::diff(&from.security_labels, &to.security_labels);
        touched.extend(labels.iter().map(|delta| delta.either().object.clone()));
        for id in touched {
            let composite = self.composite_of(&id);
            let whole = composite.as_ref().unwrap_or(&id);
            let is_fresh = self.changes.is_fresh(whole);
            // What goes takes all of it with it.
            let is_gone = composite.is_some() && to.attribute(&id).is_none();
            // A role stays, and is as others want it.
            let is_others = matches!(id, ObjectId::Role(_)) && to.object(&id).is_none();
            if is_gone || is_others || self.changes.get(whole) == Some(&Change::Drop) {
                continue;
            }
            let world = &self.world();
            let mut statements = access::owner(&id, is_fresh, world);
            statements.extend(access::grants(&id, is_fresh, world));
            statements.extend(access::comment(&id, is_fresh, world));
            statements.extend(access::labels(&id, is_fresh, world));
            let roles = to
                .grants
                .group(&id, |row| &row.object)
                .iter()
                .flat_map(|row| row.grantee.iter().chain([&row.grantor]))
                .chain(to.object(&id).and_then(Object::owner))
                .map(|role| (ObjectId::Role(role.clone()), Part::Itself))
                .chain([(whole.clone(), Part::Afterwards)])
                // What goes from a table goes from its columns as well.
                .chain(self.relation_of(&id).map(|relation| (relation, Part::Grants)))
                .collect::<BTreeSet<_>>();
            self.push(&id, Action::Alter, statements, |node| {
                node.needs.extend(roles.iter().cloned());
            });
        }
    }

    /// The composite type of an attribute, which is no object by itself.
    fn composite_of(&self, id: &ObjectId) -> Option<ObjectId> {
        let World { from, to, .. } = self.world();
        let is_attribute = from.attribute(id).or(to.attribute(id)).is_some();
        let name = id.qualified().filter(|_| is_attribute)?;
        Some(ObjectId::Type(name.clone()))
    }

    /// The relation of a column.
    fn relation_of(&self, id: &ObjectId) -> Option<ObjectId> {
        let ObjectId::Column(relation, _) = id else { return None };
        Some(self.world().to.relation(relation)?.row.object())
    }

    /// Adds a node for each part and each kind of transaction that the statements have, in their order.
    fn push(&mut self, id: &ObjectId, action: Action, mut statements: Vec<Statement>, fill: impl Fn(&mut Node)) {
        if statements.is_empty() && action == Action::Create {
            // It appears with something else, and others may wait for it.
            let mut node = Node::new(id, action, Part::Itself, Vec::new());
            fill(&mut node);
            self.nodes.push(node);
        }
        statements.sort_by_key(|statement| statement.part);
        for statement in &mut statements {
            self.spare(action, statement);
        }
        for group in statements.chunk_by(|a, b| (a.part, a.transaction) == (b.part, b.transaction)) {
            let mut node = Node::new(id, action, group[0].part, group.to_vec());
            fill(&mut node);
            if node.part > Part::Itself {
                node.makes.clear();
            }
            let extra = group.iter().flat_map(|statement| &statement.needs);
            node.needs
                .extend(extra.map(|(need, part)| (need.clone(), needs::told(need, *part))));
            // Rows of the column's table are nowhere else when it changes.
            if node.part <= Part::Itself && action != Action::Drop {
                for column in self.changes.emptied.get(id).into_iter().flatten() {
                    match self.changes.goes(column) {
                        true => node.outlives.push(column.clone()),
                        false => node.needs.push((column.clone(), Part::Retype)),
                    }
                }
            }
            if let (Part::Attachment, ObjectId::Table(partition) | ObjectId::ForeignTable(partition)) = (node.part, id)
            {
                node.needs.extend(needs::attached_with(partition, self.changes));
                node.outlives.extend(needs::in_the_way(partition, self.changes));
            }
            if node.part == Part::Detachment {
                node.outlives.extend(needs::keys_to(id, self.changes));
            }
            if node.part == Part::Rows {
                node.needs.extend(needs::room_for_rows(id, &self.world));
            }
            // A sequence belongs to a column of its own owner's only.
            if let (Part::Link, Some(Object::Sequence(row))) = (node.part, self.world().to.object(id))
                && let Some(column) = &row.owned_by
                && let Some(relation) = self.world().to.relation(&column.relation)
            {
                node.needs.push((relation.row.object(), Part::Owner));
            }
            self.nodes.push(node);
        }
    }

    /// Nobody waits for a lock on what the migration makes.
    fn spare(&self, action: Action, statement: &mut Statement) {
        let is_removal = action == Action::Drop;
        statement.risk.spare(|locked| {
            let Some(relation) = locked.qualified() else {
                return false;
            };
            !is_removal && !self.world.stands(relation)
        });
    }
}
