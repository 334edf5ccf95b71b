//! Who can reach what: policies that are inferred from the schema, an audit of what the catalog grants, and a proof by
//! running as each role (manual, sections 5.8 and 5.9).

pub mod audit;
mod claims;
#[cfg(feature = "db")]
pub mod prove;
mod settings;
pub mod stubs;

pub use claims::{Claims, Source};
pub use settings::Settings;
