//! `pgkeel lint`: hazards of migration files.

mod corpus;
