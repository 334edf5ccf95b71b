//! Whether what a table has is its parents' alone or its own as well (`attislocal`, `conislocal`), which PostgreSQL
//! settles when a column or check is made, or when its last parent is left.

use crate::catalog::column::Column;
use crate::catalog::constraint::{Constraint, ConstraintKind};
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::Relation;
use crate::catalog::{Catalog, QName};

use super::name::bare;
use super::relations::is_table;
use super::{Statement, Work, World, columns};

/// How a table comes to have each column as it shall have it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    /// The first of its parents stay as they are, this many.
    Stays(usize),
    /// It leaves all of its parents and joins them again, which makes everything its own.
    Rejoins,
    /// Only by being made as their child.
    Anew,
}

/// Whether the table has to be made anew, since nothing else takes from it what shall be its parents' alone.
pub(super) fn is_made_anew(old: &Relation, new: &Relation, world: &World<'_>) -> bool {
    way(old, new, world) == Way::Anew
}

/// Whether the table has something that is its parents' alone, which it would not have after it has left them.
pub fn lives_on_parents(name: &QName, world: &World<'_>) -> bool {
    let new = world.to.relation(name).filter(|new| is_child(new.row));
    new.is_some_and(|new| {
        new.columns().iter().any(|column| column.inherited && !column.local) || parents_checks(new).next().is_some()
    })
}

/// How many of a table's parents, from the first on, it does not leave meanwhile.
pub(super) fn kept_parents(old: &Relation, new: &Relation, world: &World<'_>) -> usize {
    match way(old, new, world) {
        Way::Stays(kept) => kept,
        Way::Rejoins => 0,
        Way::Anew => first_alike(old, new),
    }
}

fn first_alike(old: &Relation, new: &Relation) -> usize {
    let pairs = old.inherits.iter().zip(&new.inherits);
    pairs.take_while(|(old, new)| old == new).count()
}

fn is_child(row: &Relation) -> bool {
    is_table(row.kind) && !row.inherits.is_empty()
}

fn way(old: &Relation, new: &Relation, world: &World<'_>) -> Way {
    let kept = first_alike(old, new);
    if !is_table(old.kind) || !is_child(new) {
        return Way::Stays(kept);
    }
    let parents = &new.inherits[..kept];
    let [before, after] = [(world.from, old), (world.to, new)].map(|(catalog, row)| RelationRef { catalog, row });
    let mut rejoins = false;
    for column in after.columns().iter().filter(|column| column.inherited) {
        let is_kept_on = |side: RelationRef<'_>| {
            let mut parents = parents.iter().filter_map(|parent| side.catalog.relation(parent));
            parents.any(|parent| parent.column(&column.name).is_some())
        };
        let becomes_local = match before.column(&column.name) {
            Some(old) => old.local || !is_kept_on(before),
            None => column.local || !is_kept_on(after),
        };
        match (becomes_local, column.local) {
            (true, false) => return Way::Anew,
            (false, true) => rejoins = true,
            _ => {}
        }
    }
    let becomes_own = |check: &Constraint| {
        let has_check = |side: RelationRef<'_>| {
            let mut parents = parents.iter().filter_map(|parent| side.catalog.relation(parent));
            parents.any(|parent| check_of(parent, check).is_some())
        };
        match check_of(before, check) {
            Some(old) if !old.inherited => !goes_to_parent(old, check, world),
            Some(old) => old.local || !has_check(before),
            None => !has_check(after),
        }
    };
    if parents_checks(after).any(becomes_own) {
        return Way::Anew;
    }
    match rejoins {
        false => Way::Stays(kept),
        true if lives_on_parents(&new.name, world) => Way::Anew,
        true => Way::Rejoins,
    }
}

/// Whether a check of the table is to go, so that a parent that gets it gives it to the table.
pub(super) fn goes_to_parent(old: &Constraint, new: &Constraint, world: &World<'_>) -> bool {
    let (Some(before), Some(after)) = (world.from.relation(&old.relation), world.to.relation(&new.relation)) else {
        return false;
    };
    let parents = &after.row.inherits[..first_alike(before.row, after.row)];
    let gets_it = |parent: &QName| {
        let has_it = |catalog: &Catalog| {
            let parent = catalog.relation(parent);
            parent.is_some_and(|parent| check_of(parent, new).is_some())
        };
        has_it(world.to) && !has_it(world.from)
    };
    let is_check = matches!(new.kind, ConstraintKind::Check { .. });
    is_check && !old.inherited && new.inherited && !new.local && parents.iter().any(gets_it)
}

/// Whether a check that is the parents' alone goes with theirs, and comes back as the table's own.
pub(super) fn goes_with_parent(old: &Constraint, new: &Constraint, world: &World<'_>) -> bool {
    let is_check = matches!(new.kind, ConstraintKind::Check { .. });
    is_check && old.inherited && !old.local && !new.inherited && !columns::kept_parents(&new.relation, world).is_empty()
}

/// What gives a column that comes with the parents of a new table its own default, where theirs are not that on both sides:
/// either may be there when the table is made.
pub(super) fn own_default(column: &Column, world: &World<'_>) -> Vec<Statement> {
    let is_told = column.default.is_none() || columns::default_is_inline(column, world);
    let relation = world.to.relation(&column.relation);
    let Some(relation) = relation.filter(|_| is_told && column.generated.is_none()) else {
        return Vec::new();
    };
    let mut parents = relation.row.inherits.iter();
    let is_alike = parents.all(|parent| {
        let sides = [world.from, world.to].into_iter();
        let mut above = sides.filter_map(|side| side.relation(parent)?.column(&column.name));
        above.all(|above| above.default == column.default)
    });
    match (is_alike, &column.default) {
        (true, _) => Vec::new(),
        (false, Some(_)) => columns::set_default(column, world),
        (false, None) => {
            let table = columns::alone(&column.relation, world.to);
            let sql = format!("ALTER {table} ALTER COLUMN {} DROP DEFAULT", bare(&column.name));
            vec![Statement::new(sql).does(Work::Alter, [relation.row.object()])]
        }
    }
}

/// The relation's check of the same name.
fn check_of<'a>(relation: RelationRef<'a>, check: &Constraint) -> Option<&'a Constraint> {
    let mut constraints = relation.constraints().iter();
    constraints.find(|row| row.name == check.name && matches!(row.kind, ConstraintKind::Check { .. }))
}

/// The checks that are the parents' alone.
fn parents_checks(relation: RelationRef<'_>) -> impl Iterator<Item = &Constraint> {
    let checks = relation.constraints().iter();
    checks.filter(|row| matches!(row.kind, ConstraintKind::Check { .. }) && row.inherited && !row.local)
}
