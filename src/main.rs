//! The `pgkeel` command.

fn main() {}
