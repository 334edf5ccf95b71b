//! The audit: who can reach what, and what is wrong with it, concluded from the catalog alone.
//!
//! [`rights`] says what a role really can. Each rule in `rules/` looks at one thing that goes wrong and gives findings:
//! data, which the command line draws. What an expression of a policy comes to is worked out in `truth.rs` over the tree
//! that `expressions.rs` reads.

#[cfg(feature = "checks")]
mod context;
#[cfg(feature = "checks")]
pub(super) mod expressions;
#[cfg(feature = "checks")]
pub mod matrix;
pub mod rights;
#[cfg(feature = "checks")]
mod rules;
#[cfg(feature = "checks")]
pub(super) mod truth;

#[cfg(feature = "checks")]
pub use context::Context;
#[cfg(feature = "checks")]
pub use rules::{RULES, Rule, audit, audit_by};
