//! `pgkeel advise`.

mod confirmed;
mod counted;
mod functions;
mod lab;
mod standby;
mod static_mode;
mod workload;
