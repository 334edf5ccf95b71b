//! The schema as something to look at: pages, and diagrams of tables and what connects them.

mod graph;
mod markup;
mod place;
mod svg;
mod text;

pub use graph::{Columns, Graph, Web};
pub use svg::{Style, svg};
pub use text::{dot, mermaid};
