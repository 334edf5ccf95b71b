//! `pgkeel advise`.

mod static_mode;
mod workload;
