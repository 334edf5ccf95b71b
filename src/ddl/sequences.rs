//! Sequences.

use std::fmt::Write as _;

use crate::catalog::column::ColumnRef;
use crate::catalog::sequence::Sequence;
use crate::catalog::{Name, ObjectId};
use crate::sql::literal;

use super::columns::identity_clause;
use super::name::{bare, qualified};
use super::relations::named;
use super::{Alteration, Ddl, Loss, Part, Statement, Work, World};

impl Ddl for Sequence {
    fn create(&self, world: &World<'_>) -> Vec<Statement> {
        if self.identity {
            return add_identity(self, world);
        }
        let unlogged = if self.unlogged && world.from.server.major >= 15 {
            "UNLOGGED "
        } else {
            ""
        };
        let mut sql = format!("CREATE {unlogged}SEQUENCE {}", qualified(&self.name));
        if self.data_type != "bigint" {
            let _ = write!(sql, " AS {}", self.data_type);
        }
        sql.push_str(&deviations(self));
        let mut statements = vec![Statement::new(sql)];
        statements.extend(self.owned_by.as_ref().map(|column| owned_by(self, Some(column))));
        statements
    }

    fn drop(&self, world: &World<'_>) -> Vec<Statement> {
        match (&self.owned_by, self.identity) {
            (Some(column), true) => vec![
                Statement::new(format!(
                    "ALTER {} ALTER COLUMN {} DROP IDENTITY",
                    named(&column.relation, world.from),
                    bare(&column.column)
                ))
                .does(Work::Alter, world.family(&column.relation)),
            ],
            _ => vec![Statement::new(format!("DROP SEQUENCE {}", qualified(&self.name))).loses(Loss::DropSequence)],
        }
    }

    fn alter(&self, new: &Self, world: &World<'_>) -> Alteration {
        let Self {
            name: _,
            owner: _,
            data_type,
            start,
            increment,
            min,
            max,
            cache,
            cycle,
            unlogged,
            owned_by: column,
            identity,
            extension: _,
        } = self;
        let moves_identity = (*identity || new.identity) && *column != new.owned_by;
        if *identity != new.identity || moves_identity {
            return Alteration::Replace;
        }
        let mut changes = String::new();
        if *data_type != new.data_type {
            let _ = write!(changes, " AS {}", new.data_type);
        }
        let numbers = [
            ("INCREMENT BY", *increment, new.increment),
            ("MINVALUE", *min, new.min),
            ("MAXVALUE", *max, new.max),
            ("START WITH", *start, new.start),
            ("CACHE", *cache, new.cache),
        ];
        for (keyword, before, after) in numbers {
            // Another type or direction brings other bounds along: they are all said.
            let is_bound = keyword.ends_with("VALUE") && (*data_type != new.data_type || *increment != new.increment);
            if before != after || is_bound {
                let _ = write!(changes, " {keyword} {after}");
            }
        }
        // Where it stands is nowhere between the new bounds.
        if new.max < *min || *max < new.min {
            changes.push_str(" RESTART");
        }
        if *cycle != new.cycle {
            changes.push_str(if new.cycle { " CYCLE" } else { " NO CYCLE" });
        }
        let mut statements = Vec::new();
        if !changes.is_empty() {
            // What a smaller type does not hold has to be gone before the column gets that type.
            let narrows = *identity && largest(&new.data_type) < largest(data_type);
            let part = if narrows { Part::Detachment } else { Part::Itself };
            statements.push(Statement::new(format!("ALTER SEQUENCE {}{changes}", qualified(&new.name))).part(part));
        }
        if *unlogged != new.unlogged && world.from.server.major >= 15 {
            let logged = if new.unlogged { "UNLOGGED" } else { "LOGGED" };
            statements.push(Statement::new(format!(
                "ALTER SEQUENCE {} SET {logged}",
                qualified(&new.name)
            )));
        }
        if *column != new.owned_by {
            // It must not go with a column that it no longer belongs to.
            if new.owned_by.is_none() || column.is_some() {
                statements.push(owned_by(new, None));
            }
            statements.extend(new.owned_by.as_ref().map(|column| owned_by(new, Some(column))));
        }
        Alteration::InPlace(statements)
    }
}

/// What makes an identity's sequence logged or not, where it is not as its table is.
pub(super) fn persistence(sequence: &Sequence, is_table_unlogged: bool, world: &World<'_>) -> Option<Statement> {
    if sequence.unlogged == is_table_unlogged || world.from.server.major < 15 {
        return None;
    }
    let logged = if sequence.unlogged { "UNLOGGED" } else { "LOGGED" };
    Some(Statement::new(format!(
        "ALTER SEQUENCE {} SET {logged}",
        qualified(&sequence.name)
    )))
}

/// What takes the sequence from its column, which goes, and gives it to the one that comes.
pub fn regain_owner(sequence: &Sequence) -> Vec<Statement> {
    let mut statements = vec![owned_by(sequence, None)];
    statements.extend(
        sequence
            .owned_by
            .as_ref()
            .map(|column| owned_by(sequence, Some(column))),
    );
    statements
}

fn owned_by(sequence: &Sequence, column: Option<&ColumnRef>) -> Statement {
    let alter = format!("ALTER SEQUENCE {} OWNED BY", qualified(&sequence.name));
    match column {
        None => Statement::new(format!("{alter} NONE")).part(Part::Detachment),
        Some(column) => Statement::new(format!(
            "{alter} {}.{}",
            qualified(&column.relation),
            crate::sql::identifier(&column.column)
        ))
        .part(Part::Link)
        .needs(ObjectId::Column(column.relation.clone(), column.column.clone())),
    }
}

/// A column that is there begins to count where its values end.
fn add_identity(sequence: &Sequence, world: &World<'_>) -> Vec<Statement> {
    let Some(owner) = &sequence.owned_by else {
        return Vec::new();
    };
    let relation = world.to.relation(&owner.relation);
    let column = relation.and_then(|relation| relation.column(&owner.column));
    let Some((column, identity)) = column.and_then(|column| Some((column, column.identity?))) else {
        return Vec::new();
    };
    let add = Statement::new(format!(
        "ALTER {} ALTER COLUMN {} ADD {}",
        named(&owner.relation, world.to),
        bare(&column.name),
        identity_clause(column, identity, world)
    ))
    .does(Work::Alter, world.family(&owner.relation));
    let (table, name) = (qualified(&owner.relation), bare(&column.name));
    let last = if sequence.increment > 0 { "max" } else { "min" };
    let count = Statement::new(format!(
        "SELECT pg_catalog.setval({}, {last}({name})) FROM {table} HAVING {last}({name}) BETWEEN {} AND {}",
        literal(&qualified(&sequence.name)),
        sequence.min,
        sequence.max
    ))
    .scans();
    let is_unlogged = relation.is_some_and(|relation| relation.row.unlogged);
    let mut statements = vec![add, count];
    statements.extend(persistence(sequence, is_unlogged, world));
    statements
}

/// What the sequence says that a sequence of its type does not say by itself (manual, `CREATE SEQUENCE`).
pub(super) fn deviations(sequence: &Sequence) -> String {
    let largest = largest(&sequence.data_type);
    let is_ascending = sequence.increment > 0;
    let (min, max) = if is_ascending { (1, largest) } else { (-largest - 1, -1) };
    let start = if is_ascending { sequence.min } else { sequence.max };
    let mut sql = String::new();
    let numbers = [
        ("START WITH", sequence.start, start),
        ("INCREMENT BY", sequence.increment, 1),
        ("MINVALUE", sequence.min, min),
        ("MAXVALUE", sequence.max, max),
        ("CACHE", sequence.cache, 1),
    ];
    for (keyword, value, usual) in numbers {
        if value != usual {
            let _ = write!(sql, " {keyword} {value}");
        }
    }
    if sequence.cycle {
        sql.push_str(" CYCLE");
    }
    sql
}

fn largest(data_type: &Name) -> i64 {
    match data_type.as_str() {
        "smallint" => i64::from(i16::MAX),
        "integer" => i64::from(i32::MAX),
        _ => i64::MAX,
    }
}
