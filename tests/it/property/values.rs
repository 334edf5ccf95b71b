//! Kinds of columns: their type, values that every check of theirs lets through, and values at the checks' edges.

use pgkeel::codegen::model::Rule;

/// A type with checks that may be put on it.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) sql: &'static str,
    /// SQL literals that pass every check below, and so does NULL.
    pub(super) pool: &'static [&'static str],
    /// Conditions on `{}`, and whether rules can say the whole of each.
    pub(super) checks: &'static [(&'static str, bool)],
    pub(super) probes: Probes,
}

/// What values are tried against rules.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Probes {
    Texts,
    /// Whole numbers.
    Integers,
    Decimals,
    Bits,
    Arrays,
    None,
}

const TEXTS: &[(&str, bool)] = &[
    ("length({}) <= 5", true),
    ("char_length({}) between 2 and 10", true),
    ("length({}) > 1", true),
    ("5 >= length({})", true),
    ("length({}) >= 3 and {} <> ''", true),
    ("{} <> ''", true),
    ("{} in ('abc', 'abd', 'abe', 'x''y')", true),
    ("{} ~ '^[a-z]+$'", true),
    ("{} ~ '^.{3,5}$'", true),
    ("{} ~* '^a.[C-E]'", true),
    ("{} ~ '^\\w+$'", false),
    ("{} !~ '^z'", false),
    ("{} like 'ab%'", false),
    ("lower({}) = {}", false),
    ("btrim({}) <> ''", false),
    ("length(trim({})) >= 2", false),
    ("length({}) <> 7", false),
    ("length({}::varchar(4)) < 5", false),
    ("{}::varchar(2) = 'ab'", false),
    ("{}::char(3) in ('abc', 'abd', 'abe')", false),
    ("{} in ('abc'::varchar(2), 'abc', 'abd', 'abe')", false),
    ("{} = any ('{abc,abd,abe}'::text[])", false),
    ("{} = 'abc' or length({}) = 3", false),
    ("{} >= 'abc'", false),
    ("'ab' < {}", false),
    ("{} not in ('q', '')", false),
    ("{} is distinct from 'q'", false),
    ("not {} = 'zzz'", false),
];

const INTEGERS: &[(&str, bool)] = &[
    ("{} > 0", true),
    ("{} >= -5", true),
    ("{} < 1000", true),
    ("0 < {}", true),
    ("{} between 1 and 100", true),
    ("{} > '-7'::int", true),
    ("{} > 0.5", true),
    ("{} <= 100.5", true),
    ("{}::float8 < 1000.5", true),
    ("{} in (10, 20, 40)", true),
    ("{} = any (array[10, 20, 40])", true),
    ("{} <> 15", false),
    ("{} % 2 = 0", false),
    ("{} > 5 or {} < -5", false),
    ("{}::text <> '7'", false),
    ("{}::text in ('10', '20', '40')", false),
    ("{} <= 99.6::int", false),
    ("abs({}) < 500", false),
    ("not ({} < 0)", false),
    ("{}::numeric(4, 1) < 101", false),
];

const DECIMALS: &[(&str, bool)] = &[
    ("{} > 0", true),
    ("{} < 1000.5", true),
    ("{} between -1.5 and 100", true),
    ("{} <= 40.25", true),
    ("{} in (10.5, 20, 40.25)", true),
    ("{}::int >= 10", false),
    ("{}::int in (10, 11, 20, 40)", false),
    ("{}::numeric(5, 1) <= 40.3", false),
    ("{}::bigint <= 40", false),
    ("round({}) > 1", false),
    ("trunc({}) < 99", false),
];

const ARRAYS: &[(&str, bool)] = &[
    ("cardinality({}) <= 5", true),
    ("cardinality({}) > 0", true),
    ("cardinality({}) between 1 and 3", true),
    ("array_length({}, 1) >= 1", false),
    ("{} <> '{ }'", false),
];

const TEXT_POOL: &[&str] = &["'abc'", "'abd'", "'abe'"];
const INTEGER_POOL: &[&str] = &["10", "20", "40"];
const DECIMAL_POOL: &[&str] = &["10.5", "20", "40.25"];

const fn kind(sql: &'static str, pool: &'static [&'static str], checks: &'static [(&'static str, bool)]) -> Kind {
    Kind {
        sql,
        pool,
        checks,
        probes: Probes::None,
    }
}

const fn probed(kind: Kind, probes: Probes) -> Kind {
    Kind { probes, ..kind }
}

/// The types whose values checks restrict.
pub(super) const CHECKED: &[Kind] = &[
    probed(kind("text", TEXT_POOL, TEXTS), Probes::Texts),
    probed(kind("text", TEXT_POOL, TEXTS), Probes::Texts),
    probed(kind("varchar", TEXT_POOL, TEXTS), Probes::Texts),
    probed(kind("varchar(10)", TEXT_POOL, TEXTS), Probes::Texts),
    probed(
        kind(
            "char(4)",
            TEXT_POOL,
            &[
                ("{} <> ''", false),
                ("length({}) > 1", false),
                ("{} in ('abc', 'abd', 'abe')", false),
            ],
        ),
        Probes::Texts,
    ),
    probed(kind("int2", INTEGER_POOL, INTEGERS), Probes::Integers),
    probed(kind("int4", INTEGER_POOL, INTEGERS), Probes::Integers),
    probed(kind("int8", INTEGER_POOL, INTEGERS), Probes::Integers),
    probed(kind("numeric", DECIMAL_POOL, DECIMALS), Probes::Decimals),
    probed(kind("numeric(6, 2)", DECIMAL_POOL, DECIMALS), Probes::Decimals),
    probed(kind("numeric(3)", INTEGER_POOL, INTEGERS), Probes::Integers),
    probed(kind("float8", DECIMAL_POOL, DECIMALS), Probes::Decimals),
    probed(kind("float4", DECIMAL_POOL, DECIMALS), Probes::Decimals),
    probed(
        kind("text[]", &["'{a,b}'", "'{x}'", "'{a,NULL}'"], ARRAYS),
        Probes::Arrays,
    ),
    probed(
        kind("int[]", &["'{1,2}'", "'{3}'", "'{1,NULL}'"], ARRAYS),
        Probes::Arrays,
    ),
    probed(
        kind("bit(3)", &["'101'", "'111'"], &[("{} <> '000'", false)]),
        Probes::Bits,
    ),
    probed(kind("bit varying(5)", &["'101'", "'1'"], &[]), Probes::Bits),
];

/// Types that are only there or not; `mood`, `pair` and `floats` are the schema's own.
pub(super) const PLAIN: &[Kind] = &[
    kind("boolean", &["true", "false"], &[("{} is not false or true", false)]),
    kind("uuid", &["'00000000-0000-0000-0000-000000000001'"], &[]),
    kind("date", &["'2026-01-01'", "'infinity'"], &[("{} > '1900-01-01'", false)]),
    kind(
        "timestamptz",
        &["'2026-01-01 10:00+02'"],
        &[("{} > '1900-01-01'", false)],
    ),
    kind("timestamp", &["'2026-01-01 10:00'"], &[]),
    kind("time", &["'10:00'"], &[]),
    kind("interval", &["'1 day'"], &[("{} > '0'", false)]),
    kind("json", &["'{\"a\": 1}'", "'null'"], &[]),
    kind(
        "jsonb",
        &["'[1]'", "'null'"],
        &[("jsonb_typeof({}) <> 'string'", false)],
    ),
    kind("bytea", &["'\\x00ff'"], &[("length({}) < 5", false)]),
    kind("inet", &["'10.0.0.1'"], &[]),
    kind("macaddr", &["'08:00:2b:01:02:03'"], &[]),
    kind("point", &["'(1,2)'"], &[]),
    kind("money", &["'1.50'"], &[("{} > '0'", false)]),
    kind("name", &["'abc'"], &[("{} in ('abc', 'abd')", false)]),
    kind("\"char\"", &["'a'"], &[]),
    kind("oid", &["'5'"], &[("{} > 1", false)]),
    kind("tsvector", &["'a b'"], &[]),
    kind(
        "int4range",
        &["'[1,5)'", "'empty'"],
        &[("not isempty({}) or true", false)],
    ),
    kind(
        "mood",
        &["'sad'", "'it''s'"],
        &[("{}::text in ('sad', 'it''s')", false)],
    ),
    kind("mood[]", &["'{sad,NULL}'", "'{}'"], &[("cardinality({}) < 9", false)]),
    kind("pair", &["'(1,x)'"], &[("({}).a > 0", false)]),
    kind("pair[]", &["array['(1,x)'::pair]"], &[]),
    kind("floats", &["'[1.5,2)'"], &[]),
];

/// A value that is tried.
pub(super) struct Probe {
    /// The value as a string literal of SQL.
    pub(super) literal: String,
    value: Value,
}

enum Value {
    Text(String),
    /// In ten-thousandths.
    Number(i128),
    /// The outer dimension's length, and whether it is the only one.
    Items(usize, bool),
}

pub(super) fn probes(kind: Probes) -> Vec<Probe> {
    let texts = |list: &[&str]| -> Vec<Probe> {
        let probe = |text: &&str| Probe {
            literal: literal(text),
            value: Value::Text((*text).to_owned()),
        };
        list.iter().map(probe).collect()
    };
    let numbers = |list: &[&str]| -> Vec<Probe> {
        let probe = |text: &&str| Probe {
            literal: literal(text),
            value: Value::Number(number(text)),
        };
        list.iter().map(probe).collect()
    };
    const WHOLE: &[&str] = &[
        "-6", "-5", "-4", "-1", "0", "1", "2", "4", "5", "6", "7", "10", "11", "15", "20", "40", "41", "99", "100",
        "101", "999", "1000", "1001", "9999", "10000", "-10000",
    ];
    match kind {
        Probes::Texts => texts(&[
            "",
            " ",
            "a",
            "ab",
            "abc",
            "abd",
            "abq",
            "ABC",
            "Abd",
            "abcd",
            "abcde",
            "abcdef",
            "abcdefg",
            "abc ",
            " abc",
            "  ",
            "aaaaaaaaaa",
            "aaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaa",
            "aaaaaaaaaaaaaaaaaaaaa",
            "a\nc",
            "abc\n",
            "éé",
            "😀😀😀",
            "x'y",
            "12",
            "q",
            "z",
            "zzz",
        ]),
        Probes::Integers => numbers(WHOLE),
        Probes::Decimals => {
            let mut all = numbers(WHOLE);
            all.extend(numbers(&[
                "0.5", "-1.5", "-1.51", "0.01", "9.5", "9.6", "10.5", "10.25", "40.25", "40.26", "40.3", "40.4",
                "100.01", "1000.5", "1000.49", "9999.99", "1.234",
            ]));
            all
        }
        Probes::Bits => texts(&["1", "10", "101", "000", "1010", "10101", "101010"]),
        Probes::Arrays => {
            let lists = [
                "{}",
                "{1}",
                "{1,2,3}",
                "{1,2,3,4}",
                "{1,2,3,4,5}",
                "{1,2,3,4,5,6}",
                "{NULL}",
            ];
            let mut all: Vec<Probe> = lists
                .into_iter()
                .map(|list| Probe {
                    literal: literal(list),
                    value: Value::Items(list.split(',').filter(|item| *item != "{}").count(), true),
                })
                .collect();
            for (list, items) in [("{{1},{2}}", 2), ("{{1,2,3},{4,5,6}}", 2), ("{{1,2,3,4,5,6}}", 1)] {
                all.push(Probe {
                    literal: literal(list),
                    value: Value::Items(items, false),
                });
            }
            all
        }
        Probes::None => Vec::new(),
    }
}

impl Probe {
    /// SQL that says whether `column` holds this value just as it was given: not rounded, cut or padded.
    pub(super) fn is_kept(&self, column: &str) -> String {
        match self.value {
            Value::Text(_) => format!("{column}::text = {}", self.literal),
            Value::Number(_) => format!("{column}::text::numeric = {}::numeric", self.literal),
            Value::Items(..) => "true".to_owned(),
        }
    }

    /// Whether the rules say the whole of what a check on their like says of this value.
    pub(super) fn is_plain(&self) -> bool {
        !matches!(self.value, Value::Items(_, false))
    }

    /// Whether a validator made of the rule lets the value through.
    pub(super) fn follows(&self, rule: &Rule) -> bool {
        match (&self.value, rule) {
            (Value::Text(text), Rule::MaxLength(most)) => text.chars().count() as u64 <= *most,
            (Value::Text(text), Rule::MinLength(least)) => text.chars().count() as u64 >= *least,
            (Value::Text(text), Rule::Bits(bits)) => text.chars().count() as u64 == *bits,
            (Value::Text(text), Rule::OneOf(list)) => list.contains(text),
            (Value::Text(text), Rule::Matches { pattern, ignore_case }) => {
                let regex = regex::RegexBuilder::new(pattern).case_insensitive(*ignore_case).build();
                regex.unwrap().is_match(text)
            }
            (Value::Number(value), Rule::Min { bound, exclusive }) => {
                *value > number(bound) || (!exclusive && *value == number(bound))
            }
            (Value::Number(value), Rule::Max { bound, exclusive }) => {
                *value < number(bound) || (!exclusive && *value == number(bound))
            }
            (Value::Number(value), Rule::OneOfNumbers(list)) => list.iter().any(|bound| number(bound) == *value),
            (Value::Number(value), Rule::Digits { precision, scale }) => {
                let scale = i128::from(*scale);
                let unit = UNIT / 10_i128.pow(u32::try_from(scale).unwrap());
                let whole = 10_i128.pow(u32::try_from(i128::from(*precision) - scale).unwrap());
                value % unit == 0 && value.abs() < whole * UNIT
            }
            (Value::Items(items, _), Rule::MaxItems(most)) => *items as u64 <= *most,
            (Value::Items(items, _), Rule::MinItems(least)) => *items as u64 >= *least,
            (_, rule) => panic!("{rule:?} speaks of no such value as {}", self.literal),
        }
    }
}

const UNIT: i128 = 10_000;

/// A decimal number, in ten-thousandths.
fn number(text: &str) -> i128 {
    let (sign, digits) = text.strip_prefix('-').map_or((1, text), |digits| (-1, digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    assert!(fraction.len() <= 4, "{text}");
    let fraction: i128 = format!("{fraction:0<4}").parse().unwrap();
    sign * (whole.parse::<i128>().unwrap() * UNIT + fraction)
}

pub(super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
