//! Constraints of tables.

use std::fmt::Write as _;

use crate::catalog::constraint::{Action, Constraint, ConstraintKind, ForeignKey};
use crate::catalog::index::Index;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Catalog, Name, ObjectId, QName};

use super::name::{bare, column_list, qualified};
use super::options::setting_list;
use super::relations::named;
use super::{Alteration, Ddl, LockMode, Part, Statement, World, indexes};

impl Ddl for Constraint {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        if comes_from_parent(self, world) || is_column_property(self, world.to) {
            return Vec::new();
        }
        let sql = format!("ALTER {} ADD {}", table(self, world.to), definition(self, world.to));
        let mut statement = Statement::new(sql).locks(self.lock(), ObjectId::Table(self.relation.clone()));
        if let ConstraintKind::ForeignKey(key) = &self.kind {
            statement = statement.locks(LockMode::ShareRowExclusive, ObjectId::Table(key.references.clone()));
        }
        if self.validated && self.enforced {
            statement = statement.scans();
        }
        let mut statements = vec![statement.hazard(self.hazard())];
        if let Some(index) = index(self, world.to) {
            statements.extend(indexes::settings(index, world.to));
        }
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let is_derived = self.inherited && !self.local;
        if is_derived || is_column_property(self, world.from) {
            return Vec::new();
        }
        let sql = format!(
            "ALTER {} DROP CONSTRAINT {}",
            named(&self.relation, world.from),
            bare(&self.name)
        );
        vec![Statement::new(sql).locks(LockMode::AccessExclusive, ObjectId::Table(self.relation.clone()))]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            relation,
            name,
            kind,
            deferrable,
            initially_deferred,
            validated,
            enforced,
            no_inherit,
            inherited,
            local: _,
        } = self;
        let is_derived = (new.inherited && !new.local) && (*inherited && !self.local);
        if is_derived {
            return Alteration::InPlace(Vec::new());
        }
        let is_foreign_key = matches!(kind, ConstraintKind::ForeignKey(_));
        let timing_changed = *deferrable != new.deferrable || *initially_deferred != new.initially_deferred;
        let enforcement_changed = *enforced != new.enforced;
        let changes_in_place = is_foreign_key && (!enforcement_changed || world.from.server.major >= 18);
        if *kind != new.kind
            || *no_inherit != new.no_inherit
            || (*validated && !new.validated && new.enforced)
            || ((timing_changed || enforcement_changed) && !changes_in_place)
        {
            return Alteration::Replace;
        }
        let table = named(relation, world.to);
        let mut statements = Vec::new();
        if timing_changed || enforcement_changed {
            let mut sql = format!("ALTER {table} ALTER CONSTRAINT {}", bare(name));
            if timing_changed {
                sql.push_str(match (new.deferrable, new.initially_deferred) {
                    (false, _) => " NOT DEFERRABLE",
                    (true, false) => " DEFERRABLE INITIALLY IMMEDIATE",
                    (true, true) => " DEFERRABLE INITIALLY DEFERRED",
                });
            }
            if enforcement_changed {
                sql.push_str(if new.enforced { " ENFORCED" } else { " NOT ENFORCED" });
            }
            statements.push(Statement::new(sql).locks(LockMode::AccessExclusive, ObjectId::Table(relation.clone())));
        }
        if !*validated && new.validated && !enforcement_changed {
            statements.push(validation(new, world.to));
        }
        Alteration::InPlace(statements)
    }
}

/// What checks the rows that were there before the constraint.
pub(super) fn validation(constraint: &Constraint, catalog: &Catalog) -> Statement {
    Statement::new(format!(
        "ALTER {} VALIDATE CONSTRAINT {}",
        named(&constraint.relation, catalog),
        bare(&constraint.name)
    ))
    .part(Part::Validation)
    .locks(
        LockMode::ShareUpdateExclusive,
        ObjectId::Table(constraint.relation.clone()),
    )
    .scans()
}

impl Constraint {
    fn lock(&self) -> LockMode {
        match self.kind {
            ConstraintKind::ForeignKey(_) => LockMode::ShareRowExclusive,
            _ => LockMode::AccessExclusive,
        }
    }

    fn hazard(&self) -> &'static str {
        match self.kind {
            ConstraintKind::PrimaryKey { .. } => "primary-key-builds-index",
            ConstraintKind::Unique { .. } => "unique-constraint-builds-index",
            ConstraintKind::ForeignKey(_) => "fk-validates",
            ConstraintKind::Check { .. } => "check-validates",
            ConstraintKind::Exclusion { .. } => "exclusion-constraint",
            ConstraintKind::NotNull { .. } => "set-not-null-scan",
        }
    }
}

/// Whether the constraint stands in the statement that makes its table.
pub(super) fn is_inline(constraint: &Constraint, relation: &Relation, catalog: &Catalog) -> bool {
    if constraint.inherited && !constraint.local && relation.partition_of.is_none() {
        return false;
    }
    if is_column_property(constraint, catalog) {
        return false;
    }
    match &constraint.kind {
        ConstraintKind::ForeignKey(_) => false,
        ConstraintKind::Check { .. } => {
            // A function may want the table, and PostgreSQL takes every check of a new table for a valid one.
            let object = constraint.object();
            let edges = catalog.edges.group(&object, |edge| &edge.from);
            constraint.validated
                && constraint.enforced
                && edges.iter().all(|edge| !matches!(edge.to, ObjectId::Routine(_)))
        }
        ConstraintKind::NotNull { .. } => constraint.validated,
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. } => {
            let is_plain = |index: &Index| {
                let usual =
                    |key: &crate::catalog::index::IndexKey| key.opclass_options.is_empty() && key.statistics.is_none();
                index.valid && !index.clustered && index.keys.iter().all(usual) && index.parent.is_none()
            };
            let is_exclusion = matches!(constraint.kind, ConstraintKind::Exclusion { .. });
            !is_exclusion && index(constraint, catalog).is_some_and(is_plain)
        }
    }
}

/// What making the constraint makes besides it.
pub(super) fn inlined(constraint: &Constraint, world: &World<'_>) -> Vec<ObjectId> {
    let index = index(constraint, world.to);
    index.map(Index::object).into_iter().collect()
}

/// Whether the constraint is backed by an index of its own name.
pub(super) fn has_index(constraint: &Constraint) -> bool {
    matches!(
        constraint.kind,
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } | ConstraintKind::Exclusion { .. }
    )
}

/// The constraint as `CREATE TABLE` and `ADD` have it.
pub(super) fn definition(constraint: &Constraint, catalog: &Catalog) -> String {
    let mut sql = format!("CONSTRAINT {} ", bare(&constraint.name));
    let index = index(constraint, catalog);
    match &constraint.kind {
        ConstraintKind::PrimaryKey {
            columns,
            without_overlaps,
        } => {
            let _ = write!(sql, "PRIMARY KEY ({})", keys(columns, *without_overlaps));
        }
        ConstraintKind::Unique {
            columns,
            without_overlaps,
        } => {
            let distinct = index.is_some_and(|index| index.nulls_not_distinct);
            let nulls = if distinct { "NULLS NOT DISTINCT " } else { "" };
            let _ = write!(sql, "UNIQUE {nulls}({})", keys(columns, *without_overlaps));
        }
        ConstraintKind::ForeignKey(key) => sql.push_str(&foreign_key(key)),
        ConstraintKind::Check { expression, .. } => {
            let _ = write!(sql, "CHECK ({expression})");
        }
        ConstraintKind::Exclusion { operators } => {
            sql.push_str(&index.map_or_else(String::new, |index| indexes::exclusion(index, operators)));
        }
        ConstraintKind::NotNull { column } => {
            let _ = write!(sql, "NOT NULL {}", bare(column));
        }
    }
    if let Some(index) = index {
        if !index.include.is_empty() {
            let _ = write!(sql, " INCLUDE ({})", column_list(&index.include));
        }
        if !index.options.is_empty() {
            let _ = write!(sql, " WITH ({})", setting_list(&index.options));
        }
        if let Some(space) = &index.tablespace {
            let _ = write!(sql, " USING INDEX TABLESPACE {}", bare(space));
        }
        if let Some(predicate) = &index.predicate {
            let _ = write!(sql, " WHERE ({predicate})");
        }
    }
    if constraint.no_inherit
        && matches!(
            constraint.kind,
            ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. }
        )
    {
        sql.push_str(" NO INHERIT");
    }
    if constraint.deferrable {
        sql.push_str(" DEFERRABLE");
    }
    if constraint.initially_deferred {
        sql.push_str(" INITIALLY DEFERRED");
    }
    if !constraint.enforced {
        sql.push_str(" NOT ENFORCED");
    } else if !constraint.validated {
        sql.push_str(" NOT VALID");
    }
    sql
}

fn keys(columns: &[Name], without_overlaps: bool) -> String {
    let suffix = if without_overlaps { " WITHOUT OVERLAPS" } else { "" };
    format!("{}{suffix}", column_list(columns))
}

fn foreign_key(key: &ForeignKey) -> String {
    let columns = |columns: &[Name]| match columns.split_last() {
        Some((last, rest)) if key.period => {
            let mut names = rest.iter().map(|name| bare(name)).collect::<Vec<_>>();
            names.push(format!("PERIOD {}", bare(last)));
            names.join(", ")
        }
        _ => column_list(columns),
    };
    let mut sql = format!(
        "FOREIGN KEY ({}) REFERENCES {} ({})",
        columns(&key.columns),
        qualified(&key.references),
        columns(&key.referenced_columns)
    );
    if key.match_full {
        sql.push_str(" MATCH FULL");
    }
    for (event, action) in [("UPDATE", key.on_update), ("DELETE", key.on_delete)] {
        let action = match action {
            Action::NoAction => continue,
            Action::Restrict => "RESTRICT",
            Action::Cascade => "CASCADE",
            Action::SetNull => "SET NULL",
            Action::SetDefault => "SET DEFAULT",
        };
        let _ = write!(sql, " ON {event} {action}");
        if event == "DELETE" && !key.delete_set_columns.is_empty() {
            let _ = write!(sql, " ({})", column_list(&key.delete_set_columns));
        }
    }
    sql
}

/// The index that the constraint is backed by.
pub(super) fn index<'a>(constraint: &Constraint, catalog: &'a Catalog) -> Option<&'a Index> {
    if !has_index(constraint) {
        return None;
    }
    let name = QName::new(constraint.relation.schema.clone(), constraint.name.clone());
    catalog.indexes.find(|index| index.name.cmp(&name))
}

/// How `ALTER` names the table: a partition's key is a constraint of its own, attached to its parent's.
fn table(constraint: &Constraint, catalog: &Catalog) -> String {
    match catalog.relation(&constraint.relation) {
        Some(relation) if relation.row.kind == RelationKind::PartitionedTable && has_index(constraint) => {
            format!("TABLE ONLY {}", qualified(&constraint.relation))
        }
        _ => named(&constraint.relation, catalog),
    }
}

/// Whether the constraint appears by itself when that of a parent is made.
fn comes_from_parent(constraint: &Constraint, world: &World<'_>) -> bool {
    if has_index(constraint) || !constraint.inherited || constraint.local {
        return false;
    }
    if matches!(constraint.kind, ConstraintKind::ForeignKey(_)) {
        return true;
    }
    let parents = |catalog: &Catalog| {
        let relation = catalog.relation(&constraint.relation)?;
        let place = relation.row.partition_of.as_ref().map(|place| place.parent.clone());
        Some((relation.row.inherits.clone(), place))
    };
    // A table that joins a parent has to have the constraint by then.
    match (parents(world.from), parents(world.to)) {
        (Some(before), after) => Some(before) == after,
        (None, after) => after.is_some_and(|(_, place)| place.is_none()),
    }
}

/// Whether a NOT NULL constraint is no more than a column's property: before PostgreSQL 18.
fn is_column_property(constraint: &Constraint, catalog: &Catalog) -> bool {
    matches!(constraint.kind, ConstraintKind::NotNull { .. }) && catalog.server.major < 18
}
