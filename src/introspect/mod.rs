//! Reads a live database into a catalog.

pub mod connect;
