//! Publications and subscriptions (`pg_publication`, `pg_publication_rel`, `pg_publication_namespace`,
//! `pg_subscription`).

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::publication::{Publication, PublicationSchema, PublicationTable, Subscription};
use crate::catalog::trigger::Event;
use crate::catalog::{Name, ObjectId};
use crate::diagnostic::Diagnostic;

use super::Reader;
use super::names::catalogs::{PG_PUBLICATION, PG_PUBLICATION_NAMESPACE, PG_PUBLICATION_REL, PG_SUBSCRIPTION};
use super::values::{Oid, Texts, int2vector};

#[derive(FromRow)]
struct Row<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
    all_tables: bool,
    insert: bool,
    update: bool,
    delete: bool,
    truncate: bool,
    via_root: bool,
    generated_columns: bool,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    let name = Name::from(row.name);
    let object = ObjectId::Publication(name.clone());
    if reader.is_ours(PG_PUBLICATION, row.oid, &object) {
        reader.draft.publications.push(Publication {
            name,
            owner: reader.names.role(row.owner),
            all_tables: row.all_tables,
            publish: [
                (row.insert, Event::Insert),
                (row.update, Event::Update),
                (row.delete, Event::Delete),
                (row.truncate, Event::Truncate),
            ]
            .into_iter()
            .filter(|(published, _)| *published)
            .map(|(_, event)| event)
            .collect(),
            via_root: row.via_root,
            generated_columns: row.generated_columns,
        });
    }
    reader.names.add_object(PG_PUBLICATION, row.oid, object);
    Ok(())
}

#[derive(FromRow)]
struct Table<'r> {
    oid: Oid,
    publication: &'r str,
    relation: Oid,
    columns: Option<&'r str>,
    filter: Option<&'r str>,
}

pub(super) fn take_table(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Table::from_row(row)?;
    let Some(class) = reader.names.readable_class(row.relation) else {
        return Ok(());
    };
    let (publication, relation) = (Name::from(row.publication), class.name.clone());
    let mut columns = reader
        .names
        .columns(row.relation, &int2vector(row.columns.unwrap_or_default())?);
    columns.sort();
    let object = ObjectId::PublicationTable(publication.clone(), relation.clone());
    reader.names.add_object(PG_PUBLICATION_REL, row.oid, object);
    reader.draft.publication_tables.push(PublicationTable {
        publication,
        relation,
        columns,
        filter: row.filter.map(str::to_owned),
    });
    Ok(())
}

#[derive(FromRow)]
struct Schema<'r> {
    oid: Oid,
    publication: &'r str,
    schema: Oid,
}

pub(super) fn take_schema(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Schema::from_row(row)?;
    let Some((schema, _)) = reader.names.schema(row.schema) else {
        return Ok(());
    };
    let (publication, schema) = (Name::from(row.publication), schema.clone());
    let object = ObjectId::PublicationSchema(publication.clone(), schema.clone());
    reader.names.add_object(PG_PUBLICATION_NAMESPACE, row.oid, object);
    reader
        .draft
        .publication_schemas
        .push(PublicationSchema { publication, schema });
    Ok(())
}

#[derive(FromRow)]
struct SubscriptionRow<'r> {
    oid: Oid,
    name: &'r str,
    owner: Oid,
    enabled: bool,
    connection: Option<&'r str>,
    publications: Texts,
    slot: Option<&'r str>,
    options: Texts,
}

pub(super) fn take_subscription(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = SubscriptionRow::from_row(row)?;
    let name = Name::from(row.name);
    if reader.major < 14 {
        let warning =
            "its synchronous_commit and its comment are not read: PostgreSQL 13 shows them to superusers only";
        reader
            .diagnostics
            .push(Diagnostic::warning(format!("subscription {name}"), warning));
    }
    reader
        .names
        .add_object(PG_SUBSCRIPTION, row.oid, ObjectId::Subscription(name.clone()));
    reader.draft.subscriptions.push(Subscription {
        name,
        owner: reader.names.role(row.owner),
        enabled: row.enabled,
        connection: row.connection.map(str::to_owned),
        publications: row.publications.into_sorted_names(),
        slot: row.slot.map(Into::into),
        options: row.options.into_sorted_names(),
    });
    Ok(())
}
