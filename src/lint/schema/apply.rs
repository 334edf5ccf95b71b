//! What becomes of the schema by a statement.

use std::collections::BTreeSet;

use crate::catalog::{Name, QName};
use crate::lint::statement::{
    Action, Bound, ColumnDef, ConstraintDef, ConstraintKind as Written, CreateIndex, CreateTable, DomainAction, Key,
    Path, Policy, Statement, TableKind, Verb,
};

use super::{Column, Constraint, ConstraintKind, Domain, Index, Relation, Schema, UserType};

impl Schema {
    /// Takes in what a statement does.
    pub(in crate::lint) fn apply(&mut self, statement: &Statement) {
        match &statement.verb {
            Verb::CreateTable(table) => self.create_table(table),
            Verb::AlterTable { table, actions, .. } => {
                let mut name = self.resolve(table);
                for action in actions {
                    name = self.alter(name, action);
                }
            }
            Verb::DropRelation { names, .. } => {
                for path in names {
                    let name = self.resolve(path);
                    self.drop_relation(&name);
                }
            }
            Verb::Drop { what, names, .. } => {
                for path in names {
                    match *what {
                        "type" | "domain" => {
                            let name = self.resolve_type(path);
                            self.types.remove(&name);
                        }
                        "schema" => self.relations.retain(|name, _| name.schema != path.name),
                        _ => {}
                    }
                }
            }
            Verb::CreateView(view) => {
                let name = self.resolve(&view.name);
                let kind = if view.materialized {
                    TableKind::MaterializedView
                } else {
                    TableKind::View
                };
                let made_in = match self.relations.get(&name) {
                    Some(old) if view.or_replace => old.made_in,
                    _ => Some(self.file),
                };
                let mut relation = Relation::new(kind, made_in);
                relation.invoker = is_invoker(&view.options).unwrap_or(false);
                relation.temporary = view.temporary;
                self.relations.insert(name, relation);
            }
            Verb::CreateIndex(index) => self.create_index(index),
            Verb::DropIndex { names, .. } => {
                for path in names {
                    let name = self.resolve_index(path);
                    self.indexes.remove(&name);
                }
            }
            Verb::RenameIndex { index, to } => {
                let name = self.resolve_index(index);
                if let Some(row) = self.indexes.remove(&name) {
                    self.indexes.insert(QName::new(name.schema, to.clone()), row);
                }
            }
            Verb::AttachIndex(parent) => {
                let name = self.resolve_index(parent);
                if let Some(row) = self.indexes.get_mut(&name) {
                    row.valid = true;
                }
            }
            Verb::CreateEnum { name, labels } => {
                let name = self.resolve_type(name);
                let made_in = Some(self.file);
                let labels = labels.iter().cloned().collect();
                self.types.insert(name, UserType::Enum { made_in, labels });
            }
            Verb::AddEnumValue { name, label, .. } => {
                let name = self.resolve_type(name);
                if let Some(UserType::Enum { labels, .. }) = self.types.get_mut(&name) {
                    labels.insert(label.clone());
                }
            }
            Verb::CreateType { name } => {
                let name = self.resolve_type(name);
                self.types.insert(name, UserType::Other);
            }
            Verb::CreateDomain {
                name,
                base,
                checks,
                not_null,
                default,
            } => {
                let name = self.resolve_type(name);
                let domain = Domain {
                    base: base.clone(),
                    constrained: *checks > 0 || *not_null,
                    default: default.clone(),
                };
                self.types.insert(name, UserType::Domain(domain));
            }
            Verb::AlterDomain { name, action } => {
                let name = self.resolve_type(name);
                if let Some(UserType::Domain(domain)) = self.types.get_mut(&name)
                    && !matches!(action, DomainAction::Other)
                {
                    domain.constrained = true;
                }
            }
            Verb::CreateRoutine(routine) => self.create_routine(routine),
            Verb::DropRoutine { routines, .. } => {
                for signature in routines {
                    self.drop_routine(signature);
                }
            }
            Verb::MoveRoutine { routine, schema, name } => {
                let to = self.moved_routine(routine, schema.as_ref(), name.as_ref());
                self.move_routine(routine, to);
            }
            Verb::AlterRoutine { name, changes } => {
                let name = self.resolve_routine(name);
                for row in self.routines.get_mut(&name).into_iter().flatten() {
                    row.volatile = changes.volatile.unwrap_or(row.volatile);
                    row.definer = changes.definer.unwrap_or(row.definer);
                    row.sets_search_path = changes.search_path.unwrap_or(row.sets_search_path);
                }
            }
            Verb::RenameSchema { from, to } => self.rename_schema(from, to),
            Verb::CreatePolicy(policy) => self.create_policy(policy),
            Verb::CreateTrigger { table, name } => {
                let table = self.resolve(table);
                self.triggers.insert((table, name.clone()), None);
            }
            Verb::DropTrigger { table, name } => {
                let table = self.resolve(table);
                self.triggers.remove(&(table, name.clone()));
            }
            Verb::DropPolicy { table, name } => {
                let table = self.resolve(table);
                if let Some(relation) = self.relations.get_mut(&table) {
                    relation.policies.remove(name);
                }
            }
            Verb::Set { name, value, .. } if name == "search_path" && value != "default" => self.set_search_path(value),
            Verb::Set { name, .. } if name == "search_path" => self.search_path = vec!["public".into()],
            Verb::Reset(name) if name.as_deref().is_none_or(|name| name == "search_path") => {
                self.search_path = vec!["public".into()];
            }
            Verb::DiscardAll => self.search_path = vec!["public".into()],
            _ => {}
        }
    }

    fn set_search_path(&mut self, value: &str) {
        let names = value.split(',').map(|name| name.trim().trim_matches('"'));
        let names = names.filter(|name| !name.is_empty() && *name != "$user");
        self.search_path = names.map(Name::from).collect();
    }

    fn create_table(&mut self, table: &CreateTable) {
        let Some(path) = &table.name else { return };
        // What is made without a schema is made in the first of the search path.
        let name = match (&path.schema, self.search_path.first()) {
            (None, Some(first)) => QName::new(first.clone(), path.name.clone()),
            _ => self.resolve(path),
        };
        if table.if_not_exists && self.relations.contains_key(&name) {
            return;
        }
        let mut relation = Relation::new(TableKind::Table, Some(self.file));
        relation.temporary = table.temporary;
        relation.unlogged = table.unlogged;
        relation.partition_key.clone_from(&table.partition_key);
        let parents = table
            .inherits
            .iter()
            .chain(table.partition_of.as_ref().map(|(parent, _)| parent));
        let parents = parents.map(|parent| self.resolve(parent)).collect::<Vec<_>>();
        let mut columns = (!table.is_copied).then(Vec::new);
        for parent in &parents {
            let inherited = self.relations.get(parent).and_then(|parent| parent.columns.clone());
            match (&mut columns, inherited) {
                (Some(columns), Some(inherited)) => columns.extend(inherited),
                (columns, _) => *columns = None,
            }
        }
        relation.columns = columns;
        if let (Some((_, bound)), Some(parent)) = (&table.partition_of, parents.last()) {
            relation.partition_of = Some((parent.clone(), bound.clone()));
        }
        self.relations.insert(name.clone(), relation);
        for column in &table.columns {
            self.add_column(&name, column);
        }
        for constraint in &table.constraints {
            self.add_constraint(&name, constraint);
        }
    }

    fn add_column(&mut self, table: &QName, column: &ColumnDef) {
        let Some(relation) = self.relations.get_mut(table) else {
            return;
        };
        let made_in = Some(self.file);
        let is_key = |constraint: &ConstraintDef| matches!(constraint.kind, Written::PrimaryKey(_));
        let fills = column.data_type.serial || column.identity;
        if let Some(columns) = relation.columns.as_mut()
            && !columns.iter().any(|known| known.name == column.name)
        {
            columns.push(Column {
                name: column.name.clone(),
                data_type: column.data_type.clone(),
                collation: column.collation.clone(),
                not_null: column.not_null || fills || column.constraints.iter().any(is_key),
                has_default: column.default.is_some() || fills || column.generated.is_some(),
                made_in,
            });
        }
        for constraint in &column.constraints {
            self.add_constraint(table, constraint);
        }
    }

    fn add_constraint(&mut self, table: &QName, constraint: &ConstraintDef) {
        let columns = match &constraint.kind {
            Written::Check(_) | Written::Exclusion => Vec::new(),
            Written::NotNull(column) => vec![column.clone()],
            Written::ForeignKey { columns, .. } => columns.clone(),
            Written::PrimaryKey(Key::Columns(columns)) | Written::Unique(Key::Columns(columns)) => columns.clone(),
            Written::PrimaryKey(Key::Index(index)) | Written::Unique(Key::Index(index)) => {
                let name = QName::new(table.schema.clone(), index.clone());
                let keys = self
                    .indexes
                    .get(&name)
                    .map(|index| index.keys.iter().flatten().cloned().collect());
                keys.unwrap_or_default()
            }
        };
        let name = self.name_of(table, constraint);
        let file = self.file;
        let makes_index = match &constraint.kind {
            Written::PrimaryKey(Key::Columns(_)) | Written::Unique(Key::Columns(_)) | Written::Exclusion => true,
            Written::PrimaryKey(Key::Index(old)) | Written::Unique(Key::Index(old)) => {
                // The index gets the constraint's name.
                let old = QName::new(table.schema.clone(), old.clone());
                if let Some(index) = self.indexes.remove(&old) {
                    self.indexes
                        .insert(QName::new(table.schema.clone(), name.clone()), index);
                }
                false
            }
            _ => false,
        };
        if makes_index {
            let is_exclusion = matches!(constraint.kind, Written::Exclusion);
            let index = Index {
                relation: table.clone(),
                keys: columns.iter().cloned().map(Some).collect(),
                mentioned: BTreeSet::new(),
                method: if is_exclusion { "gist" } else { "btree" }.into(),
                unique: !is_exclusion,
                partial: false,
                valid: true,
                made_in: Some(file),
            };
            self.indexes
                .insert(QName::new(table.schema.clone(), name.clone()), index);
        }
        let Some(relation) = self.relations.get_mut(table) else {
            return;
        };
        if matches!(constraint.kind, Written::PrimaryKey(_) | Written::NotNull(_)) && !constraint.not_valid {
            for column in relation.columns.iter_mut().flatten() {
                column.not_null |= columns.contains(&column.name);
            }
        }
        let kind = match &constraint.kind {
            Written::Check(said) => ConstraintKind::Check(said.clone()),
            Written::NotNull(column) => ConstraintKind::NotNull(column.clone()),
            Written::ForeignKey { .. } => ConstraintKind::ForeignKey,
            _ => ConstraintKind::Indexed(columns),
        };
        let validated = !constraint.not_valid;
        let is_primary = matches!(constraint.kind, Written::PrimaryKey(_));
        relation.constraints.insert(
            name,
            Constraint {
                kind,
                validated,
                is_primary,
            },
        );
    }

    /// Takes in one action, and gives the name that the table has from then on.
    fn alter(&mut self, table: QName, action: &Action) -> QName {
        match action {
            Action::AddColumn { column, .. } => self.add_column(&table, column),
            Action::AddConstraint(constraint) => self.add_constraint(&table, constraint),
            Action::RenameTo(to) => {
                let name = QName::new(table.schema.clone(), to.clone());
                return self.rename(table, name);
            }
            Action::SetSchema(schema) => {
                let name = QName::new(schema.clone(), table.name.clone());
                return self.rename(table, name);
            }
            Action::Attach { partition, bound } => {
                let name = self.resolve(partition);
                self.place(&name, Some((table.clone(), bound.clone())));
            }
            Action::Detach { partition, .. } => {
                let name = self.resolve(partition);
                self.place(&name, None);
            }
            Action::DropConstraint { name, .. } => {
                self.indexes.remove(&QName::new(table.schema.clone(), name.clone()));
                if let Some(relation) = self.relations.get_mut(&table) {
                    relation.constraints.remove(name);
                }
            }
            Action::DropColumn { column, .. } => {
                self.uses.remove(&(table.clone(), column.clone()));
                self.indexes
                    .retain(|_, index| index.relation != table || !index.keys.contains(&Some(column.clone())));
            }
            _ => {}
        }
        if let Some(relation) = self.relations.get_mut(&table) {
            alter_row(relation, action);
        }
        table
    }

    fn place(&mut self, partition: &QName, place: Option<(QName, Bound)>) {
        if let Some(relation) = self.relations.get_mut(partition) {
            relation.partition_of = place;
        }
    }

    fn rename(&mut self, from: QName, to: QName) -> QName {
        if let Some(relation) = self.relations.remove(&from) {
            self.relations.insert(to.clone(), relation);
        }
        for index in self.indexes.values_mut().filter(|index| index.relation == from) {
            index.relation = to.clone();
        }
        for relation in self.relations.values_mut() {
            if let Some((parent, _)) = relation.partition_of.as_mut().filter(|(parent, _)| *parent == from) {
                *parent = to.clone();
            }
        }
        let moved = self
            .uses
            .keys()
            .filter(|(table, _)| *table == from)
            .cloned()
            .collect::<Vec<_>>();
        for (table, column) in moved {
            if let Some(users) = self.uses.remove(&(table, column.clone())) {
                self.uses.insert((to.clone(), column), users);
            }
        }
        to
    }

    fn rename_schema(&mut self, from: &Name, to: &Name) {
        let inside = self
            .relations
            .keys()
            .filter(|name| name.schema == *from)
            .cloned()
            .collect::<Vec<_>>();
        for name in inside {
            let moved = QName::new(to.clone(), name.name.clone());
            self.rename(name, moved);
        }
    }

    fn drop_relation(&mut self, name: &QName) {
        if self.relations.remove(name).is_some_and(|relation| relation.invoker) {
            self.lost_views.insert(name.clone());
        }
        self.indexes.retain(|_, index| index.relation != *name);
        let says = [format!("the view {name}"), format!("the materialised view {name}")];
        for users in self.uses.values_mut() {
            users.retain(|user| !says.contains(user));
        }
        self.uses.retain(|(table, _), users| table != name && !users.is_empty());
    }

    fn create_index(&mut self, index: &CreateIndex) {
        let table = self.resolve(&index.table);
        let columns = index.keys.iter().flatten().cloned().collect::<Vec<_>>();
        let name = index.name.as_ref().map(|path| path.name.clone());
        let name = QName::new(
            table.schema.clone(),
            name.unwrap_or_else(|| self.usual_name(&table, &columns, "idx")),
        );
        if index.if_not_exists && self.indexes.contains_key(&name) {
            return;
        }
        let row = Index {
            relation: table,
            keys: index.keys.clone(),
            mentioned: index.mentioned.clone(),
            method: index.method.clone().unwrap_or_else(|| "btree".into()),
            unique: index.unique,
            partial: index.partial,
            valid: true,
            made_in: Some(self.file),
        };
        self.indexes.insert(name, row);
    }

    fn create_policy(&mut self, policy: &Policy) {
        let table = self.resolve(&policy.table);
        if let Some(relation) = self.relations.get_mut(&table) {
            let known = super::Policy {
                permissive: policy.permissive,
                reads_only: policy.reads_only,
            };
            relation.policies.insert(policy.name.clone(), known);
        }
    }

    /// The relation that a statement makes a column of, so that something is known of a table that nobody made here.
    pub(in crate::lint) fn note_used(&mut self, path: &Path) {
        let name = self.resolve(path);
        if !self.is_whole && !self.relations.contains_key(&name) {
            self.relations.insert(name, Relation::new(TableKind::Table, None));
        }
    }
}

fn alter_row(relation: &mut Relation, action: &Action) {
    let set_null = |relation: &mut Relation, column: &Name, not_null: bool| {
        for known in relation
            .columns
            .iter_mut()
            .flatten()
            .filter(|known| known.name == *column)
        {
            known.not_null = not_null;
        }
    };
    match action {
        Action::DropColumn { column, .. } => {
            if let Some(columns) = relation.columns.as_mut() {
                columns.retain(|known| known.name != *column);
            }
        }
        Action::SetType(set) => {
            for known in relation
                .columns
                .iter_mut()
                .flatten()
                .filter(|known| known.name == set.column)
            {
                known.data_type = set.data_type.clone();
                known.collation.clone_from(&set.collation);
            }
        }
        Action::SetNotNull(column) => set_null(relation, column, true),
        Action::DropNotNull(column) => set_null(relation, column, false),
        Action::SetDefault(column) | Action::DropDefault(column) | Action::AddIdentity(column) => {
            for known in relation
                .columns
                .iter_mut()
                .flatten()
                .filter(|known| known.name == *column)
            {
                known.has_default = !matches!(action, Action::DropDefault(_));
            }
        }
        Action::Validate(name) => {
            if let Some(constraint) = relation.constraints.get_mut(name) {
                constraint.validated = true;
            }
        }
        Action::RenameConstraint { from, to } => {
            if let Some(constraint) = relation.constraints.remove(from) {
                relation.constraints.insert(to.clone(), constraint);
            }
        }
        Action::RenameColumn { from, to } => {
            for known in relation
                .columns
                .iter_mut()
                .flatten()
                .filter(|known| known.name == *from)
            {
                known.name = to.clone();
            }
        }
        Action::SetLogged(logged) => relation.unlogged = !logged,
        Action::SetTablespace(name) => relation.tablespace = Some(name.clone()),
        Action::SetAccessMethod(name) => relation.access_method = name.clone().filter(|name| name != "heap"),
        Action::EnableRowSecurity => relation.row_security = true,
        Action::DisableRowSecurity => relation.row_security = false,
        Action::SetOptions(options) => relation.invoker = is_invoker(options).unwrap_or(relation.invoker),
        Action::ResetOptions(names) if names.iter().any(|name| name == "security_invoker") => relation.invoker = false,
        _ => {}
    }
}

/// Whether options say that a view reads with the rights of whoever asks; `None` where they say nothing of it.
pub(in crate::lint) fn is_invoker(options: &[(Name, String)]) -> Option<bool> {
    let (_, value) = options.iter().rev().find(|(name, _)| name == "security_invoker")?;
    Some(matches!(value.as_str(), "true" | "on" | "yes" | "1" | "t" | "y"))
}
