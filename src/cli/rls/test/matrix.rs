//! What everybody reaches, drawn as a table for each relation.

use std::fmt::Write as _;

use crate::access::prove::{Access, Action, Tested, Whose, Word};

/// What the letters mean.
pub(super) const LEGEND: &str = "s select  i insert  u update  d delete  t truncate  . no row  - denied\n";

/// The rows that a matrix tells apart.
const WHOSE: [Whose; 6] = [
    Whose::Own,
    Whose::Left,
    Whose::Tenant,
    Whose::Other,
    Whose::Shown,
    Whose::Unowned,
];

/// Draws the matrix.
pub(super) fn render(tested: &Tested<'_, '_>) -> String {
    let observed = tested.observed();
    let width = tested
        .stage
        .identities
        .iter()
        .map(|identity| identity.name.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (name, tried) in &tested.tables {
        let has = WHOSE.map(|whose| {
            tried
                .iter()
                .flatten()
                .any(|(cell, _)| cell.action == Action::Select && cell.whose == whose)
        });
        let title = tested.stage.title(name);
        let _ = writeln!(text, "\n{title}");
        let heads = WHOSE.iter().zip(has).filter(|(_, has)| *has);
        let heads = heads
            .map(|(whose, _)| format!("{:7}", whose.word()))
            .collect::<Vec<_>>()
            .join(" ");
        let _ = writeln!(text, "  {:width$}  {}", "", heads.trim_end());
        for identity in &tested.stage.identities {
            let access = observed.access(&title, &identity.name);
            let cells = WHOSE.iter().zip(has).filter(|(_, has)| *has);
            let cells = cells
                .map(|(whose, _)| format!("{:7}", letters(&access, *whose)))
                .collect::<Vec<_>>();
            let line = format!("  {:width$}  {} {}", identity.name, cells.join(" "), rest(&access));
            let _ = writeln!(text, "{}", line.trim_end());
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
        parts.join("; ")
    }
}
