//! Choosing: what saves most for its size first, then exchanges, while each index is worth its room.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates;
use super::load::{Choice, Costs};
use super::plan;
use crate::Result;
use crate::catalog::index::Index;

/// The bytes that new indexes may always take where no limit is given: no memory is short of them.
const LITTLE: f64 = 16e6;
/// The part of what is there already that they may take then.
const ROOM_PART: f64 = 1.0 / 3.0;

/// How far to go.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// The most bytes of all new indexes together. Where there is no limit, they take no more than an index on each single
    /// column that would be used, nor than a third of the tables and indexes that the workload reads; 16 MB in any case.
    pub max_bytes: Option<u64>,
    /// The least part of the remaining cost that an index saves, from 0 to 1.
    pub least_saving: f64,
    /// The least part of the remaining cost that an index saves for each equal part that it adds to the bytes of the
    /// tables and indexes that the workload reads.
    pub least_return: f64,
    /// The most part of what the workload costs that new indexes may add to its writes, from 0 to 1.
    pub max_write_share: Option<f64>,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: None,
            least_saving: 0.002,
            least_return: 2.0,
            max_write_share: None,
        }
    }
}

/// One index after the other, as they were chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The choices.
    pub(super) set: BTreeSet<usize>,
    /// The choices in the order in which they were made; some of them may be gone again.
    pub(super) steps: Vec<usize>,
    /// What would be chosen besides, if bytes were of no account, and all of `set`.
    pub(super) unlimited: BTreeSet<usize>,
}

/// Makes what is worth trying, and keeps what is of use: each alone, and what only helps together.
pub(super) async fn gather(costs: &mut Costs<'_>) -> Result<Vec<BTreeSet<usize>>> {
    let mut wanted = BTreeMap::<String, (Index, BTreeSet<usize>)>::new();
    for (at, query) in costs.queries.iter().enumerate() {
        for (table, scan) in &query.scans {
            for index in candidates::plain(table, scan, costs.lab) {
                // What has every column that is needed serves where the same without does not.
                let wider = candidates::covering(&index, scan, costs.lab).into_iter();
                for index in wider.filter(|index| !candidates::exists(index, costs.catalog)) {
                    wanted
                        .entry(identity(&index))
                        .or_insert((index, BTreeSet::new()))
                        .1
                        .insert(at);
                }
                if !candidates::exists(&index, costs.catalog) {
                    wanted
                        .entry(identity(&index))
                        .or_insert((index, BTreeSet::new()))
                        .1
                        .insert(at);
                }
            }
        }
    }
    let useful = try_out(costs, wanted).await?;
    let mut wanted = BTreeMap::new();
    for (index, queries) in &useful {
        for &at in queries {
            let scans = costs.queries[at]
                .scans
                .iter()
                .filter(|(table, _)| *table == index.relation);
            for (_, scan) in scans {
                for index in candidates::variants(index, scan, costs.lab) {
                    if !candidates::exists(&index, costs.catalog) {
                        wanted
                            .entry(identity(&index))
                            .or_insert((index, BTreeSet::new()))
                            .1
                            .insert(at);
                    }
                }
            }
        }
    }
    for (one, queries) in &useful {
        for (other, _) in &useful {
            if let Some(index) = candidates::merged(one, other) {
                wanted
                    .entry(identity(&index))
                    .or_insert((index, BTreeSet::new()))
                    .1
                    .extend(queries);
            }
        }
    }
    let more = try_out(costs, wanted).await?;
    let mut wanted = BTreeMap::new();
    for (one, queries) in more.iter().chain(&useful) {
        for (other, _) in more.iter().chain(&useful) {
            if let Some(index) = candidates::merged(one, other) {
                wanted
                    .entry(identity(&index))
                    .or_insert((index, BTreeSet::new()))
                    .1
                    .extend(queries);
            }
        }
    }
    try_out(costs, wanted).await?;
    let groups = try_together(costs).await?;
    let alone = (0..costs.choices.len()).map(|choice| BTreeSet::from([choice]));
    Ok(alone.chain(groups).collect())
}

/// What finds the rows of a condition that can be met in several ways.
async fn try_together(costs: &mut Costs<'_>) -> Result<Vec<BTreeSet<usize>>> {
    let mut groups = BTreeMap::<Vec<String>, BTreeSet<usize>>::new();
    let mut wanted = BTreeMap::new();
    for (at, query) in costs.queries.iter().enumerate() {
        for (table, scan) in &query.scans {
            for mut group in candidates::alternatives(table, scan, costs.lab) {
                group.retain(|index| !candidates::exists(index, costs.catalog));
                groups
                    .entry(group.iter().map(identity).collect())
                    .or_default()
                    .insert(at);
                wanted.extend(group.into_iter().map(|index| (identity(&index), index)));
            }
        }
    }
    for choice in &costs.choices {
        wanted.remove(&identity(&choice.index));
    }
    let first = costs.choices.len();
    costs.add(wanted.into_values().collect()).await?;
    let mut useful = Vec::<Vec<String>>::new();
    for (group, queries) in groups {
        let set = numbers(costs, &group);
        let asked = queries.into_iter().collect::<Vec<_>>();
        if set.len() < group.len() || set.is_empty() {
            continue;
        }
        let with = costs.of(&asked, &set).await?;
        if asked
            .iter()
            .zip(with)
            .any(|(query, with)| with < 0.98 * costs.queries[*query].before)
        {
            useful.push(group);
        }
    }
    let is_used = |number: &usize| {
        let identity = identity(&costs.choices[*number].index);
        useful.iter().any(|group| group.contains(&identity))
    };
    let useless = (first..costs.choices.len()).rev().filter(|number| !is_used(number));
    costs.remove(&useless.collect::<Vec<_>>()).await?;
    Ok(useful.iter().map(|group| numbers(costs, group)).collect())
}

/// The numbers of the choices that are the indexes.
fn numbers(costs: &Costs<'_>, identities: &[String]) -> BTreeSet<usize> {
    let all = costs.choices.iter().enumerate();
    let found = all.filter(|(_, choice)| identities.contains(&identity(&choice.index)));
    found.map(|(number, _)| number).collect()
}

/// What tells an index from others, its name aside.
fn identity(index: &Index) -> String {
    format!(
        "{} {} {:?} {:?} {:?}",
        index.relation, index.method, index.keys, index.include, index.predicate
    )
}

/// Makes indexes, asks the queries that they are for what each is worth alone, and removes what is worth nothing.
async fn try_out(
    costs: &mut Costs<'_>,
    mut wanted: BTreeMap<String, (Index, BTreeSet<usize>)>,
) -> Result<Vec<(Index, BTreeSet<usize>)>> {
    // What is of use is known already.
    for choice in &costs.choices {
        wanted.remove(&identity(&choice.index));
    }
    let mut wanted = wanted.into_values().collect::<Vec<_>>();
    // Of those that save the same, the first is chosen.
    wanted.sort_by(|(a, _), (b, _)| {
        candidates::selectivity(b, costs.lab).total_cmp(&candidates::selectivity(a, costs.lab))
    });
    let (indexes, queries) = wanted.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
    let numbers = costs.add(indexes).await?;
    let made = numbers.into_iter().zip(queries);
    let mut useful = Vec::new();
    let mut useless = Vec::new();
    for (number, queries) in made.rev().filter_map(|(number, queries)| Some((number?, queries))) {
        let asked = queries.into_iter().collect::<Vec<_>>();
        let with = costs.of(&asked, &BTreeSet::from([number])).await?;
        let gains = asked
            .iter()
            .zip(with)
            .filter(|(query, with)| *with < 0.98 * costs.queries[**query].before);
        let gains = gains.map(|(query, _)| *query).collect::<BTreeSet<_>>();
        if gains.is_empty() {
            useless.push(number);
        } else {
            useful.push((costs.choices[number].index.clone(), gains));
        }
    }
    costs.remove(&useless).await?;
    Ok(useful)
}

/// The bytes of what would be made without much thought: an index on each column alone that a plan would use, if all of
/// them were there.
async fn plain_bytes(costs: &mut Costs<'_>) -> Result<u64> {
    let is_plain = |choice: &Choice| {
        let index = &choice.index;
        let [key] = &index.keys[..] else { return false };
        index.method == "btree"
            && key.column.is_some()
            && key.opclass.is_none()
            && index.include.is_empty()
            && index.predicate.is_none()
    };
    let plain = (0..costs.choices.len())
        .filter(|&at| is_plain(&costs.choices[at]))
        .collect::<BTreeSet<_>>();
    let set = used(costs, &plain).await?;
    Ok(costs.bytes(&set))
}

/// Those of the choices in `set` that a plan uses when all of them are there.
async fn used(costs: &mut Costs<'_>, set: &BTreeSet<usize>) -> Result<BTreeSet<usize>> {
    let mut names = BTreeSet::new();
    for query in 0..costs.queries.len() {
        for plan in costs.plans(query, set).await? {
            plan::indexes(&plan, &mut names);
        }
    }
    let is_used = |choice: &usize| !costs.choices[*choice].built.names.is_disjoint(&names);
    Ok(set.iter().copied().filter(is_used).collect())
}

/// Chooses among what has been gathered: `moves` are what is added together.
pub(super) async fn choose(costs: &mut Costs<'_>, moves: Vec<BTreeSet<usize>>, limits: &Limits) -> Result<Selection> {
    let room = costs.room();
    let most = match limits.max_bytes {
        Some(bytes) => bytes as f64,
        None => (plain_bytes(costs).await? as f64).min(room * ROOM_PART).max(LITTLE),
    };
    let before = costs.total(&BTreeSet::new()).await?;
    let mut bounds = Bounds {
        limits,
        room,
        most,
        before,
    };
    let mut chosen = Selection::default();
    add_best(costs, &mut chosen, &moves, &bounds).await?;
    exchange(costs, &mut chosen, &bounds).await?;
    // What only looked worth its room while others were not there: the look-ups of foreign keys and the bodies of functions
    // are among the plans.
    chosen.set = used(costs, &chosen.set).await?;
    bounds.most = f64::INFINITY;
    let mut wider = chosen.clone();
    add_best(costs, &mut wider, &moves, &bounds).await?;
    chosen.unlimited = used(costs, &wider.set).await?;
    Ok(chosen)
}

/// How far to go, and from where.
struct Bounds<'a> {
    limits: &'a Limits,
    /// The bytes of what is there.
    room: f64,
    /// The bytes that new indexes may take.
    most: f64,
    /// What the workload costs without them.
    before: f64,
}

/// Adds what saves most for its size, until nothing is worth its room.
async fn add_best(
    costs: &mut Costs<'_>,
    chosen: &mut Selection,
    moves: &[BTreeSet<usize>],
    bounds: &Bounds<'_>,
) -> Result<()> {
    let mut now = costs.total(&chosen.set).await?;
    // What an index saves shrinks as others are chosen, so that what it saved last is the most that it can save.
    let mut hopes = vec![f64::INFINITY; moves.len()];
    loop {
        let mut best: Option<(f64, usize, f64)> = None;
        let hoped = hopes.iter().zip(moves).map(|(saved, group)| {
            let new = group.difference(&chosen.set).copied().collect();
            saved / weight(costs.bytes(&new))
        });
        let mut order = hoped.enumerate().collect::<Vec<_>>();
        order.sort_by(|a, b| b.1.total_cmp(&a.1));
        for (at, hoped) in order {
            if best.is_some_and(|(score, ..)| score >= hoped) {
                break;
            }
            let with = chosen.set.union(&moves[at]).copied().collect::<BTreeSet<_>>();
            let more = costs.bytes(&with) - costs.bytes(&chosen.set);
            if costs.bytes(&with) as f64 > bounds.most {
                continue;
            }
            let saved = now - total_near(costs, &chosen.set, &with, now).await?;
            hopes[at] = saved;
            let writes = costs.writes(&with) / bounds.before;
            if bounds.limits.max_write_share.is_some_and(|most| writes > most) || !is_worth(saved, now, more, bounds) {
                continue;
            }
            let score = saved / weight(more);
            if best.is_none_or(|(other, ..)| score > other) {
                best = Some((score, at, saved));
            }
        }
        let Some((_, at, saved)) = best else {
            return Ok(());
        };
        now -= saved;
        let new = moves[at].difference(&chosen.set).copied().collect::<Vec<_>>();
        chosen.set.extend(&new);
        chosen.steps.extend(new);
    }
}

/// What the workload costs with `with`, which differs a little from `set`, whose cost is known.
async fn total_near(costs: &mut Costs<'_>, set: &BTreeSet<usize>, with: &BTreeSet<usize>, now: f64) -> Result<f64> {
    let changed = set.symmetric_difference(with);
    let tables = changed.map(|&choice| &costs.choices[choice].index.relation);
    let readers = tables.flat_map(|table| costs.readers(table)).collect::<BTreeSet<_>>();
    let readers = readers.into_iter().collect::<Vec<_>>();
    let old = costs.of(&readers, set).await?;
    let new = costs.of(&readers, with).await?;
    let change = readers
        .iter()
        .zip(old.iter().zip(&new))
        .map(|(&query, (old, new))| (new - old) * costs.queries[query].weight);
    let change = change.sum::<f64>() + costs.writes(with) - costs.writes(set);
    Ok(now + change)
}

/// Takes out what others have made superfluous, and exchanges what another does better in as little room.
async fn exchange(costs: &mut Costs<'_>, chosen: &mut Selection, bounds: &Bounds<'_>) -> Result<()> {
    let mut now = costs.total(&chosen.set).await?;
    for _ in 0..3 {
        let mut changed = false;
        for old in chosen.set.clone() {
            let mut without = chosen.set.clone();
            without.remove(&old);
            let alone = costs.total(&without).await?;
            let size = costs.choices[old].built.bytes;
            if !is_worth(alone - now, alone, size, bounds) {
                chosen.set = without;
                now = alone;
                changed = true;
                continue;
            }
            let table = costs.choices[old].index.relation.clone();
            let others = (0..costs.choices.len()).filter(|other| {
                let choice = &costs.choices[*other];
                choice.index.relation == table && choice.built.bytes <= size && !chosen.set.contains(other)
            });
            for other in others.collect::<Vec<_>>() {
                let with = add(&without, other);
                let cost = total_near(costs, &without, &with, alone).await?;
                // A little saved is worth less than less room.
                let is_better =
                    cost < now * 0.999 || (cost <= now * 1.0001 && costs.choices[other].built.bytes < size * 9 / 10);
                if is_better {
                    chosen.set = with;
                    now = cost;
                    changed = true;
                    break;
                }
            }
        }
        if !changed {
            break;
        }
    }
    Ok(())
}

/// Whether an index saves enough of what is left, `now`, and enough for its room.
fn is_worth(saved: f64, now: f64, bytes: u64, bounds: &Bounds<'_>) -> bool {
    let part = saved / now.max(f64::MIN_POSITIVE);
    part >= bounds.limits.least_saving && part >= bounds.limits.least_return * bytes as f64 / bounds.room
}

fn add(set: &BTreeSet<usize>, choice: usize) -> BTreeSet<usize> {
    let mut with = set.clone();
    with.insert(choice);
    with
}

/// What a saving is divided by: its bytes, among which the first few hardly count.
fn weight(bytes: u64) -> f64 {
    bytes as f64 + 500_000.0
}
