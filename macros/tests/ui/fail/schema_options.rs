mod unknown {
    pgkeel_macros::schema!("schema.snapshot.json", tabels = ["public.users"]);
}

mod wrong {
    pgkeel_macros::schema!("schema.snapshot.json", style = "sqlxx");
}

mod kind {
    pgkeel_macros::schema!("schema.snapshot.json", tables = "public.users");
}

mod twice {
    pgkeel_macros::schema!("schema.snapshot.json", serde = false, serde = true);
}

mod together {
    pgkeel_macros::schema!("schema.snapshot.json", style = "tokio-postgres", decimal = "bigdecimal");
}

mod nowhere {
    pgkeel_macros::schema!("schema.snapshot.json", config = "nowhere.toml");
}

mod nothing {
    pgkeel_macros::schema!();
}

fn main() {}
