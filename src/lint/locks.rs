//! The locks that a statement takes on what others may be using (manual, section 13.3.1).

use crate::catalog::{Name, QName};
use crate::ddl::{LockMode, Work};

use super::schema::{ConstraintKind as Known, Schema};
use super::statement::{Action, ConstraintKind, CreateTable, Key, Path, Reindexed, Statement, TableKind, Verb};

/// The strongest lock on each relation that was there before the file, where it is stronger than a writer's.
pub(super) fn locks(schema: &Schema, statement: &Statement) -> Vec<(QName, LockMode)> {
    let mut taken = Taken {
        schema,
        locks: Vec::new(),
    };
    taken.read(&statement.verb);
    taken
        .locks
        .retain(|(name, mode)| *mode > LockMode::RowExclusive && schema.is_used(name));
    taken.locks
}

/// Whether settings of a relation are of those that nobody waits for.
fn is_tuned<'a>(kind: TableKind, mut names: impl Iterator<Item = &'a Name>) -> bool {
    matches!(kind, TableKind::Table | TableKind::MaterializedView) && !names.any(|name| name == "user_catalog_table")
}

struct Taken<'a> {
    schema: &'a Schema,
    locks: Vec<(QName, LockMode)>,
}

impl Taken<'_> {
    fn read(&mut self, verb: &Verb) {
        use LockMode as Lock;
        match verb {
            Verb::CreateTable(table) => self.create_table(table),
            Verb::AlterTable { table, kind, actions } => {
                for action in actions {
                    self.alter(table, *kind, action);
                }
            }
            Verb::DropRelation { names, .. } | Verb::Truncate { tables: names, .. } => {
                names.iter().for_each(|name| self.take(name, Lock::AccessExclusive));
            }
            Verb::CreateView(view) if view.or_replace => self.take(&view.name, Lock::AccessExclusive),
            Verb::CreateIndex(index) => {
                let concurrently = index.concurrently;
                self.take(&index.table, Work::CreateIndex { concurrently }.price().lock);
            }
            Verb::DropIndex {
                names, concurrently, ..
            } => {
                let concurrently = *concurrently;
                for name in names {
                    self.take_index(name, Work::DropIndex { concurrently }.price().lock);
                }
            }
            Verb::MoveIndex { index, .. } => self.take_index(index, Lock::AccessExclusive),
            Verb::Reindex {
                what,
                concurrently: false,
                ..
            } => match what {
                Reindexed::Index(index) => self.take_index(index, Lock::Share),
                Reindexed::Table(table) => self.take(table, Lock::Share),
                Reindexed::Schema(name) => self.take_all(Lock::Share, |table| table.schema == *name),
                Reindexed::Database => self.take_all(Lock::Share, |_| true),
            },
            Verb::Refresh { view, concurrently, .. } => {
                self.take(
                    view,
                    if *concurrently {
                        Lock::Exclusive
                    } else {
                        Lock::AccessExclusive
                    },
                );
            }
            Verb::Cluster(None) => {
                for table in self.schema.clustered.clone() {
                    self.take_named(table, Lock::AccessExclusive);
                }
            }
            Verb::Vacuum { tables, full: true } if tables.is_empty() => self.take_all(Lock::AccessExclusive, |_| true),
            Verb::Cluster(Some(table)) => self.take(table, Lock::AccessExclusive),
            Verb::Vacuum { tables, full: true } => {
                tables.iter().for_each(|table| self.take(table, Lock::AccessExclusive));
            }
            Verb::LockTable { tables, mode } => tables.iter().for_each(|table| self.take(table, *mode)),
            Verb::Brief { table, mode } => self.take(table, *mode),
            Verb::CreateTrigger { table, .. } => self.take(table, Lock::ShareRowExclusive),
            Verb::DropTrigger { table, name } => {
                // What is not there is not locked for.
                let key = (self.schema.resolve(table), name.clone());
                if !self.schema.is_whole || self.schema.triggers.contains_key(&key) {
                    self.take(table, Lock::AccessExclusive);
                }
            }
            Verb::DropPolicy { table, name } => {
                let relation = self.schema.relation(&self.schema.resolve(table));
                if relation.is_none_or(|relation| relation.columns.is_none() || relation.policies.contains_key(name)) {
                    self.take(table, Lock::AccessExclusive);
                }
            }
            Verb::AlterDomain { name, action } if action.scans() => {
                let domain = self.schema.resolve_type(name);
                for table in self.schema.users_of_type(&domain) {
                    self.take_named(table, Lock::Share);
                }
            }
            Verb::Drop {
                what,
                names,
                cascade: true,
            } => self.drop_with_users(what, names),
            Verb::DropRoutine {
                routines,
                cascade: true,
            } => {
                for signature in routines {
                    let name = self.schema.resolve_routine(&signature.name);
                    let triggers = &self.schema.triggers;
                    let called = triggers.iter().filter(|(_, function)| function.as_ref() == Some(&name));
                    called.for_each(|((table, _), _)| self.take_named(table.clone(), Lock::AccessExclusive));
                }
            }
            Verb::CreatePolicy(policy) | Verb::AlterPolicy(policy) => self.take(&policy.table, Lock::AccessExclusive),
            _ => {}
        }
    }

    /// What loses a part with what is dropped.
    fn drop_with_users(&mut self, what: &str, names: &[Path]) {
        for path in names {
            match what {
                "schema" => self.take_all(LockMode::AccessExclusive, |table| table.schema == path.name),
                "type" | "domain" => {
                    let name = self.schema.resolve_type(path);
                    for table in self.schema.users_of_type(&name) {
                        self.take_named(table, LockMode::AccessExclusive);
                    }
                }
                _ => {}
            }
        }
    }

    fn take_all(&mut self, mode: LockMode, is_meant: impl Fn(&QName) -> bool) {
        let relations = self.schema.relations.iter();
        let tables = relations.filter(|(name, relation)| relation.kind != TableKind::View && is_meant(name));
        let tables = tables.map(|(name, _)| name.clone()).collect::<Vec<_>>();
        for table in tables {
            self.take_named(table, mode);
        }
    }

    fn take(&mut self, path: &Path, mode: LockMode) {
        let name = self.schema.resolve(path);
        self.take_named(name, mode);
    }

    fn take_named(&mut self, name: QName, mode: LockMode) {
        match self.locks.iter_mut().find(|(taken, _)| *taken == name) {
            Some((_, had)) => *had = mode.max(*had),
            None => self.locks.push((name, mode)),
        }
    }

    fn take_index(&mut self, index: &Path, mode: LockMode) {
        let name = self.schema.resolve_index(index);
        let table = self.schema.indexes.get(&name).map(|index| index.relation.clone());
        // An index of which nothing is known is one of a table of which nothing is known.
        let table = table.or_else(|| (!self.schema.is_whole).then_some(name));
        if let Some(table) = table {
            self.take_named(table, mode);
        }
    }

    fn create_table(&mut self, table: &CreateTable) {
        if table.temporary {
            return;
        }
        let own = table.columns.iter().flat_map(|column| &column.constraints);
        for constraint in own.chain(&table.constraints) {
            if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind {
                self.take(references, Work::BeReferenced.price().lock);
            }
        }
        if let Some((parent, _)) = &table.partition_of {
            self.take(parent, LockMode::AccessExclusive);
            self.take_default(parent);
        }
    }

    fn take_default(&mut self, parent: &Path) {
        let parent = self.schema.resolve(parent);
        if let Some(default) = self.schema.default_partition(&parent).cloned() {
            self.take_named(default, LockMode::AccessExclusive);
        }
    }

    fn alter(&mut self, table: &Path, kind: TableKind, action: &Action) {
        let work = match action {
            Action::Tune => Work::Tune,
            Action::SetOptions(options) if is_tuned(kind, options.iter().map(|(name, _)| name)) => Work::Tune,
            Action::ResetOptions(names) if is_tuned(kind, names.iter()) => Work::Tune,
            Action::Validate(name) => {
                self.validate(table, name);
                return;
            }
            Action::AddConstraint(constraint) => match &constraint.kind {
                ConstraintKind::ForeignKey { references, .. } => {
                    self.take(references, Work::BeReferenced.price().lock);
                    let validates = !constraint.not_valid;
                    Work::AddForeignKey {
                        validates,
                        partitioned: false,
                    }
                }
                ConstraintKind::PrimaryKey(key) => Work::AddPrimaryKey {
                    builds: matches!(key, Key::Columns(_)),
                },
                _ => Work::Alter,
            },
            Action::AddColumn { column, .. } => {
                for constraint in &column.constraints {
                    if let ConstraintKind::ForeignKey { references, .. } = &constraint.kind {
                        self.take(references, Work::BeReferenced.price().lock);
                    }
                }
                Work::Alter
            }
            Action::Attach { partition, .. } => {
                self.take(partition, LockMode::AccessExclusive);
                self.take_default(table);
                Work::Tune
            }
            Action::Detach {
                partition,
                concurrently,
                ..
            } => {
                let concurrently = *concurrently;
                if !concurrently {
                    self.take(partition, LockMode::AccessExclusive);
                }
                Work::DetachPartition { concurrently }
            }
            Action::DisableTrigger | Action::EnableTrigger => return self.take(table, LockMode::ShareRowExclusive),
            _ => Work::Alter,
        };
        self.take(table, work.price().lock);
    }

    fn validate(&mut self, table: &Path, name: &Name) {
        let name_of_table = self.schema.resolve(table);
        let relation = self.schema.relation(&name_of_table);
        let known = relation.and_then(|relation| relation.constraints.get(name));
        let is_validated = known.is_some_and(|known| known.validated && !matches!(known.kind, Known::Indexed(_)));
        if !is_validated {
            self.take(table, Work::Validate.price().lock);
        }
    }
}
