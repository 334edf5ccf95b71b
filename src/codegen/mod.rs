//! Typed code out of a catalog: one neutral model, spelled per language.

pub mod files;
pub mod model;
pub mod naming;
