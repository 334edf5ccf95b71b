//! Who can reach what: policies, their audit and their proof.

mod audit;
mod mutants;
mod stubs;
mod test;
