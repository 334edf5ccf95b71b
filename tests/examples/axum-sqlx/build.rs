//! The types of the committed snapshot.

fn main() {
    pgkeel::build_script::generate().unwrap_or_else(|e| e.exit());
}
