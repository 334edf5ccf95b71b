//! The integration tests: one binary, one module a subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod advise;
mod book;
mod build_script;
mod check;
mod check_recipes;
mod cli;
mod config;
mod ddl;
mod diff;
mod example;
mod golden;
mod house;
mod introspect;
mod introspect_access;
mod introspect_complete;
mod introspect_objects;
mod json_schema;
mod lanes;
mod lint;
mod locks;
mod lower;
mod mcp;
mod migrate;
mod nullability;
mod property;
mod pull;
mod python;
mod rls;
mod rust;
mod scratch;
mod servers;
mod support;
mod toolchain;
mod typescript;
mod watch;
