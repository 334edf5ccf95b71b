//! What each subject is set to: the constants that it is compared with and a value outside, both sides of now, NULL, and
//! for a claim the keys of one's own and of another's row.

use super::{Asked, Choice, Dimension, Found, Subject, To};
use crate::access::prove::cells::Ground;
use crate::access::prove::shape::{Table, labels};
use crate::catalog::column::Column;
use crate::catalog::{Name, QName};

/// How many constants of a subject are tried.
const CONSTANTS: usize = 3;

/// The subjects that can be varied: columns of the table's own first, then claims, then columns of other tables.
pub(super) fn dimensions(ground: &Ground<'_>, table: &Table<'_>, found: &Found) -> Vec<Dimension> {
    let mut dimensions = Vec::new();
    for (subject, asked) in found {
        let choices = match subject {
            Subject::Column(of, column) => of_column(ground, table, (of, true), column, asked, found),
            Subject::Elsewhere(of, column) => of_column(ground, table, (of, false), column, asked, found),
            claim => of_claim(ground, claim, asked),
        };
        if choices.len() > 1 {
            dimensions.push(Dimension {
                subject: subject.clone(),
                choices,
                is_list: asked.is_list,
            });
        }
    }
    for dimension in &mut dimensions {
        if let Subject::Elsewhere(of, _) = &dimension.subject {
            for choice in &mut dimension.choices {
                choice.label = format!("{}.{}", of.name, choice.label);
            }
        }
    }
    dimensions.sort_by_key(|dimension| match &dimension.subject {
        Subject::Column(..) => 0,
        Subject::Token(_) | Subject::Setting(_) => 1,
        Subject::Elsewhere(..) => 2,
    });
    dimensions
}

/// The values of a column of the table's own, or of another that has rows.
fn of_column(
    ground: &Ground<'_>,
    table: &Table<'_>,
    (of, is_own): (&QName, bool),
    name: &Name,
    asked: &Asked,
    found: &Found,
) -> Vec<Choice> {
    let known = if is_own {
        Some(table)
    } else {
        ground.shape.tables.get(of)
    };
    let Some((known, column)) = known.and_then(|known| Some((known, known.relation.column(name)?))) else {
        return Vec::new();
    };
    let is_role = known.role == Some(name);
    // Senders differ in what they may do already.
    let is_held = |role: &String| {
        ground
            .personas
            .iter()
            .any(|persona| persona.role.as_deref() == Some(role))
    };
    let is_role = is_role && (is_own || asked.constants.iter().all(is_held));
    let says_whose = known.owners.contains(&name)
        || known.tenants.iter().any(|(tenant, _)| *tenant == name)
        || known.path == Some(name)
        || known.given.iter().any(|(given, _)| *given == name);
    let is_fixed = is_own && known.keys.iter().any(|key| key.contains(name));
    if says_whose || is_fixed || !known.takes(column) || is_role || !ground.world.rows.contains_key(of) {
        return Vec::new();
    }
    let null = (!column.not_null).then(|| choice(name, "null", To::Nothing));
    if known.link_of(name).is_some() {
        let same = choice(name, "kept", To::Same);
        return null
            .filter(|_| asked.nulls)
            .map_or_else(Vec::new, |null| vec![same, null]);
    }
    let text = |text: &String| choice(name, text, To::Text(text.clone()));
    let mut choices = match kind(ground, known, column) {
        Kind::Boolean => ["true", "false"].map(|value| text(&value.to_owned())).to_vec(),
        Kind::Time => times(column)
            .map(|(word, value)| choice(name, word, To::Text(value)))
            .to_vec(),
        Kind::Period => periods(column)
            .map(|(word, value)| choice(name, word, To::Text(value)))
            .to_vec(),
        Kind::Number => numbers(asked, has_claims(asked, found)).iter().map(text).collect(),
        Kind::Labels(labels) if asked.constants.is_empty() && has_claims(asked, found) => {
            levels(&labels).iter().map(text).collect()
        }
        Kind::Labels(labels) => listed(asked, &labels).iter().map(text).collect(),
        Kind::Text => listed(asked, &["pgkeel".to_owned()]).iter().map(text).collect(),
        Kind::Other => Vec::new(),
    };
    if choices.is_empty() && asked.nulls {
        choices.push(choice(name, "kept", To::Same));
    }
    let asks_null = asked.nulls || matches!(kind(ground, known, column), Kind::Time);
    choices.extend(null.filter(|_| asks_null && !choices.is_empty()));
    choices
}

/// The values of a claim.
fn of_claim(ground: &Ground<'_>, claim: &Subject, asked: &Asked) -> Vec<Choice> {
    let name = match claim {
        Subject::Token(path) => path.last().map_or("", String::as_str),
        Subject::Setting(name) => name,
        Subject::Column(..) | Subject::Elsewhere(..) => "",
    };
    let is_told = ground.is_told(claim);
    let claimed = |word: &str, value: To| Choice {
        label: format!("claim {name}={word}"),
        value,
    };
    let none = match is_told {
        true => claimed("kept", To::Same),
        false => claimed("none", To::Nothing),
    };
    let text = |text: &String| claimed(text, To::Text(text.clone()));
    let mut choices = Vec::new();
    for peer in &asked.peers {
        let (Subject::Column(table, column) | Subject::Elsewhere(table, column)) = peer else {
            continue;
        };
        let Some((known, found)) = ground
            .shape
            .tables
            .get(table)
            .and_then(|known| Some((known, known.relation.column(column)?)))
        else {
            continue;
        };
        let is_key =
            known.keys.concat().contains(column) && known.role != Some(column) || known.link_of(column).is_some();
        let more = match kind(ground, known, found) {
            Kind::Number if !is_key => vec![text(&first_number(asked).to_string())],
            Kind::Labels(labels) if !is_key => levels(&labels).iter().skip(1).take(1).map(text).collect(),
            Kind::Text | Kind::Other | Kind::Number if !is_told => [("own", true), ("another", false)]
                .map(|(word, own)| claimed(word, To::Key(table.clone(), column.clone(), own)))
                .to_vec(),
            _ => Vec::new(),
        };
        choices.extend(
            more.into_iter()
                .filter(|choice| !choices.contains(choice))
                .collect::<Vec<_>>(),
        );
        choices.truncate(CONSTANTS);
    }
    if choices.is_empty() {
        let is_number = !asked.constants.is_empty() && asked.constants.iter().all(|text| text.parse::<i64>().is_ok());
        match (asked.is_boolean, is_number && !asked.is_list) {
            (true, _) => choices.extend(["true", "false"].map(|value| text(&value.to_owned()))),
            (false, true) => choices.extend(numbers(asked, false).iter().map(text)),
            (false, false) => choices.extend(asked.constants.iter().take(CONSTANTS).map(text)),
        }
    }
    if !choices.is_empty() {
        choices.push(none);
    }
    choices
}

/// What values a column has.
enum Kind {
    Boolean,
    Time,
    Period,
    Number,
    Labels(Vec<String>),
    Text,
    Other,
}

fn kind(ground: &Ground<'_>, table: &Table<'_>, column: &Column) -> Kind {
    let data_type = column.data_type.as_str();
    let starts = |words: &[&str]| words.iter().any(|word| data_type.starts_with(word));
    if data_type == "boolean" {
        return Kind::Boolean;
    }
    if data_type.ends_with("[]") {
        return Kind::Other;
    }
    if starts(&["timestamp", "date"]) && !data_type.ends_with("range") {
        return Kind::Time;
    }
    if ["tstzrange", "tsrange", "daterange"].contains(&data_type) {
        return Kind::Period;
    }
    if starts(&["smallint", "integer", "bigint", "numeric", "real", "double"]) {
        return Kind::Number;
    }
    let labels = labels(ground.shape.catalog, table.relation, &column.name);
    match labels.len() {
        0 | 1 if starts(&["text", "character", "name"]) || data_type.ends_with("citext") => Kind::Text,
        0 | 1 => Kind::Other,
        _ => Kind::Labels(labels.iter().map(Name::to_string).collect()),
    }
}

fn choice(column: &Name, word: &str, value: To) -> Choice {
    Choice {
        label: format!("{column}={word}"),
        value,
    }
}

fn has_claims(asked: &Asked, found: &Found) -> bool {
    let is_claim = |peer: &Subject| matches!(peer, Subject::Token(_) | Subject::Setting(_)) && found.contains_key(peer);
    asked.peers.iter().any(is_claim)
}

/// Both sides of now.
fn times(column: &Column) -> [(&'static str, String); 2] {
    let time = if column.data_type == "date" { "" } else { " 12:00:00+00" };
    [
        ("past", format!("2000-01-01{time}")),
        ("future", format!("2099-01-01{time}")),
    ]
}

/// A time that is now, and one that is over.
fn periods(_: &Column) -> [(&'static str, String); 2] {
    [
        ("now", "[2000-01-01,2099-01-01)".to_owned()),
        ("past", "[2000-01-01,2000-01-02)".to_owned()),
    ]
}

fn whole(asked: &Asked) -> Vec<i64> {
    let numbers = asked.constants.iter().filter_map(|text| text.parse().ok());
    numbers.collect()
}

/// What a claim says that is more than all constants.
fn first_number(asked: &Asked) -> i64 {
    whole(asked).into_iter().max().unwrap_or(0) + 1
}

/// The constant and what is around it; for a column that is compared with a claim, what the claim covers and what it
/// does not.
fn numbers(asked: &Asked, has_claims: bool) -> Vec<String> {
    let constants = whole(asked);
    let mut numbers = match (has_claims, constants.as_slice()) {
        (true, _) => vec![first_number(asked), first_number(asked) + 2],
        (false, []) => Vec::new(),
        (false, [first, others @ ..]) => {
            let around = [*first, first.saturating_add(1), first.saturating_sub(1)];
            around.into_iter().chain(others.first().copied()).collect()
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    numbers.retain(|number| seen.insert(*number));
    numbers.iter().map(i64::to_string).collect()
}

/// The lowest label, the next and the highest.
fn levels(labels: &[String]) -> Vec<String> {
    let mut levels = labels.iter().take(2).cloned().collect::<Vec<_>>();
    levels.extend(labels.iter().skip(2).next_back().cloned());
    levels
}

/// What is compared with, and one of the others.
fn listed(asked: &Asked, others: &[String]) -> Vec<String> {
    let mut listed = asked.constants.clone();
    listed.truncate(CONSTANTS);
    if !listed.is_empty() {
        listed.extend(others.iter().find(|other| !asked.constants.contains(other)).cloned());
    }
    listed
}
