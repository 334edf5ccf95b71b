//! Dependencies (`pg_depend`) that no field of the dependent's row says already.

use sqlx::Result;
use sqlx::postgres::PgRow;

use crate::catalog::ObjectId;
use crate::catalog::access::Edge;

use super::Reader;
use super::names::catalogs::{PG_ATTRDEF, PG_CLASS};
use super::values::{Oid, flag, number, oid};

/// By position: there may be tens of thousands.
pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let Some(from) = dependent(reader, oid(row, 0)?, oid(row, 1)?, number(row, 2)?) else {
        return Ok(());
    };
    let (catalog, object) = (oid(row, 4)?, oid(row, 5)?);
    let to = match reader.names.extension(catalog, object) {
        Some(extension) => ObjectId::Extension(extension),
        None => match reader.names.object(catalog, object, number(row, 6)?) {
            Some(to) => to,
            None => return Ok(()),
        },
    };
    if from != to && !is_said(&from, &to) {
        let declared = flag(row, 3)?;
        reader.draft.edges.push(Edge { from, to, declared });
    }
    Ok(())
}

/// The object that depends, where it has a row: PostgreSQL's own, extensions' and other people's are left out.
fn dependent(reader: &Reader<'_>, catalog: Oid, oid: Oid, column: i32) -> Option<ObjectId> {
    if catalog != PG_ATTRDEF {
        return reader.own_object(catalog, oid, column);
    }
    match reader.own_object(PG_CLASS, oid, column)? {
        ObjectId::Column(relation, column) => Some(ObjectId::Default(relation, column)),
        _ => None,
    }
}

/// Whether it is the relation that the dependent belongs to.
fn is_said(from: &ObjectId, to: &ObjectId) -> bool {
    use ObjectId::*;
    match (from, to) {
        (
            Rule(own, _) | Policy(own, _) | Trigger(own, _) | Default(own, _) | Constraint(own, _),
            Table(name) | ForeignTable(name) | View(name) | MaterializedView(name),
        ) => own == name,
        _ => false,
    }
}

/// Leaves each edge once; one that is declared as well as found is declared.
pub(super) fn settle(edges: &mut Vec<Edge>) {
    edges.sort_by(|a, b| (&a.from, &a.to, b.declared).cmp(&(&b.from, &b.to, a.declared)));
    edges.dedup_by(|later, first| later.from == first.from && later.to == first.to);
}
