//! When a row is for everybody, and when only for those who are cleared for it.

use super::model::Test;
use super::shape::{Scope, Table, is_boolean, is_number, is_text, is_time};
use super::{text, words};
use crate::access::Claims;
use crate::catalog::Name;
use crate::catalog::column::Column;

/// What a table says of its rows being public.
pub(super) struct Publicity {
    /// When a row is; `None` where nothing says so for certain.
    pub(super) test: Option<Test>,
    /// The columns that speak of it.
    pub(super) columns: Vec<Name>,
    /// Those of them that nobody understands: with one of them, nothing is public.
    pub(super) unknown: Vec<Name>,
}

/// Reads the columns that say whether a row is public.
pub(super) fn publicity(scope: &Scope<'_>, table: &Table<'_>, declared: &[String]) -> Publicity {
    const STATES: &[&str] = &["published", "public", "live"];
    const APPROVED: &[&str] = &["approved", "accepted", "published"];
    let mut said = Publicity {
        test: None,
        columns: Vec::new(),
        unknown: Vec::new(),
    };
    let mut says = false;
    let mut test = Test::Always;
    for column in table.columns() {
        let words = words::words(&column.name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let name = column.name.clone();
        let more = if is_boolean(column) && has(&["public", "published", "visible", "listed", "live"]) {
            says = true;
            Test::Is(name, true)
        } else if is_boolean(column) && has(&["private", "draft", "unpublished"]) {
            says = true;
            Test::Is(name, false)
        } else if is_boolean(column)
            && has(&[
                "hidden", "archived", "deleted", "removed", "blocked", "flagged", "banned",
            ])
        {
            Test::Is(name, false)
        } else if is_boolean(column) && has(&["approved", "active", "enabled"]) {
            Test::Is(name, true)
        } else if is_time(column) && has(&["published", "publish"]) && !has(&["unpublish"]) {
            says = true;
            Test::Past(name)
        } else if is_time(column) && begins(&words) {
            Test::Begun(name)
        } else if is_time(column) && has(&["deleted", "archived", "hidden", "removed", "unpublished", "banned"]) {
            Test::Null(name)
        } else if is_time(column) && has(&["expire", "expiry", "unpublish", "until"]) {
            Test::Lasting(name)
        } else if is_state(&words) && (is_text(column) || scope.labels(column).is_some()) {
            said.columns.push(name.clone());
            let wanted = match declared {
                [] if has(&["moderation", "review", "approval"]) => APPROVED,
                [] => STATES,
                _ => &[],
            };
            let wanted = wanted
                .iter()
                .map(|word| (*word).to_owned())
                .chain(declared.iter().cloned());
            let wanted = wanted.collect::<Vec<_>>();
            let values = match scope.values(table, column) {
                Some(values) => {
                    let known = values
                        .into_iter()
                        .filter(|value| wanted.contains(value) || wanted.contains(&value.to_lowercase()));
                    known.collect()
                }
                None if is_told(column, table) || !declared.is_empty() => wanted,
                None => Vec::new(),
            };
            if values.is_empty() {
                said.unknown.push(name);
                continue;
            }
            says = true;
            Test::In(name, values)
        } else {
            continue;
        };
        if !said.columns.contains(&column.name) {
            said.columns.push(column.name.clone());
        }
        test = test.and(more);
    }
    said.test = (says && said.unknown.is_empty()).then_some(test);
    said
}

/// Whether text without a list of values is about being published: the table is of things to read, or new rows are drafts.
fn is_told(column: &Column, table: &Table<'_>) -> bool {
    let is_draft = column.default.as_deref().is_some_and(|default| {
        ["'draft'", "'private'", "'unpublished'", "'published'", "'public'"]
            .iter()
            .any(|word| default.contains(word))
    });
    is_draft || words::names_content(&table.name().name) || words::has(&column.name, &["visibility", "privacy"])
}

fn is_state(words: &[String]) -> bool {
    const STATES: &[&str] = &["status", "state", "visibility", "privacy", "audience"];
    words.last().is_some_and(|word| STATES.contains(&word.as_str())) && !words.iter().any(|word| word == "address")
}

/// What the reader of a row has to be cleared for.
pub(super) struct Clearance {
    /// The test; `None` where the levels of the column are not known.
    pub(super) test: Option<Test>,
    /// The column with the level.
    pub(super) column: Name,
}

/// Reads the column with the level that a row is classified at.
pub(super) fn clearance(
    scope: &Scope<'_>,
    table: &Table<'_>,
    claims: &Claims,
    declared: Option<(&str, Option<&str>)>,
) -> Option<Clearance> {
    let is = |column: &Column| match declared {
        Some((name, _)) => column.name == name,
        None => {
            let words = words::words(&column.name);
            let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
            has(&[
                "classification",
                "clearance",
                "sensitivity",
                "confidentiality",
                "secrecy",
            ]) || has(&["security", "secret", "access"]) && has(&["level", "class"])
        }
    };
    let column = table.find(is)?;
    let claim = declared.and_then(|(_, claim)| claim).unwrap_or("clearance");
    let lowest = if is_number(column) {
        Some("0".to_owned())
    } else {
        let labels = scope.labels(column).filter(|labels| are_ascending(labels));
        let lowest = labels.and_then(|labels| labels.into_iter().next());
        lowest.map(|label| text::constant(&label, &column.data_type))
    };
    let test = lowest.and_then(|lowest| {
        let claim = claims.claim(claim, &column.data_type)?;
        Some(Test::UpTo(column.name.clone(), claim, lowest))
    });
    Some(Clearance {
        test,
        column: column.name.clone(),
    })
}

/// Whether the labels of an enum go from what everybody may know to what few may.
fn are_ascending(labels: &[String]) -> bool {
    const LEVELS: &[(&str, u8)] = &[
        ("public", 0),
        ("open", 0),
        ("none", 0),
        ("unclassified", 0),
        ("low", 0),
        ("official", 1),
        ("internal", 1),
        ("medium", 1),
        ("restricted", 2),
        ("sensitive", 2),
        ("confidential", 2),
        ("high", 3),
        ("secret", 4),
        ("critical", 4),
        ("top_secret", 5),
        ("topsecret", 5),
        ("top-secret", 5),
    ];
    let level = |label: &String| {
        let label = label.to_lowercase();
        LEVELS.iter().find(|(name, _)| *name == label).map(|(_, level)| *level)
    };
    let levels = labels.iter().map(level).collect::<Option<Vec<_>>>();
    levels.is_some_and(|levels| levels.len() > 1 && levels.windows(2).all(|pair| pair[0] <= pair[1]))
}

/// What the times between which a row holds are named for.
const ABOUT: &[&str] = &[
    "valid",
    "effective",
    "visible",
    "available",
    "embargo",
    "embargoed",
    "active",
];

/// Whether a time of this name is when a row begins to hold.
fn begins(words: &[String]) -> bool {
    const BEGINS: &[&str] = &["from", "since", "start", "starts", "after", "at"];
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    has(&["embargo", "embargoed"]) || has(ABOUT) && has(BEGINS)
}

/// The times between which a row holds, and whether both ends are there.
pub(super) fn window(table: &Table<'_>) -> (Test, bool) {
    let mut test = Test::Always;
    let (mut begins, mut ends) = (false, false);
    for column in table.columns().iter().filter(|column| is_time(column)) {
        let words = words::words(&column.name);
        let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
        let is_end = has(&["until", "to", "end", "thru", "through", "before"]);
        let name = column.name.clone();
        if has(&["expire", "expiry"]) || has(ABOUT) && is_end && !has(&["embargo", "embargoed"]) {
            ends = true;
            test = test.and(Test::Lasting(name));
        } else if has(ABOUT) && has(&["from", "since", "start", "after", "until", "at"]) {
            begins = true;
            test = test.and(Test::Begun(name));
        }
    }
    (test, begins && ends)
}
