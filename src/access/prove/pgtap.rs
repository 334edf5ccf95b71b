//! What was observed as pgTAP tests: a file for each table, which any psql runs where pgTAP is installed.

use std::fmt::Write as _;

use super::cells::{Action, Cell};
use super::expect::Word;
use super::identities::Identity;
use super::{Outcome, Tested, statements};
use crate::catalog::QName;

/// How the first line of a file ends, which tells it from those of others.
const WRITTEN: &str = ", as `pgkeel rls test --pgtap` saw it.";

/// Whether a file's text is one that was written before.
pub fn is_pgtap(text: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    first.starts_with("-- What each role reaches in ") && first.ends_with(WRITTEN)
}

impl Tested<'_, '_> {
    /// The files, by name: that each role reaches what it was seen to reach, and nothing else.
    pub fn pgtap(&self) -> Vec<(String, String)> {
        let tables = self.tables.iter();
        tables
            .map(|(name, tried)| (file_name(&self.stage.title(name)), self.file(name, tried)))
            .collect()
    }

    fn file(&self, name: &QName, tried: &[Vec<(Cell, Outcome)>]) -> String {
        let mut tests = 0;
        let mut body = String::new();
        for (identity, cells) in self.stage.identities.iter().zip(tried) {
            let assertions = cells
                .iter()
                .filter_map(|(cell, outcome)| assertion(identity, cell, outcome));
            let assertions = assertions.collect::<Vec<_>>();
            if assertions.is_empty() {
                continue;
            }
            tests += assertions.len();
            let _ = writeln!(body, "\n-- {}\nsavepoint identity;", identity.name);
            for (setting, to) in &identity.settings {
                let _ = writeln!(body, "{};", statements::set_config(setting, to));
            }
            let _ = writeln!(body, "{};", statements::become_role(&identity.role));
            for assertion in assertions {
                let _ = writeln!(body, "{assertion};");
            }
            body.push_str("reset role;\n");
        }
        let mut text = format!(
            "-- What each role reaches in {}{WRITTEN}\n\nbegin;\nselect plan({tests});\n\n",
            self.stage.title(name)
        );
        for statement in self.stage.rows_for(name) {
            let _ = writeln!(text, "{statement};");
        }
        text.push_str("set constraints all immediate;\n");
        text.push_str(&body);
        text.push_str("\nselect * from finish();\nrollback;\n");
        text
    }
}

/// What pgTAP asserts of a cell; nothing of those that are about all rows of a table, which may hold others.
fn assertion(identity: &Identity, cell: &Cell, outcome: &Outcome) -> Option<String> {
    // What comes first is done as whoever the session is, which a test that has become another is not.
    if cell.setup.is_some() {
        return None;
    }
    let what = match &cell.action {
        Action::SelectColumn(name) => format!("select of {name} in {}", cell.whose.phrase()),
        Action::InsertColumn(name) => format!("insert of {name} in {}", cell.whose.phrase()),
        Action::UpdateColumn(name) => format!("update of {name} in {}", cell.whose.phrase()),
        Action::Join(role) => format!("joining another's tenant or roles {role}"),
        Action::Give(_) if !cell.statement.contains(" WHERE ") => return None,
        Action::Give(column) => format!("giving its row away by {column}"),
        Action::Rise(role) => format!("taking the role {role}"),
        Action::Truncate => "truncate".to_owned(),
        Action::BlindUpdate | Action::BlindDelete => return None,
        action => {
            let state = cell.state.as_ref().map(|state| format!(" with {}", state.join(", ")));
            let word = Word::of(action).text();
            format!("{word} of {}{}", cell.whose.phrase(), state.unwrap_or_default())
        }
    };
    let name = |ends: &str| format!("{}: {} {ends}", identity.name, what.trim_end());
    Some(match outcome {
        Outcome::Allowed if cell.action == Action::Select => {
            statements::pgtap_one(&cell.statement, &name("is allowed"))
        }
        Outcome::Allowed => {
            let reaching = statements::reaching(&cell.statement, cell.action == Action::Truncate);
            statements::pgtap_throws(&reaching, statements::REACHED, &name("is allowed"))
        }
        Outcome::Filtered if cell.action == Action::Select => {
            statements::pgtap_none(&cell.statement, &name("finds nothing"))
        }
        Outcome::Filtered => {
            statements::pgtap_none(&statements::returning_one(&cell.statement), &name("reaches nothing"))
        }
        Outcome::Refused { code } => statements::pgtap_throws(&cell.statement, code, &name("is refused")),
        Outcome::Denied => statements::pgtap_throws(&cell.statement, "42501", &name("is denied")),
        Outcome::Failed { code, .. } => statements::pgtap_throws(&cell.statement, code, &name("fails")),
        Outcome::Reached(_) => return None,
    })
}

/// The file of a table, told from others by its whole name.
fn file_name(title: &str) -> String {
    let plain = title.replace(|c: char| !c.is_ascii_alphanumeric() && c != '-', "_");
    format!("rls_{}.test.sql", plain.trim_end_matches('_'))
}
