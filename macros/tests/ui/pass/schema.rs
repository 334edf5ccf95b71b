//! Whole and chosen, under other names, with other derives and types.

#[derive(Clone, Debug, PartialEq)]
pub struct Settings;

#[derive(Clone, Debug, PartialEq)]
pub struct Email(pub String);

mod all {
    pgkeel_macros::schema!("schema.snapshot.json");
}

mod chosen {
    pgkeel_macros::schema!(
        "schema.snapshot.json",
        tables = ["public.orders", "app.jobs"],
        names = { "public.orders" = "Purchase", "public.orders.user_id" = "buyer" },
        derives = ["Hash"],
    );
}

mod typed {
    pgkeel_macros::schema!(
        "schema.snapshot.json",
        tables = ["public.users"],
        types = { "public.email" = "crate::Email" },
        columns = { "public.users.id" = "u64" },
        config = "pgkeel.toml",
    );
}

fn main() {
    let _ = all::public::Orders { id: 1, user_id: 2, note: None };
    let _ = all::app::Jobs { id: 1, state: Some(all::public::Mood::Ok) };
    let purchase = chosen::public::Purchase { id: 1, buyer: 2, note: None };
    assert_eq!(std::collections::HashSet::from([purchase]).len(), 1);
    // The enum came along with the table that needs it.
    let _ = chosen::app::Jobs { id: 1, state: Some(chosen::public::Mood::Sad) };
    let user = typed::public::Users {
        id: 1_u64,
        email: Email("a@b".to_owned()),
        display_name: None,
        mood: typed::public::Mood::Ok,
        former_mood: None,
        tags: vec![None],
        settings: Settings,
        created_at: std::time::SystemTime::now(),
    };
    let _ = user.clone();
}
