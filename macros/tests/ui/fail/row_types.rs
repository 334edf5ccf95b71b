mod db {
    pub mod public {
        pub enum Mood {}
    }
}

pub struct Settings;

enum OwnMood {}

#[pgkeel_macros::row("public.users", module = crate::db)]
struct User {
    // Another type.
    id: i32,
    // Never NULL.
    email: Option<String>,
    // Can be NULL.
    #[row(column = "displayName")]
    display_name: String,
    // Not the generated one.
    mood: OwnMood,
    // Elements can be NULL.
    tags: Vec<String>,
    settings: Settings,
}

#[pgkeel_macros::row("public.users")]
struct Own {
    mood: Option<OwnMood>,
    former_mood: OwnMood,
    #[row(nullable)]
    id: i64,
}

fn main() {}
