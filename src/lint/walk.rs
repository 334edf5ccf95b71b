//! Goes over the statements of a file, one after the other, with what is so before each of them.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::QName;
use crate::ddl::LockMode;

use super::Run;
use super::locks::locks;
use super::read::Script;
use super::rules::RULES;
use super::schema::Schema;
use super::statement::{Action, DmlKind, Statement, Verb, is_transactional};
use super::step::{Found, Kind, Session, Step, Transaction, Unless};

/// What is found in a file. The schema is afterwards what the file makes of it. With `looks` false nothing is looked for.
pub(super) fn walk(script: &Script, schema: &mut Schema, run: Run, mut session: Session, looks: bool) -> Vec<Found> {
    let mut walk = Walk {
        transaction: Transaction::default(),
        outer: None,
        begun: None,
        before: None,
        rest: match run {
            Run::PerFile => Kind::File,
            Run::PerStatement => Kind::Statement,
            Run::Segments => Kind::Segment,
        },
    };
    walk.transaction.kind = walk.rest;
    let mut found = Vec::new();
    for statement in &script.statements {
        let whole = statement;
        let statement = &*schema.left_of(whole);
        note_relations(schema, statement);
        walk.stand_alone(statement, &mut session);
        let locks = match looks {
            // The table is locked before anybody looks whether the index is there.
            true if matches!(whole.verb, Verb::CreateIndex(_)) => locks(schema, whole),
            true => locks(schema, statement),
            false => Vec::new(),
        };
        if looks {
            let step = Step {
                statement,
                schema,
                transaction: &walk.transaction,
                session: &session,
                locks: &locks,
            };
            let before = found.len();
            for rule in RULES {
                (rule.look)(&step, &mut found);
            }
            let news = &found[before..];
            session.said_lock_timeout |= news.iter().any(|hit| hit.rule == "missing-lock-timeout");
            for hit in news {
                walk.say(hit);
            }
        }
        set(&mut session, &statement.verb);
        walk.note(schema, statement, &locks);
        walk.pass(&statement.verb, &statement.range, &mut session);
        schema.apply(statement);
    }
    // Whoever runs a file as a whole commits at its end, whatever began last.
    let stays_open = walk.transaction.kind == Kind::Begin && run != Run::PerFile;
    if let Some(range) = walk.begun.filter(|_| looks && stays_open) {
        found.push(Found {
            rule: "uncommitted-transaction",
            subject: "BEGIN".to_owned(),
            message: "the file ends before it is committed: what it did is undone".to_owned(),
            table: None,
            statement: range.clone(),
            range,
            kind: Kind::Begin,
            fix: Some("COMMIT;".to_owned()),
            edits: Vec::new(),
            apart: None,
            unless: None,
        });
    }
    found.retain(|hit| {
        !hit.unless
            .as_ref()
            .is_some_and(|unless| is_mended(unless, schema, false))
    });
    found
}

/// Whether what a finding asks for has come. `is_last` says that no file follows.
pub(super) fn is_mended(unless: &Unless, schema: &Schema, is_last: bool) -> bool {
    match unless {
        Unless::RowSecurity(table) => schema.relation(table).is_none_or(|relation| relation.row_security),
        Unless::Policy(table) => schema
            .relation(table)
            .is_none_or(|relation| !relation.policies.is_empty()),
        Unless::PolicyAgain(table, name) => schema
            .relation(table)
            .is_some_and(|relation| relation.policies.contains_key(name)),
        Unless::Called(name, callers) => {
            let left = schema.callers_left_alone(name, &BTreeSet::new());
            !callers.iter().any(|caller| left.contains(caller))
        }
        Unless::NameAgain(name) => schema.relation(name).is_some(),
        Unless::Invoker(view) => schema.relation(view).is_none_or(|relation| relation.invoker),
        Unless::SearchPath(name) => {
            let routines = schema.routines.get(name).into_iter().flatten();
            let mut definers = routines.filter(|routine| routine.definer).peekable();
            definers.peek().is_some() && definers.all(|routine| routine.sets_search_path)
        }
        Unless::Indexed(table, columns) => is_last && schema.leads_an_index(table, columns),
    }
}

struct Walk {
    transaction: Transaction,
    /// The transaction that a `DO` block is part of.
    outer: Option<Transaction>,
    /// Where the transaction that is open was begun.
    begun: Option<Range<usize>>,
    /// The settings before it.
    before: Option<Session>,
    /// What a statement runs in where no transaction has been begun.
    rest: Kind,
}

impl Walk {
    fn say(&mut self, hit: &Found) {
        let once = [
            "multiple-alter-same-table",
            "multiple-tables-locked",
            "statement-after-access-exclusive",
        ];
        if once.contains(&hit.rule) {
            let of = match hit.rule {
                "multiple-alter-same-table" => hit.subject.parse().ok(),
                _ => self.transaction.locked.first().cloned(),
            };
            self.transaction.said.extend(of.map(|table| (hit.rule, table)));
        }
    }

    /// What the statement leaves behind for those after it in its transaction.
    fn note(&mut self, schema: &Schema, statement: &Statement, locks: &[(QName, LockMode)]) {
        let transaction = &mut self.transaction;
        for (table, mode) in locks {
            if *mode == LockMode::AccessExclusive && !transaction.locked.contains(table) {
                transaction.locked.push(table.clone());
            }
            if *mode >= LockMode::ShareRowExclusive {
                transaction.changed.insert(table.clone());
            }
        }
        match &statement.verb {
            Verb::AlterTable { table, actions, .. } => {
                let name = schema.resolve(table);
                for action in actions {
                    if let Action::AddConstraint(constraint) = action
                        && constraint.not_valid
                    {
                        transaction
                            .unvalidated
                            .push((name.clone(), schema.name_of(&name, constraint)));
                    }
                }
                transaction.altered.push(name);
            }
            Verb::AddEnumValue { name, label, .. } => {
                let name = schema.resolve_type(name);
                let is_new = matches!(
                    schema.types.get(&name),
                    Some(super::schema::UserType::Enum { made_in, .. }) if *made_in == Some(schema.file)
                );
                if !is_new {
                    transaction.labels.push((name, label.clone()));
                }
            }
            _ => {}
        }
    }

    /// Whether a transaction begins or ends.
    fn pass(&mut self, verb: &Verb, range: &Range<usize>, session: &mut Session) {
        match (verb, self.transaction.kind) {
            (Verb::Begin, Kind::Statement | Kind::Segment) => {
                self.start(Kind::Begin, session);
                self.begun = Some(range.clone());
                self.before = Some(session.clone());
            }
            (Verb::Commit { chain } | Verb::Rollback { chain }, Kind::Begin | Kind::File) => {
                // What was set since is taken back with the rest.
                if let Some(before) = self.before.take().filter(|_| matches!(verb, Verb::Rollback { .. })) {
                    let said_lock_timeout = session.said_lock_timeout;
                    *session = Session {
                        said_lock_timeout,
                        ..before
                    };
                }
                let next = match self.rest {
                    _ if *chain => Kind::Begin,
                    Kind::File => Kind::Statement,
                    rest => rest,
                };
                self.start(next, session);
                if *chain {
                    self.begun = Some(range.clone());
                    self.before = Some(session.clone());
                }
            }
            (Verb::BlockStart, _) => {
                let inner = Transaction {
                    kind: match self.transaction.kind {
                        Kind::Statement => Kind::Block,
                        kind => kind,
                    },
                    ..self.transaction.clone()
                };
                self.outer = Some(std::mem::replace(&mut self.transaction, inner));
            }
            (Verb::BlockEnd, _) => {
                if let Some(outer) = self.outer.take() {
                    // What was locked in a block stays so until the end of what it is part of.
                    let kind = outer.kind;
                    self.transaction.kind = kind;
                    if kind == Kind::Statement {
                        self.start(Kind::Statement, session);
                    }
                }
            }
            (_, Kind::Statement) => self.start(
                if self.rest == Kind::Segment {
                    Kind::Segment
                } else {
                    Kind::Statement
                },
                session,
            ),
            _ => {}
        }
    }

    /// What no transaction takes runs by itself, where whoever runs the file sees to it.
    fn stand_alone(&mut self, statement: &Statement, session: &mut Session) {
        if self.transaction.kind == Kind::Segment && !is_transactional(statement) {
            self.start(Kind::Statement, session);
        }
    }

    fn start(&mut self, kind: Kind, session: &mut Session) {
        self.transaction = Transaction {
            kind,
            ..Transaction::default()
        };
        session.local_lock_timeout = None;
        session.is_local_utc = None;
    }
}

fn set(session: &mut Session, verb: &Verb) {
    match verb {
        Verb::Set { name, value, local } => match name.as_str() {
            "lock_timeout" => {
                let is_set = is_a_limit(value);
                if *local {
                    session.local_lock_timeout = Some(is_set);
                } else {
                    session.lock_timeout = is_set;
                    session.local_lock_timeout = None;
                }
            }
            "timezone" if *local => session.is_local_utc = Some(is_utc(value)),
            "timezone" => {
                session.is_utc = is_utc(value);
                session.is_local_utc = None;
            }
            _ => {}
        },
        Verb::DiscardAll => {
            session.lock_timeout = false;
            session.is_utc = false;
        }
        Verb::Reset(name) => {
            if name.as_deref().is_none_or(|name| name == "lock_timeout") {
                session.lock_timeout = false;
                session.local_lock_timeout = None;
            }
            if name.as_deref().is_none_or(|name| name == "timezone") {
                session.is_utc = false;
                session.is_local_utc = None;
            }
        }
        _ => {}
    }
}

/// Whether a value of `lock_timeout` is one: 0 waits for ever, and so does the server unless it is told otherwise.
fn is_a_limit(value: &str) -> bool {
    let digits = value
        .trim()
        .trim_end_matches(|sign: char| sign.is_alphabetic() || sign == ' ');
    !(value.eq_ignore_ascii_case("default") || digits.parse::<f64>().is_ok_and(|number| number == 0.0))
}

fn is_utc(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "utc" | "etc/utc" | "gmt" | "etc/gmt" | "zulu" | "uct" | "0" | "+00" | "+00:00"
    )
}

/// Of a table that is not known something is from the first statement about it on.
fn note_relations(schema: &mut Schema, statement: &Statement) {
    if schema.is_whole {
        return;
    }
    let path = match &statement.verb {
        Verb::AlterTable { table, .. } | Verb::CreateTrigger { table, .. } | Verb::DropPolicy { table, .. } => table,
        Verb::CreateIndex(index) => &index.table,
        Verb::CreatePolicy(policy) => &policy.table,
        _ => {
            let updated = statement.data.iter().find(|change| change.kind != DmlKind::Insert);
            let Some(change) = updated else { return };
            &change.table
        }
    };
    schema.note_used(path);
}
