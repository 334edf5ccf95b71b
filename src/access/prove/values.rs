//! Values to try for a column: guesses, best first. The server decides which of them hold.

use crate::catalog::column::Column;
use crate::catalog::types::TypeKind;
use crate::catalog::{Catalog, Name, QName};

use super::pattern;

/// How deep types of types are followed.
const DEPTH: usize = 4;

/// Texts of values for the column, best first: different ones for each `seed`, where the type has as many. `hints` are
/// the checks that the value has to pass. Empty for a type that nothing is known of.
pub(super) fn candidates(catalog: &Catalog, column: &Column, hints: &[&str], seed: usize) -> Vec<String> {
    let mut found = Vec::new();
    let listed = hints.iter().flat_map(|hint| constants(hint)).collect::<Vec<_>>();
    let mut named = by_name(&column.name, seed);
    let mut typed = of_type(catalog, &column.data_type, hints, seed, DEPTH);
    if let Some(year) = year_of(&column.name)
        && let Some(at) = typed.iter().position(|text| text.starts_with(year))
    {
        let wanted = typed.remove(at);
        typed.insert(0, wanted);
    }
    let is_text = is_text(catalog, &column.data_type, DEPTH);
    if is_text {
        found.append(&mut named);
    }
    // What a check lists comes in turn, so that unique columns find another for each row.
    let mut literals = listed.clone();
    if !literals.is_empty() {
        let by = seed % literals.len();
        literals.rotate_left(by);
    }
    let is_list = !listed.is_empty() && !hints.iter().any(|hint| hint.contains('~'));
    if is_list && is_text {
        found.splice(0..0, literals);
    } else {
        found.extend(hints.iter().flat_map(|hint| samples(hint, seed)));
        found.append(&mut typed);
        found.extend(literals.iter().cloned());
        found.extend(
            literals
                .iter()
                .filter_map(|text| text.parse::<i64>().ok())
                .flat_map(|number| {
                    [number + 1 + seed_number(seed), number + 1, number - 1].map(|number| number.to_string())
                }),
        );
    }
    found.append(&mut typed);
    if is_text {
        found.extend(by_length(&column.data_type, hints, seed));
    }
    let mut seen = std::collections::BTreeSet::new();
    found.retain(|value| seen.insert(value.clone()));
    found
}

/// The year of a time that by its column's name is the beginning or the end of what a row holds for: it holds now.
fn year_of(name: &str) -> Option<&'static str> {
    const BEGINS: [&str; 6] = ["from", "since", "start", "starts", "begin", "begins"];
    const ENDS: [&str; 8] = [
        "until",
        "to",
        "end",
        "ends",
        "expires",
        "expire",
        "expiry",
        "expiration",
    ];
    let has = |words: &[&str]| name.split('_').any(|word| words.contains(&word));
    match (has(&BEGINS), has(&ENDS)) {
        (true, false) => Some("2000-"),
        (false, true) => Some("2099-"),
        _ => None,
    }
}

/// The string and number constants of an expression, in its order.
pub(super) fn constants(expression: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(at) = rest.find(|c: char| c == '\'' || c == '"' || c.is_ascii_digit()) {
        let tail = &rest[at..];
        let is_part_of_name = rest[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '"');
        if let Some(quoted) = tail.strip_prefix(['\'', '"']) {
            let quote = &tail[..1];
            let mut text = String::new();
            let mut inner = quoted;
            while let Some(end) = inner.find(quote) {
                text.push_str(&inner[..end]);
                inner = &inner[end + 1..];
                match inner.strip_prefix(quote) {
                    Some(after) => {
                        text.push_str(quote);
                        inner = after;
                    }
                    None => break,
                }
            }
            if quote == "'" {
                found.push(text);
            }
            rest = inner;
            continue;
        }
        let end = tail
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .unwrap_or(tail.len());
        if !is_part_of_name {
            found.push(tail[..end].to_owned());
        }
        rest = &tail[end..];
    }
    found
}

/// Texts that match the regular expressions of a check.
fn samples(hint: &str, seed: usize) -> Vec<String> {
    if !hint.contains('~') && !hint.to_lowercase().contains("like") {
        return Vec::new();
    }
    let patterns = constants(hint);
    patterns.iter().flat_map(|text| pattern::samples(text, seed)).collect()
}

/// The number that stands for a row: distinct, and small enough for every type.
fn seed_number(seed: usize) -> i64 {
    i64::try_from(seed).unwrap_or_default()
}

/// The letters that stand for a row: `a`, `b`, … `z`, `aa`.
fn letters(seed: usize) -> String {
    let mut text = String::new();
    let mut left = seed;
    loop {
        text.insert(0, char::from(b'a' + u8::try_from(left % 26).unwrap_or_default()));
        if left < 26 {
            return text;
        }
        left = left / 26 - 1;
    }
}

/// What columns of this name usually hold.
fn by_name(name: &str, seed: usize) -> Vec<String> {
    let name = name.to_lowercase();
    let letter = letters(seed);
    let has = |word: &str| name.contains(word);
    if has("mail") {
        vec![format!("pgkeel-{letter}@example.com")]
    } else if has("url") || has("website") || has("link") || has("uri") {
        vec![format!("https://example.com/{letter}")]
    } else if has("phone") || has("mobile") {
        vec![format!("+1555{:07}", seed_number(seed))]
    } else if has("currency") {
        vec!["EUR".to_owned()]
    } else if has("country") {
        vec!["DE".to_owned()]
    } else if has("slug") || has("handle") || has("username") {
        vec![format!("pgkeel-{letter}"), format!("pgkeel{letter}")]
    } else if has("colo") {
        vec![format!("#{:06x}", seed % 0xff_ffff)]
    } else if has("timezone") || name == "tz" {
        vec!["UTC".to_owned()]
    } else {
        Vec::new()
    }
}

/// Texts of the lengths that a check or a type may want.
fn by_length(data_type: &str, hints: &[&str], seed: usize) -> Vec<String> {
    let letter = letters(seed);
    let mut lengths = vec![1, 2, 3, 4, 5, 6, 8, 10, 12, 16, 20, 32, 36, 40, 64];
    let numbers = hints
        .iter()
        .flat_map(|hint| constants(hint))
        .chain(constants(data_type));
    lengths.extend(
        numbers
            .filter_map(|text| text.parse::<usize>().ok())
            .filter(|length| *length <= 2000),
    );
    let fill = |with: &str, length: usize| {
        let text = format!("{}{letter}", with.repeat(length));
        text[text.len().saturating_sub(length)..].to_owned()
    };
    lengths
        .iter()
        .flat_map(|length| {
            let number = format!("{:0>width$}", seed, width = *length);
            let number = number[number.len().saturating_sub(*length)..].to_owned();
            [fill("x", *length), fill("x", *length).to_uppercase(), number]
        })
        .collect()
}

fn is_text(catalog: &Catalog, data_type: &Name, depth: usize) -> bool {
    let Some(found) = catalog.data_type(data_type) else {
        return false;
    };
    if found.array {
        return false;
    }
    if ["text", "varchar", "bpchar", "name", "citext"].contains(&found.name.name.as_str()) {
        return true;
    }
    match catalog.user_type(&found.name).map(|found| &found.kind) {
        Some(TypeKind::Domain { base, .. }) if depth > 0 => is_text(catalog, base, depth - 1),
        _ => false,
    }
}

/// Texts of values of the type.
fn of_type(catalog: &Catalog, data_type: &Name, hints: &[&str], seed: usize, depth: usize) -> Vec<String> {
    let Some(found) = catalog.data_type(data_type).filter(|_| depth > 0) else {
        return Vec::new();
    };
    if found.array {
        return arrays(&element(catalog, &found.name, data_type, seed, depth));
    }
    match catalog.user_type(&found.name).map(|found| &found.kind) {
        Some(TypeKind::Enum { labels }) => {
            let mut labels = labels.iter().map(Name::to_string).collect::<Vec<_>>();
            if !labels.is_empty() {
                let by = seed % labels.len();
                labels.rotate_left(by);
            }
            labels
        }
        Some(TypeKind::Domain { base, .. }) => {
            let checks = domain_checks(catalog, &found.name);
            let mut all = hints.to_vec();
            all.extend(checks.iter().map(String::as_str));
            let mut values = checks.iter().flat_map(|check| samples(check, seed)).collect::<Vec<_>>();
            values.extend(of_type(catalog, base, &all, seed, depth - 1));
            let listed = checks.iter().flat_map(|check| constants(check));
            values.extend(listed);
            if is_text(catalog, base, depth - 1) {
                values.extend(by_length(base, &all, seed));
            }
            values
        }
        Some(TypeKind::Composite { attributes }) => {
            let fields = attributes.iter().map(|attribute| {
                let values = of_type(catalog, &attribute.data_type, &[], seed, depth - 1);
                values.first().map(|value| quoted(value)).unwrap_or_default()
            });
            let fields = fields.collect::<Vec<_>>();
            vec![
                format!("({})", ",".repeat(fields.len().saturating_sub(1))),
                format!("({})", fields.join(",")),
            ]
        }
        Some(TypeKind::Range(range)) => ranges(
            &of_type(catalog, &range.subtype, &[], seed, depth - 1),
            catalog,
            &range.subtype,
            seed,
            depth,
        ),
        Some(TypeKind::Multirange { range }) => {
            let of = catalog.user_type(range).map(|found| &found.kind);
            let Some(TypeKind::Range(range)) = of else {
                return vec!["{}".to_owned()];
            };
            let inner = ranges(
                &of_type(catalog, &range.subtype, &[], seed, depth - 1),
                catalog,
                &range.subtype,
                seed,
                depth,
            );
            let mut values = vec!["{}".to_owned()];
            values.extend(inner.first().map(|range| format!("{{{range}}}")));
            values
        }
        _ => built_in(&found.name, data_type, seed),
    }
}

/// The checks of a domain, and of those that it is made of.
fn domain_checks(catalog: &Catalog, domain: &QName) -> Vec<String> {
    let rows = catalog.domain_constraints_of(domain);
    rows.iter().filter_map(|row| row.expression.clone()).collect()
}

fn element(catalog: &Catalog, name: &QName, array: &Name, seed: usize, depth: usize) -> Vec<String> {
    let text = array.trim_end_matches("[]");
    match catalog.user_type(name) {
        Some(_) => of_type(catalog, &Name::from(text), &[], seed, depth - 1),
        None => built_in(name, text, seed),
    }
}

fn arrays(elements: &[String]) -> Vec<String> {
    let mut values = vec!["{}".to_owned()];
    values.extend(
        elements
            .iter()
            .take(2)
            .map(|element| format!("{{{}}}", quoted(element))),
    );
    values
}

fn ranges(lower: &[String], catalog: &Catalog, subtype: &Name, seed: usize, depth: usize) -> Vec<String> {
    let upper = of_type(catalog, subtype, &[], seed + 1, depth - 1);
    match (lower.first(), upper.first()) {
        (Some(lower), Some(upper)) => vec![
            format!("[{},{})", quoted(lower), quoted(upper)),
            format!("[{},)", quoted(lower)),
        ],
        _ => vec!["empty".to_owned()],
    }
}

/// A value inside an array, a range or a row.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Texts of values of PostgreSQL's own types, and of the extensions that everybody has.
fn built_in(name: &QName, text: &str, seed: usize) -> Vec<String> {
    let number = seed_number(seed);
    let letter = letters(seed);
    let day = format!(
        "{:04}-{:02}-{:02}",
        2026 + seed / 336,
        1 + seed / 28 % 12,
        1 + seed % 28
    );
    let next = format!(
        "{:04}-{:02}-{:02}",
        2026 + (seed + 1) / 336,
        1 + (seed + 1) / 28 % 12,
        1 + (seed + 1) % 28
    );
    let digits = |width: usize| format!("{seed:0>width$x}");
    let texts = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect::<Vec<_>>();
    let size = constants(text).first().and_then(|size| size.parse::<usize>().ok());
    match name.name.as_str() {
        "text" | "varchar" | "bpchar" | "name" | "citext" => vec![
            format!("pgkeel {letter}"),
            format!("pgkeel-{letter}"),
            format!("pgkeel{letter}"),
            letter.clone(),
            letter.to_uppercase(),
            number.to_string(),
        ],
        "char" => vec![letter[letter.len() - 1..].to_owned()],
        "int2" | "int4" | "int8" | "numeric" | "float4" | "float8" | "oid" => {
            let mut values = vec![(number + 1).to_string()];
            values.extend(texts(&[
                "0", "1", "2", "3", "5", "10", "50", "100", "1000", "2026", "-1", "0.5", "0.1", "60",
            ]));
            values
        }
        "money" => vec![(number + 1).to_string(), "0".to_owned()],
        "bool" => texts(&["false", "true"]),
        "uuid" => vec![format!("6b65656c-0000-4000-8000-{}", digits(12))],
        "date" => vec![
            day,
            "2026-01-01".to_owned(),
            "2000-01-01".to_owned(),
            "2099-01-01".to_owned(),
        ],
        "timestamp" | "timestamptz" => {
            let stamps = [day.as_str(), "2026-01-01", "2000-01-01", "2099-01-01"];
            stamps.map(|day| format!("{day} 12:00:00+00")).to_vec()
        }
        "time" | "timetz" => vec![format!("{:02}:{:02}:00", 8 + seed / 60 % 12, seed % 60)],
        "interval" => vec![format!("{} minutes", number + 1), "1 day".to_owned(), "0".to_owned()],
        "json" | "jsonb" => texts(&["{}", "[]", "\"pgkeel\"", "1"]),
        "bytea" => {
            let hex = |bytes: usize| format!("\\x{}", digits(2 * bytes));
            [3, 1, 2, 4, 8, 16, 20, 24, 32, 64].map(hex).to_vec()
        }
        "inet" | "cidr" => vec![format!(
            "10.{}.{}.{}",
            seed / 65_536 % 256,
            seed / 256 % 256,
            seed % 256
        )],
        "macaddr" => vec![format!("08:00:2b:00:{:02x}:{:02x}", seed / 256 % 256, seed % 256)],
        "macaddr8" => vec![format!("08:00:2b:01:02:03:{:02x}:{:02x}", seed / 256 % 256, seed % 256)],
        "bit" | "varbit" => vec![
            format!("{:0>width$b}", seed % 2, width = size.unwrap_or(1)),
            "0".to_owned(),
        ],
        "tsvector" => vec![letter],
        "tsquery" => vec![letter],
        "xml" => vec![format!("<a>{letter}</a>")],
        "point" => vec![format!("({number},{number})")],
        "line" => vec!["{1,2,3}".to_owned()],
        "lseg" | "box" => vec![format!("(({number},0),(1,1))")],
        "path" | "polygon" => vec![format!("(({number},0),(1,1),(2,0))")],
        "circle" => vec![format!("<({number},0),1>")],
        "int4range" | "int8range" | "numrange" => vec![format!("[{number},{})", number + 1)],
        "daterange" => vec![format!("[{day},{next})")],
        "tsrange" | "tstzrange" => vec![format!("[{day},{next})")],
        "int4multirange" | "int8multirange" | "nummultirange" => vec![format!("{{[{number},{})}}", number + 1)],
        "datemultirange" | "tsmultirange" | "tstzmultirange" => vec![format!("{{[{day},{next})}}")],
        "ltree" => vec![format!("pgkeel.{letter}")],
        "hstore" => vec![format!("a=>{letter}")],
        "geometry" | "geography" => vec![format!("SRID=4326;POINT({} 0)", seed % 90), "POINT(0 0)".to_owned()],
        "vector" | "halfvec" => {
            let ones = vec!["1"; size.unwrap_or(3)];
            vec![format!("[{}]", ones.join(","))]
        }
        "regclass" => texts(&["pg_catalog.pg_class"]),
        "regtype" => texts(&["text"]),
        "regrole" => texts(&["pg_monitor"]),
        "regproc" | "regprocedure" => Vec::new(),
        "pg_lsn" => vec![format!("0/{}", digits(1))],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_are_read_as_postgres_writes_them() {
        assert_eq!(
            constants("((role)::text = ANY (ARRAY['a'::text, 'it''s'::text])) AND (\"x 1\" > 12.5) AND (col2 < 3)"),
            ["a", "it's", "12.5", "3"]
        );
        assert_eq!(constants("'open"), ["open"].map(|_| String::new()).to_vec());
    }

    #[test]
    fn every_row_has_letters_of_its_own() {
        assert_eq!([0, 1, 25, 26, 27, 52].map(letters), ["a", "b", "z", "aa", "ab", "ba"]);
    }
}
