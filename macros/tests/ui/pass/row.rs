//! Structs that are right, in whatever way their types are called.

#[derive(Clone, Debug, PartialEq)]
pub struct Settings;

pub enum OwnMood {}

mod db {
    pgkeel_macros::schema!("schema.snapshot.json");
}

use std::time::SystemTime as Instant;
type Text = String;

#[pgkeel_macros::row("public.users")]
struct User {
    id: i64,
    email: Text,
    #[row(column = "displayName")]
    name: Option<String>,
    mood: OwnMood,
    former_mood: std::option::Option<OwnMood>,
    created_at: Instant,
}

#[pgkeel_macros::row("public.users", snapshot = "schema.snapshot.json", module = crate::db, exhaustive)]
struct Whole {
    id: i64,
    email: db::public::Email,
    #[row(column = "displayName")]
    display_name: Option<String>,
    mood: db::public::Mood,
    former_mood: Option<db::public::Mood>,
    tags: Vec<Option<String>>,
    settings: Settings,
    created_at: Instant,
}

/// What a left join gives, and what is the user's own.
#[pgkeel_macros::row("public.orders")]
struct Joined<'a, T: Clone> {
    #[row(nullable)]
    id: Option<i64>,
    #[row(as_is)]
    note: &'a str,
    #[row(as_is)]
    user_id: T,
}

#[pgkeel_macros::row("public.users", datetime = "time", types = { "pg_catalog.timestamptz" = "u8" })]
struct Overridden {
    created_at: u8,
}

fn main() {
    let _: fn(User, Whole, Joined<'_, u8>, Overridden) = |_, _, _, _| ();
}
