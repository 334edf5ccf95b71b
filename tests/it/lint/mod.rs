//! `pgkeel lint`: hazards of migration files.

mod command;
mod corpus;
mod rules;
