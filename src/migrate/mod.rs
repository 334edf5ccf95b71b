//! Migrations: what turns one schema into another.

mod diff;
mod order;
pub mod plan;

pub use plan::{Options, Plan, plan};
