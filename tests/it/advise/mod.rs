//! `pgkeel advise`.

mod confirmed;
mod counted;
mod static_mode;
mod workload;
