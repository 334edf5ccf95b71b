//! Where the objects that findings are about are written: the last statement of the source's files that makes or alters
//! each.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sqlparser::tokenizer::Token;

use crate::cli::git::{self, Fetched};
use crate::cli::source::Source;
use crate::finding::{Finding, Location};
use crate::scratch::split::{Piece, Splitter, Variables};
use crate::scratch::{self, SqlFile};
use crate::sql::{parse, split_name};

/// Gives each finding without a place the one of its object, where the schema was read from files.
pub(in crate::cli) fn locate(findings: &mut [Finding], source: &Source) {
    // What cannot be read again was told when the schema was read.
    let statements = match source {
        Source::Sql(path) => scratch::migrations(path).map(|read| statements(&read.files, "")),
        Source::Git { revision, path } => git::fetch(revision, path).map(|fetched| match fetched {
            Fetched::Sql(read) => statements(&read.files, &format!("git:{revision}/")),
            Fetched::Snapshot(_) => Vec::new(),
        }),
        Source::Database(_) | Source::Snapshot(_) | Source::Empty => return,
    };
    let Ok(statements) = statements else { return };
    let statements = Statements::of(statements);
    for finding in findings.iter_mut().filter(|finding| finding.location.is_none()) {
        finding.location = statements.place(&finding.subject);
    }
}

/// A statement that makes or alters something.
struct Statement {
    at: Location,
    /// What it names first, such as a table, or a policy and its table: the parts of each.
    names: Vec<Vec<String>>,
    /// All its words.
    words: Vec<String>,
}

/// Statements, and which of them name a thing first, by the last part of its name.
struct Statements {
    all: Vec<Statement>,
    by_name: BTreeMap<String, Vec<usize>>,
}

impl Statements {
    fn of(all: Vec<Statement>) -> Self {
        let mut by_name = BTreeMap::<_, Vec<_>>::new();
        for (at, statement) in all.iter().enumerate() {
            if let Some(last) = statement.names.first().and_then(|name| name.last()) {
                by_name.entry(last.clone()).or_default().push(at);
            }
        }
        Self { all, by_name }
    }

    /// The place of what a finding calls `subject`: a relation, a routine with its arguments, or a part of a relation.
    fn place(&self, subject: &str) -> Option<Location> {
        let name = subject.split_once('(').map_or(subject, |(name, _)| name);
        let name = name.trim().strip_prefix("schema ").unwrap_or(name.trim());
        let parts = split_name(name)?;
        let [schema, table, part] = parts.as_slice() else {
            return self.last(&parts, |_| true);
        };
        let table = [schema.clone(), table.clone()];
        let is_on_table = |statement: &Statement| statement.names.get(1).is_some_and(|on| is(on, &table));
        self.last(std::slice::from_ref(part), is_on_table)
            .or_else(|| self.last(&table, |statement| statement.words.contains(part)))
            .or_else(|| self.last(&table, |_| true))
    }

    /// The last statement that names `wanted` first, and of which `is_it` is true.
    fn last(&self, wanted: &[String], is_it: impl Fn(&Statement) -> bool) -> Option<Location> {
        let mut found = self.by_name.get(wanted.last()?)?.iter().rev().map(|&at| &self.all[at]);
        let found = found.find(|statement| is(&statement.names[0], wanted) && is_it(statement));
        found.map(|statement| statement.at.clone())
    }
}

/// Whether a name is the wanted one, or the same without its schema.
fn is(found: &[String], wanted: &[String]) -> bool {
    found == wanted || (found.len() == 1 && found.last() == wanted.last())
}

/// The statements that make or alter something, in order; in files whose names begin with what only says where they
/// come from.
fn statements(files: &[SqlFile], prefix: &str) -> Vec<Statement> {
    let mut statements = Vec::new();
    for file in files {
        let name = file.path.to_string_lossy();
        let name = name.strip_prefix(prefix).unwrap_or(&name);
        let mut splitter = Splitter::new(&file.text);
        let variables = Variables::new();
        while let Some(piece) = splitter.next(true, &variables) {
            let Piece::Statement(statement) = piece else { continue };
            let Some((names, words)) = read(&statement.text) else {
                continue;
            };
            let lead = comments(&statement.text);
            let (line, column) = position(&file.text, statement.source_of(lead));
            let file = PathBuf::from(name);
            let at = Location { file, line, column };
            statements.push(Statement { at, names, words });
        }
    }
    statements
}

/// How many bytes of white space and comments come first.
fn comments(text: &str) -> usize {
    let mut rest = text.trim_start();
    loop {
        let after = match (rest.strip_prefix("--"), rest.strip_prefix("/*")) {
            (Some(line), _) => line.split_once('\n').map_or("", |(_, after)| after),
            (_, Some(block)) => block.split_once("*/").map_or("", |(_, after)| after),
            _ => return text.len() - rest.len(),
        };
        rest = after.trim_start();
    }
}

fn position(text: &str, at: usize) -> (u32, u32) {
    let before = text.get(..at).unwrap_or_default();
    let (lines, last) = match before.rsplit_once('\n') {
        Some((lines, last)) => (lines.matches('\n').count() + 1, last),
        None => (0, before),
    };
    let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
    (number(lines), number(last.chars().count()))
}

/// What a statement names, and its words; `None` where it makes and alters nothing.
fn read(text: &str) -> Option<(Vec<Vec<String>>, Vec<String>)> {
    const KINDS: [&str; 18] = [
        "table",
        "view",
        "materialized",
        "foreign",
        "function",
        "procedure",
        "policy",
        "trigger",
        "index",
        "schema",
        "type",
        "extension",
        "sequence",
        "or",
        "replace",
        "unique",
        "recursive",
        "constraint",
    ];
    const FILLERS: [&str; 9] = [
        "if",
        "not",
        "exists",
        "only",
        "concurrently",
        "temp",
        "temporary",
        "unlogged",
        "event",
    ];
    let tokens = parse::tokens(text)?;
    let word = |token: &Token| match token {
        Token::Word(word) if word.quote_style.is_none() => Some(word.value.to_lowercase()),
        Token::Word(word) => Some(word.value.clone()),
        _ => None,
    };
    let words = tokens.iter().filter_map(word).collect::<Vec<_>>();
    if !["create", "alter"].contains(&words.first()?.as_str()) {
        return None;
    }
    let mut names = Vec::new();
    let mut at = 1;
    let skips = |at: usize| {
        let is_plain = matches!(&tokens[at], Token::Word(word) if word.quote_style.is_none());
        let text = word(&tokens[at]).unwrap_or_default();
        is_plain && (KINDS.contains(&text.as_str()) || FILLERS.contains(&text.as_str()))
    };
    while names.len() < 2 {
        while at < tokens.len() && skips(at) {
            at += 1;
        }
        let mut name = Vec::new();
        while let Some(part) = tokens.get(at).and_then(word) {
            name.push(part);
            at += 1;
            if tokens.get(at) != Some(&Token::Period) {
                break;
            }
            at += 1;
        }
        if name.is_empty() {
            break;
        }
        names.push(name);
        // The second name is the table that a policy, trigger or index is on.
        let on = tokens
            .iter()
            .skip(at)
            .position(|token| word(token).as_deref() == Some("on"));
        match on.filter(|_| {
            ["policy", "trigger", "index"]
                .iter()
                .any(|kind| words.iter().take(4).any(|word| word == kind))
        }) {
            Some(on) => at += on + 1,
            None => break,
        }
    }
    Some((names, words))
}

#[cfg(test)]
mod tests {
    use super::{Statement, Statements, comments, position, read};
    use crate::finding::Location;

    #[test]
    fn the_last_statement_about_an_object_is_its_place() {
        let script = [
            "create table public.notes (id int, body text)",
            "create policy \"own rows\" on public.notes for select using (true)",
            "alter table if exists only notes add column title text",
            "create or replace function public.f(a int) returns int language sql as $$ select 1 $$",
            "create unique index concurrently notes_idx on notes (id)",
            "insert into public.notes values (1)",
        ];
        let statements = script.iter().enumerate().filter_map(|(line, text)| {
            let (names, words) = read(text)?;
            let at = Location {
                file: "a.sql".into(),
                line: u32::try_from(line).unwrap(),
                column: 1,
            };
            Some(Statement { at, names, words })
        });
        let statements = Statements::of(statements.collect());
        let line = |subject: &str| statements.place(subject).map(|at| at.line);
        assert_eq!(line("public.notes"), Some(2));
        assert_eq!(line("public.notes.\"own rows\""), Some(1));
        assert_eq!(line("public.notes.body"), Some(0));
        assert_eq!(line("public.notes.title"), Some(2));
        assert_eq!(line("public.f(integer)"), Some(3));
        assert_eq!(line("public.notes_idx"), Some(4));
        assert_eq!(line("public.others"), None);
    }

    #[test]
    fn comments_before_a_statement_are_no_part_of_it() {
        let text = "\n-- why\n/* more */ create table t ()";
        assert_eq!(&text[comments(text)..], "create table t ()");
        assert_eq!(position(text, comments(text)), (3, 12));
    }
}
