//! The committed snapshot: a catalog as text, a row a line, the same bytes for the same schema.
//!
//! It is JSON, and laid out so that a pull request shows what changed, that a merge conflict stays within the rows it is
//! about, and that a reader can tell the line of whatever is wrong. The layout is part of the format:
//!
//! ```json
//! {
//! "pgkeel_snapshot": 1,
//! "server": {"major":18},
//! "schemas": [
//! {"name":"public","owner":"postgres"}
//! ]
//! }
//! ```

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
#[cfg(feature = "plan")]
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::catalog::scope::Depth;
use crate::catalog::{Catalog, Row, Rows, kinds};
use crate::threads::{self, Job, in_parts};
use crate::{Error, Result};

/// The version of the format. It counts up when an older pgkeel could not read what is written, or would read it wrong.
const VERSION: u32 = 1;

/// The first field, which says that a file is a snapshot.
const MARK: &str = "\"pgkeel_snapshot\": ";

/// How many rows are worth a thread.
const ROWS_A_THREAD: usize = 1_000;

/// The text of a snapshot.
///
/// # Errors
/// Where a row cannot be written as JSON, which is a bug.
#[cfg(feature = "plan")]
pub fn render(catalog: &Catalog) -> Result<String> {
    let mut text = format!("{{\n{MARK}{VERSION},\n\"server\": ");
    push(&mut text, &catalog.server)?;
    push_sections(&mut text, catalog)?;
    text.push_str("\n}\n");
    Ok(text)
}

/// Reads the snapshot at `path`. At [`Depth::Types`] only what types are generated from is read.
///
/// # Errors
/// As [`parse`], and where the file cannot be read.
pub fn load(path: &Path, depth: Depth) -> Result<Catalog> {
    let text = std::fs::read_to_string(path).map_err(|error| {
        let error = Error::io("cannot read the snapshot", path, error);
        error.with_hint("`pgkeel pull` writes it")
    })?;
    parse(&text, path, depth)
}

/// Reads the text of a snapshot; `path` is named in errors. At [`Depth::Types`] only what types are generated from is
/// read.
///
/// # Errors
/// Where the text is cut short, merged by hand, of a newer format or not a snapshot at all; where rows stand twice or
/// out of order, have fields that are not known, or name what is not there. The error has the line.
pub fn parse(text: &str, path: &Path, depth: Depth) -> Result<Catalog> {
    // A marker of a conflict breaks the layout wherever it stands, and is what is wrong then.
    let (head, sections) = split(text).map_err(|wrong| conflict(text).unwrap_or(wrong).explain(path))?;
    let mut catalog = Catalog {
        server: from_json(head.server).map_err(|wrong| wrong.explain(path))?,
        ..Catalog::default()
    };
    if let Some(unknown) = sections.iter().find(|section| !is_section(section.name)) {
        let message = format!("the section `{}` is not known", unknown.name);
        return Err(Wrong::new(unknown.first_line - 1, message).newer().explain(path));
    }
    match depth {
        Depth::Types => read_for_types(&mut catalog, &sections).map_err(|wrong| wrong.explain(path))?,
        #[cfg(feature = "plan")]
        Depth::Whole => read_whole(&mut catalog, &sections).map_err(|wrong| wrong.explain(path))?,
        #[cfg(not(feature = "plan"))]
        Depth::Whole => {
            return Err(Error::new(
                "this build of pgkeel reads of a snapshot what types are generated from, and no more",
            )
            .with_hint("build pgkeel with its feature `plan`"));
        }
    }
    if let Some(dangling) = catalog.dangling() {
        let section = sections.iter().find(|section| section.name == dangling.section);
        let line = section.map_or(0, |section| section.first_line + dangling.at);
        let message = format!(
            "this row of {} needs {}, which is not there",
            dangling.section, dangling.missing
        );
        return Err(Wrong::new(line, message).explain(path));
    }
    Ok(catalog)
}

/// Whether the text claims to be a snapshot, however broken.
pub fn is_snapshot(text: &str) -> bool {
    text.lines().take(3).any(|line| line.starts_with(MARK.trim_end()))
}

/// Reads the sections of these names, each by a thread of its own.
macro_rules! reading {
    ($name:ident: $($field:ident,)+) => {
        fn $name(catalog: &mut Catalog, sections: &[Section<'_>]) -> Result<(), Wrong> {
            let named = |name: &str| sections.iter().find(|section| section.name == name);
            let wrong = &Mutex::new(Vec::new());
            let mut jobs: Vec<Job<'_>> = Vec::new();
            $(if let Some(section) = named(stringify!($field)) {
                let into = &mut catalog.$field;
                jobs.push(Box::new(move || match rows(section) {
                    Ok(rows) => *into = rows,
                    Err(found) => wrong.lock().unwrap_or_else(PoisonError::into_inner).push(found),
                }));
            })+
            threads::run(jobs);
            let mut wrong = wrong.lock().unwrap_or_else(PoisonError::into_inner);
            // The first in the file, whichever was found first.
            wrong.sort_unstable_by_key(|wrong| wrong.line);
            wrong.drain(..).next().map_or(Ok(()), Err)
        }
    };
}
reading! {
    read_for_types:
    schemas, extensions, data_types, types, domain_constraints, relations, columns, constraints, indexes, routines,
    comments,
}

/// Writes and reads each kind by its field's name.
macro_rules! sections {
    ($($(#[doc = $doc:literal])+ $(#[cfg($feature:meta)])? $field:ident: $row:ty,)+) => {
        #[cfg(feature = "plan")]
        fn push_sections(text: &mut String, catalog: &Catalog) -> Result<()> {
            $(push_section(text, stringify!($field), &catalog.$field)?;)+
            Ok(())
        }

        #[cfg(feature = "plan")]
        reading!(read_whole: $($field,)+);

        fn is_section(name: &str) -> bool {
            matches!(name, $(stringify!($field))|+)
        }
    };
}
kinds!(sections);

#[cfg(feature = "plan")]
fn push_section<T: Row + Serialize + Sync>(text: &mut String, name: &str, rows: &Rows<T>) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    text.push_str(",\n\"");
    text.push_str(name);
    text.push_str("\": [\n");
    let parts = in_parts(rows, ROWS_A_THREAD, |_, rows| {
        let mut part = String::new();
        for row in rows {
            push(&mut part, row)?;
            part.push_str(",\n");
        }
        Ok(part)
    });
    for part in parts {
        text.push_str(&part?);
    }
    text.truncate(text.len() - ",\n".len());
    text.push_str("\n]");
    Ok(())
}

#[cfg(feature = "plan")]
fn push(text: &mut String, value: &impl Serialize) -> Result<()> {
    let json = serde_json::to_string(value)
        .map_err(|error| Error::new(format!("a row cannot be written as JSON: {error}")).with_source(error))?;
    text.push_str(&json);
    Ok(())
}

/// One kind's rows as they stand in the text.
struct Section<'a> {
    name: &'a str,
    rows: Vec<&'a str>,
    /// The line of the first row, from 1.
    first_line: usize,
}

/// What stands before the sections.
struct Head<'a> {
    server: Line<'a>,
}

/// A line of JSON.
#[derive(Clone, Copy)]
struct Line<'a> {
    text: &'a str,
    number: usize,
}

/// Takes the text apart by its lines.
fn split(text: &str) -> Result<(Head<'_>, Vec<Section<'_>>), Wrong> {
    let lines = text.lines().enumerate().map(|(at, text)| Line { text, number: at + 1 });
    let mut lines = lines.filter(|line| !line.text.is_empty());
    let cut_short = || Wrong::new(text.lines().count(), "the snapshot is cut short".to_owned());
    let mut next = || lines.next().ok_or_else(cut_short);
    let first = next()?;
    let version = if first.text == "{" { next()? } else { first };
    let number = version.text.strip_prefix(MARK).and_then(|rest| rest.strip_suffix(','));
    let number = number.and_then(|number| number.parse::<u32>().ok());
    match number {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => {
            let message = format!("the snapshot is of format {newer}, and this pgkeel reads format {VERSION}");
            return Err(Wrong::new(version.number, message).newer());
        }
        _ => {
            let message = format!("this is not a snapshot: it does not begin with {}", MARK.trim_end());
            return Err(Wrong::new(version.number, message));
        }
    }
    let server = next()?;
    let head = Head {
        server: Line {
            text: server
                .text
                .strip_prefix("\"server\": ")
                .map(|text| text.strip_suffix(',').unwrap_or(text))
                .ok_or_else(|| Wrong::new(server.number, "the line does not say which server was read".to_owned()))?,
            number: server.number,
        },
    };
    let mut sections: Vec<Section<'_>> = Vec::new();
    loop {
        let line = next()?;
        if line.text == "}" {
            return match lines.next() {
                Some(line) => Err(Wrong::new(
                    line.number,
                    "something follows the end of the snapshot".to_owned(),
                )),
                None => Ok((head, sections)),
            };
        }
        let name = line.text.strip_prefix('"').and_then(|rest| rest.strip_suffix("\": ["));
        let name = name.ok_or_else(|| Wrong::new(line.number, "no section begins here".to_owned()))?;
        if sections.iter().any(|section| section.name == name) {
            return Err(Wrong::new(line.number, format!("the section `{name}` stands twice")));
        }
        let mut section = Section {
            name,
            rows: Vec::new(),
            first_line: line.number + 1,
        };
        loop {
            let line = next()?;
            if line.text.starts_with(']') {
                break;
            }
            if line.number != section.first_line + section.rows.len() {
                return Err(Wrong::new(line.number, "a row stands after an empty line".to_owned()));
            }
            if !line.text.starts_with('{') {
                return Err(Wrong::new(line.number, "this is not a row".to_owned()));
            }
            section.rows.push(line.text);
        }
        check_commas(&section)?;
        sections.push(section);
    }
}

/// An unresolved merge conflict.
fn conflict(text: &str) -> Option<Wrong> {
    let is_marker = |line: &str| {
        let markers = ["<<<<<<< ", ">>>>>>> ", "||||||| "];
        markers.iter().any(|marker| line.starts_with(marker)) || line == "======="
    };
    let at = text.lines().position(is_marker)?;
    let mut wrong = Wrong::new(at + 1, "the snapshot holds an unresolved merge conflict".to_owned());
    wrong.hint = "resolve the conflict in the migrations, then write it again: `pgkeel pull`";
    Some(wrong)
}

/// Every row but the last of a section ends with a comma: what a merge by hand gets wrong most easily.
fn check_commas(section: &Section<'_>) -> Result<(), Wrong> {
    let last = section.rows.len().saturating_sub(1);
    for (at, row) in section.rows.iter().enumerate() {
        let wrong = match row.ends_with(',') {
            false if at < last => "a comma is missing after this row",
            true if at == last => "a comma follows the last row of the section",
            _ => continue,
        };
        return Err(Wrong::new(section.first_line + at, wrong.to_owned()));
    }
    Ok(())
}

/// Reads the rows of a section, large ones by several threads.
fn rows<T: Row + DeserializeOwned + Send>(section: &Section<'_>) -> Result<Rows<T>, Wrong> {
    let parts = in_parts(&section.rows, ROWS_A_THREAD, |at, rows| {
        read_rows::<T>(rows, section.first_line + at)
    });
    let mut all = Vec::with_capacity(section.rows.len());
    for part in parts {
        all.extend(part?);
    }
    let all = Rows::in_order(all);
    let wrong = match (all.duplicate(), all.disorder()) {
        (Some(at), _) => (at, "the row stands twice"),
        (None, Some(at)) => (at, "the row stands out of order"),
        (None, None) => return Ok(all),
    };
    Err(Wrong::new(section.first_line + wrong.0, wrong.1.to_owned()))
}

fn read_rows<T: DeserializeOwned>(rows: &[&str], first_line: usize) -> Result<Vec<T>, Wrong> {
    let lines = (first_line..).zip(rows).map(|(number, row)| Line {
        text: row.strip_suffix(',').unwrap_or(row),
        number,
    });
    let mut read = Vec::with_capacity(rows.len());
    for line in lines {
        read.push(from_json(line)?);
    }
    Ok(read)
}

fn from_json<'a, T: Deserialize<'a>>(line: Line<'a>) -> Result<T, Wrong> {
    serde_json::from_str(line.text).map_err(|error| {
        let place = format!(" at line {} column {}", error.line(), error.column());
        let message = error.to_string();
        let mut wrong = Wrong::new(line.number, message.trim_end_matches(&place).to_owned());
        wrong.column = error.column();
        wrong
    })
}

/// What is wrong with a snapshot, and where.
struct Wrong {
    line: usize,
    column: usize,
    message: String,
    hint: &'static str,
}

impl Wrong {
    fn new(line: usize, message: String) -> Self {
        Self {
            line,
            column: 1,
            message,
            hint: "write it again: `pgkeel pull`",
        }
    }

    /// Of what a newer pgkeel may have written.
    fn newer(mut self) -> Self {
        self.hint = "a newer pgkeel wrote it: install that one, or write it again with `pgkeel pull`";
        self
    }

    fn explain(self, path: &Path) -> Error {
        let place = |number: usize| u32::try_from(number.max(1)).unwrap_or(u32::MAX);
        let position = (place(self.line), place(self.column));
        Error::new(self.message).at(path, Some(position)).with_hint(self.hint)
    }
}

#[cfg(test)]
mod tests;
