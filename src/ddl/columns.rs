//! Columns.

mod facts;
mod identity;
mod nullability;

use std::fmt::Write as _;

use crate::catalog::column::{Column, Generated};
use crate::catalog::constraint::{ConstraintKind, usual_not_null_name};
use crate::catalog::relation::{Relation, RelationKind};
use crate::catalog::sequence::Sequence;
use crate::catalog::{Catalog, Name, ObjectId, QName};

use super::name::{bare, qualified, relation as relation_object};
use super::options::{change_foreign, foreign_clause, setting_changes, tell_left_out};
use super::relations::{is_table, named};
use super::{Alteration, Ddl, Loss, Part, Retyping, Statement, Work, World, conversion, inheritance, sequences};
pub(super) use facts::{disturbs_rows, loops};
use facts::{fill, is_checked, is_in_an_index};
pub(super) use identity::identity_clause;
use identity::{identity_kind, is_numbered_by_parent};
use nullability::nullability;

impl Ddl for Column {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        let Some(relation) = world.to.relation(&self.relation) else {
            return Vec::new();
        };
        if !is_table(relation.row.kind) {
            return settings(self, None, world);
        }
        let mut statements = Vec::new();
        if !comes_from_parent(self, world) && !type_is_altered(&self.relation, world) {
            let sql = format!(
                "ALTER {} ADD COLUMN {}",
                named(&self.relation, world.to),
                definition(self, world)
            );
            let work = Work::AddColumn {
                fill: fill(self, world),
                required: self.not_null,
            };
            let mut statement = Statement::new(sql).does(work, world.family(&self.relation));
            // A table that joins a type has its columns in the type's order.
            if relation.row.of_type.is_some() {
                let before = relation.columns().iter().take_while(|column| column.name != self.name);
                statement
                    .needs
                    .extend(before.last().map(|column| (column.object(), Part::Itself)));
            }
            statements.push(tell_left_out(statement, &self.foreign_options));
        }
        statements.extend(settings(self, None, world));
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        let Some(relation) = world.from.relation(&self.relation) else {
            return Vec::new();
        };
        if !is_table(relation.row.kind) || type_is_altered(&self.relation, world) {
            return Vec::new();
        }
        // Children that keep the column make it their own.
        let table = if a_child_keeps(self, world) {
            alone(&self.relation, world.from)
        } else {
            named(&self.relation, world.from)
        };
        let sql = format!("ALTER {table} DROP COLUMN {}", bare(&self.name));
        let mut statement = Statement::new(sql).does(Work::DropColumn, world.family(&self.relation));
        // The keys that lean on it go too, with the triggers on the tables that they reference.
        for constraint in relation.constraints() {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && key.columns.contains(&self.name)
            {
                statement = statement.does(Work::Alter, world.family(&key.references));
            }
        }
        // What is worked out from other columns is no loss, unless the values are to stay without that.
        let stays = world.to.relation(&self.relation).and_then(|new| new.column(&self.name));
        let is_made_again = self.generated.is_some() && stays.is_none_or(|new| new.generated.is_some());
        vec![match is_made_again {
            true => statement,
            false => statement.loses(Loss::DropColumn),
        }]
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            relation,
            name: _,
            data_type,
            not_null,
            default,
            generated,
            identity,
            collation,
            storage: _,
            compression: _,
            statistics: _,
            options: _,
            foreign_options: _,
            inherited: _,
            local: _,
            never_null: _,
            updatable: _,
            origin: _,
        } = self;
        let is_table = world
            .to
            .relation(relation)
            .is_some_and(|relation| is_table(relation.row.kind));
        if !is_table {
            return Alteration::InPlace(settings(new, Some(self), world));
        }
        let expression_changed = generated.is_some() && new.generated == *generated && *default != new.default;
        let becomes_generated = new.generated.is_some() && *generated != new.generated;
        // Nobody has stored the values that a virtual column would leave.
        let gives_up_virtual = *generated == Some(Generated::Virtual) && new.generated.is_none();
        if becomes_generated || gives_up_virtual || (expression_changed && world.from.server.major < 17) {
            return Alteration::Replace;
        }
        // A stored expression is computed anew from the same columns: nothing is lost.
        if generated.is_some() && new.generated.is_some() && *data_type != new.data_type {
            return Alteration::Replace;
        }
        let alter = format!("ALTER {} ALTER COLUMN {}", named(relation, world.to), bare(&new.name));
        let mut statements = Vec::new();
        let is_retyped = *data_type != new.data_type || *collation != new.collation;
        if is_retyped && !parent_changes(self, new, world) && !type_is_altered(relation, world) {
            statements.extend(retype(self, new, world));
        }
        if generated.is_some() && new.generated.is_none() {
            statements.push(locked(new, format!("{alter} DROP EXPRESSION"), world));
        }
        if expression_changed {
            let expression = new.default.as_deref().unwrap_or_default();
            let work = match generated {
                Some(Generated::Virtual) => Work::Alter,
                _ => Work::SetExpression,
            };
            let sql = format!("{alter} SET EXPRESSION AS ({expression})");
            statements.push(Statement::new(sql).does(work, world.family(relation)));
        }
        if let (Some(before), Some(after)) = (identity, new.identity)
            && *before != after
            && !is_numbered_by_parent(new, world)
        {
            statements.push(locked(
                new,
                format!("{alter} SET GENERATED {}", identity_kind(after)),
                world,
            ));
        }
        if *not_null != new.not_null && !parent_changes(self, new, world) {
            statements.extend(nullability(new, world));
        }
        statements.extend(settings(new, Some(self), world));
        Alteration::InPlace(statements)
    }
}

/// What makes the column's type and collation those of `new`, and its values with them.
pub fn retype(old: &Column, new: &Column, world: &World<'_>) -> Vec<Statement> {
    let mut sql = format!(
        "ALTER {} ALTER COLUMN {} TYPE {}",
        named(&new.relation, world.to),
        bare(&new.name),
        new.data_type
    );
    if let Some(collation) = &new.collation {
        let _ = write!(sql, " COLLATE {}", qualified(collation));
    }
    let mut conversion = conversion::between(old, new, world);
    let is_foreign = world
        .to
        .relation(&new.relation)
        .is_some_and(|relation| relation.row.kind == RelationKind::ForeignTable);
    if is_foreign {
        (conversion.using, conversion.helper) = (None, None);
    }
    if let Some(using) = conversion.using {
        let _ = write!(sql, " USING {using}");
    }
    let retyping = if !conversion.is_binary {
        Retyping::Values
    } else if old.collation != new.collation && is_in_an_index(old, world) {
        Retyping::Indexes
    } else if is_checked(old, world.from) {
        Retyping::Checks
    } else {
        Retyping::Nothing
    };
    let statement = Statement::new(sql).part(Part::Retype);
    let mut statement = statement.does(Work::Retype(retyping), world.family(&new.relation));
    if conversion.may_lose {
        statement = statement.loses(Loss::ChangeType);
    }
    match conversion.helper {
        Some(helper) => {
            let [create, drop] = [helper.create, helper.drop].map(|sql| Statement::new(sql).part(Part::Retype));
            vec![create, statement, drop]
        }
        None => vec![statement],
    }
}

/// What gives the column its default.
pub fn set_default(column: &Column, world: &World<'_>) -> Vec<Statement> {
    let Some(default) = column.default.as_ref().filter(|_| column.generated.is_none()) else {
        return Vec::new();
    };
    let sql = format!(
        "ALTER {} ALTER COLUMN {} SET DEFAULT {default}",
        alone(&column.relation, world.to),
        bare(&column.name)
    );
    vec![Statement::new(sql).does(Work::Alter, [relation_object(world.to, &column.relation)])]
}

/// What takes a column's default away.
pub fn drop_default(relation: &QName, column: &Name, world: &World<'_>) -> Vec<Statement> {
    let sql = format!(
        "ALTER {} ALTER COLUMN {} DROP DEFAULT",
        alone(relation, world.from),
        bare(column)
    );
    let statement = Statement::new(sql).does(Work::Alter, [relation_object(world.from, relation)]);
    let new = world.to.relation(relation).and_then(|relation| relation.column(column));
    // Whoever inserts without a value is refused from then on.
    let is_missed = new.is_some_and(|new| new.not_null && new.default.is_none() && new.identity.is_none());
    vec![match is_missed {
        true => statement.hazard("drop-default-on-required"),
        false => statement,
    }]
}

/// What making the column makes besides it.
pub(super) fn inlined(column: &Column, world: &World<'_>) -> Vec<ObjectId> {
    let mut made = Vec::new();
    if column.default.is_some() && default_is_inline(column, world) {
        made.push(column.default_object());
    }
    if column.identity.is_some() {
        made.extend(
            world
                .after
                .identity(&column.relation, &column.name)
                .map(Sequence::object),
        );
    }
    made
}

/// A column as `CREATE TABLE` and `ADD COLUMN` have it.
pub(super) fn definition(column: &Column, world: &World<'_>) -> String {
    let mut sql = format!("{} {}", bare(&column.name), column.data_type);
    if let Some(options) = foreign_clause(&column.foreign_options) {
        let _ = write!(sql, " {options}");
    }
    if let Some(collation) = &column.collation {
        let _ = write!(sql, " COLLATE {}", qualified(collation));
    }
    sql.push_str(&constraints(column, world));
    sql
}

/// A column of a typed table, where it has more than its type.
pub(super) fn with_options(column: &Column, world: &World<'_>) -> Option<String> {
    let constraints = constraints(column, world);
    (!constraints.is_empty()).then(|| format!("{} WITH OPTIONS{constraints}", bare(&column.name)))
}

fn constraints(column: &Column, world: &World<'_>) -> String {
    let mut sql = String::new();
    match (&column.default, column.generated) {
        (Some(_), Some(_)) if inherits_expression(column, world) => {}
        (Some(expression), Some(generated)) => {
            let kind = match generated {
                Generated::Stored => "STORED",
                Generated::Virtual => "VIRTUAL",
            };
            let _ = write!(sql, " GENERATED ALWAYS AS ({expression}) {kind}");
        }
        (Some(default), None) if default_is_inline(column, world) => {
            let _ = write!(sql, " DEFAULT {default}");
        }
        _ => {}
    }
    if let Some(identity) = column.identity
        && !is_numbered_by_parent(column, world)
    {
        let _ = write!(sql, " {}", identity_clause(column, identity, world));
    }
    if column.not_null && !(names_not_null(world) && has_named_not_null(column, world.to)) {
        // A table that is made anew may have left its usual names with partitions that it had.
        let is_told = world.replaced.contains(&column.relation) || usual_name_is_taken(column, world);
        if names_not_null(world) && (is_told || is_partitions(column, world.to)) {
            let name = not_null_name(column, world.to);
            if is_told || name != usual_name(column) {
                let _ = write!(sql, " CONSTRAINT {}", bare(&name));
            }
        }
        sql.push_str(" NOT NULL");
    }
    sql
}

/// Whether the column computes what its parent's does, which a child of the same statement must not say again.
fn inherits_expression(column: &Column, world: &World<'_>) -> bool {
    let Some(relation) = world.to.relation(&column.relation).filter(|_| column.inherited) else {
        return false;
    };
    let mut parents = relation.row.inherits.iter();
    parents.any(|parent| {
        let parent = world.to.relation(parent).and_then(|parent| parent.column(&column.name));
        parent.is_some_and(|parent| parent.generated.is_some())
    })
}

/// Whether NOT NULL is a constraint with a name on both sides: since PostgreSQL 18.
pub(super) fn names_not_null(world: &World<'_>) -> bool {
    [world.from, world.to].iter().all(|side| side.server.major >= 18)
}

fn usual_name(column: &Column) -> String {
    usual_not_null_name(&[&column.relation.name, &column.name])
}

/// Whether another table, one that was made like the column's perhaps, has the usual name: PostgreSQL would choose another.
fn usual_name_is_taken(column: &Column, world: &World<'_>) -> bool {
    let usual = Name::new(usual_name(column));
    let mut sides = [world.before, world.after].into_iter();
    sides.any(|kin| kin.takes_not_null(&column.relation.schema, &usual))
}

/// Whether the column is a partition's.
fn is_partitions(column: &Column, catalog: &Catalog) -> bool {
    let relation = catalog.relation(&column.relation);
    relation.is_some_and(|relation| relation.row.partition_of.is_some())
}

/// What the NOT NULL constraint of PostgreSQL 18 is called. A partition that was made as one has its parent's.
pub(super) fn not_null_name(column: &Column, catalog: &Catalog) -> String {
    let constraints = catalog.constraints.group(&column.relation, |row| &row.relation);
    let named = constraints
        .iter()
        .find(|row| matches!(&row.kind, ConstraintKind::NotNull { column: of } if *of == column.name));
    if let Some(named) = named {
        return named.name.to_string();
    }
    let relation = catalog.relation(&column.relation).filter(|_| column.inherited);
    // One that came with a parent has its name; one of a table that joined it later has that of the table's own.
    let parents = relation.into_iter().flat_map(|relation| {
        let named_so = relation.row.partition_of.is_some() || !column.local;
        relation.row.parents().filter(move |_| named_so)
    });
    let mut parents = parents.filter_map(|parent| catalog.relation(parent)?.column(&column.name));
    match parents.find(|parent| parent.not_null) {
        Some(parent) => not_null_name(parent, catalog),
        None => usual_name(column),
    }
}

/// Whether a constraint of PostgreSQL 18 says NOT NULL in a way of its own.
pub(super) fn has_named_not_null(column: &Column, catalog: &Catalog) -> bool {
    let constraints = catalog.constraints.group(&column.relation, |row| &row.relation);
    catalog.server.major >= 18
        && constraints
            .iter()
            .any(|row| matches!(&row.kind, ConstraintKind::NotNull { column: of } if *of == column.name))
}

/// Whether the default can stand where the column is made: nothing that it calls is made later.
pub(super) fn default_is_inline(column: &Column, world: &World<'_>) -> bool {
    if column.generated.is_some() {
        return true;
    }
    let default = column.default_object();
    let edges = world.to.edges.group(&default, |edge| &edge.from);
    edges.iter().all(|edge| !matches!(edge.to, ObjectId::Routine(_)))
}

/// Settings that only `ALTER … ALTER COLUMN` has: all of them, or those that differ from `old`.
pub(super) fn settings(column: &Column, old: Option<&Column>, world: &World<'_>) -> Vec<Statement> {
    let alter = format!(
        "ALTER {} ALTER COLUMN {}",
        alone(&column.relation, world.to),
        bare(&column.name)
    );
    let stays = |old: &&Column| (&old.data_type, &old.collation) == (&column.data_type, &column.collation);
    let mut statements = storage(column, old.filter(stays), world);
    let relation = relation_object(world.to, &column.relation);
    let mut say = |work: Work, sql: String| statements.push(Statement::new(sql).does(work, [relation.clone()]));
    if old.and_then(|old| old.statistics) != column.statistics {
        say(
            Work::Tune,
            format!("{alter} SET STATISTICS {}", column.statistics.unwrap_or(-1)),
        );
    }
    let none = Vec::new();
    let before = old.map_or(&none, |old| &old.options);
    for sql in setting_changes(&alter, before, &column.options) {
        say(Work::Tune, sql);
    }
    if let Some(old) = old
        && let Some(change) = change_foreign(&alter, &old.foreign_options, &column.foreign_options)
    {
        statements.push(change.does(Work::Alter, [relation]));
    }
    if old.is_none()
        && column.identity.is_some()
        && let Some(sequence) = world.after.identity(&column.relation, &column.name)
    {
        let relation = world.to.relation(&column.relation);
        let is_unlogged = relation.is_some_and(|relation| relation.row.unlogged);
        statements.extend(sequences::persistence(sequence, is_unlogged, world));
    }
    statements
}

/// How the column's values are stored: what differs from `old`, or from what its type gives a column that is made or
/// retyped, whatever it had before.
pub fn storage(column: &Column, old: Option<&Column>, world: &World<'_>) -> Vec<Statement> {
    let alter = format!(
        "ALTER {} ALTER COLUMN {}",
        alone(&column.relation, world.to),
        bare(&column.name)
    );
    let mut sql = Vec::new();
    if old.and_then(|old| old.storage.as_ref()) != column.storage.as_ref() {
        let strategy = match &column.storage {
            Some(storage) => storage.to_uppercase(),
            None if world.from.server.major >= 16 => "DEFAULT".to_owned(),
            None => own_storage(column, world).to_owned(),
        };
        sql.push(format!("{alter} SET STORAGE {strategy}"));
    }
    if old.and_then(|old| old.compression.as_ref()) != column.compression.as_ref() {
        let method = column.compression.as_deref().unwrap_or("default");
        sql.push(format!("{alter} SET COMPRESSION {method}"));
    }
    let relation = relation_object(world.to, &column.relation);
    let statements = sql.into_iter().map(Statement::new);
    statements
        .map(|statement| statement.does(Work::Alter, [relation.clone()]))
        .collect()
}

/// The storage strategy of the column's type itself (`pg_type.typstorage`).
fn own_storage(column: &Column, world: &World<'_>) -> &'static str {
    let plain = [
        "smallint",
        "integer",
        "bigint",
        "boolean",
        "real",
        "double precision",
        "date",
        "uuid",
        "oid",
        "\"char\"",
        "name",
    ];
    let main = ["numeric", "inet", "cidr"];
    let base = conversion::base(&column.data_type, world.to);
    let base = base.split('(').next().unwrap_or_default().trim();
    if plain.contains(&base) || base.starts_with("time") || base == "interval" || base == "money" {
        "PLAIN"
    } else if main.contains(&base) {
        "MAIN"
    } else {
        "EXTENDED"
    }
}

/// The relation of a column, without those that inherit from it.
pub(super) fn alone(relation: &QName, catalog: &Catalog) -> String {
    match catalog.relation(relation) {
        Some(found) if is_table(found.row.kind) && found.row.kind != RelationKind::ForeignTable => {
            format!("TABLE ONLY {}", qualified(relation))
        }
        _ => named(relation, catalog),
    }
}

/// The parents that a relation has on both sides, and does not leave meanwhile: to get another bound, or its parents in
/// another order.
pub fn kept_parents<'a>(relation: &QName, world: &World<'a>) -> Vec<&'a QName> {
    let (Some(old), Some(new)) = (world.from.relation(relation), world.to.relation(relation)) else {
        return Vec::new();
    };
    let inherited = new.row.inherits.iter();
    let inherited = inherited.take(inheritance::kept_parents(old.row, new.row, world));
    let place = new.row.partition_of.as_ref();
    let place = place.filter(|place| old.row.partition_of.as_ref() == Some(*place));
    let kept = inherited.chain(place.map(|place| &place.parent));
    kept.filter(|parent| world.stands(parent)).collect()
}

/// Whether the column appears by itself when that of a parent is made.
fn comes_from_parent(column: &Column, world: &World<'_>) -> bool {
    column.inherited
        && !column.local
        && kept_parents(&column.relation, world).iter().any(|parent| {
            let relation = world.to.relation(parent);
            relation.is_some_and(|relation| relation.column(&column.name).is_some())
        })
}

/// The parent's column that takes this one with it when it is dropped.
pub fn dropped_with_parent(column: &Column, world: &World<'_>) -> Option<ObjectId> {
    if !column.inherited || column.local {
        return None;
    }
    let parents = kept_parents(&column.relation, world).into_iter();
    let mut columns = parents.filter_map(|parent| world.from.relation(parent)?.column(&column.name));
    let parent = columns.find(|parent| !a_child_keeps(parent, world))?;
    Some(parent.object())
}

/// Whether a child of the column's table has the column on the new side without its parent, and would lose it with that:
/// it neither declares it nor has another parent that has it all along.
fn a_child_keeps(column: &Column, world: &World<'_>) -> bool {
    let stays = |relation: &QName| has_column(world.to, relation, &column.name);
    let loses_it = |child: &Relation| {
        let find = |catalog: &Catalog| catalog.relation(&child.name)?.column(&column.name).cloned();
        if find(world.from).is_some_and(|old| old.local) {
            return false;
        }
        let after = world.to.relation(&child.name);
        let mut others = child.inherits.iter().filter(|parent| **parent != column.relation);
        let has_another = others.any(|parent| {
            stays(parent)
                && has_column(world.from, parent, &column.name)
                && after.is_some_and(|after| after.row.inherits.contains(parent))
        });
        !has_another || find(world.to).is_some_and(|new| new.local)
    };
    let children = world.before.children(&column.relation).iter();
    let mut children = children.filter(|child| child.inherits.contains(&column.relation));
    !stays(&column.relation) && children.any(|child| stays(&child.name) && loses_it(child))
}

fn has_column(catalog: &Catalog, relation: &QName, column: &Name) -> bool {
    let relation = catalog.relation(relation);
    relation.is_some_and(|relation| relation.column(column).is_some())
}

/// Whether the table is of a type that is changed where it stands, and changes the table's columns with it.
fn type_is_altered(relation: &QName, world: &World<'_>) -> bool {
    let type_of = |catalog: &'_ Catalog| {
        catalog
            .relation(relation)
            .and_then(|relation| relation.row.of_type.clone())
    };
    let (Some(old), Some(new)) = (type_of(world.from), type_of(world.to)) else {
        return false;
    };
    let (Some(before), Some(after)) = (world.from.user_type(&old), world.to.user_type(&new)) else {
        return false;
    };
    old == new && matches!(before.alter(after, world), Alteration::InPlace(_))
}

/// Whether the column of a typed table gets another type or collation because the table's type is changed.
pub fn changes_with_type(old: &Column, new: &Column, world: &World<'_>) -> bool {
    (&old.data_type, &old.collation) != (&new.data_type, &new.collation) && type_is_altered(&new.relation, world)
}

/// Whether a parent's column changes in the same way, and takes this one with it.
fn parent_changes(old: &Column, new: &Column, world: &World<'_>) -> bool {
    kept_parents(&new.relation, world).iter().any(|parent| {
        let find = |catalog: &'_ Catalog| -> Option<Column> { catalog.relation(parent)?.column(&new.name).cloned() };
        let facts = |column: &Column| (column.data_type.clone(), column.collation.clone(), column.not_null);
        match (find(world.from), find(world.to)) {
            (Some(before), Some(after)) => facts(&before) == facts(old) && facts(&after) == facts(new),
            _ => false,
        }
    })
}

/// A statement about the column, with the lock that `ALTER TABLE` takes.
fn locked(column: &Column, sql: String, world: &World<'_>) -> Statement {
    Statement::new(sql).does(Work::Alter, world.family(&column.relation))
}
