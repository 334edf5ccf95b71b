//! What is wished of one table: who has which commands on which rows.

use crate::catalog::trigger::Event;
use crate::catalog::{Name, QName};
use crate::config::Archetype;
use crate::diagnostic::Diagnostic;

/// The rights on one table's rows, and what they were concluded from.
#[derive(Clone, Debug, PartialEq)]
pub struct Access {
    /// What kind of table it is.
    pub archetype: Archetype,
    /// What that was concluded from.
    pub evidence: String,
    /// The policies; none for a table that nobody from outside reaches.
    pub rules: Vec<Rule>,
    /// What is kept from those who have the command at all.
    pub withheld: Withheld,
    /// The column whose NULL is asked for by every policy: indexes are partial by it.
    pub live: Option<Name>,
    /// What to know of it.
    pub diagnostics: Vec<Diagnostic>,
}

/// Columns that are not granted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Withheld {
    /// From reading.
    pub select: Vec<Name>,
    /// From new rows.
    pub insert: Vec<Name>,
    /// From changes.
    pub update: Vec<Name>,
}

/// One policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it is about.
    pub command: Event,
    /// Whom it is for.
    pub audience: Audience,
    /// Whether it lets rows through, rather than holding them back.
    pub permissive: bool,
    /// Which rows are found.
    pub using: Option<Test>,
    /// Which rows may be written.
    pub check: Option<Test>,
}

/// Whom a policy is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Audience {
    /// The role that is nobody in particular.
    Anonymous,
    /// The others from outside.
    SignedIn,
    /// All roles from outside.
    Everybody,
    /// The owner of the table, where row-level security is forced on him.
    Owner,
}

/// A condition on a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// Every row.
    Always,
    /// The column holds the user's key, which is of this type.
    User(Name, Name),
    /// The column is in the set that a helper gives.
    Among(Name, Call),
    /// A helper says yes.
    Asked(Call),
    /// The column is what an expression gives that is the same for all rows.
    Equals(Name, String),
    /// The expression, which is the same for all rows, gives one of these texts.
    Says(String, Vec<String>),
    /// The column is not above what the first expression gives or, where that is NULL, the second.
    UpTo(Name, String, String),
    /// The function says that this permission, which is of this type, is given.
    Permitted(QName, String, Name),
    /// There is a row in the table that the columns lead to, and it passes the test: with none, the policies of the table
    /// decide alone.
    Parent(QName, Vec<(Name, Name)>, Option<Box<Test>>),
    /// The column is true, or false.
    Is(Name, bool),
    /// The column is one of these texts.
    In(Name, Vec<String>),
    /// The column is none of these texts, nor NULL.
    NotIn(Name, Vec<String>),
    /// The column is NULL.
    Null(Name),
    /// The column is a time that has come.
    Past(Name),
    /// The column is NULL or a time that has come.
    Begun(Name),
    /// The column is NULL or a time to come.
    Lasting(Name),
    /// The column is a path whose first part is the user's key; whether `storage.foldername` cuts it.
    Path(Name, bool),
    /// All of them.
    All(Vec<Test>),
    /// One of them.
    Any(Vec<Test>),
}

/// The call of a helper.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// Which one.
    pub helper: QName,
    /// Its argument, a list of texts, where it takes one.
    pub argument: Option<Vec<String>>,
}

/// A function that policies call: it reads a table with its owner's rights, so that no policy reads its own table.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Helper {
    /// Where it is.
    pub(super) name: QName,
    /// The table that it reads.
    pub(super) table: QName,
    /// Whether it takes a list of texts.
    pub(super) takes_list: bool,
    /// The type of the set that it gives; `None` for a yes or no.
    pub(super) set_of: Option<Name>,
    /// What it is for.
    pub(super) purpose: String,
    /// What it runs.
    pub(super) body: String,
}

impl Access {
    /// Nobody from outside reaches it.
    pub fn closed(archetype: Archetype, evidence: impl Into<String>) -> Self {
        Self {
            archetype,
            evidence: evidence.into(),
            rules: Vec::new(),
            withheld: Withheld::default(),
            live: None,
            diagnostics: Vec::new(),
        }
    }

    /// Those who are signed in have these commands on rows that pass.
    pub fn of(archetype: Archetype, evidence: impl Into<String>, commands: &[Event], test: &Test) -> Self {
        let mut access = Self::closed(archetype, evidence);
        for command in commands {
            access.allow(*command, Audience::SignedIn, test.clone());
        }
        access
    }

    /// Lets rows through: found where they pass, and written where they pass afterwards.
    pub fn allow(&mut self, command: Event, audience: Audience, test: Test) {
        let using = (command != Event::Insert).then(|| test.clone());
        let check = matches!(command, Event::Insert | Event::Update).then_some(test);
        self.rules.push(Rule {
            command,
            audience,
            permissive: true,
            using,
            check,
        });
    }

    /// Asks more of every row that is written.
    pub fn check_too(&mut self, more: &Test) {
        for rule in self.rules.iter_mut().filter(|rule| rule.permissive) {
            if let Some(check) = rule.check.take() {
                rule.check = Some(check.and(more.clone()));
            }
        }
    }

    /// The condition under which those who are signed in reach a row in this way; `None` where they do not.
    pub fn test(&self, command: Event) -> Option<Test> {
        let rules = self.rules.iter().filter(|rule| {
            rule.permissive
                && rule.command == command
                && matches!(rule.audience, Audience::SignedIn | Audience::Everybody)
        });
        let tests = rules.filter_map(|rule| rule.using.clone().or_else(|| rule.check.clone()));
        let tests = tests.collect::<Vec<_>>();
        match tests.len() {
            0 => None,
            1 => tests.into_iter().next(),
            _ => Some(Test::Any(tests)),
        }
    }

    /// Whether somebody who is nobody in particular reads it.
    pub fn is_open_to_anonymous(&self) -> bool {
        let is_open = |rule: &Rule| matches!(rule.audience, Audience::Anonymous | Audience::Everybody);
        self.rules.iter().any(|rule| rule.permissive && is_open(rule))
    }
}

impl Test {
    /// Both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let mut tests = Vec::new();
        for test in [self, other] {
            match test {
                Self::All(more) => tests.extend(more),
                Self::Always => {}
                test => tests.push(test),
            }
        }
        match tests.len() {
            0 => Self::Always,
            1 => tests.remove(0),
            _ => Self::All(tests),
        }
    }

    /// The columns that an index on them finds rows by.
    pub fn searched(&self) -> Vec<&Name> {
        match self {
            Self::User(column, _) | Self::Among(column, _) | Self::Equals(column, _) => vec![column],
            Self::Parent(_, pairs, _) => pairs.first().map(|(column, _)| column).into_iter().collect(),
            Self::All(tests) | Self::Any(tests) => tests.iter().flat_map(Self::searched).collect(),
            _ => Vec::new(),
        }
    }

    /// The functions that it asks for permissions.
    pub fn permissions(&self) -> Vec<&QName> {
        match self {
            Self::Permitted(function, ..) => vec![function],
            Self::All(tests) | Self::Any(tests) => tests.iter().flat_map(Self::permissions).collect(),
            Self::Parent(_, _, Some(test)) => test.permissions(),
            _ => Vec::new(),
        }
    }

    /// The tables whose policies are asked when it is.
    pub fn reads(&self) -> Vec<&QName> {
        match self {
            Self::Parent(table, _, test) => {
                let mut tables = vec![table];
                tables.extend(test.iter().flat_map(|test| test.reads()));
                tables
            }
            Self::All(tests) | Self::Any(tests) => tests.iter().flat_map(Self::reads).collect(),
            _ => Vec::new(),
        }
    }
}
