//! How a table becomes a partition, and ceases to be one, while others read and write it.

mod bounds;

use crate::catalog::column::Column;
use crate::catalog::constraint::ConstraintKind;
use crate::catalog::index::Index;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Catalog, Name, ObjectId, QName};

use super::name::{bare, qualified, temporary};
use super::{Part, Statement, Transaction, Work, World, columns, constraints, rows};

/// The first major that detaches a partition while its parent is written.
const CONCURRENTLY_SINCE: u32 = 14;

/// What attaches the partition to its parent, when it has everything that its parent has, so that PostgreSQL makes nothing
/// of its own. One that leaves another place for it is looked through before it does.
pub(super) fn attach(row: &Relation, world: &World<'_>) -> Vec<Statement> {
    let Some(place) = &row.partition_of else {
        return Vec::new();
    };
    let before = world.from.relation(&row.name).filter(|_| world.stands(&row.name));
    let moves = before.is_some_and(|before| before.row.partition_of.is_some());
    let part = if moves { Part::Detachment } else { Part::Attachment };
    let sql = format!(
        "ALTER TABLE ONLY {} ATTACH PARTITION {} {}",
        qualified(&place.parent),
        qualified(&row.name),
        place.bound
    );
    let can_vouch = !moves || keeps_key(row, world);
    let vouching = vouching(row, world.to, part, world).filter(|_| can_vouch);
    let mut statement = Statement::new(sql)
        .part(Part::Attachment)
        .does(Work::Tune, [ObjectId::Table(place.parent.clone())]);
    if world.stands(&row.name) {
        let scans = vouching.is_none();
        statement = statement.does(Work::AttachPartition { scans }, world.family(&row.name));
    }
    let mut checks = Vec::new();
    if world.stands(&place.parent) {
        let default = default_beside(&place.parent, row, world);
        let excluding = default.iter().map(|default| excluding(default, row, part, world));
        let excluding = excluding.collect::<Option<Vec<_>>>().filter(|_| can_vouch);
        let scans = excluding.is_none();
        checks.extend(excluding.into_iter().flatten());
        statement = statement.does(Work::SpareDefault { scans }, default);
    }
    for object in attached_with(row, world) {
        statement = statement.needs(object);
    }
    checks.extend(vouching);
    let mut statements = checks.iter().map(|check| check.add.clone()).collect::<Vec<_>>();
    statements.extend(checks.iter().map(|check| check.validate.clone()));
    statements.push(statement);
    statements.extend(checks.into_iter().map(|check| check.drop.part(Part::Attachment)));
    statements
}

/// A check that says that the default partition has no rows of the one that joins it; `None` where nobody uses it, or the
/// bound cannot be told for sure.
fn excluding(default: &ObjectId, joining: &Relation, part: Part, world: &World<'_>) -> Option<Vouching> {
    let before = world.from.relation(default.qualified()?)?.row;
    let after = world.to.relation(&before.name)?.row;
    if !world.spares(&before.name) || before.partition_of != after.partition_of {
        return None;
    }
    let (columns, condition) = level(joining, world.to)?;
    let name = temporary(&joining.name.name, "apart");
    let condition = format!("NOT ({condition})");
    Some(check(before, &name, columns, &condition, part, world))
}

/// Whether the columns that the bound is about are there before as they are afterwards.
fn keeps_key(row: &Relation, world: &World<'_>) -> bool {
    let (Some(before), Some(after)) = (world.from.relation(&row.name), world.to.relation(&row.name)) else {
        return false;
    };
    let key = condition(row, world.to).map(|(columns, _)| columns);
    key.is_some_and(|columns| {
        let data_type = |relation: RelationRef<'_>, name: &Name| Some(relation.column(name)?.data_type.clone());
        let is_kept = |name: &Name| data_type(before, name) == data_type(after, name);
        columns.iter().all(is_kept)
    })
}

/// What of the table has to be there before it becomes a partition or a child.
pub(super) fn attached_with(row: &Relation, world: &World<'_>) -> Vec<ObjectId> {
    let relation = RelationRef { catalog: world.to, row };
    let checks = relation.constraints().iter().filter(|constraint| {
        !constraints::has_index(constraint) && !matches!(constraint.kind, ConstraintKind::ForeignKey(_))
    });
    let checks = checks.map(|constraint| constraint.object());
    let columns = relation.columns().iter().map(Column::object);
    checks.chain(columns).collect()
}

/// What takes the partition from its parent at once.
pub(super) fn detach(row: &Relation, world: &World<'_>) -> Option<Statement> {
    let parent = &row.partition_of.as_ref()?.parent;
    let sql = format!(
        "ALTER TABLE {} DETACH PARTITION {}",
        qualified(parent),
        qualified(&row.name)
    );
    let concurrently = false;
    let statement = Statement::new(sql)
        .part(Part::Detachment)
        .does(
            Work::DetachPartition { concurrently },
            [ObjectId::Table(parent.clone())],
        )
        .does(Work::Alter, world.family(&row.name))
        .does(Work::Alter, default_beside(parent, row, world));
    Some(statement)
}

/// What takes a partition that is to go from its parent before anything else happens there; `None` where that can wait
/// until it is dropped.
pub(super) fn detach_first(row: &Relation, world: &World<'_>) -> Option<Statement> {
    let parent = &row.partition_of.as_ref()?.parent;
    let gets_partition = || {
        world.after.children(parent).iter().any(|child| {
            let before = world.from.relation(&child.name);
            before.is_none_or(|before| before.row.partition_of != child.partition_of)
        })
    };
    // A parent's index is valid once each partition has its own, and never again asks whether that is so.
    let gets_index = || {
        let before = |index: &Index| world.from.indexes.find(|row| row.name.cmp(&index.name));
        let mut indexes = world.after.indexes(parent).iter();
        indexes.any(|index| before(index) != Some(index))
    };
    (is_referenced(parent, world) || gets_partition() || gets_index())
        .then(|| detach(row, world))
        .flatten()
}

/// Whether foreign keys refer to the partitioned table, or to one that it is a partition of.
fn is_referenced(table: &QName, world: &World<'_>) -> bool {
    let mut above = Some(table);
    while let Some(name) = above {
        if !world.before.keys_to(name).is_empty() {
            return true;
        }
        let place = world.from.relation(name).and_then(|row| row.row.partition_of.as_ref());
        above = place.map(|place| &place.parent);
    }
    false
}

/// What gives the NOT NULL constraints of PostgreSQL 18, or that of one column, the names that they have as a partition's,
/// or as a table's own.
pub(super) fn rename_not_nulls(row: &Relation, only: Option<&Name>, world: &World<'_>) -> Vec<Statement> {
    let (Some(old), Some(new)) = (world.from.relation(&row.name), world.to.relation(&row.name)) else {
        return Vec::new();
    };
    if !columns::names_not_null(world) {
        return Vec::new();
    }
    let mut statements = Vec::new();
    for (old, new) in old
        .columns()
        .iter()
        .filter_map(|old| Some((old, new.column(&old.name)?)))
    {
        let was_own = columns::has_named_not_null(old, world.from) && !old.inherited;
        let is_named = was_own || columns::has_named_not_null(new, world.to);
        if is_named || !old.not_null || !new.not_null || only.is_some_and(|only| *only != new.name) {
            continue;
        }
        let names = [
            columns::not_null_name(old, world.from),
            columns::not_null_name(new, world.to),
        ];
        if names[0] != names[1] {
            let [from, to] = names.map(|name| bare(&name));
            let sql = format!("ALTER TABLE {} RENAME CONSTRAINT {from} TO {to}", qualified(&row.name));
            statements.push(Statement::new(sql).does(Work::Alter, [row.object()]));
        }
    }
    statements
}

/// What takes the partition from its parent while both are written; `None` where PostgreSQL cannot, or where it would
/// leave a check behind in the place of the bound.
pub(super) fn detach_gently(row: &Relation, world: &World<'_>) -> Option<Vec<Statement>> {
    let parent = &row.partition_of.as_ref()?.parent;
    if world.from.server.major < CONCURRENTLY_SINCE
        || !world.stands(parent)
        || has_default(parent, world)
        || world.to.relation(parent)?.row.kind != RelationKind::PartitionedTable
    {
        return None;
    }
    let check = vouching(row, world.from, Part::Detachment, world)?;
    let sql = format!(
        "ALTER TABLE {} DETACH PARTITION {} CONCURRENTLY",
        qualified(parent),
        qualified(&row.name)
    );
    let concurrently = true;
    let detach = Statement::new(sql)
        .part(Part::Detachment)
        .transaction(Transaction::Outside)
        .does(
            Work::DetachPartition { concurrently },
            [ObjectId::Table(parent.clone())],
        )
        .does(Work::Alter, world.family(&row.name));
    Some(vec![check.add, check.validate, detach, check.drop])
}

/// The default partition beside one that comes or goes.
pub(super) fn default_beside(parent: &QName, partition: &Relation, world: &World<'_>) -> Vec<ObjectId> {
    let children = world.before.children(parent).iter();
    let default = children.filter(|row| row.name != partition.name && is_default(row));
    default.map(|row| row.object()).collect()
}

fn has_default(parent: &QName, world: &World<'_>) -> bool {
    world.before.children(parent).iter().any(|row| is_default(row))
}

fn is_default(row: &Relation) -> bool {
    row.partition_of.as_ref().is_some_and(|place| place.bound == "DEFAULT")
}

/// A check that says what the bound says, so that PostgreSQL need not look for itself.
struct Vouching {
    add: Statement,
    validate: Statement,
    drop: Statement,
}

/// A check of the bound that the partition has in `catalog`; `None` where nobody uses the table, or the bound cannot be
/// told for sure.
fn vouching(row: &Relation, catalog: &Catalog, part: Part, world: &World<'_>) -> Option<Vouching> {
    // What leaves the table before the check goes would keep it.
    let is_kept = |id: &ObjectId| {
        id.qualified()
            .is_some_and(|below| !columns::kept_parents(below, world).is_empty())
    };
    if !world.spares(&row.name)
        || (part == Part::Detachment && !has_hashes(row, catalog, world))
        || !world.family(&row.name).iter().skip(1).all(is_kept)
    {
        return None;
    }
    let (columns, condition) = condition(row, catalog)?;
    let name = temporary(&row.name.name, "bound");
    Some(check(row, &name, columns, &condition, part, world))
}

/// Whether the tables above are there that are partitioned by hash: a check of their remainders names them.
fn has_hashes(row: &Relation, catalog: &Catalog, world: &World<'_>) -> bool {
    let place = row.partition_of.as_ref();
    let parent = place.and_then(|place| catalog.relation(&place.parent));
    parent.is_none_or(|parent| {
        let is_hash = parent
            .row
            .partition_key
            .as_ref()
            .is_some_and(|key| key.starts_with("HASH"));
        (!is_hash || world.stands(&parent.row.name)) && has_hashes(parent.row, catalog, world)
    })
}

/// A check of the table that comes and goes.
fn check(row: &Relation, name: &Name, columns: Vec<Name>, condition: &str, part: Part, world: &World<'_>) -> Vouching {
    let name = constraints::free_name(&row.name, name, world);
    let (table, name) = (qualified(&row.name), bare(&name));
    let family = || world.family(&row.name);
    let sql = format!("ALTER TABLE {table} ADD CONSTRAINT {name} CHECK ({condition}) NOT VALID");
    let mut add = Statement::new(sql).does(Work::AddCheck { validates: false }, family());
    if part == Part::Attachment {
        for column in columns {
            add = add.needs(ObjectId::Column(row.name.clone(), column));
        }
    }
    let validate = Statement::new(format!("ALTER TABLE {table} VALIDATE CONSTRAINT {name}"))
        .transaction(Transaction::Alone)
        .does(Work::Validate, family());
    let drop = Statement::new(format!("ALTER TABLE {table} DROP CONSTRAINT {name}")).does(Work::Alter, family());
    Vouching {
        add: add.part(part),
        validate: validate.part(part),
        drop: drop.part(part),
    }
}

/// What the bound says of a row, with that of the tables above, and the columns that it says it of.
fn condition(row: &Relation, catalog: &Catalog) -> Option<(Vec<Name>, String)> {
    let place = row.partition_of.as_ref()?;
    let parent = catalog.relation(&place.parent)?;
    let (mut columns, values) = level(row, catalog)?;
    if parent.row.partition_of.is_none() {
        return Some((columns, values));
    }
    let (more, above) = condition(parent.row, catalog)?;
    columns.extend(more);
    Some((columns, format!("({above}) AND ({values})")))
}

/// What the bound itself says, and of which columns.
fn level(row: &Relation, catalog: &Catalog) -> Option<(Vec<Name>, String)> {
    let place = row.partition_of.as_ref()?;
    let parent = catalog.relation(&place.parent)?;
    let columns = rows::key_columns(parent).into_iter();
    let columns = columns.map(|column| column.name.clone()).collect();
    Some((columns, bounds::condition(parent, &place.bound)?))
}
