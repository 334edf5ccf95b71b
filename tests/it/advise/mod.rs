//! `pgkeel advise`.

mod confirmed;
mod static_mode;
mod workload;
