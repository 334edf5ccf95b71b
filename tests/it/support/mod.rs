//! What the tests work against: compilers, clients, servers and databases.

pub(crate) mod command;
pub(crate) mod corpus;
pub(crate) mod database;
pub(crate) mod findings;
pub(crate) mod servers;
pub(crate) mod toolchain;
