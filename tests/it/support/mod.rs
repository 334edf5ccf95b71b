//! What the tests work against: compilers, clients and servers.

pub(crate) mod servers;
pub(crate) mod toolchain;
