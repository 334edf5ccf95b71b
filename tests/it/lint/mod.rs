//! `pgkeel lint`: hazards of migration files.

mod cases;
mod command;
mod corpus;
mod layouts;
mod older;
mod rules;
