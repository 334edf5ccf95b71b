//! Random pairs of schemas, each turned into the other.
//!
//! A schema is a choice for each of the places below: nothing, or one of what can be there. What cannot be made, since
//! what it needs was not chosen, is left out as psql leaves it out. `PGKEEL_SEEDS=n` tries as many pairs instead of a
//! few, `PGKEEL_SEED=n` tries one again, or begins with it; a pair that fails is made smaller before it is shown.

use std::sync::atomic::{AtomicU64, Ordering};

use pgkeel::catalog::scope::Scope;
use pgkeel::scratch::{self, Options, Scratch};

use super::{apply, client, dump, feed, migration, read, same, servers};
use crate::support::servers::psql;

/// How many pairs each server is given.
const SEEDS: u64 = 24;
/// How many pairs are tried at once.
const WORKERS: usize = 4;
/// What all schemas have. Roles that nothing names are not read, nor are their memberships.
const ALL: &str = "create role r1; create role r2; create role r3; grant usage on schema public to r1, r2, r3;\n";
/// What can be in which place: a block of the file each, a line for every choice.
const PLACES: &str = include_str!("places.sql");

/// A number for each place: zero for nothing.
type Choice = Vec<usize>;

#[test]
fn random_pairs_become_each_other() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seeds = match number("PGKEEL_SEED") {
        Some(seed) => seed..seed + number("PGKEEL_SEEDS").unwrap_or(1),
        None => 0..number("PGKEEL_SEEDS").unwrap_or(SEEDS),
    };
    let places = places();
    let mut found = Vec::new();
    for server in servers() {
        let next = AtomicU64::new(seeds.start);
        let failures = std::thread::scope(|scope| {
            let workers = (0..WORKERS).map(|_| scope.spawn(|| work(&server, &places, &next, seeds.end)));
            let workers = workers.collect::<Vec<_>>();
            workers
                .into_iter()
                .flat_map(|worker| worker.join().unwrap())
                .collect::<Vec<_>>()
        });
        println!("seeds {seeds:?}: {} pairs fail", failures.len());
        found.extend(failures);
    }
    assert!(found.is_empty(), "{} pairs fail:\n{}", found.len(), found.join("\n\n"));
}

/// Kinds that no choice makes, with the reason.
const NEVER: &[(&str, &str)] = &[
    (
        "security_labels",
        "no module that provides labels comes with PostgreSQL",
    ),
    ("unmodelled", "what pgkeel does not model, it does not change"),
];

#[tokio::test]
async fn choices_make_every_kind() {
    let places = places();
    let server = servers().pop().unwrap();
    let counted = async |choice: &Choice| {
        let scratch = side(&server, &places, choice).await.unwrap();
        read(&scratch, &Scope::default()).await.unwrap().counts()
    };
    let counts = counted(&vec![1; places.len()]).await;
    let missing = counts.iter().filter(|(_, rows)| *rows == 0).map(|(kind, _)| *kind);
    assert_eq!(
        missing.collect::<Vec<_>>(),
        NEVER.iter().map(|(kind, _)| *kind).collect::<Vec<_>>()
    );
    // What each of them has without any choice.
    let least = counted(&vec![0; places.len()]).await;
    let made = counts.iter().zip(&least).filter(|(made, least)| made.1 > least.1);
    assert_eq!(
        made.count() + NEVER.len(),
        counts.len(),
        "{counts:?} rather than {least:?}"
    );
}

/// Tries pairs until there are no more, and gives the small form of those that fail.
fn work(server: &Options, places: &[Vec<&str>], next: &AtomicU64, end: u64) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let mut failures = Vec::new();
    loop {
        let seed = next.fetch_add(1, Ordering::Relaxed);
        if seed >= end {
            return failures;
        }
        let (a, b) = pair(seed, places);
        let outcome = runtime.block_on(turned(server, places, &a, &b));
        let Err(first) = outcome else { continue };
        let (a, b, error) = runtime.block_on(shrunk(server, places, a, b, first));
        let (a, b) = (sql(places, &a), sql(places, &b));
        let failure = format!("seed {seed}:\n-- a\n{a}-- b\n{b}{error}");
        println!("{failure}\n");
        failures.push(failure);
    }
}

/// Turns a pair's one schema into the other.
async fn turned(server: &Options, places: &[Vec<&str>], a: &Choice, b: &Choice) -> Result<(), String> {
    let (from, to) = (side(server, places, a).await?, side(server, places, b).await?);
    let wanted = dump(&to)?;
    let sql = migration(&from, &to, &Scope::default()).await?;
    apply(&from, &sql).map_err(|error| format!("{error}\n{sql}"))?;
    same(&from, &to, &wanted)
        .await
        .map_err(|error| format!("{error}\n{sql}"))?;
    let again = migration(&from, &to, &Scope::default()).await?;
    if again.is_empty() {
        Ok(())
    } else {
        Err(format!("planned again, it gives\n{again}"))
    }
}

/// A pair that fails too and has nothing in it without which it fails: places go, or become the same in both, many at
/// once and then fewer.
async fn shrunk(
    server: &Options,
    places: &[Vec<&str>],
    mut a: Choice,
    mut b: Choice,
    mut error: String,
) -> (Choice, Choice, String) {
    let mut size = places.len().next_power_of_two() / 2;
    while size > 0 {
        for start in (0..places.len()).step_by(size).rev() {
            let chunk = start..places.len().min(start + size);
            for what in [Less::Neither, Less::Same, Less::OnlyB, Less::OnlyA] {
                let (mut less, mut less_too) = (a.clone(), b.clone());
                match what {
                    Less::Neither => {
                        less[chunk.clone()].fill(0);
                        less_too[chunk.clone()].fill(0);
                    }
                    Less::Same => less_too[chunk.clone()].copy_from_slice(&a[chunk.clone()]),
                    Less::OnlyB => less[chunk.clone()].fill(0),
                    Less::OnlyA => less_too[chunk.clone()].fill(0),
                }
                if (&less, &less_too) == (&a, &b) {
                    continue;
                }
                if let Err(still) = turned(server, places, &less, &less_too).await {
                    (a, b, error) = (less, less_too, still);
                    break;
                }
            }
        }
        size /= 2;
    }
    (a, b, error)
}

/// What becomes of some places of a pair that is made smaller.
#[derive(Clone, Copy)]
enum Less {
    Neither,
    Same,
    OnlyB,
    OnlyA,
}

async fn side(server: &Options, places: &[Vec<&str>], choice: &Choice) -> Result<Scratch, String> {
    let scratch = scratch::start(server).await.map_err(|error| error.to_string())?;
    feed(client(psql(), &scratch), &sql(places, choice), false)?;
    Ok(scratch)
}

fn sql(places: &[Vec<&str>], choice: &Choice) -> String {
    let chosen = places.iter().zip(choice).filter(|(_, chosen)| **chosen > 0);
    let lines = chosen.map(|(place, chosen)| format!("{}\n", place[chosen - 1]));
    [ALL.to_owned()].into_iter().chain(lines).collect()
}

fn places() -> Vec<Vec<&'static str>> {
    let blocks = PLACES.split("\n\n").map(|block| {
        let lines = block.lines().filter(|line| !line.starts_with("--") && !line.is_empty());
        lines.collect::<Vec<_>>()
    });
    blocks.filter(|block| !block.is_empty()).collect()
}

/// The two choices of a seed: half of the places are the same in both.
fn pair(seed: u64, places: &[Vec<&str>]) -> (Choice, Choice) {
    let mut state = seed.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut dice = move |sides: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state >> 33).unwrap() % sides
    };
    let (mut a, mut b) = (Choice::new(), Choice::new());
    for place in places {
        // What most others stand on is seldom missing.
        let mut choose = || if dice(6) == 0 { 0 } else { 1 + dice(place.len()) };
        let (one, other) = (choose(), choose());
        let is_same = dice(2) == 0;
        a.push(one);
        b.push(if is_same { one } else { other });
    }
    (a, b)
}
