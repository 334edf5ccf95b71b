//! Who can reach what: policies, their audit and their proof.

mod stubs;
mod test;
