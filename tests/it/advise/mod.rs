//! `pgkeel advise`.

mod confirmed;
mod counted;
mod functions;
mod static_mode;
mod workload;
