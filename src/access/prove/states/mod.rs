//! The states that rows and claims can be in as far as policies ask about them: what is published, deleted, over or of a
//! level, and what a token says of plans, levels and roles.
//!
//! Each is set before a statement is tried, in combination: all of them where these are few, else those about one that a
//! row passes in, and pairs.

mod cells;
mod choices;
mod combine;
#[cfg(feature = "checks")]
mod read;

use std::collections::{BTreeMap, BTreeSet};

use sqlx::postgres::PgConnection;

pub(super) use cells::of;

use super::Outcome;
use super::cells::Ground;
use super::identities::{Identity, Sender, Whose};
use super::shape::Table;
use crate::Result;
use crate::catalog::trigger::Event;
use crate::catalog::{Catalog, Name, QName};

/// How many columns and claims are varied for one command.
const SUBJECTS: usize = 7;
/// How many states of one command are tried.
const STATES: usize = 36;
/// How many are looked through for one that a row passes in.
const SEARCHED: usize = 400;

/// What a policy can ask about.
#[cfg_attr(
    not(feature = "checks"),
    expect(dead_code, reason = "conditions are not read without it")
)]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    /// A column of the row itself.
    Column(QName, Name),
    /// A column of other rows that are read: of another table, or of the same.
    Elsewhere(QName, Name),
    /// What the token says at this path.
    Token(Vec<String>),
    /// A setting.
    Setting(String),
}

/// What is known of a subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Asked {
    /// The constants that it is compared with, in their order.
    constants: Vec<String>,
    /// What else it is compared with.
    peers: BTreeSet<Subject>,
    /// Whether it is asked if it is NULL.
    nulls: bool,
    /// Whether it is taken for a truth value.
    is_boolean: bool,
    /// Whether it is a list that something is looked for in.
    is_list: bool,
}

/// Everything that is asked about.
type Found = BTreeMap<Subject, Asked>;

/// What a subject is set to.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Choice {
    /// What it is called where it is told of: the subject, `=` and the value.
    label: String,
    value: To,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum To {
    /// As it is.
    Same,
    /// NULL, or no claim.
    Nothing,
    /// This text.
    Text(String),
    /// The value that another column has, in the row of this table that is the sender's own, or that is another's.
    Key(QName, Name, bool),
}

/// A subject and all that it is set to.
#[derive(Clone, Debug)]
struct Dimension {
    subject: Subject,
    choices: Vec<Choice>,
    is_list: bool,
}

/// One state: for each dimension the number of its choice.
type State = Vec<usize>;

/// The states that rows are found in, or made in, by one command.
#[derive(Clone, Debug, Default)]
pub(super) struct Space {
    dimensions: Vec<Dimension>,
    states: Vec<State>,
}

/// The states of a table.
#[derive(Clone, Debug, Default)]
pub(super) struct States {
    /// What rows are when they are read, changed and deleted.
    found: BTreeMap<Event, Space>,
    /// What new rows are.
    made: BTreeMap<Event, Space>,
    /// A state of old rows in which they can be changed.
    changeable: Option<State>,
}

/// The states to be tried of every table.
///
/// # Errors
/// Where the connection is lost.
pub(super) async fn plan(
    connection: &mut PgConnection,
    ground: &Ground<'_>,
    identities: &[Identity],
) -> Result<BTreeMap<QName, States>> {
    let mut all = BTreeMap::new();
    for (name, table) in &ground.shape.tables {
        if !table.is_tested || !ground.world.rows.contains_key(name) {
            continue;
        }
        let mut states = States::default();
        for command in [Event::Select, Event::Update, Event::Delete, Event::Insert] {
            let (found, made) = expressions(table, command);
            for (expressions, is_made) in [(found, false), (made, true)] {
                let asked = asked(ground.shape.catalog, name, &expressions);
                let mut dimensions = choices::dimensions(ground, table, &asked);
                dimensions.truncate(SUBJECTS);
                if dimensions.is_empty() {
                    continue;
                }
                let space = Space {
                    states: combine::all(&dimensions, SEARCHED),
                    dimensions,
                };
                match is_made {
                    false => states.found.insert(command, space),
                    true => states.made.insert(command, space),
                };
            }
        }
        settle(connection, ground, identities, table, &mut states).await?;
        all.insert(name.clone(), states);
    }
    Ok(all)
}

/// What the policies of a command ask of rows that are there, and of new ones.
fn expressions<'t>(table: &'t Table<'_>, command: Event) -> (Vec<&'t str>, Vec<&'t str>) {
    let policies = table.relation.policies().iter();
    let policies = policies.filter(|policy| policy.command.is_none_or(|of| of == command));
    let policies = policies.collect::<Vec<_>>();
    let old = policies.iter().filter_map(|policy| policy.using.as_deref()).collect();
    let new = policies
        .iter()
        .filter_map(|policy| policy.check.as_deref().or(policy.using.as_deref()));
    let new = new.collect();
    match command {
        Event::Insert => (Vec::new(), new),
        Event::Update => (old, new),
        _ => (old, Vec::new()),
    }
}

#[cfg(feature = "checks")]
fn asked(catalog: &Catalog, table: &QName, expressions: &[&str]) -> Found {
    let mut found = Found::new();
    for expression in expressions {
        read::expression(catalog, table, expression, &mut found);
    }
    found
}

/// Without a parser nothing is known of what expressions ask.
#[cfg(not(feature = "checks"))]
fn asked(_: &Catalog, _: &QName, _: &[&str]) -> Found {
    Found::new()
}

/// Chooses among many states those near one that somebody's row passes in.
async fn settle(
    connection: &mut PgConnection,
    ground: &Ground<'_>,
    identities: &[Identity],
    table: &Table<'_>,
    states: &mut States,
) -> Result<()> {
    let senders = identities
        .iter()
        .filter(|identity| !matches!(identity.kind, Sender::Service | Sender::Nobody));
    let senders = senders.collect::<Vec<_>>();
    for is_made in [false, true] {
        let commands = if is_made { &states.made } else { &states.found };
        for command in commands.keys().copied().collect::<Vec<_>>() {
            let spaces = if is_made { &states.made } else { &states.found };
            let space = &spaces[&command];
            let is_wide = space.states.len() > STATES;
            let is_old = command == Event::Update && !is_made;
            if !is_wide && !is_old {
                continue;
            }
            let mut passing = Vec::<State>::new();
            for identity in &senders {
                let tried = cells::tried(ground, identity, table, states, command, is_made);
                let (numbers, cells): (Vec<_>, Vec<_>) = tried.into_iter().unzip();
                let Ok(outcomes) = super::run_cells(connection, identity, &cells, ground.personas).await? else {
                    continue;
                };
                let passed = numbers.iter().zip(&cells).zip(&outcomes);
                let passed = passed.filter(|((_, cell), outcome)| {
                    **outcome == Outcome::Allowed
                        && (is_wide || cell.whose == Whose::Own || cell.whose == Whose::Tenant)
                });
                for whose in [Whose::Own, Whose::Tenant, Whose::Other, Whose::Unowned] {
                    let first = passed.clone().find(|((_, cell), _)| cell.whose == whose);
                    let state = first.map(|((number, _), _)| space.states[*number].clone());
                    passing.extend(state.filter(|state| !passing.contains(state)));
                }
            }
            if is_old {
                states.changeable = passing.first().cloned();
            }
            if is_wide {
                let spaces = if is_made { &mut states.made } else { &mut states.found };
                if let Some(space) = spaces.get_mut(&command) {
                    space.states = combine::near(&space.dimensions, &passing, STATES);
                }
            }
        }
    }
    Ok(())
}
