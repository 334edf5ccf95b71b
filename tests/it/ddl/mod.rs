//! What `ddl` spells is run by real servers, and reads back as what was wanted.

mod objects;
mod pairs;
