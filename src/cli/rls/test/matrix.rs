//! What everybody reaches, drawn as a table for each relation.

use std::fmt::Write as _;

use crate::access::prove::{Access, Tested, Whose, Word};

/// The rows that a matrix tells apart.
const WHOSE: [Whose; 4] = [Whose::Own, Whose::Tenant, Whose::Other, Whose::Unowned];

/// Draws the matrix.
pub(super) fn render(tested: &Tested<'_>) -> String {
    let observed = tested.observed();
    let width = tested
        .identities
        .iter()
        .map(|identity| identity.name.len())
        .max()
        .unwrap_or_default();
    let mut text = "s select  i insert  u update  d delete  t truncate  . no row  - denied\n".to_owned();
    for name in tested.tables.keys() {
        let _ = writeln!(text, "\n{name}");
        let _ = writeln!(
            text,
            "  {:width$}  {:6} {:6} {:6} {:6}",
            "", "own", "tenant", "other", "unowned"
        );
        for identity in &tested.identities {
            let access = observed.access(name, &identity.name);
            let cells = WHOSE.map(|whose| format!("{:6}", letters(&access, whose)));
            let _ = writeln!(text, "  {:width$}  {}{}", identity.name, cells.join(" "), rest(&access));
        }
    }
    text
}

fn letters(access: &Access, whose: Whose) -> String {
    let words = [
        (Word::Select, 's'),
        (Word::Insert, 'i'),
        (Word::Update, 'u'),
        (Word::Delete, 'd'),
    ];
    let letters = words.map(|(word, letter)| match access.0.get(&word) {
        Some(list) if list.contains(whose.word()) => letter,
        Some(_) => '.',
        None => '-',
    });
    letters.iter().collect()
}

/// What has no column.
fn rest(access: &Access) -> String {
    let mut parts = Vec::new();
    for (word, list) in &access.0 {
        if matches!(
            word,
            Word::Select | Word::Insert | Word::Update | Word::Delete | Word::InsertReturning
        ) {
            continue;
        }
        let list = list.iter().map(String::as_str).collect::<Vec<_>>();
        parts.push(format!(
            "{}: {}",
            word.text(),
            if list.is_empty() {
                "-".to_owned()
            } else {
                list.join(", ")
            }
        ));
    }
    if parts.is_empty() {
        String::new()
    } else {
        format!("  {}", parts.join("; "))
    }
}
