//! An error of the server, told about the file that caused it.

use std::path::Path;

use sqlx::postgres::{PgDatabaseError, PgErrorPosition};

use super::files::SqlFile;
use super::split::Statement;
use crate::Error;

/// The longest part of a line that an excerpt shows, in characters.
const WIDTH: usize = 120;

/// What `error` says about `statement` of `file`: PostgreSQL's own words, at the place it means.
pub(crate) fn in_statement(file: &SqlFile, statement: &Statement, error: sqlx::Error) -> Error {
    let Some(server) = error
        .as_database_error()
        .and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    else {
        let message = format!("the scratch server was lost while this ran: {error}");
        return at(Error::new(message), file, statement.start()).with_source(error);
    };
    let mut details: Vec<String> = server.detail().map(str::to_owned).into_iter().collect();
    let mut place = statement.start();
    match server.position() {
        Some(PgErrorPosition::Original(position)) => {
            place = statement.source_of(byte_of_character(&statement.text, position));
        }
        Some(PgErrorPosition::Internal { position, query }) => {
            let byte = byte_of_character(query, position);
            details.push(format!("in the query that this ran:\n{}", excerpt(query, byte)));
        }
        None => {}
    }
    details.extend(server.r#where().map(str::to_owned));
    let mut failure = at(Error::new(server.message()), file, place);
    if !details.is_empty() {
        failure = failure.with_detail(details.join("\n"));
    }
    if let Some(hint) = server.hint() {
        failure = failure.with_hint(hint);
    }
    failure.with_source(error)
}

/// What `error` says about something that was run for `statement`: a place it has is not the user's.
pub(crate) fn about_statement(file: &SqlFile, statement: &Statement, error: sqlx::Error) -> Error {
    let message = match error.as_database_error() {
        Some(server) => server.message().to_owned(),
        None => format!("the scratch server was lost while this ran: {error}"),
    };
    at(Error::new(message), file, statement.start()).with_source(error)
}

/// Adds the place of the byte `offset` of `file`, and its line.
pub(crate) fn at(error: Error, file: &SqlFile, offset: usize) -> Error {
    let position = position(&file.text, offset);
    error
        .at(&*file.path, Some(position))
        .with_excerpt(excerpt(&file.text, offset))
}

/// `path:line` of the byte `offset`, for notes.
pub(crate) fn line_name(path: &Path, text: &str, offset: usize) -> String {
    format!("{}:{}", path.display(), position(text, offset).0)
}

/// The line and column of a byte, from 1; columns are characters.
fn position(text: &str, offset: usize) -> (u32, u32) {
    let before = &text[..floor(text, offset)];
    let line_start = before.rfind('\n').map_or(0, |line_break| line_break + 1);
    let line = before.matches('\n').count() + 1;
    let column = before[line_start..].chars().count() + 1;
    (
        u32::try_from(line).unwrap_or(u32::MAX),
        u32::try_from(column).unwrap_or(u32::MAX),
    )
}

/// The line that a byte is in, with its number, and a caret below.
fn excerpt(text: &str, offset: usize) -> String {
    let offset = floor(text, offset);
    let start = text[..offset].rfind('\n').map_or(0, |line_break| line_break + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |length| offset + length);
    let line = text[start..end].trim_end_matches('\r');
    let column = text[start..offset].chars().count();
    // A long line is shown around the place.
    let first = if column > WIDTH * 3 / 4 { column - WIDTH / 2 } else { 0 };
    let shown: String = line.chars().skip(first).take(WIDTH).collect();
    let (head, tail) = (
        if first > 0 { "…" } else { "" },
        if line.chars().count() > first + WIDTH {
            "…"
        } else {
            ""
        },
    );
    let indent: String = line
        .chars()
        .skip(first)
        .take(column - first)
        .map(|c| if c == '\t' { '\t' } else { ' ' })
        .collect();
    let number = position(text, offset).0.to_string();
    let margin = " ".repeat(number.len());
    let pad = " ".repeat(head.chars().count());
    format!("{number} | {head}{shown}{tail}\n{margin} | {pad}{indent}^")
}

/// The byte that the character `position`, from 1, starts at.
fn byte_of_character(text: &str, position: usize) -> usize {
    text.char_indices()
        .nth(position.saturating_sub(1))
        .map_or(text.len(), |(byte, _)| byte)
}

/// The start of the character that `offset` is in, within the text.
fn floor(text: &str, offset: usize) -> usize {
    text.floor_char_boundary(offset.min(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_characters_and_lines() {
        let text = "a\nünï x\r\nlast";
        assert_eq!(position(text, 0), (1, 1));
        assert_eq!(position(text, text.find('x').unwrap()), (2, 5));
        assert_eq!(position(text, text.len() + 9), (3, 5));
        assert_eq!(byte_of_character(text, 4), text.find('n').unwrap());
    }

    #[test]
    fn the_caret_stands_under_the_place() {
        let text = "select 1;\r\n\tselect ünï nope;\r\n";
        let shown = excerpt(text, text.find("nope").unwrap());
        assert_eq!(shown, "2 | \tselect ünï nope;\n  | \t           ^");
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let text = format!("{}nope{}", "x ".repeat(200), " y".repeat(200));
        let shown = excerpt(&text, 400);
        let (line, caret) = shown.split_once('\n').unwrap();
        let column = caret.chars().position(|c| c == '^').unwrap();
        assert!(
            line.chars().skip(column).collect::<String>().starts_with("nope"),
            "{shown}"
        );
        assert!(line.chars().count() < 140);
    }
}
