//! Constraints of tables.

mod not_null;

use std::fmt::Write as _;

use crate::catalog::constraint::{Action, Constraint, ConstraintKind, ForeignKey};
use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Catalog, Name, ObjectId, QName};

use super::name::{bare, column_list, qualified, relation, temporary};
use super::options::setting_list;
use super::relations::named;
use super::{Alteration, Ddl, Part, Statement, Transaction, Work, World, columns, indexes, inheritance};
use not_null::{
    inheritability, is_column_property, is_there, is_usual_afterwards, made_unusual, made_usual, stays_as_usual,
};

impl Ddl for Constraint {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        if comes_from_parent(self, world) || is_column_property(self, world) {
            return Vec::new();
        }
        if is_there(self, world) {
            return made_unusual(self, world);
        }
        if let Some(statements) = gently(self, world) {
            return statements;
        }
        let mut statement = add(self, definition(self, world.to), true, world);
        if has_index(self) {
            statement = indexes::after_partitions(statement, &self.relation, world);
        }
        let mut statements = vec![statement];
        if let Some(index) = index(self, world.to) {
            statements.extend(indexes::settings(index, world));
        }
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        // A parent's NOT NULL, which a child's own was merged with, stays whatever its name is.
        let is_merged = matches!(&self.kind, ConstraintKind::NotNull { column }
            if world.to.relation(&self.relation).and_then(|relation| relation.column(column)).is_some_and(|column| column.not_null));
        let is_derived = self.inherited && (!self.local || is_merged);
        if is_usual_afterwards(self, world) || (is_derived && !is_left(self, world)) || is_column_property(self, world)
        {
            return Vec::new();
        }
        if stays_as_usual(self, world) {
            return made_usual(self, world);
        }
        // The parent's may have to be made anew, and takes the copy with it.
        let is_copy = is_derived && matches!(self.kind, ConstraintKind::ForeignKey(_));
        let sql = format!(
            "ALTER {} DROP CONSTRAINT {}{}",
            named(&self.relation, world.from),
            if is_copy { "IF EXISTS " } else { "" },
            bare(&self.name)
        );
        let mut statement = Statement::new(sql).does(Work::Alter, world.family(&self.relation));
        if let ConstraintKind::ForeignKey(key) = &self.kind {
            statement = statement.does(Work::Alter, world.family(&key.references));
        }
        vec![statement]
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
        if is_derived && !is_left(self, world) {
            return Alteration::InPlace(Vec::new());
        }
        let is_foreign_key = matches!(kind, ConstraintKind::ForeignKey(_));
        let is_not_null = matches!(kind, ConstraintKind::NotNull { .. });
        let timing_changed = *deferrable != new.deferrable || *initially_deferred != new.initially_deferred;
        let enforcement_changed = *enforced != new.enforced;
        let changes_in_place = is_foreign_key && (!enforcement_changed || world.from.server.major >= 18);
        if *kind != new.kind
            || inheritance::goes_to_parent(self, new, world)
            || inheritance::goes_with_parent(self, new, world)
            || (*no_inherit != new.no_inherit && !is_not_null)
            || (*validated && !new.validated && new.enforced)
            || ((timing_changed || enforcement_changed) && !changes_in_place)
            || (is_foreign_key && *inherited && !new.inherited && !has_parents_key(self, world.to, world))
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
            statements.push(Statement::new(sql).does(Work::Alter, world.family(relation)));
        }
        if *no_inherit != new.no_inherit {
            statements.push(inheritability(new, !new.no_inherit, world));
        }
        if !*validated && new.validated && !enforcement_changed {
            statements.push(validation(new, world));
        }
        Alteration::InPlace(statements)
    }
}

/// What adds the constraint to a table in use without anybody waiting for its rows to be read; `None` where PostgreSQL
/// has no such way, or nobody uses the table.
fn gently(constraint: &Constraint, world: &World<'_>) -> Option<Vec<Statement>> {
    if !world.spares(&constraint.relation) {
        return None;
    }
    let is_partitioned = is_partitioned(&constraint.relation, world.to);
    match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } if !is_partitioned => {
            key_from_index(constraint, world)
        }
        ConstraintKind::ForeignKey(_) if is_partitioned && world.from.server.major < 18 => {
            by_partition(constraint, world)
        }
        ConstraintKind::ForeignKey(_) | ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. }
            if constraint.validated && constraint.enforced =>
        {
            let not_valid = Constraint {
                validated: false,
                ..constraint.clone()
            };
            Some(vec![
                add(constraint, definition(&not_valid, world.to), false, world),
                validation(constraint, world),
            ])
        }
        _ => None,
    }
}

/// A foreign key of a partitioned table, which PostgreSQL before 18 takes at once only. It takes over those that the
/// partitions have by then, and does not check them again; `None` where a partition cannot have its own before.
fn by_partition(constraint: &Constraint, world: &World<'_>) -> Option<Vec<Statement>> {
    if !constraint.validated || !constraint.enforced {
        return None;
    }
    let (mut added, mut validated) = (Vec::new(), Vec::new());
    let mut whole = add(constraint, definition(constraint, world.to), false, world).part(Part::Settled);
    // What a partition's own key does when rows are deleted there goes.
    if let ConstraintKind::ForeignKey(key) = &constraint.kind
        && world.stands(&key.references)
    {
        whole = whole.does(Work::Alter, world.family(&key.references));
    }
    for partition in world.family(&constraint.relation) {
        let (before, after) = (
            world.from.relation(partition.qualified()?)?,
            world.to.relation(partition.qualified()?)?,
        );
        if before.row.kind == RelationKind::PartitionedTable {
            continue;
        }
        let mut copies = after.constraints().iter();
        let copy = copies.find(|copy| copy.inherited && !copy.local && copy.kind == constraint.kind)?;
        if before.row.partition_of != after.row.partition_of || !world.spares(&after.row.name) {
            return None;
        }
        // One that an earlier run has left behind is validated by itself.
        if world.from.object(&copy.object()).is_some() {
            whole = whole.needs_part(copy.object(), Part::Settled);
            continue;
        }
        let own = Constraint {
            inherited: false,
            local: true,
            ..copy.clone()
        };
        let not_valid = Constraint {
            validated: false,
            ..own.clone()
        };
        added.push(add(&own, definition(&not_valid, world.to), false, world));
        validated.push(validation(&own, world));
    }
    Some(added.into_iter().chain(validated).chain([whole]).collect())
}

/// A key whose index is built while the table is in use.
fn key_from_index(constraint: &Constraint, world: &World<'_>) -> Option<Vec<Statement>> {
    let index = index(constraint, world.to)?;
    let is_usual = |key: &IndexKey| {
        key.opclass.is_none()
            && key.opclass_options.is_empty()
            && key.collation.is_none()
            && !key.descending
            && !key.nulls_first
    };
    if &*index.method != "btree" || !index.keys.iter().all(is_usual) {
        return None;
    }
    let mut statements = Vec::new();
    if !indexes::is_built(index, world) {
        statements.push(indexes::build(index, &index.name.name, world));
    }
    let name = bare(&constraint.name);
    let kind = match constraint.kind {
        ConstraintKind::PrimaryKey { .. } => "PRIMARY KEY",
        _ => "UNIQUE",
    };
    let mut sql = format!("CONSTRAINT {name} {kind} USING INDEX {name}");
    sql.push_str(timing(constraint));
    statements.push(add(constraint, sql, false, world));
    statements.extend(indexes::settings(index, world));
    Some(statements)
}

/// `ADD` with the lock that it takes; `at_once` where it looks at all rows, or builds an index of them.
fn add(constraint: &Constraint, definition: String, at_once: bool, world: &World<'_>) -> Statement {
    let sql = format!("ALTER {} ADD {definition}", table(constraint, world.to));
    let is_partitioned = is_partitioned(&constraint.relation, world.to);
    let validates = at_once && constraint.validated && constraint.enforced && world.stands(&constraint.relation);
    // That of a partitioned table is made alone, and stays empty.
    let builds = at_once && !is_partitioned;
    let work = match constraint.kind {
        ConstraintKind::PrimaryKey { .. } => Work::AddPrimaryKey { builds },
        ConstraintKind::Unique { .. } => Work::AddUnique { builds },
        ConstraintKind::Exclusion { .. } => Work::AddExclusion,
        ConstraintKind::Check { .. } => Work::AddCheck { validates },
        ConstraintKind::NotNull { .. } => Work::AddNotNull { validates },
        ConstraintKind::ForeignKey(_) => Work::AddForeignKey {
            validates,
            partitioned: is_partitioned,
        },
    };
    let relations = match has_index(constraint) {
        true => vec![relation(world.to, &constraint.relation)],
        false => world.family(&constraint.relation),
    };
    let statement = Statement::new(sql).does(work, relations);
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) if world.stands(&key.references) => {
            statement.does(Work::BeReferenced, world.family(&key.references))
        }
        _ => statement,
    }
}

/// What checks the rows that were there before the constraint, in a transaction of its own: the locks of what went
/// before are not to be held meanwhile.
fn validation(constraint: &Constraint, world: &World<'_>) -> Statement {
    let sql = format!(
        "ALTER {} VALIDATE CONSTRAINT {}",
        named(&constraint.relation, world.to),
        bare(&constraint.name)
    );
    let statement = Statement::new(sql)
        .part(Part::Validation)
        .does(Work::Validate, world.family(&constraint.relation));
    let statement = match world.spares(&constraint.relation) {
        true => statement.transaction(Transaction::Alone),
        false => statement,
    };
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => statement.does(Work::BeLookedUp, [relation(world.to, &key.references)]),
        _ => statement,
    }
}

fn is_partitioned(relation: &QName, catalog: &Catalog) -> bool {
    let relation = catalog.relation(relation);
    relation.is_some_and(|relation| relation.row.kind == RelationKind::PartitionedTable)
}

/// Whether the constraint is about a column that comes when its table is there.
fn is_on_a_later_column(constraint: &Constraint, catalog: &Catalog) -> bool {
    let columns = match &constraint.kind {
        ConstraintKind::NotNull { column } => std::slice::from_ref(column),
        ConstraintKind::Check { columns, .. }
        | ConstraintKind::PrimaryKey { columns, .. }
        | ConstraintKind::Unique { columns, .. } => columns,
        ConstraintKind::ForeignKey(_) | ConstraintKind::Exclusion { .. } => return false,
    };
    let relation = catalog.relation(&constraint.relation);
    let mut found = columns.iter().filter_map(|name| relation?.column(name));
    found.any(|column| columns::loops(column, catalog))
}

/// Whether the constraint stands in the statement that makes its table.
pub(super) fn is_inline(constraint: &Constraint, relation: &Relation, world: &World<'_>) -> bool {
    let catalog = world.to;
    if constraint.inherited && !constraint.local && relation.partition_of.is_none() {
        return false;
    }
    if is_column_property(constraint, world) || is_on_a_later_column(constraint, catalog) {
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
            // A partitioned table's comes when its partitions are attached, each with the one that belongs to it.
            let is_partitioned = relation.kind == RelationKind::PartitionedTable;
            // Of two alike PostgreSQL makes one.
            let is_alike =
                |other: &&Constraint| other.name < constraint.name && key_columns(other) == key_columns(constraint);
            let mut others = catalog
                .constraints
                .group(&constraint.relation, |row| &row.relation)
                .iter();
            let has_alike = others.any(|other| is_alike(&other));
            !is_exclusion && !is_partitioned && !has_alike && index(constraint, catalog).is_some_and(is_plain)
        }
    }
}

/// The columns of a primary key or unique constraint.
fn key_columns(constraint: &Constraint) -> Option<&[Name]> {
    match &constraint.kind {
        ConstraintKind::PrimaryKey { columns, .. } | ConstraintKind::Unique { columns, .. } => Some(columns),
        _ => None,
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
    sql.push_str(timing(constraint));
    if !constraint.enforced {
        sql.push_str(" NOT ENFORCED");
    } else if !constraint.validated {
        sql.push_str(" NOT VALID");
    }
    sql
}

fn timing(constraint: &Constraint) -> &'static str {
    match (constraint.deferrable, constraint.initially_deferred) {
        (false, _) => "",
        (true, false) => " DEFERRABLE",
        (true, true) => " DEFERRABLE INITIALLY DEFERRED",
    }
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
    if has_index(constraint) && is_partitioned(&constraint.relation, catalog) {
        return format!("TABLE ONLY {}", qualified(&constraint.relation));
    }
    named(&constraint.relation, catalog)
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
        Some((relation.row.inherits.clone(), relation.row.partition_of.clone()))
    };
    // A table that joins a parent has to have the constraint by then.
    let before = parents(world.from).filter(|_| world.stands(&constraint.relation));
    match (before, parents(world.to)) {
        (Some(before), after) => Some(before) == after,
        (None, after) => after.is_some_and(|(_, place)| place.is_none()),
    }
}

/// Whether the table leaves the parent that the constraint came from, for good or to get another bound, and keeps it as
/// its own.
fn is_left(constraint: &Constraint, world: &World<'_>) -> bool {
    let (Some(before), Some(_)) = (
        world.from.relation(&constraint.relation),
        world.to.relation(&constraint.relation),
    ) else {
        return false;
    };
    // Another parent may have the same check all along.
    let gives = |parent: &QName| {
        let is_check = matches!(constraint.kind, ConstraintKind::Check { .. });
        let constraints = world.from.relation(parent).map(|parent| parent.constraints());
        !is_check || constraints.is_some_and(|above| above.iter().any(|above| above.name == constraint.name))
    };
    let kept = columns::kept_parents(&constraint.relation, world);
    world.stands(&constraint.relation)
        && before
            .row
            .parents()
            .all(|parent| !kept.contains(&parent) || !gives(parent))
        && match constraint.kind {
            ConstraintKind::NotNull { .. } => false,
            // One that goes from the parent goes before anything leaves that.
            ConstraintKind::ForeignKey(_) => has_parents_key(constraint, world.to, world),
            _ => true,
        }
}

/// Whether a foreign key of a parent, of which this one is a copy, is in the catalog.
fn has_parents_key(constraint: &Constraint, catalog: &Catalog, world: &World<'_>) -> bool {
    let before = world.from.relation(&constraint.relation);
    let mut parents = before.into_iter().flat_map(|relation| relation.row.parents());
    parents.any(|parent| {
        let constraints = catalog.relation(parent).map(|relation| relation.constraints());
        constraints.is_some_and(|constraints| constraints.iter().any(|above| above.kind == constraint.kind))
    })
}

/// A name for a check that comes and goes: this one, or one that is like it.
pub(super) fn free_name(relation: &QName, name: &Name, world: &World<'_>) -> Name {
    let mut name = name.clone();
    while is_taken(relation, &name, world) {
        name = temporary(&name, "too");
    }
    name
}

/// Whether a constraint of the table, or of one that inherits from it, has the name before or afterwards.
pub(super) fn is_taken(relation: &QName, name: &Name, world: &World<'_>) -> bool {
    let family = world.family(relation);
    [world.from, world.to].into_iter().any(|catalog| {
        let relations = family.iter().filter_map(|id| catalog.relation(id.qualified()?));
        let mut constraints = relations.flat_map(|relation| relation.constraints());
        constraints.any(|constraint| constraint.name == *name)
    })
}
