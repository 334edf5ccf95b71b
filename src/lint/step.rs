//! A statement in its place: what rules look at, and what they find.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::{Name, QName};
use crate::ddl::{LockMode, mend};
use crate::sql;

use super::apart::Apart;
use super::schema::Schema;
use super::statement::{Action, ConstraintDef, Path, Statement, TableKind, Verb};

/// A statement, and what is so before it runs.
pub(super) struct Step<'a> {
    pub(super) statement: &'a Statement,
    pub(super) schema: &'a Schema,
    pub(super) transaction: &'a Transaction,
    pub(super) session: &'a Session,
    /// The locks that it takes on what others may be using, apart from those of readers and writers.
    pub(super) locks: &'a [(QName, LockMode)],
}

/// The transaction that a statement runs in.
#[derive(Clone, Debug, Default)]
pub(super) struct Transaction {
    pub(super) kind: Kind,
    /// Tables that others may be using, and nobody reads until it ends.
    pub(super) locked: Vec<QName>,
    /// Tables of those that an `ALTER TABLE` changed.
    pub(super) altered: Vec<QName>,
    /// Tables that were changed in a way that stops those who write.
    pub(super) changed: BTreeSet<QName>,
    /// Values that enums got.
    pub(super) labels: Vec<(QName, Name)>,
    /// Constraints that were added without a look at the rows.
    pub(super) unvalidated: Vec<(QName, Name)>,
    /// What has been said once, and need not be said of every statement.
    pub(super) said: BTreeSet<(&'static str, QName)>,
}

/// What began a transaction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing: the statement is one of its own.
    #[default]
    Statement,
    /// Whoever runs the file.
    File,
    /// Whoever runs the file, for as many statements as can be.
    Segment,
    /// `BEGIN`.
    Begin,
    /// A `DO` block.
    Block,
}

/// Settings, as far as they decide.
#[derive(Clone, Debug, Default)]
pub(super) struct Session {
    /// Whether whoever runs the file has set one.
    pub(super) is_given_lock_timeout: bool,
    /// Whether a wait for a lock ends, until the session does.
    pub(super) lock_timeout: bool,
    /// As said for this transaction alone.
    pub(super) local_lock_timeout: Option<bool>,
    pub(super) is_utc: bool,
    /// As said for this transaction alone.
    pub(super) is_local_utc: Option<bool>,
    /// Whether it has been said in this file that there is none.
    pub(super) said_lock_timeout: bool,
}

/// What a rule has found.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) rule: &'static str,
    pub(super) subject: String,
    pub(super) message: String,
    /// The table whose size decides how much it matters.
    pub(super) table: Option<QName>,
    pub(super) range: Range<usize>,
    /// The statement, in bytes of the file.
    pub(super) statement: Range<usize>,
    /// What the statement runs in.
    pub(super) kind: Kind,
    /// SQL that mends it, where that is no change of the file.
    pub(super) fix: Option<String>,
    /// The same as changes of the file.
    pub(super) edits: Vec<Edit>,
    /// The same where what it runs in does not take those: with files behind this one.
    pub(super) apart: Option<Apart>,
    /// What mends it if it comes later on.
    pub(super) unless: Option<Unless>,
}

/// A change of a file: a range and what is to stand there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// What it asks of whoever runs the file.
    pub(super) needs: Needs,
}

/// What a change of a file takes to be one for the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    Nothing,
    /// What no transaction takes runs by itself.
    Outside,
    /// Each statement is a transaction of its own.
    Statements,
}

/// What a finding is taken back for.
#[derive(Clone, Debug)]
pub(super) enum Unless {
    /// Row-level security is on by the end of the file.
    RowSecurity(QName),
    /// The table has a policy by the end of the file.
    Policy(QName),
    /// The policy of that name is there by the end of the file.
    PolicyAgain(QName, Name),
    /// The view reads with the rights of whoever asks by the end of the file.
    Invoker(QName),
    /// The functions of that name have a search path by the end of the file.
    SearchPath(QName),
    /// None of these routines calls what has the name in vain by the end of the file.
    Called(QName, Vec<QName>),
    /// Something has the name by the end of the file.
    NameAgain(QName),
    /// An index begins with the columns by the end of all files.
    Indexed(QName, Vec<Name>),
}

impl Edit {
    pub(super) fn new(range: Range<usize>, text: impl Into<String>, needs: Needs) -> Self {
        let text = text.into();
        Self { range, text, needs }
    }
}

impl Session {
    /// Whether times are of UTC.
    pub(super) fn is_utc(&self) -> bool {
        self.is_local_utc.unwrap_or(self.is_utc)
    }
}

impl<'a> Step<'a> {
    /// What an `ALTER TABLE`, `ALTER VIEW` and so on does to what others may be using.
    pub(super) fn altered(&self) -> Option<(QName, &'a [Action])> {
        let Verb::AlterTable { table, actions, .. } = &self.statement.verb else {
            return None;
        };
        let name = self.schema.resolve(table);
        self.schema.is_used(&name).then_some((name, actions))
    }

    /// What an `ALTER TABLE` alone does to what others may be using.
    pub(super) fn altered_table(&self) -> Option<(QName, &'a [Action])> {
        let is_table = matches!(
            self.statement.verb,
            Verb::AlterTable {
                kind: TableKind::Table,
                ..
            }
        );
        self.altered().filter(|_| is_table)
    }

    /// The relation that a name means, where others may be using it.
    pub(super) fn used(&self, path: &Path) -> Option<QName> {
        let name = self.schema.resolve(path);
        self.schema.is_used(&name).then_some(name)
    }

    /// Whether the statement runs in a transaction with others.
    pub(super) fn in_transaction(&self) -> bool {
        self.transaction.kind != Kind::Statement
    }

    /// A finding about this statement.
    pub(super) fn found(&self, rule: &'static str, subject: impl Into<String>, message: impl Into<String>) -> Found {
        Found {
            rule,
            subject: subject.into(),
            message: message.into(),
            table: None,
            range: self.statement.range.clone(),
            statement: self.statement.range.clone(),
            kind: self.transaction.kind,
            fix: None,
            edits: Vec::new(),
            apart: None,
            unless: None,
        }
    }

    /// The same about a table.
    pub(super) fn found_on(&self, rule: &'static str, table: &QName, message: impl Into<String>) -> Found {
        self.found(rule, table.to_string(), message).sized(table)
    }

    /// The same about a column.
    pub(super) fn found_at(
        &self,
        rule: &'static str,
        table: &QName,
        column: &Name,
        message: impl Into<String>,
    ) -> Found {
        self.found(rule, column_name(table, column), message).sized(table)
    }
}

impl Found {
    /// It matters less where the table is known to be small.
    fn sized(mut self, table: &QName) -> Self {
        self.table = Some(table.clone());
        self
    }

    /// It matters as much as this table is large, where that is known.
    pub(super) fn sized_by(mut self, table: Option<QName>) -> Self {
        self.table = table;
        self
    }

    pub(super) fn at(mut self, range: Range<usize>) -> Self {
        self.range = range;
        self
    }

    pub(super) fn fix(mut self, sql: impl Into<String>) -> Self {
        self.fix = Some(sql.into());
        self
    }

    /// Adds a change of the file that mends it wherever it runs.
    pub(super) fn edit(self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.change(range, text, Needs::Nothing)
    }

    /// Adds a change of the file that mends it where what no transaction takes runs by itself.
    pub(super) fn edit_outside(self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.change(range, text, Needs::Outside)
    }

    /// Adds a change of the file that mends it where each statement is a transaction.
    pub(super) fn edit_alone(self, range: Range<usize>, text: impl Into<String>) -> Self {
        self.change(range, text, Needs::Statements)
    }

    /// Mends it by adding the constraint without a look at the rows, which comes once that has been committed.
    pub(super) fn validated(self, step: &Step<'_>, table: &QName, constraint: &ConstraintDef) -> Self {
        let name = step.schema.name_of(table, constraint);
        let validate = mend::validate_named(table, &name);
        let (behind, end) = (constraint.range.end, step.statement.range.end);
        let not_valid = Edit::new(behind..behind, " NOT VALID", Needs::Nothing);
        self.edit_alone(behind..behind, " NOT VALID")
            .edit_alone(end..end, format!("\n{validate}"))
            .apart(Apart::validated_later(not_valid, table, &name, validate))
    }

    /// Mends it with files behind this one, where a change of the file alone is none for the better.
    pub(super) fn apart(mut self, apart: Apart) -> Self {
        self.apart = Some(apart);
        self
    }

    fn change(mut self, range: Range<usize>, text: impl Into<String>, needs: Needs) -> Self {
        self.edits.push(Edit::new(range, text, needs));
        self
    }

    pub(super) fn unless(mut self, unless: Unless) -> Self {
        self.unless = Some(unless);
        self
    }
}

/// `schema.table.column`.
pub(super) fn column_name(table: &QName, column: &Name) -> String {
    format!("{table}.{}", sql::identifier(column))
}

/// A name as a statement would write it.
pub(super) fn written(path: &Path) -> String {
    let name = sql::keyword_safe(&path.name);
    match &path.schema {
        Some(schema) => format!("{}.{}", sql::keyword_safe(schema), sql::identifier(&path.name)),
        None => name.to_string(),
    }
}

/// Columns, separated by commas.
pub(super) fn list(columns: &[Name]) -> String {
    let names = columns.iter().map(|column| sql::keyword_safe(column).to_string());
    names.collect::<Vec<_>>().join(", ")
}
