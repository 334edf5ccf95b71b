//! A statement of a migration as the rules see it: what it does to what, however it was written.
//!
//! These are owned values without a syntax tree, so that files can be read by several threads.

mod rows;

use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::Name;
use crate::ddl::LockMode;

use super::types::TypeName;
pub(super) use rows::{Dml, DmlKind, Filter};

/// A name as it was written: with or without its schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path {
    pub(super) schema: Option<Name>,
    pub(super) name: Name,
}

/// A statement and where it stands.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) verb: Verb,
    /// Where it stands in the file, in bytes; one inside a `DO` block that cannot be placed stands where the block does.
    pub(super) range: Range<usize>,
    /// Where an edit could take its place. `None` inside of quoted code.
    pub(super) editable: bool,
    /// Whether its last sign is a semicolon.
    pub(super) ends_with_semicolon: bool,
    /// The string constants in it.
    pub(super) strings: Vec<String>,
    /// The identifiers in it that PostgreSQL would cut off.
    pub(super) long_names: Vec<Name>,
    /// What it does to rows, in parts of it too (`WITH`).
    pub(super) data: Vec<Dml>,
    /// The relations that it reads.
    pub(super) reads: Vec<Path>,
}

#[derive(Clone, Debug)]
pub(super) enum Verb {
    CreateTable(Box<CreateTable>),
    AlterTable {
        table: Path,
        kind: TableKind,
        actions: Vec<Action>,
    },
    DropRelation {
        kind: TableKind,
        names: Vec<Path>,
        cascade: bool,
    },
    /// Any other `DROP`, by what is dropped.
    Drop {
        what: &'static str,
        names: Vec<Path>,
        cascade: bool,
    },
    /// `DROP FUNCTION` and its like.
    DropRoutine {
        routines: Vec<Signature>,
        cascade: bool,
    },
    Truncate {
        tables: Vec<Path>,
        cascade: bool,
    },
    CreateView(Box<CreateView>),
    CreateIndex(Box<CreateIndex>),
    DropIndex {
        names: Vec<Path>,
        concurrently: bool,
        cascade: bool,
        /// Where `CONCURRENTLY` would be written.
        word_at: usize,
    },
    RenameIndex {
        index: Path,
        to: Name,
    },
    /// `ALTER INDEX … ATTACH PARTITION`, by the index that gets a part.
    AttachIndex(Path),
    Reindex {
        what: Reindexed,
        concurrently: bool,
        /// Where `CONCURRENTLY` would be written; `None` where the options say that it is not meant.
        word_at: Option<usize>,
    },
    Refresh {
        view: Path,
        concurrently: bool,
        /// Whether it is filled, rather than emptied.
        fills: bool,
    },
    Cluster(Option<Path>),
    Vacuum {
        tables: Vec<Path>,
        full: bool,
    },
    /// What is about databases and the whole server, by its words.
    OfServer(&'static str),
    /// `ALTER EXTENSION … UPDATE`.
    UpdateExtension(Name),
    LockTable {
        tables: Vec<Path>,
        mode: LockMode,
    },
    CreateTrigger {
        table: Path,
        name: Name,
    },
    /// `ALTER INDEX … SET TABLESPACE`.
    MoveIndex {
        index: Path,
        to: Name,
    },
    DropTrigger {
        table: Path,
        name: Name,
    },
    /// A brief change of what belongs to a table, and the lock on it.
    Brief {
        table: Path,
        mode: LockMode,
    },
    CreateEnum {
        name: Path,
        labels: Vec<Name>,
    },
    CreateType {
        name: Path,
    },
    AddEnumValue {
        name: Path,
        label: Name,
        placed: bool,
        if_not_exists: bool,
    },
    RenameEnumValue {
        name: Path,
        from: Name,
        to: Name,
    },
    /// `ALTER TYPE … RENAME ATTRIBUTE`.
    RenameAttribute {
        name: Path,
        from: Name,
        to: Name,
    },
    CreateDomain {
        name: Path,
        base: TypeName,
        checks: usize,
        not_null: bool,
        default: Option<Expression>,
    },
    AlterDomain {
        name: Path,
        action: DomainAction,
    },
    CreateRoutine(Box<CreateRoutine>),
    AlterRoutine {
        name: Path,
        changes: RoutineChanges,
    },
    /// `ALTER FUNCTION … RENAME TO`, `… SET SCHEMA`: what it is called from then on.
    MoveRoutine {
        routine: Signature,
        schema: Option<Name>,
        name: Option<Name>,
    },
    RenameSchema {
        from: Name,
        to: Name,
    },
    CreateSchema,
    CreatePolicy(Box<Policy>),
    AlterPolicy(Box<Policy>),
    DropPolicy {
        table: Path,
        name: Name,
    },
    Grant {
        relations: Granted,
        roles: Vec<Name>,
    },
    /// `CREATE ROLE` and `ALTER ROLE` with attributes.
    Role {
        name: Name,
        bypasses_policies: bool,
    },
    Set {
        name: Name,
        value: String,
        local: bool,
    },
    Reset(Option<Name>),
    DiscardAll,
    Begin,
    /// `chain`: another transaction begins at once.
    Commit {
        chain: bool,
    },
    Rollback {
        chain: bool,
    },
    /// Rows are changed, and nothing else.
    Data,
    /// `SELECT`, `EXPLAIN` and the like.
    Read,
    CopyTo {
        /// Whether the rows go to whoever sends the statement.
        #[cfg_attr(
            not(feature = "db"),
            expect(dead_code, reason = "a run in a copy asks, and nobody else")
        )]
        to_client: bool,
    },
    /// `COPY … FROM`.
    CopyFrom {
        /// Whether whoever sends the statement sends the rows, too.
        #[cfg_attr(
            not(feature = "db"),
            expect(dead_code, reason = "a run in a copy asks, and nobody else")
        )]
        from_client: bool,
    },
    /// What the statements up to [`Verb::BlockEnd`] are inside of: a `DO` block.
    BlockStart,
    BlockEnd,
    /// What takes no lock that matters and no time.
    Other,
}

/// What `ALTER TABLE`, `DROP …` and so on were told that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TableKind {
    Table,
    View,
    MaterializedView,
    ForeignTable,
}

#[derive(Clone, Debug, Default)]
pub(super) struct CreateTable {
    pub(super) name: Option<Path>,
    pub(super) if_not_exists: bool,
    pub(super) temporary: bool,
    pub(super) unlogged: bool,
    pub(super) columns: Vec<ColumnDef>,
    pub(super) constraints: Vec<ConstraintDef>,
    pub(super) partition_of: Option<(Path, Bound)>,
    pub(super) partition_key: Option<PartitionKey>,
    pub(super) inherits: Vec<Path>,
    /// Whether columns come from somewhere that is not written here: `AS`, `LIKE`, `OF`.
    pub(super) is_copied: bool,
}

/// `PARTITION BY`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PartitionKey {
    pub(super) strategy: Name,
    /// The columns; `None` for an expression.
    pub(super) columns: Vec<Option<Name>>,
}

/// The bound of a partition. Values are as they are written, without quotes and casts.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Bound {
    Default,
    Range { from: Vec<Edge>, to: Vec<Edge> },
    List(Vec<Option<String>>),
    Other,
}

/// An end of a range.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Edge {
    MinValue,
    MaxValue,
    Value(String),
}

#[derive(Clone, Debug)]
pub(super) struct ColumnDef {
    pub(super) name: Name,
    pub(super) data_type: TypeName,
    /// Where the type is written.
    pub(super) type_range: Range<usize>,
    pub(super) collation: Option<Path>,
    pub(super) default: Option<Expression>,
    pub(super) not_null: bool,
    pub(super) identity: bool,
    pub(super) generated: Option<Stored>,
    pub(super) constraints: Vec<ConstraintDef>,
}

/// When a generated column is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stored {
    OnWrite,
    OnRead,
    /// As the server's version has it: on write before 18, which has to be told so, on read from 18 on.
    Unsaid,
}

#[derive(Clone, Debug)]
pub(super) struct ConstraintDef {
    pub(super) name: Option<Name>,
    pub(super) kind: ConstraintKind,
    pub(super) not_valid: bool,
    /// Where it is written.
    pub(super) range: Range<usize>,
    /// What is said of its index, and of when it is checked.
    pub(super) words: KeyWords,
}

/// What a `UNIQUE` or `PRIMARY KEY` says beside its columns.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyWords {
    /// What `CREATE INDEX` would say behind the columns.
    pub(super) index: String,
    /// What says when it is checked.
    pub(super) deferral: String,
    /// `WITHOUT OVERLAPS`, for which no index can be built before.
    pub(super) overlaps: bool,
}

#[derive(Clone, Debug)]
pub(super) enum ConstraintKind {
    Check(Expression),
    NotNull(Name),
    ForeignKey {
        columns: Vec<Name>,
        references: Path,
        referenced: Vec<Name>,
    },
    PrimaryKey(Key),
    Unique(Key),
    Exclusion,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Key {
    Columns(Vec<Name>),
    /// `USING INDEX`.
    Index(Name),
}

#[derive(Clone, Debug)]
pub(super) enum Action {
    AddColumn {
        column: Box<ColumnDef>,
        if_not_exists: bool,
    },
    DropColumn {
        column: Name,
        cascade: bool,
    },
    SetType(Box<SetType>),
    SetNotNull(Name),
    DropNotNull(Name),
    SetDefault(Name),
    DropDefault(Name),
    AddIdentity(Name),
    SetExpression(Name),
    AddConstraint(Box<ConstraintDef>),
    Validate(Name),
    DropConstraint {
        name: Name,
        cascade: bool,
    },
    RenameConstraint {
        from: Name,
        to: Name,
    },
    RenameColumn {
        from: Name,
        to: Name,
    },
    RenameTo(Name),
    SetSchema(Name),
    SetLogged(bool),
    SetTablespace(Name),
    SetAccessMethod(Option<Name>),
    Attach {
        partition: Path,
        bound: Bound,
    },
    Detach {
        partition: Path,
        concurrently: bool,
        finalize: bool,
    },
    Inherit,
    NoInherit,
    EnableRowSecurity,
    DisableRowSecurity,
    NoForceRowSecurity,
    DisableTrigger,
    EnableTrigger,
    ReplicaIdentity,
    /// `SET (…)`, by name and value.
    SetOptions(Vec<(Name, String)>),
    ResetOptions(Vec<Name>),
    /// A brief change that takes the strongest lock.
    Alter,
    /// A change of settings that reading and writing go on through.
    Tune,
}

#[derive(Clone, Debug)]
pub(super) struct SetType {
    pub(super) column: Name,
    pub(super) data_type: TypeName,
    pub(super) collation: Option<Path>,
    /// Whether `USING` makes the values anew, rather than casting them as would happen anyway.
    pub(super) converts: bool,
}

#[derive(Clone, Debug)]
pub(super) struct CreateView {
    pub(super) name: Path,
    pub(super) or_replace: bool,
    pub(super) materialized: bool,
    pub(super) temporary: bool,
    pub(super) options: Vec<(Name, String)>,
    /// Where options would be written.
    pub(super) options_at: usize,
}

#[derive(Clone, Debug)]
pub(super) struct CreateIndex {
    pub(super) name: Option<Path>,
    pub(super) table: Path,
    pub(super) only: bool,
    pub(super) unique: bool,
    pub(super) concurrently: bool,
    pub(super) if_not_exists: bool,
    /// The access method, where it is said.
    pub(super) method: Option<Name>,
    /// The columns; `None` for an expression.
    pub(super) keys: Vec<Option<Name>>,
    /// The columns that expressions and the condition name.
    pub(super) mentioned: BTreeSet<Name>,
    pub(super) partial: bool,
    /// Where `CONCURRENTLY` would be written: behind `INDEX`.
    pub(super) word_at: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Reindexed {
    Index(Path),
    Table(Path),
    Schema(Name),
    Database,
}

#[derive(Clone, Debug)]
pub(super) enum DomainAction {
    AddConstraint { not_valid: bool },
    Validate,
    SetNotNull,
    Other,
}

impl DomainAction {
    /// Whether every row with a value of the domain is looked at.
    pub(super) fn scans(&self) -> bool {
        match self {
            Self::AddConstraint { not_valid } => !not_valid,
            Self::Validate | Self::SetNotNull => true,
            Self::Other => false,
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct CreateRoutine {
    pub(super) name: Path,
    pub(super) arguments: Arguments,
    /// The text of its body, where a server does not look into it before it runs.
    pub(super) body: Option<String>,
    pub(super) definer: bool,
    pub(super) sets_search_path: bool,
    pub(super) volatile: bool,
    /// The one expression that a function of SQL gives, where it could be put in the call's place.
    pub(super) inlined: Option<Expression>,
}

/// The arguments that a routine is called with.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Arguments {
    pub(super) types: Vec<TypeName>,
    /// How many of them, from the last one on, have a default.
    pub(super) defaults: usize,
    /// Whether the last one takes as many as there are.
    pub(super) variadic: bool,
}

impl Arguments {
    /// Whether it can be called with as many.
    pub(super) fn accept(&self, count: usize) -> bool {
        let least = self.types.len() - self.defaults.min(self.types.len());
        count >= least && (self.variadic || count <= self.types.len())
    }
}

/// A routine as a statement names it.
#[derive(Clone, Debug)]
pub(super) struct Signature {
    pub(super) name: Path,
    /// The types of its arguments; `None` where there is but one of the name.
    pub(super) arguments: Option<Vec<TypeName>>,
}

/// What `ALTER FUNCTION` and its like change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct RoutineChanges {
    pub(super) definer: Option<bool>,
    pub(super) search_path: Option<bool>,
    pub(super) volatile: Option<bool>,
}

#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) table: Path,
    pub(super) name: Name,
    pub(super) permissive: bool,
    /// Whether it is for reading alone.
    pub(super) reads_only: bool,
    pub(super) using: Option<Expression>,
    pub(super) check: Option<Expression>,
}

/// What a `GRANT` is on, as far as it is about rows.
#[derive(Clone, Debug)]
pub(super) enum Granted {
    Relations(Vec<Path>),
    AllIn(Vec<Name>),
    Future,
    /// Membership in these roles.
    Roles(Vec<Name>),
    Else,
}

/// What of an expression matters.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Expression {
    pub(super) text: String,
    /// The functions that it calls.
    pub(super) calls: Vec<Path>,
    /// What it says, joined by AND.
    pub(super) conjuncts: Vec<Conjunct>,
    /// What it always comes to, where it is a constant condition.
    pub(super) truth: Option<bool>,
    /// The columns that it names.
    pub(super) columns: Vec<Name>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Conjunct {
    NotNull(Name),
    /// A column and a constant: `=`, `<`, `<=`, `>`, `>=`. The constant is as in a [`Bound`].
    Compare(Name, &'static str, String),
    /// `column IN (…)`, `column = ANY (ARRAY[…])`.
    Among(Name, Vec<String>),
    Other,
}

/// Whether a transaction takes the statement.
pub(super) fn is_transactional(statement: &Statement) -> bool {
    let detaches = |action: &Action| matches!(action, Action::Detach { concurrently: true, .. });
    match &statement.verb {
        Verb::CreateIndex(index) => !index.concurrently,
        Verb::DropIndex { concurrently, .. } => !concurrently,
        Verb::Reindex { what, concurrently, .. } => {
            !concurrently && !matches!(what, Reindexed::Schema(_) | Reindexed::Database)
        }
        Verb::AlterTable { actions, .. } => !actions.iter().any(detaches),
        Verb::Vacuum { .. } | Verb::Cluster(None) | Verb::OfServer(_) | Verb::DiscardAll => false,
        _ => true,
    }
}
