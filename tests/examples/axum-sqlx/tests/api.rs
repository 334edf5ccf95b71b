//! Two people and their notes, against a real PostgreSQL: `DATABASE_URL` is the database as `api` signs in, `ADMIN_URL` as
//! its owner does, who adds the people.

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use notes_on_axum::app;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection, PgPool};
use tower::ServiceExt as _;
use uuid::Uuid;

/// Adds somebody who has signed in; gives his token.
async fn person(name: &str) -> String {
    let token = format!("{name} {}", std::process::id());
    let mut admin = PgConnection::connect(&std::env::var("ADMIN_URL").unwrap())
        .await
        .unwrap();
    sqlx::query(
        "with added as (insert into users (name) values ($1) returning id)
         insert into private.sessions select sha256(convert_to($2, 'UTF8')), id, now() + '1 hour' from added",
    )
    .bind(name)
    .bind(&token)
    .execute(&mut admin)
    .await
    .unwrap();
    token
}

async fn pool() -> PgPool {
    PgPool::connect(&std::env::var("DATABASE_URL").unwrap()).await.unwrap()
}

async fn call(pool: &PgPool, token: &str, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = app(pool.clone()).oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test]
async fn notes_are_their_owners() {
    let (pool, ada, bob) = (pool().await, person("Ada").await, person("Bob").await);
    let none = Value::Null;
    let (status, note) = call(&pool, &ada, "POST", "/notes", json!({"title": "Engine"})).await;
    assert_eq!(
        (status, &note["title"], &note["done_at"]),
        (StatusCode::CREATED, &json!("Engine"), &Value::Null)
    );
    let one = format!("/notes/{}", note["id"].as_str().unwrap());
    assert_eq!(call(&pool, &ada, "GET", "/notes", none.clone()).await.1, json!([note]));
    assert_eq!(call(&pool, &bob, "GET", "/notes", none.clone()).await.1, json!([]));
    assert_eq!(
        call(&pool, &bob, "PATCH", &one, json!({"body": "mine"})).await.0,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        call(&pool, &bob, "DELETE", &one, none.clone()).await.0,
        StatusCode::NOT_FOUND
    );
    let done = json!({"body": "Analytical", "done_at": "2026-01-05T09:00:00Z"});
    let (_, changed) = call(&pool, &ada, "PATCH", &one, done).await;
    assert_eq!(
        (&changed["title"], &changed["body"]),
        (&json!("Engine"), &json!("Analytical"))
    );
    assert_eq!(changed["done_at"], json!("2026-01-05T09:00:00Z"));
    let (_, changed) = call(&pool, &ada, "PATCH", &one, json!({"done_at": null})).await;
    assert_eq!(changed["done_at"], none);
    assert_eq!(
        call(&pool, &ada, "DELETE", &one, none.clone()).await.0,
        StatusCode::NO_CONTENT
    );
    assert_eq!(call(&pool, &ada, "GET", "/notes", none).await.1, json!([]));
}

#[tokio::test]
async fn nobody_reaches_anything_without_a_session() {
    let pool = pool().await;
    assert_eq!(
        call(&pool, "forged", "GET", "/notes", Value::Null).await.0,
        StatusCode::UNAUTHORIZED
    );
    // Not even past the API: the role that it signs in as has rights on no table.
    let refused = sqlx::query("select * from notes").execute(&pool).await.unwrap_err();
    assert!(
        refused.to_string().contains("permission denied for table notes"),
        "{refused}"
    );
}

#[tokio::test]
async fn what_does_not_fit_is_refused() {
    let (pool, eve) = (pool().await, person("Eve").await);
    for body in [
        json!({}),
        json!({"title": ""}),
        json!({"title": "x".repeat(201)}),
        json!({"title": "x", "body": "x".repeat(10_001)}),
        json!({"title": "x", "user_id": Uuid::nil()}),
        json!({"title": 1}),
    ] {
        let (status, _) = call(&pool, &eve, "POST", "/notes", body.clone()).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let (status, _) = call(&pool, &eve, "GET", "/notes?limit=1000", Value::Null).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(call(&pool, &eve, "GET", "/notes", Value::Null).await.1, json!([]));
}
