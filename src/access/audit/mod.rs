//! The audit: who can reach what, concluded from the catalog alone.

pub mod rights;
