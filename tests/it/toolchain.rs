//! The compilers that judge generated code: that they run with the real clients, and are strict.

use crate::support::database::{database, environment};
use crate::support::toolchain::{cargo_check, cargo_run, mypy, node, python, tsc};

#[test]
fn typescript_meets_the_real_clients() {
    let main = r#"
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { Kysely, type Generated } from "kysely";
import { Pool } from "pg";
import postgres from "postgres";
import { z } from "zod";
import { answer } from "./answer.js";

interface Tables { users: { id: Generated<number>; name: string | null } }
export const query = (db: Kysely<Tables>) => db.selectFrom("users").select("name").execute();
export const supabase = (url: string): SupabaseClient => createClient(url, "key");
export const clients = [Pool, postgres];
console.log(z.object({ answer: z.number() }).parse({ answer }).answer);
"#;
    let files = [("main.ts", main), ("answer.ts", "export const answer: number = 42;\n")];
    assert_eq!(node("toolchain", &files, "main", &[]).unwrap(), "42\n");
}

#[test]
fn typescript_is_checked_strictly() {
    let wrong = |name: &str, source: &str| tsc(&format!("strict-{name}"), &[("a.ts", source)]).unwrap_err();
    assert!(wrong("null", "export const a: string = null;").contains("TS2322"));
    assert!(wrong("index", "export const a = (b: string[]): string => b[0];").contains("TS2322"));
    assert!(wrong("exact", "export const a: { b?: number } = { b: undefined };").contains("TS2375"));
}

#[test]
fn python_meets_the_real_clients() {
    let models = r#"
from pydantic import BaseModel, ConfigDict
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)


class UserRow(BaseModel):
    model_config = ConfigDict(from_attributes=True)
    id: int
"#;
    let main = r#"
import psycopg
from models import User, UserRow

print(psycopg.paramstyle, UserRow.model_validate(User(id=1)).id)
"#;
    let files = [("models.py", models), ("main.py", main)];
    mypy("toolchain", &files).unwrap();
    assert_eq!(python("toolchain", &files, "main.py", &[]).unwrap(), "pyformat 1\n");
}

#[test]
fn python_is_checked_strictly() {
    let wrong = |name: &str, source: &str| mypy(&format!("strict-{name}"), &[("a.py", source)]).unwrap_err();
    assert!(wrong("untyped", "def f(x):\n    return x\n").contains("no-untyped-def"));
    let model = "from pydantic import BaseModel\n\n\nclass A(BaseModel):\n    b: int\n\n\nA(b=\"1\")\n";
    assert!(wrong("pydantic", model).contains("arg-type"));
    let shadow = "from pydantic import BaseModel\n\n\nclass A(BaseModel):\n    json: int\n";
    assert!(
        python("strict-warning", &[("a.py", shadow)], "a.py", &[])
            .unwrap_err()
            .contains("shadows")
    );
}

#[test]
fn rust_meets_the_real_clients_and_is_checked_strictly() {
    let lib = r#"
//! Rows for two clients.

/// A row.
#[derive(Debug, sqlx::FromRow, serde::Serialize)]
pub struct User {
    /// Its key.
    pub id: uuid::Uuid,
    /// Since when.
    pub at: chrono::DateTime<chrono::Utc>,
}

/// A mood.
#[derive(Debug, postgres_types::FromSql, postgres_types::ToSql)]
pub enum Mood {
    /// Good.
    #[postgres(name = "good")]
    Good,
}

/// A query.
pub async fn moods(client: &tokio_postgres::Client) -> Result<Vec<Mood>, tokio_postgres::Error> {
    client.query("select mood from t", &[])
        .await?.iter().map(|row| row.try_get(0)).collect()
}
"#;
    cargo_check("toolchain", &[("lib.rs", lib)], &[]).unwrap();
    assert!(
        cargo_check("strict", &[("lib.rs", "use std::fmt;\n")], &[])
            .unwrap_err()
            .contains("unused import")
    );
    let main = "fn main() {\n    println!(\"{}\", uuid::Uuid::nil());\n}\n";
    assert_eq!(
        cargo_run("run", &[("main.rs", main)], &[]).unwrap(),
        "00000000-0000-0000-0000-000000000000\n"
    );
}

#[tokio::test]
async fn every_client_reaches_a_scratch_database() {
    let database = database("create table t as select 42 as answer").await;
    let env = environment(&database);

    let main = r#"
import pg from "pg";
import postgres from "postgres";

const client = new pg.Client({ connectionString: process.env["DATABASE_URL"] ?? "" });
await client.connect();
console.log((await client.query<{ answer: number }>("select answer from t")).rows[0]?.answer);
await client.end();
const sql = postgres();
console.log((await sql<{ answer: number }[]>`select answer from t`)[0]?.answer);
await sql.end();
"#;
    assert_eq!(node("clients", &[("main.ts", main)], "main", &env).unwrap(), "42\n42\n");

    let main = r#"
import os

import psycopg
from sqlalchemy import create_engine, text

with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
    print(connection.execute("select answer from t").fetchone()[0])
engine = create_engine("postgresql+psycopg://")
with engine.connect() as connection:
    print(connection.execute(text("select answer from t")).scalar())
engine.dispose()
"#;
    assert_eq!(
        python("clients", &[("main.py", main)], "main.py", &env).unwrap(),
        "42\n42\n"
    );

    let main = r#"
#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::var("DATABASE_URL").unwrap();
    let mut conn = <sqlx::PgConnection as sqlx::Connection>::connect(&url).await.unwrap();
    println!("{}", sqlx::query_scalar::<_, i32>("select answer from t").fetch_one(&mut conn).await.unwrap());
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    println!("{}", client.query_one("select answer from t", &[]).await.unwrap().get::<_, i32>(0));
}
"#;
    assert_eq!(cargo_run("clients", &[("main.rs", main)], &env).unwrap(), "42\n42\n");
}
