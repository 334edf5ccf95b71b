//! Who can reach what: policies, their audit and their proof.

mod audit;
mod invariants;
mod mutants;
mod stubs;
mod test;
mod written;
