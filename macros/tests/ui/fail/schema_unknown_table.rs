mod slip {
    pgkeel_macros::schema!("schema.snapshot.json", tables = ["public.orders", "public.usres"]);
}

mod bare {
    pgkeel_macros::schema!("schema.snapshot.json", tables = ["users"]);
}

fn main() {}
