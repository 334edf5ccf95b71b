//! Who can reach what: policies, their audit and their proof.

mod audit;
mod stubs;
mod test;
