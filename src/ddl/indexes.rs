//! Indexes.

use std::fmt::Write as _;

use crate::catalog::index::{Index, IndexKey};
use crate::catalog::relation::{RelationKind, ReplicaIdentity};
use crate::catalog::{Catalog, Name, ObjectId, QName};

use super::name::{bare, column_list, qualified, relation as object_of, temporary};
use super::options::{setting_changes, setting_list};
use super::relations::named;
use super::{Alteration, Ddl, Part, Risk, Statement, Transaction, Work, World};

impl Ddl for Index {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let mut statements = Vec::new();
        if self.constraint.is_none() {
            let statement = build(self, &self.name.name, world);
            statements.push(after_partitions(statement, &self.relation, world));
        }
        statements.extend(settings(self, world));
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let is_partitioned = !only(self, world.from).is_empty();
        let concurrently = world.online && self.constraint.is_none() && self.parent.is_none() && !is_partitioned;
        let keyword = if concurrently { "CONCURRENTLY " } else { "" };
        let relations = if is_partitioned {
            world.family(&self.relation)
        } else {
            vec![object_of(world.from, &self.relation)]
        };
        // A partition's key that is attached to it cannot be taken from it in any other way.
        let mut parts = world.before.parts(&self.name).iter();
        let cascade = if parts.any(|part| part.constraint.is_some()) {
            " CASCADE"
        } else {
            ""
        };
        let statement = Statement::new(format!("DROP INDEX {keyword}{}{cascade}", qualified(&self.name)))
            .does(Work::DropIndex { concurrently }, relations);
        vec![match concurrently {
            true => statement.transaction(Transaction::Outside),
            false => statement,
        }]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name,
            relation,
            method,
            unique,
            nulls_not_distinct,
            valid,
            clustered,
            keys,
            include,
            predicate,
            tablespace,
            options,
            constraint,
            parent,
            extension: _,
        } = self;
        let is_partitioned = !only(new, world.to).is_empty();
        let statistics = |key: &IndexKey| key.statistics;
        let same_content = (relation, method, unique) == (&new.relation, &new.method, &new.unique)
            && (nulls_not_distinct, include, predicate) == (&new.nulls_not_distinct, &new.include, &new.predicate)
            && have_same_keys(keys, &new.keys);
        let becomes_a_key = constraint.is_none() && new.constraint.is_some() && is_built(new, world);
        let is_broken = !*valid && new.valid && !is_partitioned;
        if !same_content
            || (*constraint != new.constraint && !becomes_a_key)
            || (parent.is_some() && *parent != new.parent && !is_moved(relation, world))
            || is_broken
        {
            let exchanged = exchange(self, new, world).filter(|_| !is_broken);
            return exchanged.map_or(Alteration::Replace, Alteration::InPlace);
        }
        let alter = format!("ALTER INDEX {}", qualified(name));
        let mut statements = Vec::new();
        statements.extend(
            setting_changes(&alter, options, &new.options)
                .into_iter()
                .map(Statement::new),
        );
        if *tablespace != new.tablespace {
            let space = new.tablespace.as_deref().unwrap_or("pg_default");
            statements.push(
                Statement::new(format!("{alter} SET TABLESPACE {}", bare(space)))
                    .does(Work::SetTablespace, [ObjectId::Index(name.clone())]),
            );
        }
        for (number, (before, after)) in (1..).zip(keys.iter().zip(&new.keys)) {
            if statistics(before) != statistics(after) {
                statements.push(statistics_target(&qualified(name), number, statistics(after)));
            }
        }
        if *clustered != new.clustered {
            statements.push(match new.clustered {
                true => cluster_on(new, &new.name.name, world),
                false => Statement::new(format!("ALTER {} SET WITHOUT CLUSTER", named(relation, world.to)))
                    .does(Work::Tune, [object_of(world.to, relation)]),
            });
        }
        if *parent != new.parent {
            statements.extend(attach(new));
        }
        Alteration::InPlace(statements)
    }
}

/// What is said of an index once it is there.
pub(super) fn settings(index: &Index, world: &World<'_>) -> Vec<Statement> {
    let mut statements = Vec::new();
    for (number, key) in (1..).zip(&index.keys) {
        if key.statistics.is_some() {
            statements.push(statistics_target(&qualified(&index.name), number, key.statistics));
        }
    }
    if index.clustered {
        statements.push(cluster_on(index, &index.name.name, world));
    }
    statements.extend(replica_identity(index, &index.name.name, world));
    statements.extend(attach(index));
    statements
}

/// What builds the index under the name: beside everybody's work where its table is in use, and alone where the indexes
/// of partitions are attached to it.
pub(super) fn build(index: &Index, name: &Name, world: &World<'_>) -> Statement {
    let only = only(index, world.to);
    let concurrently = only.is_empty() && world.spares(&index.relation);
    let unique = if index.unique { "UNIQUE " } else { "" };
    let keyword = if concurrently { "CONCURRENTLY " } else { "" };
    let sql = format!(
        "CREATE {unique}INDEX {keyword}{} ON {only}{} {}",
        bare(name),
        qualified(&index.relation),
        definition(index)
    );
    let work = match only {
        "" => Work::CreateIndex { concurrently },
        _ => Work::CreateIndexOnly,
    };
    let statement = Statement::new(sql).does(work, [object_of(world.to, &index.relation)]);
    match concurrently {
        true => statement.transaction(Transaction::Outside),
        false => statement,
    }
}

/// What builds or drops an index in a transaction that must not end, and so makes others wait; `None` for what does
/// neither beside everybody's work.
pub fn at_once(statement: &Statement) -> Option<Statement> {
    let (before, after) = statement.sql.split_once(" CONCURRENTLY ")?;
    let work = match before {
        "CREATE INDEX" | "CREATE UNIQUE INDEX" => Work::CreateIndex { concurrently: false },
        "DROP INDEX" => Work::DropIndex { concurrently: false },
        _ => return None,
    };
    let relations = statement.risk.locks.iter().map(|(relation, _)| relation.clone());
    let at_once = Statement {
        sql: format!("{before} {after}"),
        transaction: Transaction::Within,
        risk: Risk::default(),
        ..statement.clone()
    };
    Some(at_once.does(work, relations))
}

/// Whether the index of a constraint that shall be is there, and waits for the constraint.
pub(super) fn is_built(index: &Index, world: &World<'_>) -> bool {
    let there = world.from.indexes.find(|row| row.name.cmp(&index.name));
    world.spares(&index.relation)
        && only(index, world.to).is_empty()
        && there.is_some_and(|there| {
            there.valid
                && there.constraint.is_none()
                && there.parent.is_none()
                && (&there.relation, &there.method, there.unique) == (&index.relation, &index.method, index.unique)
                && (there.nulls_not_distinct, &there.include) == (index.nulls_not_distinct, &index.include)
                && there.predicate.is_none()
                && have_same_keys(&there.keys, &index.keys)
        })
}

/// Whether a column that the index is built on gets another type or collation, which PostgreSQL would build the old index
/// for once more, where it can at all.
fn is_on_retyped(old: &Index, world: &World<'_>) -> bool {
    let object = old.object();
    let edges = world.from.edges.group(&object, |edge| &edge.from).iter();
    let others = edges.filter_map(|edge| match &edge.to {
        ObjectId::Column(relation, column) if *relation == old.relation => Some(column),
        _ => None,
    });
    let keys = old.keys.iter().filter_map(|key| key.column.as_ref());
    let mut columns = keys.chain(others);
    let find = |catalog: &'_ Catalog, name: &Name| {
        let column = catalog.relation(&old.relation)?.column(name)?;
        Some((column.data_type.clone(), column.collation.clone()))
    };
    columns.any(|name| find(world.from, name) != find(world.to, name))
}

/// Builds the new index before the old one goes, so that queries have one or the other all the time; `None` where they
/// cannot stand side by side.
fn exchange(old: &Index, new: &Index, world: &World<'_>) -> Option<Vec<Statement>> {
    let is_plain = |index: &Index| index.constraint.is_none() && index.parent.is_none();
    let is_leaned_on = || world.from.edges.iter().any(|edge| edge.to == old.object());
    if old.relation != new.relation
        || !is_plain(old)
        || !is_plain(new)
        || !world.spares(&new.relation)
        || !only(new, world.to).is_empty()
        || is_leaned_on()
        || is_on_retyped(old, world)
    {
        return None;
    }
    let name = free_name(new, world);
    let place = |name: &Name| qualified(&QName::new(new.name.schema.clone(), name.clone()));
    let mut statements = vec![build(new, &name, world)];
    for (number, key) in (1..).zip(&new.keys) {
        if key.statistics.is_some() {
            statements.push(statistics_target(&place(&name), number, key.statistics));
        }
    }
    if new.clustered {
        statements.push(cluster_on(new, &name, world));
    }
    statements.extend(replica_identity(new, &name, world));
    statements.extend(old.drop(world));
    statements.push(Statement::new(format!(
        "ALTER INDEX {} RENAME TO {}",
        place(&name),
        bare(&new.name.name)
    )));
    let comment = world.to.comment(&new.object());
    if comment.is_some() && comment == world.from.comment(&new.object()) {
        statements.extend(super::access::comment(&new.object(), true, world));
    }
    Some(statements)
}

/// What makes the index identify rows again, as the one did that it comes in the place of.
fn replica_identity(index: &Index, name: &Name, world: &World<'_>) -> Option<Statement> {
    let identifies = |catalog: &Catalog| {
        let relation = catalog.relation(&index.relation);
        let wanted = ReplicaIdentity::Index(index.name.name.clone());
        relation.is_some_and(|relation| relation.row.replica_identity == wanted)
    };
    if !world.stands(&index.relation) || !identifies(world.from) || !identifies(world.to) {
        return None;
    }
    let sql = format!(
        "ALTER {} REPLICA IDENTITY USING INDEX {}",
        named(&index.relation, world.to),
        bare(name)
    );
    Some(Statement::new(sql).does(Work::ReplicaIdentity, [object_of(world.to, &index.relation)]))
}

/// A name for the index until it has its own.
fn free_name(index: &Index, world: &World<'_>) -> Name {
    let is_taken = |name: &Name| {
        let name = QName::new(index.name.schema.clone(), name.clone());
        [world.from, world.to].into_iter().any(|catalog| {
            catalog.relation(&name).is_some()
                || catalog.indexes.find(|row| row.name.cmp(&name)).is_some()
                || catalog.sequences.find(|row| row.name.cmp(&name)).is_some()
        })
    };
    let mut name = temporary(&index.name.name, "new");
    while is_taken(&name) {
        name = temporary(&name, "too");
    }
    name
}

/// Whether both are sorted in the same way: statistics can be set at any time.
fn have_same_keys(old: &[IndexKey], new: &[IndexKey]) -> bool {
    let is_same = |(a, b): (&IndexKey, &IndexKey)| {
        let a = IndexKey {
            statistics: b.statistics,
            ..a.clone()
        };
        a == *b
    };
    old.len() == new.len() && old.iter().zip(new).all(is_same)
}

/// A partitioned table's index comes when its partitions are attached: PostgreSQL would choose among theirs by itself.
pub(super) fn after_partitions(statement: Statement, relation: &QName, world: &World<'_>) -> Statement {
    let children = world.after.children(relation).iter();
    let partitions = children.filter(|row| row.partition_of.is_some());
    partitions.fold(statement, |statement, partition| {
        statement.needs_part(partition.object(), Part::Attachment)
    })
}

/// An exclusion constraint's elements, from the index that it is backed by.
pub(super) fn exclusion(index: &Index, operators: &[QName]) -> String {
    let elements = index.keys.iter().zip(operators).map(|(element, operator)| {
        format!(
            "{} WITH OPERATOR({}.{})",
            key(element),
            bare(&operator.schema),
            operator.name
        )
    });
    let elements = elements.collect::<Vec<_>>().join(", ");
    format!("EXCLUDE USING {} ({elements})", bare(&index.method))
}

/// Everything behind the table's name.
fn definition(index: &Index) -> String {
    let keys = index.keys.iter().map(key).collect::<Vec<_>>().join(", ");
    let mut sql = format!("USING {} ({keys})", bare(&index.method));
    if !index.include.is_empty() {
        let _ = write!(sql, " INCLUDE ({})", column_list(&index.include));
    }
    if index.nulls_not_distinct {
        sql.push_str(" NULLS NOT DISTINCT");
    }
    if !index.options.is_empty() {
        let _ = write!(sql, " WITH ({})", setting_list(&index.options));
    }
    if let Some(space) = &index.tablespace {
        let _ = write!(sql, " TABLESPACE {}", bare(space));
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(sql, " WHERE {predicate}");
    }
    sql
}

fn key(key: &IndexKey) -> String {
    let mut sql = match (&key.column, &key.expression) {
        (Some(column), _) => bare(column),
        (None, expression) => expression.clone().unwrap_or_default(),
    };
    if let Some(collation) = &key.collation {
        let _ = write!(sql, " COLLATE {}", qualified(collation));
    }
    if let Some(opclass) = &key.opclass {
        let _ = write!(sql, " {}", qualified(opclass));
    }
    if !key.opclass_options.is_empty() {
        let _ = write!(sql, " ({})", setting_list(&key.opclass_options));
    }
    if key.descending {
        sql.push_str(" DESC");
    }
    match (key.descending, key.nulls_first) {
        (true, false) => sql.push_str(" NULLS LAST"),
        (false, true) => sql.push_str(" NULLS FIRST"),
        _ => {}
    }
    sql
}

/// The index of a partitioned table is made alone: those of its partitions are attached to it.
fn only(index: &Index, catalog: &Catalog) -> &'static str {
    match catalog.relation(&index.relation) {
        Some(relation) if relation.row.kind == RelationKind::PartitionedTable => "ONLY ",
        _ => "",
    }
}

fn statistics_target(index: &str, number: usize, target: Option<i32>) -> Statement {
    Statement::new(format!(
        "ALTER INDEX {index} ALTER COLUMN {number} SET STATISTICS {}",
        target.unwrap_or(-1)
    ))
}

fn cluster_on(index: &Index, name: &Name, world: &World<'_>) -> Statement {
    let table = named(&index.relation, world.to);
    Statement::new(format!("ALTER {table} CLUSTER ON {}", bare(name)))
        .does(Work::Tune, [object_of(world.to, &index.relation)])
}

/// Whether the table becomes a partition of another table or of none, which leaves its indexes to themselves.
fn is_moved(relation: &QName, world: &World<'_>) -> bool {
    let parent = |catalog: &Catalog| {
        let relation = catalog.relation(relation)?;
        relation.row.partition_of.as_ref().map(|place| place.parent.clone())
    };
    let before = parent(world.from);
    before.is_some() && before != parent(world.to)
}

/// What makes the index a part of its parent's, if it has one.
pub fn attach(index: &Index) -> Option<Statement> {
    let parent = index.parent.as_ref()?;
    let sql = format!(
        "ALTER INDEX {} ATTACH PARTITION {}",
        qualified(parent),
        qualified(&index.name)
    );
    Some(
        Statement::new(sql)
            .part(Part::Attachment)
            .needs(ObjectId::Index(parent.clone()))
            .needs_part(ObjectId::Table(index.relation.clone()), Part::Attachment),
    )
}
