//! Migrations: what turns one schema into another, and running it where that matters.

mod column_order;
mod cycles;
mod diff;
pub mod drift;
mod needs;
mod order;
pub mod plan;
#[cfg(feature = "db")]
pub mod prove;
pub mod rename;
pub mod render;
#[cfg(feature = "db")]
pub mod run;
#[cfg(feature = "db")]
pub mod spelling;
mod together;

pub use column_order::column_orders;
pub use plan::{Options, Plan, plan};
