//! The `search_path` that a routine can have for good: with it, each name in its body means what it means now.
//!
//! What a name without a schema can mean is counted over all schemas that some session looks into. Where that is one thing
//! for all of them, a path is certain; else the routine's owner has to say what is meant.

use std::collections::{BTreeMap, BTreeSet};

use super::is_ours as is_pgkeels;
use super::tables::Draft;
use crate::catalog::facts::Names;
use crate::catalog::routine::{Body, Routine, RoutineKind};
use crate::catalog::{Name, QName, RoutineId};
use crate::sql::keyword_safe;

/// What becomes of a routine without a path: the value of its `search_path`, or why that is not certain.
pub(super) type Pin = Result<String, String>;

/// The routines of the scope whose names mean what their caller's path says.
pub(super) fn pins(draft: &Draft<'_>) -> BTreeMap<RoutineId, Pin> {
    let is_asked = |row: &&Routine| {
        draft.reaches(&row.id.name.schema) && !is_pgkeels(draft.catalog, &row.object()) && looks_names_up(row)
    };
    let open = draft.catalog.routines.iter().filter(is_asked).collect::<Vec<_>>();
    let Some(names) = &draft.wish.names else {
        let why = "only a database, or files that are replayed, tell where its names are looked for";
        return open.iter().map(|row| (row.id.clone(), Err(why.to_owned()))).collect();
    };
    let paths = Paths::new(draft, names);
    let mut needs = BTreeMap::new();
    for row in open {
        needs.insert(row.id.clone(), paths.needs(draft, row));
    }
    // Whom a routine with a path calls looks names up in that path, if it has none of its own.
    let unpinned = needs.iter().find(|(_, needs)| needs.is_err());
    let unpinned = unpinned.map(|(id, _)| id.name.clone());
    let has_strangers = names.unpinned.iter().any(|(name, body)| {
        let is_asked = needs.keys().any(|id| id.name == *name);
        !is_asked && !matches!(paths.read(body, "plpgsql", &BTreeSet::new()), Ok(Needs::Nothing))
    });
    let pins = needs.into_iter().map(|(id, needs)| {
        let pin = needs.and_then(|needs| match (needs, &unpinned) {
            (Needs::Nothing, None) if !has_strangers => Ok("\"\"".to_owned()),
            (Needs::Nothing | Needs::Usual, _) => Ok(paths.setting(&[])),
            (Needs::More(more), None) => Ok(paths.setting(&more)),
            (Needs::More(_), Some(other)) => Err(format!(
                "it may call {other}, which would look for its names in the same place"
            )),
        });
        (id, pin)
    });
    pins.collect()
}

/// Whether the body is read when it runs, with the path of then.
fn looks_names_up(row: &Routine) -> bool {
    let is_called = matches!(row.kind, RoutineKind::Function | RoutineKind::Procedure);
    let is_pinned = row.settings.iter().any(|setting| setting.starts_with("search_path="));
    is_called
        && !is_pinned
        && matches!(row.body, Body::Source(_))
        && !["c", "internal"].contains(&row.language.as_str())
}

/// Where sessions look for names.
struct Paths<'a> {
    names: &'a Names,
    /// The path that most begin with.
    usual: &'a [Name],
    /// The schemas that any name may mean something in: those of all paths, and our own.
    all: BTreeSet<&'a Name>,
    /// Whether an operator may mean something else than PostgreSQL's own.
    has_operators: bool,
}

/// What the names in a body need to be found.
enum Needs {
    /// All names say their schema, or are PostgreSQL's own.
    Nothing,
    /// What sessions have.
    Usual,
    /// These schemas too, where alone some of the names are.
    More(Vec<Name>),
}

impl<'a> Paths<'a> {
    fn new(draft: &Draft<'a>, names: &'a Names) -> Self {
        let usual = names.paths.iter().max_by_key(|path| path.len());
        let own = draft.catalog.schemas.iter().map(|row| &row.name);
        let all = own
            .filter(|schema| draft.reaches(schema))
            .chain(names.paths.iter().flatten());
        let all = all.collect::<BTreeSet<_>>();
        let is_operator = |name: &Name| !name.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let has_operators = all
            .iter()
            .filter_map(|schema| names.schemas.get(*schema))
            .flatten()
            .any(is_operator);
        Self {
            names,
            usual: usual.map_or(&[], Vec::as_slice),
            all,
            has_operators,
        }
    }

    /// The value of `search_path`, with what is temporary last, so that nothing of a caller's hides anything.
    fn setting(&self, more: &[Name]) -> String {
        let temporary = Name::new_static("pg_temp");
        let schemas = more.iter().chain(self.usual).chain([&temporary]);
        schemas
            .map(|name| keyword_safe(name).to_string())
            .collect::<Vec<_>>()
            .join(", ")
    }

    fn needs(&self, draft: &Draft<'a>, row: &'a Routine) -> Result<Needs, String> {
        let Body::Source(body) = &row.body else {
            return Ok(Needs::Nothing);
        };
        if !["sql", "plpgsql"].contains(&row.language.as_str()) {
            return Err(format!("it is written in {}, where names are not seen", row.language));
        }
        // A trigger runs with the path of whoever writes to its table: of a platform's table, the platform.
        let tables = draft
            .catalog
            .triggers
            .iter()
            .filter(|trigger| trigger.function == row.id);
        let more = tables.map(|trigger| &trigger.relation.schema).collect();
        let needs = self.read(body, &row.language, &more)?;
        let ends = row.kind == RoutineKind::Procedure && ends_transactions(body);
        match ends {
            true => Err("it ends transactions, which a procedure with a path of its own cannot".to_owned()),
            false => Ok(needs),
        }
    }

    /// What the names in a body need, which sessions run that may look into `more` as well.
    fn read(&self, body: &str, language: &str, more: &BTreeSet<&Name>) -> Result<Needs, String> {
        let schemas = self.names.schemas.keys().map(Name::as_str).collect();
        let words = Words::of(body, &schemas).ok_or("its body cannot be read")?;
        let asks = [
            "search_path",
            "current_schema",
            "current_schemas",
            "pg_temp",
            "temp",
            "temporary",
        ];
        if let Some(word) = asks.iter().find(|word| words.has(word)) {
            return Err(format!("it has the word `{word}`, and may depend on the path itself"));
        }
        let is_dynamic = language == "plpgsql" && words.alone.contains("execute");
        let is_elsewhere = |schema: &&&Name| !self.usual.contains(schema);
        if let Some(schema) = self.all.iter().find(is_elsewhere).filter(|_| is_dynamic) {
            return Err(format!(
                "it makes up statements, whose names may be of the schema {schema}"
            ));
        }
        let mut is_found = is_dynamic || self.has_operators;
        let mut needed = Vec::<Name>::new();
        let looked_into = self.all.iter().chain(more).copied().collect::<BTreeSet<_>>();
        let homes = |word: &str| {
            let has_it = |schema: &&Name| {
                self.names
                    .schemas
                    .get(*schema)
                    .is_some_and(|names| names.contains(word))
            };
            looked_into.iter().copied().filter(has_it).collect::<Vec<_>>()
        };
        for word in &words.alone {
            let homes = homes(word);
            match homes.as_slice() {
                [] => continue,
                [home] if self.usual.contains(home) => {}
                [home] if needed.contains(home) => {}
                [home] => needed.push((*home).clone()),
                [first, second, ..] => {
                    return Err(format!(
                        "`{word}` may be {} or {}",
                        qualified(first, word),
                        qualified(second, word)
                    ));
                }
            }
            is_found = true;
        }
        let is_shown = |word: &String| {
            word.starts_with("pg_get_")
                || word == "format_type"
                || word.starts_with("reg") && REG_TYPES.contains(&word.as_str())
        };
        is_found =
            is_found || words.alone.iter().any(is_shown) || words.told.iter().any(|word| !homes(word).is_empty());
        Ok(match (needed.is_empty(), is_found) {
            (false, _) => Needs::More(needed),
            (true, true) => Needs::Usual,
            (true, false) => Needs::Nothing,
        })
    }
}

/// Types whose values are written with or without a schema, as the path has it.
const REG_TYPES: [&str; 9] = [
    "regclass",
    "regproc",
    "regprocedure",
    "regoper",
    "regoperator",
    "regtype",
    "regconfig",
    "regdictionary",
    "regcollation",
];

fn qualified(schema: &Name, name: &str) -> QName {
    QName::new(schema.clone(), name)
}

fn ends_transactions(body: &str) -> bool {
    Words::of(body, &BTreeSet::new()).is_none_or(|words| words.has("commit") || words.has("rollback"))
}

/// The words of a body, in small letters where they are not quoted.
#[derive(Default)]
struct Words {
    /// Those that may be names without a schema.
    alone: BTreeSet<String>,
    /// Those that stand in strings among others.
    told: BTreeSet<String>,
}

impl Words {
    fn has(&self, word: &str) -> bool {
        self.alone.contains(word) || self.told.contains(word)
    }

    /// The words; `None` where the text cannot be read. What stands before a point is a schema if it is one of `schemas`.
    #[cfg(feature = "checks")]
    fn of(text: &str, schemas: &BTreeSet<&str>) -> Option<Self> {
        use sqlparser::tokenizer::Token;
        let tokens = crate::sql::parse::tokens(text)?;
        let mut words = Self::default();
        for (at, token) in tokens.iter().enumerate() {
            let text = match token {
                Token::Word(word) => {
                    let is_named = at > 0 && tokens[at - 1] == Token::Period;
                    let value = match word.quote_style {
                        Some(_) => word.value.clone(),
                        None => word.value.to_lowercase(),
                    };
                    let is_schema = tokens.get(at + 1) == Some(&Token::Period) && schemas.contains(value.as_str());
                    if !is_named && !is_schema {
                        words.alone.insert(value);
                    }
                    continue;
                }
                Token::SingleQuotedString(text)
                | Token::EscapedStringLiteral(text)
                | Token::NationalStringLiteral(text)
                | Token::UnicodeStringLiteral(text) => text,
                Token::DollarQuotedString(quoted) => &quoted.value,
                _ => continue,
            };
            // What cannot be read as SQL is prose.
            let Some(inner) = Self::of(text, schemas) else { continue };
            let is_name = text.chars().all(|c| c.is_alphanumeric() || "_.\"".contains(c));
            words.told.extend(inner.told);
            match is_name {
                true => words.alone.extend(inner.alone),
                false => words.told.extend(inner.alone),
            }
        }
        Some(words)
    }

    #[cfg(not(feature = "checks"))]
    fn of(_: &str, _: &BTreeSet<&str>) -> Option<Self> {
        None
    }
}
