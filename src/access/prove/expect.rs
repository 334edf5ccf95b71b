//! What everybody is expected to reach, as a file that is reviewed: a line for each table and identity.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use super::cells::{Action, Cell};
use super::identities::Whose;
use super::{Outcome, Tested};
use crate::{Error, Result};

/// What one identity reaches in one table: for each command whose rows. A command that is not there is denied; one with
/// nothing reaches no row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access(pub BTreeMap<Word, BTreeSet<String>>);

/// What is done, as the file says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Word {
    /// Rows are read.
    Select,
    /// Columns of one's own row are read, where these are not all.
    SelectColumns,
    /// Rows are inserted.
    Insert,
    /// Rows are inserted and given back.
    InsertReturning,
    /// Rows are inserted with values for columns, where these are not all.
    InsertColumns,
    /// Rows that are there are inserted, and changed instead.
    Upsert,
    /// Rows are changed.
    Update,
    /// Rows are changed without looking at them.
    UpdateBlind,
    /// Columns of one's own row are written, where these are not all.
    UpdateColumns,
    /// One's own row is brought into states.
    Set,
    /// One's own row is given away, by columns.
    Give,
    /// Rows are deleted.
    Delete,
    /// Rows are deleted without looking at them.
    DeleteBlind,
    /// The table is emptied.
    Truncate,
    /// One makes oneself a member, by roles.
    Join,
    /// One takes another role.
    Rise,
    /// Statements fail, by SQLSTATE.
    Fail,
}

/// What is expected, by table and identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Expected(pub BTreeMap<String, BTreeMap<String, Access>>);

/// The first lines of the file.
const HEADER: &str = "\
# What each role reaches, as `pgkeel rls test` saw it. Reviewed like code: `pgkeel rls test --accept` writes it.
#
# own: the user's own rows; tenant: those of the user's tenant; other: those of others; unowned: those of nobody;
# left: the user's own in a tenant that the user is no member of; shown: those of others in a state that a policy names.
# Behind a colon stands the state of the row and the claims of the sender, as far as policies ask about them.
# set: the states that an own row can be brought into; give: the columns by which it can become another's; join and rise:
# the roles that a user can take; select-columns and the like: the columns, where a role may not use them all.
# A command that is not listed is denied; one that lists nothing reaches no row.
";

impl Word {
    /// The word of what is done.
    pub fn of(action: &Action) -> Self {
        match action {
            Action::Select => Self::Select,
            Action::SelectColumn(_) => Self::SelectColumns,
            Action::Insert => Self::Insert,
            Action::InsertColumn(_) => Self::InsertColumns,
            Action::Set => Self::Set,
            Action::InsertReturning => Self::InsertReturning,
            Action::Upsert => Self::Upsert,
            Action::Update => Self::Update,
            Action::BlindUpdate => Self::UpdateBlind,
            Action::UpdateColumn(_) => Self::UpdateColumns,
            Action::Give(_) => Self::Give,
            Action::Join(_) => Self::Join,
            Action::Rise(_) => Self::Rise,
            Action::Delete => Self::Delete,
            Action::BlindDelete => Self::DeleteBlind,
            Action::Truncate => Self::Truncate,
        }
    }

    /// As the file has it.
    pub fn text(self) -> &'static str {
        match self {
            Self::Select => "select",
            Self::SelectColumns => "select-columns",
            Self::Insert => "insert",
            Self::InsertColumns => "insert-columns",
            Self::Set => "set",
            Self::InsertReturning => "insert-returning",
            Self::Upsert => "upsert",
            Self::Update => "update",
            Self::UpdateBlind => "update-blind",
            Self::UpdateColumns => "update-columns",
            Self::Give => "give",
            Self::Delete => "delete",
            Self::DeleteBlind => "delete-blind",
            Self::Truncate => "truncate",
            Self::Join => "join",
            Self::Rise => "rise",
            Self::Fail => "fail",
        }
    }
}

/// What stands for all states that were tried, and for none of them.
const ANY: &str = "any state";
const NONE: &str = "no state";

/// What the file says of what was reached by a cell: whose row, in which state, which column or which role.
pub(super) fn reached(cell: &Cell) -> String {
    match &cell.action {
        Action::Join(name) | Action::Rise(name) if name.is_empty() => "any".to_owned(),
        Action::SelectColumn(name)
        | Action::InsertColumn(name)
        | Action::UpdateColumn(name)
        | Action::Give(name)
        | Action::Join(name)
        | Action::Rise(name) => name.to_string(),
        Action::Truncate => "all".to_owned(),
        _ => in_state(cell.whose, cell.state.as_deref()),
    }
}

fn in_state(whose: Whose, state: Option<&[String]>) -> String {
    match state {
        Some([]) => format!("{}: {ANY}", whose.word()),
        Some(state) => format!("{}: {}", whose.word(), state.join(", ")),
        None => whose.word().to_owned(),
    }
}

impl Tested<'_, '_> {
    /// What everybody reaches.
    pub fn observed(&self) -> Expected {
        let mut tables = BTreeMap::new();
        for (name, tried) in &self.tables {
            let accesses = self.stage.identities.iter().zip(tried).map(|(identity, cells)| {
                let mut access = Access::default();
                for (cell, outcome) in cells {
                    access.take(cell, outcome);
                }
                access.fold(cells);
                access.tidy();
                (identity.name.clone(), access)
            });
            tables.insert(self.stage.title(name), accesses.collect());
        }
        Expected(tables)
    }
}

impl Access {
    fn take(&mut self, cell: &Cell, outcome: &Outcome) {
        let word = Word::of(&cell.action);
        match outcome {
            Outcome::Allowed => {
                self.0.entry(word).or_default().insert(reached(cell));
            }
            Outcome::Reached(whose) => {
                let words = whose.iter().map(|whose| whose.word().to_owned());
                self.0.entry(word).or_default().extend(words);
            }
            Outcome::Filtered | Outcome::Refused { .. } => {
                self.0.entry(word).or_default();
            }
            Outcome::Denied => {}
            Outcome::Failed { code, .. } => {
                let what = format!("{} {code}", word.text());
                self.0.entry(Word::Fail).or_default().insert(what);
            }
        }
    }

    /// Leaves out of states what makes no difference, and says where none of them is reached.
    fn fold(&mut self, cells: &[(Cell, Outcome)]) {
        let mut tried = BTreeMap::<(Word, Whose), (Vec<&[String]>, Vec<Vec<String>>)>::new();
        for (cell, outcome) in cells {
            let Some(state) = &cell.state else { continue };
            let (all, reached) = tried.entry((Word::of(&cell.action), cell.whose)).or_default();
            all.push(state);
            if *outcome == Outcome::Allowed {
                reached.push(state.clone());
            }
        }
        for ((word, whose), (all, reached)) in tried {
            let Some(list) = self.0.get_mut(&word) else { continue };
            for state in &reached {
                list.remove(&in_state(whose, Some(state)));
            }
            let is_reached = !reached.is_empty();
            let folded = folded(&all, reached);
            list.extend(folded.iter().map(|state| in_state(whose, Some(state))));
            if !is_reached && list.contains(whose.word()) {
                list.insert(in_state(whose, Some(&[NONE.to_owned()])));
            }
        }
    }

    /// Whether it says that rows are reached which another says so of: in that state or one that asks for less, or in
    /// whatever state they are where it knows of none.
    pub(super) fn covers(&self, word: Word, what: &str) -> bool {
        let Some(list) = self.0.get(&word) else { return false };
        if list.contains(what) {
            return true;
        }
        let Some((whose, state)) = what.split_once(": ") else {
            return false;
        };
        let mut known = list
            .iter()
            .filter_map(|known| known.strip_prefix(whose)?.strip_prefix(": "));
        if state == NONE || known.clone().next().is_none() {
            return list.contains(whose);
        }
        let parts = state.split(", ").collect::<BTreeSet<_>>();
        known.any(|known| known == ANY || known.split(", ").all(|part| parts.contains(part)))
    }

    /// Leaves out what other words say already.
    fn tidy(&mut self) {
        let both = self.0.get(&Word::Insert).zip(self.0.get(&Word::Update));
        let both = both.map(|(inserted, updated)| inserted.intersection(updated).cloned().collect::<BTreeSet<_>>());
        let is_plain = |upserted: &BTreeSet<String>| {
            both.as_ref()
                .is_some_and(|both| upserted.iter().eq(both.iter().filter(|what| !what.contains(": "))))
        };
        if self.0.get(&Word::Upsert).is_some_and(is_plain) {
            self.0.remove(&Word::Upsert);
        }
        for (word, plain) in [(Word::UpdateBlind, Word::Update), (Word::DeleteBlind, Word::Delete)] {
            if self.0.get(&word) == self.0.get(&plain) {
                self.0.remove(&word);
            }
        }
        for word in [
            Word::Give,
            Word::Join,
            Word::Rise,
            Word::SelectColumns,
            Word::InsertColumns,
            Word::UpdateColumns,
            Word::Set,
        ] {
            if self.0.get(&word).is_some_and(BTreeSet::is_empty) {
                self.0.remove(&word);
            }
        }
    }
}

impl Expected {
    /// The file's text.
    pub fn render(&self) -> String {
        let mut text = HEADER.to_owned();
        for (table, identities) in &self.0 {
            let _ = write!(text, "\n[{}]\n", toml_key(table));
            for (identity, access) in identities {
                let words = access.0.iter().map(|(word, reached)| {
                    let list = reached.iter().map(|what| toml_text(what)).collect::<Vec<_>>();
                    format!("{} = [{}]", word.text(), list.join(", "))
                });
                let words = words.collect::<Vec<_>>().join(", ");
                let braces = if words.is_empty() {
                    "{}".to_owned()
                } else {
                    format!("{{ {words} }}")
                };
                let _ = writeln!(text, "{} = {braces}", toml_key(identity));
            }
        }
        text
    }

    /// Reads the file.
    ///
    /// # Errors
    /// Where it is not TOML, or has a command that there is not.
    pub fn parse(text: &str) -> Result<Self> {
        type Tables = BTreeMap<String, BTreeMap<String, BTreeMap<Word, BTreeSet<String>>>>;
        let tables = toml::from_str::<Tables>(text).map_err(|error| {
            Error::new(format!("it is not a file of expectations: {}", error.message()))
                .with_hint("`pgkeel rls test --accept` writes it anew")
        })?;
        let tables = tables.into_iter().map(|(table, identities)| {
            let identities = identities.into_iter().map(|(name, words)| (name, Access(words)));
            (table, identities.collect())
        });
        Ok(Self(tables.collect()))
    }

    /// What is expected of an identity in a table: nothing where the file has neither.
    pub fn access(&self, table: &str, identity: &str) -> Access {
        let found = self.0.get(table).and_then(|table| table.get(identity));
        found.cloned().unwrap_or_default()
    }
}

/// The states that are reached, each without what makes no difference to it: it is reached with all that was tried there.
fn folded(all: &[&[String]], mut reached: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut tried = BTreeMap::<&str, BTreeSet<&str>>::new();
    for part in all.iter().copied().flatten() {
        tried.entry(subject(part)).or_default().insert(part);
    }
    for (subject_of, parts) in tried {
        let is_of = |part: &&String| subject(part) == subject_of;
        let mut groups = BTreeMap::<Vec<String>, BTreeSet<String>>::new();
        for state in &reached {
            let (of, rest): (Vec<&String>, Vec<&String>) = state.iter().partition(is_of);
            let rest = rest.into_iter().cloned().collect();
            groups.entry(rest).or_default().extend(of.into_iter().cloned());
        }
        reached.retain_mut(|state| {
            let rest = state.iter().filter(|part| !is_of(part)).cloned().collect::<Vec<_>>();
            let is_whole = groups.get(&rest).is_some_and(|found| found.len() == parts.len());
            let is_first = state.iter().any(|part| parts.first() == Some(&part.as_str()));
            if is_whole && is_first {
                *state = rest;
                return true;
            }
            !is_whole
        });
    }
    reached
}

/// What a part of a state is about.
fn subject(part: &str) -> &str {
    part.split('=').next().unwrap_or_default()
}

fn toml_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { toml_text(key) }
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_says_only_what_makes_a_difference() {
        let states = |text: &str| -> Vec<Vec<String>> {
            let states = text.split('|').filter(|state| !state.is_empty());
            states
                .map(|state| state.split(' ').map(str::to_owned).collect())
                .collect()
        };
        let all = states("a=1 b=1|a=1 b=2|a=2 b=1|a=2 b=2");
        let all = all.iter().map(Vec::as_slice).collect::<Vec<_>>();
        assert_eq!(folded(&all, states("a=1 b=1|a=1 b=2")), states("a=1"));
        assert_eq!(folded(&all, states("a=1 b=2|a=2 b=2")), states("b=2"));
        assert_eq!(folded(&all, states("a=1 b=2|a=2 b=1")), states("a=1 b=2|a=2 b=1"));
        assert_eq!(
            folded(&all, states("a=1 b=1|a=1 b=2|a=2 b=1|a=2 b=2")),
            [Vec::<String>::new()]
        );
    }

    #[test]
    fn less_is_asked_by_what_covers_more() {
        let access = |list: &[&str]| {
            let list = list.iter().map(|what| (*what).to_owned()).collect();
            Access(BTreeMap::from([(Word::Select, list)]))
        };
        let covers = |list: &[&str], what: &str| access(list).covers(Word::Select, what);
        assert!(covers(&["own", "own: a=1"], "own: a=1, b=2"));
        assert!(!covers(&["own", "own: a=1, b=2"], "own: a=1"));
        assert!(covers(&["own: any state"], "own: b=2") && !covers(&["own: b=2"], "own: any state"));
        assert!(covers(&["own"], "own: b=2"), "a file that knows of no states");
        assert!(!covers(&["own", "own: no state"], "own: b=2") && covers(&["own", "own: b=2"], "own: no state"));
        assert!(!covers(&[], "other: b=2") && !covers(&["own"], "other: b=2"));
    }
}
