//! Files in users' folders, and messages between users.

use super::infer::{ALL, denied};
use super::model::{Access, Audience, Test};
use super::shape::{Table, UserColumn, is_boolean, is_number, is_text, is_time};
use super::words;
use crate::catalog::QName;
use crate::catalog::column::Column;
use crate::catalog::trigger::Event;
use crate::config::Archetype;

/// Paths below the user's own folder.
pub(super) fn paths(table: &Table<'_>) -> Option<Access> {
    let bucket = table.column("bucket_id").or_else(|| table.column("bucket"))?;
    let path = table
        .column("name")
        .or_else(|| table.column("path"))
        .filter(|column| is_text(column))?;
    let default = bucket.default.as_deref().and_then(|default| default.split('\'').nth(1));
    match default {
        Some(bucket_name) => Some(storage_path(table, bucket, path, bucket_name)),
        None => Some(denied(
            table.name(),
            &[
                format!("{{ archetype = \"storage-path\", bucket = … }} by {}", path.name),
                "service-only".to_owned(),
            ],
        )),
    }
}

/// Paths of a bucket below the user's own folder.
pub(super) fn storage_path(table: &Table<'_>, bucket: &Column, path: &Column, bucket_name: &str) -> Access {
    let catalog = table.relation.catalog;
    let foldername = QName::new("storage", "foldername");
    let has_foldername = catalog.routines.iter().any(|row| row.id.name == foldername)
        || catalog
            .schemas
            .iter()
            .any(|row| row.name == "storage" && row.reference_only);
    let test = Test::In(bucket.name.clone(), vec![bucket_name.to_owned()]);
    let test = test.and(Test::Path(path.name.clone(), has_foldername));
    let evidence = format!(
        "the first part of {} is the user's key, in the bucket {bucket_name}",
        path.name
    );
    Access::of(Archetype::StoragePath, evidence, ALL, &test)
}

/// Messages from one user to another.
pub(super) fn messages(table: &Table<'_>, from: &Column, to: &Column) -> Access {
    let is = |column: &Column| Test::User(column.name.clone(), column.data_type.clone());
    let evidence = format!("messages from {} to {}", from.name, to.name);
    let mut access = Access::of(Archetype::TwoParties, evidence, &[Event::Insert], &is(from));
    access.allow(Event::Select, Audience::SignedIn, Test::Any(vec![is(from), is(to)]));
    let is_receipt = |column: &Column| {
        (is_time(column) || is_boolean(column))
            && words::has(&column.name, &["read", "seen", "opened", "delivered", "viewed"])
    };
    if table.find(is_receipt).is_some() {
        access.allow(Event::Update, Audience::SignedIn, is(to));
        access.withheld.update = table.names(|column| !is_receipt(column));
    }
    access
}

/// Who sends and who receives, where the table is one of messages.
pub(super) fn two_parties<'t>(table: &Table<'_>, users: &[UserColumn<'t>]) -> Option<(&'t Column, &'t Column)> {
    let [first, second] = users else { return None };
    const FROM: &[&str] = &["sender", "from", "sent"];
    const TO: &[&str] = &["recipient", "receiver", "to", "addressee", "received"];
    let is = |user: &UserColumn<'_>, list: &[&str]| words::has(&user.column.name, list);
    let (from, to) = match (is(first, FROM) && is(second, TO), is(second, FROM) && is(first, TO)) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => return None,
    };
    let is_body = |column: &Column| {
        is_text(column)
            && words::has(
                &column.name,
                &["body", "content", "message", "text", "subject", "ciphertext"],
            )
    };
    let is_value =
        |column: &Column| is_number(column) && words::has(&column.name, &["amount", "value", "total", "price"]);
    let is_message = table.find(is_body).is_some() && table.find(is_value).is_none();
    let both = from.column.not_null && to.column.not_null;
    (is_message && both).then_some((from.column, to.column))
}
