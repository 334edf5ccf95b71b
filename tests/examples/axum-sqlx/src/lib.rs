//! Notes over HTTP.
//!
//! The database decides who sees what: each request runs in one transaction, as the role `app_user`, with the signed-in
//! user's id where the policies look for it. The rows are the generated types; what is taken in has types of its own, with
//! no field that a client may not set.

pub mod db {
    include!(concat!(env!("OUT_DIR"), "/db.rs"));
}
mod failure;
mod signed_in;

use axum::extract::{DefaultBodyLimit, Path, Query};
use axum::http::StatusCode;
use axum::routing::{get, patch};
use axum::{Json, Router};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::PgPool;
use uuid::Uuid;

use db::public::Notes;
use failure::{Body, Failure, Result};
use signed_in::SignedIn;

/// What a request may hold, in bytes.
const MOST: usize = 64 * 1024;

/// The whole application.
pub fn app(pool: PgPool) -> Router {
    Router::new()
        .route("/notes", get(list).post(add))
        .route("/notes/{id}", patch(change).delete(remove))
        .layer(DefaultBodyLimit::max(MOST))
        .with_state(pool)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: Option<i64>,
}

async fn list(mut user: SignedIn, Query(page): Query<Page>) -> Result<Json<Vec<Notes>>> {
    let limit = page.limit.unwrap_or(20);
    if !(1..=100).contains(&limit) {
        return Err(Failure::invalid("limit is 1 to 100"));
    }
    let notes = sqlx::query_as("select * from notes order by created_at desc, id limit $1")
        .bind(limit)
        .fetch_all(&mut *user.transaction)
        .await?;
    Ok(Json(notes))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewNote {
    title: String,
    #[serde(default)]
    body: String,
}

async fn add(mut user: SignedIn, Body(note): Body<NewNote>) -> Result<(StatusCode, Json<Notes>)> {
    check(Some(&note.title), Some(&note.body))?;
    let added = sqlx::query_as("insert into notes (title, body) values ($1, $2) returning *")
        .bind(note.title)
        .bind(note.body)
        .fetch_one(&mut *user.transaction)
        .await?;
    user.transaction.commit().await?;
    Ok((StatusCode::CREATED, Json(added)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NoteChange {
    title: Option<String>,
    body: Option<String>,
    /// When it was done; `null` where it is to be done after all.
    #[serde(default, deserialize_with = "given")]
    done_at: Option<Option<DateTime<Utc>>>,
}

async fn change(mut user: SignedIn, Path(id): Path<Uuid>, Body(change): Body<NoteChange>) -> Result<Json<Notes>> {
    check(change.title.as_deref(), change.body.as_deref())?;
    let changed = sqlx::query_as(
        "update notes set title = coalesce($2, title), body = coalesce($3, body),
           done_at = case when $4 then $5 else done_at end
         where id = $1 returning *",
    )
    .bind(id)
    .bind(change.title)
    .bind(change.body)
    .bind(change.done_at.is_some())
    .bind(change.done_at.flatten())
    .fetch_optional(&mut *user.transaction)
    .await?;
    user.transaction.commit().await?;
    changed.map(Json).ok_or(Failure::Absent)
}

async fn remove(mut user: SignedIn, Path(id): Path<Uuid>) -> Result<StatusCode> {
    let removed = sqlx::query("delete from notes where id = $1")
        .bind(id)
        .execute(&mut *user.transaction)
        .await?;
    user.transaction.commit().await?;
    match removed.rows_affected() {
        0 => Err(Failure::Absent),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

/// What the constraints of the schema say, told before the database would.
fn check(title: Option<&str>, body: Option<&str>) -> Result<()> {
    if title.is_some_and(|title| !(1..=200).contains(&title.chars().count())) {
        return Err(Failure::invalid("a title has 1 to 200 characters"));
    }
    if body.is_some_and(|body| body.chars().count() > 10_000) {
        return Err(Failure::invalid("a note has at most 10,000 characters"));
    }
    Ok(())
}

/// Tells `null` from what is not there.
fn given<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<Option<DateTime<Utc>>>, D::Error> {
    Option::deserialize(value).map(Some)
}
