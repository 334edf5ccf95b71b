#[pgkeel_macros::row("public.users")]
struct User {
    id: i64,
    emial: String,
    display_name: Option<String>,
    #[row(column = "createdAt")]
    created_at: std::time::SystemTime,
    #[row(asis)]
    mood: (),
}

#[pgkeel_macros::row("public.order")]
struct Order {
    id: i64,
}

#[pgkeel_macros::row("public.orders", exhaustive)]
struct Part {
    id: i64,
}

#[pgkeel_macros::row("public.orders")]
struct Unnamed(i64);

#[pgkeel_macros::row("public.orders")]
enum Neither {}

fn main() {}
