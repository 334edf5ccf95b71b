//! What the server has that pgkeel does not model, so that nothing is lost in silence.

use std::collections::BTreeMap;

use sqlx::postgres::PgRow;
use sqlx::{FromRow, Result};

use crate::catalog::access::Unmodelled;
use crate::diagnostic::Diagnostic;

use super::Reader;

#[derive(FromRow)]
struct Row<'r> {
    kind: &'r str,
    name: &'r str,
}

pub(super) fn take(reader: &mut Reader<'_>, row: &PgRow) -> Result<()> {
    let row = Row::from_row(row)?;
    // A platform grants those to its own roles.
    if reader.scope.platform.is_some() && row.kind == "privileges on parameter" {
        return Ok(());
    }
    reader.draft.unmodelled.push(Unmodelled {
        kind: row.kind.into(),
        name: row.name.to_owned(),
    });
    Ok(())
}

/// One warning for each kind, with the names.
pub(super) fn warnings(rows: &[Unmodelled]) -> Vec<Diagnostic> {
    let mut kinds = BTreeMap::<&str, Vec<&str>>::new();
    for row in rows {
        kinds.entry(&row.kind).or_default().push(&row.name);
    }
    let warning = |(kind, mut names): (&str, Vec<&str>)| {
        names.sort_unstable();
        Diagnostic::warning(
            kind,
            format!("the database has what pgkeel does not model: {}", names.join(", ")),
        )
    };
    kinds.into_iter().map(warning).collect()
}
