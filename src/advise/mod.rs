//! Advice: what a schema would be better with, concluded from the catalog and from what the server has counted of its use.
//!
//! Each rule in `rules/` looks at one thing and gives findings: data, which the command line draws. A rule that needs
//! evidence says nothing without it: a snapshot knows of no index whether it is used.

mod context;
mod evidence;
mod online;
mod rules;
#[cfg(all(unix, feature = "db", feature = "checks", feature = "lint"))]
pub mod workload;

pub use context::Context;
pub use rules::{RULES, Rule, advise};
