mod db {
    pgkeel_macros::schema!("broken.snapshot.json");
}

fn main() {}
