//! Migrations: what turns one schema into another.

mod diff;
mod order;
pub mod plan;
#[cfg(feature = "db")]
pub mod prove;
pub mod render;

pub use plan::{Options, Plan, plan};
