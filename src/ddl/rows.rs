//! Rows that outlive their table: what PostgreSQL cannot change in place is made anew, and gets its rows back.
//!
//! They are set aside in a table of their own, all within the transaction that makes the new table, so that they are
//! never in no table. Indexes, keys, triggers and policies come after the rows.

use crate::catalog::column::Column;
use crate::catalog::kin::Kin;
use crate::catalog::lookup::RelationRef;
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::{Catalog, Name, Object, ObjectId, QName};
use crate::sql::literal;

use super::name::{bare, qualified, temporary};
use super::{Loss, Part, Statement, Work, World, conversion};

/// Whether the table is made anew, and gets back itself the rows that it has.
pub fn outlive(table: &QName, world: &World<'_>) -> bool {
    let Some((old, new)) = both(table, world).filter(|_| world.replaced.contains(table)) else {
        return false;
    };
    let parent = old.row.partition_of.as_ref().map(|place| &place.parent);
    let goes_with_parent = parent.is_some_and(|parent| is_redistributed(table, parent, world));
    stores(old.row) && stores(new.row) && !goes_with_parent && has_rows(old.row, world)
}

/// Whether the partition goes with the partitioned table, which gets back its rows wherever they belong then.
pub fn is_redistributed(partition: &QName, parent: &QName, world: &World<'_>) -> bool {
    let is_partitioned = |row: &Relation| row.kind == RelationKind::PartitionedTable;
    both(parent, world).is_some_and(|(old, new)| {
        is_partitioned(old.row)
            && stores(new.row)
            && is_below(partition, parent, world.to)
            && !keeps_place(partition, world)
    })
}

/// Whether the column is one that its table, or a table below that, is partitioned by.
pub fn is_key(column: &Column, world: &World<'_>) -> bool {
    let family = world.family(&column.relation).into_iter();
    let mut family = family.filter_map(|id| world.from.relation(id.qualified()?));
    family.any(|relation| key_columns(relation).iter().any(|key| key.name == column.name))
}

/// Takes the rows out of the table before it goes.
pub(super) fn set_aside(old: &Relation, world: &World<'_>) -> Vec<Statement> {
    let Some((before, after)) = both(&old.name, world) else {
        return Vec::new();
    };
    let table = qualified(&old.name);
    let (only, family) = match old.kind {
        RelationKind::PartitionedTable => ("", world.family(&old.name)),
        _ => ("ONLY ", vec![old.object()]),
    };
    let columns = before.columns().iter().map(|column| {
        let name = bare(&column.name);
        match kept_as(column, world) {
            Kept::Itself => name,
            Kept::Text => format!("{name}::text AS {name}"),
            Kept::Json => format!("to_jsonb({name}) AS {name}"),
        }
    });
    let columns = columns.collect::<Vec<_>>().join(", ");
    let lock = Statement::new(format!("LOCK TABLE {only}{table} IN ACCESS EXCLUSIVE MODE"));
    let keep = format!(
        "CREATE TABLE {} AS SELECT {columns} FROM {only}{table}",
        aside(&old.name, world)
    );
    let mut statements = vec![
        lock.does(Work::Alter, family.clone()),
        Statement::new(keep).does(Work::SetRowsAside, family),
    ];
    for (_, old, _) in counters(after, world) {
        let counter = qualified(old);
        let keep = format!(
            "CREATE TABLE {} AS SELECT last_value, is_called FROM {counter}",
            aside(old, world)
        );
        statements.push(keep.into());
    }
    statements
}

/// Puts the rows that were set aside into the new table.
pub(super) fn put_back(new: &Relation, world: &World<'_>) -> Vec<Statement> {
    let Some((before, after)) = both(&new.name, world) else {
        return Vec::new();
    };
    let kept = before
        .columns()
        .iter()
        .filter_map(|old| Some((old, after.column(&old.name)?)));
    let kept = kept.filter(|(_, new)| new.generated.is_none()).collect::<Vec<_>>();
    let names = kept
        .iter()
        .map(|(_, new)| bare(&new.name))
        .collect::<Vec<_>>()
        .join(", ");
    let mut loss = before
        .columns()
        .iter()
        .any(|old| old.generated.is_none() && after.column(&old.name).is_none())
        .then_some(Loss::DropColumn);
    let values = kept.iter().map(|(old, new)| {
        let name = bare(&new.name);
        if is_same_type(old, new, world) {
            return name;
        }
        let conversion = conversion::between(old, new, world);
        if conversion.may_lose {
            loss = loss.or(Some(Loss::ChangeType));
        }
        match (kept_as(old, world), conversion.using) {
            (Kept::Text, _) => format!("{name}::{}", new.data_type),
            (Kept::Json, _) => format!("({})", conversion::from_json(&name, &new.data_type)),
            // What would take a function.
            (Kept::Itself, _) if conversion.helper.is_some() => {
                format!(
                    "({})",
                    conversion::from_json(&format!("to_jsonb({name})"), &new.data_type)
                )
            }
            (Kept::Itself, Some(using)) => using,
            (Kept::Itself, None) => name,
        }
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let (table, kept_in) = (qualified(&new.name), aside(&new.name, world));
    let is_always = |new: &Column| new.identity.is_some();
    let overriding = if kept.iter().any(|(_, new)| is_always(new)) {
        " OVERRIDING SYSTEM VALUE"
    } else {
        ""
    };
    let mut statements = Vec::new();
    if !kept.is_empty() {
        let insert = format!("INSERT INTO {table} ({names}){overriding} SELECT {values} FROM {kept_in}");
        let mut insert = Statement::new(insert).part(Part::Rows);
        insert.risk.loss = loss;
        statements.push(insert);
    }
    statements.push(Statement::new(format!("DROP TABLE {kept_in}")).part(Part::Rows));
    for (column, old, new) in counters(after, world) {
        let (sequence, kept_in) = (literal(&qualified(new)).to_string(), aside(old, world));
        let count = format!("SELECT pg_catalog.setval({sequence}, last_value, is_called) FROM {kept_in}");
        let object = ObjectId::Column(after.row.name.clone(), column.name.clone());
        statements.push(Statement::new(count).part(Part::Rows).needs(object));
        statements.push(Statement::new(format!("DROP TABLE {kept_in}")).part(Part::Rows));
    }
    statements
}

/// The columns that count on as an identity, with the names of their sequences before and afterwards.
fn counters<'a>(relation: RelationRef<'a>, world: &World<'a>) -> Vec<(&'a Column, &'a QName, &'a QName)> {
    let counter = |column: &'a Column| {
        let [old, new] = [world.before, world.after].map(|kin| kin.identity(&column.relation, &column.name));
        Some((column, &old?.name, &new?.name))
    };
    relation.columns().iter().filter_map(counter).collect()
}

/// The name of the table that keeps the rows of another meanwhile.
fn aside(table: &QName, world: &World<'_>) -> String {
    let mut name = QName::new(table.schema.clone(), temporary(&table.name, "rows"));
    while [world.from, world.to].iter().any(|catalog| is_taken(&name, catalog)) {
        name.name = temporary(&name.name, "too");
    }
    qualified(&name)
}

fn is_taken(name: &QName, catalog: &Catalog) -> bool {
    catalog.relation(name).is_some()
        || catalog.user_type(name).is_some()
        || catalog.indexes.find(|row| row.name.cmp(name)).is_some()
        || catalog.sequences.find(|row| row.name.cmp(name)).is_some()
}

fn both<'a>(table: &QName, world: &World<'a>) -> Option<(RelationRef<'a>, RelationRef<'a>)> {
    Some((world.from.relation(table)?, world.to.relation(table)?))
}

fn stores(row: &Relation) -> bool {
    matches!(row.kind, RelationKind::Table | RelationKind::PartitionedTable)
}

/// Whether there are rows in the table itself, or in partitions that do not leave it with them.
fn has_rows(row: &Relation, world: &World<'_>) -> bool {
    let stays = |child: &Relation| match both(&child.name, world) {
        Some(_) => is_redistributed(&child.name, &row.name, world) && has_rows(child, world),
        None => true,
    };
    row.kind == RelationKind::Table || world.before.children(&row.name).iter().any(|child| stays(child))
}

fn is_below(table: &QName, above: &QName, catalog: &Catalog) -> bool {
    let mut parents = catalog
        .relation(table)
        .into_iter()
        .flat_map(|relation| relation.row.parents());
    parents.any(|parent| parent == above || is_below(parent, above, catalog))
}

/// Whether the partition's rows are where they belong afterwards as well: it has the same bound of the same key.
fn keeps_place(partition: &QName, world: &World<'_>) -> bool {
    let Some((old, new)) = both(partition, world) else {
        return false;
    };
    let (Some(before), Some(after)) = (&old.row.partition_of, &new.row.partition_of) else {
        return false;
    };
    let parents = (world.from.relation(&before.parent), world.to.relation(&after.parent));
    let (Some(old_parent), Some(new_parent)) = parents else {
        return false;
    };
    let mut keys = key_columns(old_parent).into_iter();
    let is_kept = |key: &Column| {
        let after = new_parent.column(&key.name);
        after.is_some_and(|after| is_same_type(key, after, world))
    };
    before.bound == after.bound && old_parent.row.partition_key == new_parent.row.partition_key && keys.all(is_kept)
}

/// Whether partitions by hash come in the place of others: every row may belong somewhere else.
pub fn has_other_remainders(table: &QName, world: &World<'_>) -> bool {
    let key = both(table, world).and_then(|(old, _)| old.row.partition_key.as_ref());
    let is_hash = key.is_some_and(|key| key.starts_with("HASH"));
    let bounds = |kin: &Kin<'_>| {
        let children = kin.children(table).iter();
        let bounds = children.filter_map(|child| child.partition_of.as_ref().map(|place| place.bound.clone()));
        bounds.collect::<Vec<_>>()
    };
    let (before, after) = (bounds(world.before), bounds(world.after));
    is_hash && before.iter().any(|bound| !after.contains(bound)) && after.iter().any(|bound| !before.contains(bound))
}

/// The columns that the relation's partition key names.
pub(super) fn key_columns(relation: RelationRef<'_>) -> Vec<&Column> {
    let Some(key) = &relation.row.partition_key else {
        return Vec::new();
    };
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$');
    let names = |column: &&Column| {
        let name = bare(&column.name);
        name.starts_with('"') && key.contains(&name) || key.split(|c| !is_part(c)).any(|word| word == name)
    };
    relation.columns().iter().filter(names).collect()
}

fn is_same_type(old: &Column, new: &Column, world: &World<'_>) -> bool {
    (&old.data_type, &old.collation) == (&new.data_type, &new.collation) && is_lasting(&old.data_type, world)
}

/// What the values of a column are while they are set aside.
enum Kept {
    Itself,
    Text,
    Json,
}

fn kept_as(column: &Column, world: &World<'_>) -> Kept {
    if is_lasting(&column.data_type, world) {
        return Kept::Itself;
    }
    let after = world.to.relation(&column.relation);
    let after = after.and_then(|relation| relation.column(&column.name));
    // A row's text has the values alone, in the order of the columns.
    match after.is_some_and(|after| conversion::changes_shape(&column.data_type, &after.data_type, world)) {
        true => Kept::Json,
        false => Kept::Text,
    }
}

/// Whether the type, and all that it is made of, is the same afterwards.
fn is_lasting(sql: &Name, world: &World<'_>) -> bool {
    let World { from, to, .. } = world;
    let Some(id) = from.type_object(sql) else { return true };
    match (from.object(&id), to.object(&id)) {
        (Some(Object::Type(old)), Some(Object::Type(new))) => {
            let mut is_lasting_within = true;
            old.each_data_type(|sql| is_lasting_within &= is_lasting(sql, world));
            old.kind == new.kind && is_lasting_within
        }
        (Some(Object::Relation(old)), Some(Object::Relation(new))) => {
            let columns = |catalog: &Catalog, row: &Relation| {
                let columns = catalog
                    .relation(&row.name)
                    .into_iter()
                    .flat_map(|relation| relation.columns());
                let columns = columns.map(|column| (column.name.clone(), column.data_type.clone()));
                columns.collect::<Vec<_>>()
            };
            let (before, after) = (columns(from, old), columns(to, new));
            world.stands(&old.name) && before == after && before.iter().all(|(_, sql)| is_lasting(sql, world))
        }
        (before, _) => before.is_none(),
    }
}

/// The defaults that rows without a value are given when they are put back.
pub fn defaults(table: &QName, world: &World<'_>) -> Vec<ObjectId> {
    let relation = world.to.relation(table);
    let columns = relation.into_iter().flat_map(|relation| relation.columns());
    let columns = columns.filter(|column| column.default.is_some() && column.generated.is_none());
    columns.map(Column::default_object).collect()
}
