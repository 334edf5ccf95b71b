//! Notes over HTTP, at `LISTEN` (or 127.0.0.1:3000), from the database at `DATABASE_URL`.

use notes_on_axum::app;
use sqlx::postgres::PgPoolOptions;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::var("DATABASE_URL")?;
    let pool = PgPoolOptions::new().max_connections(10).connect(&url).await?;
    let address = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3000".to_owned());
    let listener = tokio::net::TcpListener::bind(address).await?;
    Ok(axum::serve(listener, app(pool)).await?)
}
