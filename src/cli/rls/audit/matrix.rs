//! `pgkeel rls audit --matrix`.

use std::fmt::Write as _;

use serde::Serialize;

use crate::access::audit::matrix::Cell;
use crate::access::audit::rights::Reach;

/// What the JSON form means: a JSON Schema.
pub(super) const JSON_SCHEMA: &str = include_str!("matrix.schema.json");

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    matrix: &'a [Cell],
}

/// The matrix as one JSON object: `{ "version": 1, "matrix": […] }`.
pub(super) fn json(cells: &[Cell]) -> String {
    let document = Document {
        version: 1,
        matrix: cells,
    };
    // Nothing in a cell can fail to be written.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// The matrix for reading: each object, each role, and what it reaches, with what decides it.
pub(in crate::cli) fn human(cells: &[Cell]) -> String {
    let mut text = "all: every row   some: policies decide   none: no row   denied: no privilege\n".to_owned();
    for object in cells.chunk_by(|a, b| a.object == b.object) {
        let Some(first) = object.first() else { continue };
        let _ = writeln!(text, "\n{}", first.object);
        let width = object
            .iter()
            .map(|cell| cell.role.chars().count())
            .max()
            .unwrap_or_default();
        for role in object.chunk_by(|a, b| a.role == b.role) {
            push_role(&mut text, role, width);
        }
    }
    text
}

/// Commands that get equally far for the same reason stand together.
fn push_role(text: &mut String, cells: &[Cell], width: usize) {
    let mut groups = Vec::<(&Cell, Vec<&'static str>)>::new();
    for cell in cells {
        let like = groups.iter_mut().find(|(first, _)| {
            // Why something is denied is told of the command by its name already.
            first.reach == cell.reach
                && first.columns == cell.columns
                && (first.because == cell.because
                    || cell.reach == Reach::Denied && !is_schema(first) && !is_schema(cell))
        });
        match like {
            Some((_, commands)) => commands.push(cell.command.name()),
            None => groups.push((cell, vec![cell.command.name()])),
        }
    }
    for (at, (cell, commands)) in groups.iter().enumerate() {
        let role = if at == 0 { cell.role.as_str() } else { "" };
        let _ = write!(
            text,
            "  {role:width$}  {:6}  {}",
            cell.reach.name(),
            commands.join(", ")
        );
        if !cell.columns.is_empty() {
            let columns = cell.columns.iter().map(|column| column.as_str()).collect::<Vec<_>>();
            let _ = write!(text, " of {}", columns.join(", "));
        }
        let is_plain_denial = cell.reach == Reach::Denied && commands.len() > 1 && !is_schema(cell);
        match is_plain_denial {
            true => text.push('\n'),
            false => {
                let _ = writeln!(text, ": {}", cell.because);
            }
        }
    }
}

fn is_schema(cell: &Cell) -> bool {
    cell.because.starts_with("no USAGE")
}
