//! Migrations: what turns one schema into another.

mod diff;
mod order;
pub mod plan;
pub mod render;

pub use plan::{Options, Plan, plan};
