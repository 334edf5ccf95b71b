//! What everybody is expected to reach, as a file that is reviewed: a line for each table and identity.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde::Deserialize;

use super::cells::Action;
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
    /// Rows are inserted.
    Insert,
    /// Rows are inserted and given back.
    InsertReturning,
    /// Rows are changed.
    Update,
    /// Rows are changed without looking at them.
    UpdateBlind,
    /// Columns of one's own row are written, where these are not all.
    UpdateColumns,
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
# give: the columns by which an own row can become another's; join and rise: the roles that a user can take.
# A command that is not listed is denied; one that lists nothing reaches no row.
";

impl Word {
    /// The word of what is done.
    pub fn of(action: &Action) -> Self {
        match action {
            Action::Select => Self::Select,
            Action::Insert => Self::Insert,
            Action::InsertReturning => Self::InsertReturning,
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
            Self::Insert => "insert",
            Self::InsertReturning => "insert-returning",
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

/// What the file says of what was reached by an action: whose row, which column or which role.
pub(super) fn reached(action: &Action, whose: Whose) -> String {
    match action {
        Action::Join(name) | Action::Rise(name) if name.is_empty() => "any".to_owned(),
        Action::UpdateColumn(name) | Action::Give(name) | Action::Join(name) | Action::Rise(name) => name.to_string(),
        Action::Truncate => "all".to_owned(),
        _ => whose.word().to_owned(),
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
                    access.take(&cell.action, cell.whose, outcome);
                }
                access.tidy();
                (identity.name.clone(), access)
            });
            tables.insert(self.stage.title(name), accesses.collect());
        }
        Expected(tables)
    }
}

impl Access {
    fn take(&mut self, action: &Action, whose: Whose, outcome: &Outcome) {
        let word = Word::of(action);
        match outcome {
            Outcome::Allowed => {
                self.0.entry(word).or_default().insert(reached(action, whose));
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

    /// Leaves out what other words say already.
    fn tidy(&mut self) {
        for (word, plain) in [(Word::UpdateBlind, Word::Update), (Word::DeleteBlind, Word::Delete)] {
            if self.0.get(&word) == self.0.get(&plain) {
                self.0.remove(&word);
            }
        }
        for word in [Word::Give, Word::Join, Word::Rise, Word::UpdateColumns] {
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

fn toml_key(key: &str) -> String {
    let is_bare = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    if is_bare { key.to_owned() } else { toml_text(key) }
}

fn toml_text(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}
