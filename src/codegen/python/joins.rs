//! Which relationships the classes of SQLAlchemy have, each from both sides.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use heck::ToSnakeCase as _;

use super::Plan;
use super::sqlalchemy::is_mapped;
use crate::catalog::QName;
use crate::codegen::model::Relationship;

/// One side of a foreign key between two mapped classes.
pub(super) struct Join {
    /// The attribute.
    pub(super) name: String,
    /// The attribute of the other side.
    pub(super) back: String,
    /// The relation on the other side, by position.
    pub(super) target: usize,
    /// Whether the key is on this side.
    pub(super) from_here: bool,
    /// Whether there may be several on the other side.
    pub(super) many: bool,
    /// Whether there may be none on the other side.
    pub(super) optional: bool,
    /// The columns of the key and what they refer to, by position.
    pub(super) columns: Vec<(usize, usize)>,
    /// Whether the tables alone do not say which key is meant.
    pub(super) ambiguous: bool,
    /// The relationships of the other keys of the same table that have one of its columns too.
    pub(super) overlaps: BTreeSet<String>,
}

/// A foreign key between two mapped classes, by their positions.
struct Key<'a> {
    child: usize,
    parent: usize,
    key: &'a Relationship,
    columns: Vec<(usize, usize)>,
}

/// The relationships of each relation, by its position.
pub(super) fn joins(plan: &Plan<'_>) -> Vec<Vec<Join>> {
    let relations = &plan.api.relations;
    let places: HashMap<&QName, usize> = relations
        .iter()
        .enumerate()
        .map(|(at, row)| (&row.named.id, at))
        .collect();
    let is_joined = |at: usize| plan.is_shown(&relations[at]) && is_mapped(&relations[at]);
    let mut keys: Vec<Key<'_>> = Vec::new();
    for child in (0..relations.len()).filter(|&at| is_joined(at)) {
        for key in relations[child].relationships.iter().filter(|key| !key.through_view) {
            let Some(&parent) = places.get(&key.target).filter(|&&parent| is_joined(parent)) else {
                continue;
            };
            let position = |at: usize, name: &str| relations[at].columns.iter().position(|column| column.name == name);
            let pairs = key.columns.iter().zip(&key.target_columns);
            let columns: Option<Vec<_>> = pairs
                .map(|(from, to)| Some((position(child, from)?, position(parent, to)?)))
                .collect();
            if let Some(columns) = columns {
                keys.push(Key {
                    child,
                    parent,
                    key,
                    columns,
                });
            }
        }
    }
    let mut between: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    let mut by_column: HashMap<(usize, usize), Vec<usize>> = HashMap::new();
    for (number, key) in keys.iter().enumerate() {
        *between
            .entry((key.child.min(key.parent), key.child.max(key.parent)))
            .or_default() += 1;
        for (from, _) in &key.columns {
            by_column.entry((key.child, *from)).or_default().push(number);
        }
    }
    let mut taken: Vec<HashSet<String>> = plan
        .fields
        .iter()
        .map(|fields| fields.iter().cloned().collect())
        .collect();
    let mut all: Vec<Vec<Join>> = relations.iter().map(|_| Vec::new()).collect();
    // Where the two sides of each key stand.
    let mut sides: Vec<[(usize, usize); 2]> = Vec::with_capacity(keys.len());
    for Key {
        child,
        parent,
        key,
        columns,
    } in &keys
    {
        let (child, parent) = (*child, *parent);
        let several = between[&(child.min(parent), child.max(parent))] > 1;
        let stem = match columns.as_slice() {
            [(from, _)] => plan.fields[child][*from].strip_suffix("_id").map(str::to_owned),
            _ => None,
        };
        let parent_name = plan.names.relations[parent].to_snake_case();
        let child_name = plan.names.relations[child].to_snake_case();
        let there = free(plan, &mut taken[child], stem.clone().unwrap_or(parent_name));
        let wanted = match stem {
            Some(stem) if several => format!("{child_name}_{stem}"),
            _ => child_name,
        };
        let back = free(plan, &mut taken[parent], wanted);
        let one = key.one_to_one || key.one_to_one_by_index;
        let nullable = columns.iter().any(|&(from, _)| relations[child].columns[from].nullable);
        let ambiguous = several || child == parent || is_dotted(key);
        // A table that refers to itself gets one behind the other.
        let behind = all[parent].len() + usize::from(child == parent);
        sides.push([(child, all[child].len()), (parent, behind)]);
        all[child].push(Join {
            name: there.clone(),
            back: back.clone(),
            target: parent,
            from_here: true,
            many: false,
            optional: nullable,
            columns: columns.clone(),
            ambiguous,
            overlaps: BTreeSet::new(),
        });
        all[parent].push(Join {
            name: back,
            back: there,
            target: child,
            from_here: false,
            many: !one,
            optional: one,
            columns: columns.clone(),
            ambiguous,
            overlaps: BTreeSet::new(),
        });
    }
    for (number, key) in keys.iter().enumerate() {
        let sharing = key.columns.iter().flat_map(|(from, _)| &by_column[&(key.child, *from)]);
        let others: BTreeSet<usize> = sharing.copied().filter(|&other| other != number).collect();
        let names = others.into_iter().flat_map(|other| sides[other]);
        let names: BTreeSet<String> = names.map(|(at, place)| all[at][place].name.clone()).collect();
        for (at, place) in sides[number] {
            all[at][place].overlaps.clone_from(&names);
        }
    }
    all
}

/// Whether SQLAlchemy cannot be told of a key: it reads the dots of a target, so one in a name cannot be said.
pub(super) fn is_dotted(key: &Relationship) -> bool {
    let mut parts = [&key.target.schema, &key.target.name]
        .into_iter()
        .chain(&key.target_columns);
    parts.any(|part| part.contains('.'))
}

/// The wanted attribute, or the first numbered one that no other has.
fn free(plan: &Plan<'_>, taken: &mut HashSet<String>, wanted: String) -> String {
    let wanted = if wanted.is_empty() || plan.reserved.holds(&wanted) {
        format!("{wanted}_")
    } else {
        wanted
    };
    let mut name = wanted.clone();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{wanted}_{number}");
        number += 1;
    }
    name
}
