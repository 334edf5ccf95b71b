//! `pgkeel advise`.

mod static_mode;
