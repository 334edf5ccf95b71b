mod db {
    pgkeel_macros::schema!("db/schema.snapshot.json");
}

fn main() {}
