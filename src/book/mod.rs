//! The schema as something to look at: pages, and diagrams of tables and what connects them.
//!
//! What other rooms know of the schema (its types in each language, who reaches what, what is wrong with it, how it came
//! about) is handed in as data, as [`Contents`] has it.

mod file;
mod graph;
mod highlight;
mod markup;
mod pages;
mod place;
mod search;
mod settle;
mod shell;
mod site;
mod svg;
mod text;

use std::collections::BTreeMap;
use std::path::Path;

pub use file::Written;
pub use graph::{Columns, Graph, Web};
pub use svg::{Style, svg};
pub use text::{dot, mermaid};

use crate::Result;
use crate::catalog::scope::Scope;
use crate::catalog::{Catalog, Name, ObjectId, QName};
use crate::finding::Finding;

/// What a book is made of.
pub struct Contents<'a> {
    /// What it is called: where the schema comes from.
    pub title: &'a str,
    /// The schema.
    pub catalog: &'a Catalog,
    /// Which of it is ours, and so has pages.
    pub scope: &'a Scope,
    /// The generated code, a language after the other.
    pub languages: &'a [Language],
    /// Who can do what, by object, role and command.
    pub access: &'a [Access],
    /// What is wrong, or could be better, in the order in which it is shown.
    pub findings: &'a [Finding],
    /// The migrations, from the oldest on.
    pub history: &'a [Migration],
    /// What is different from an earlier schema.
    pub changes: Option<&'a Changes>,
    /// What could not be found out, and why: shown on the first page.
    pub gaps: &'a [String],
}

/// The generated code in one language.
#[derive(Clone, Debug, Default)]
pub struct Language {
    /// Its name, such as TypeScript.
    pub name: String,
    /// What becomes of each relation.
    pub relations: BTreeMap<QName, Code>,
}

/// The generated code of one relation.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// The type of each column in a row that is read, in physical order.
    pub columns: Vec<String>,
    /// All that is declared for it.
    pub text: String,
}

/// What one role reaches by one command on one object.
#[derive(Clone, Debug)]
pub struct Access {
    /// The role.
    pub role: Name,
    /// The relation as `schema.name`, or the routine with its arguments.
    pub object: String,
    /// The command, in lowercase.
    pub command: &'static str,
    /// How far it gets.
    pub reach: Reach,
    /// The columns that the privilege is for, where it is not for all.
    pub columns: Vec<Name>,
    /// What decides it.
    pub because: String,
}

/// How far a role gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// The privilege is missing.
    Denied,
    /// The privilege is there, and no policy lets a row through.
    None,
    /// Policies decide, row by row.
    Some,
    /// Every row.
    All,
}

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// What identifies it.
    pub version: String,
    /// What it is about.
    pub name: String,
    /// How it stands, in a word or two.
    pub state: String,
    /// When it was run, as ISO 8601 in UTC, where the history tells.
    pub applied_at: Option<String>,
    /// Its statements, where it has a file.
    pub sql: Option<String>,
}

/// What is different from an earlier schema.
#[derive(Clone, Debug)]
pub struct Changes {
    /// What it is compared with.
    pub since: String,
    /// The differences, in the order in which a migration would make them.
    pub changes: Vec<Change>,
}

/// One difference.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happens to the object: create, alter, drop, …
    pub verb: &'static str,
    /// The object.
    pub object: ObjectId,
    /// What data is lost by it.
    pub loss: Option<&'static str>,
    /// The statements that do it.
    pub sql: Vec<String>,
}

/// Writes the book into a folder of its own: new, empty, or a book already, whose pages of another time are removed.
///
/// # Errors
/// Where the folder holds something else, or the system refuses.
pub fn write(contents: &Contents<'_>, folder: &Path) -> Result<Written> {
    let site = site::Site::new(contents);
    file::write(folder, &pages::all(&site), |page| pages::render(&site, page))
}
