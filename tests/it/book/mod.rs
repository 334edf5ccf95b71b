//! The book and the diagrams.

mod diagram;
mod pages;
