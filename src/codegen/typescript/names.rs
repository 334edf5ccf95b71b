//! What TypeScript calls things.

use std::collections::BTreeSet;

use heck::ToUpperCamelCase as _;

use crate::codegen::model::{Api, Column, Named, Relation};
use crate::codegen::naming;
use crate::config::typescript::{FieldCase, Typescript, TypescriptEnums, TypescriptStyle, Validators, Wire};
use crate::config::{Lang, Name};
use crate::diagnostic::Diagnostic;

/// The identifiers of what is declared by name, each by its position in the [`Api`]. No two are alike, whatever the
/// schema and whatever is derived from them (`UsersInsert`, `MoodSchema`).
#[derive(Default)]
pub(super) struct Names {
    pub(super) enums: Vec<String>,
    pub(super) composites: Vec<String>,
    pub(super) relations: Vec<String>,
    pub(super) functions: Vec<String>,
}

/// What the output itself declares, imports or takes from JavaScript, and words that cannot name a type.
const TAKEN: &[&str] = &[
    "Array",
    "Brand",
    "Buffer",
    "ColumnType",
    "CompositeTypes",
    "Constants",
    "DB",
    "Database",
    "Date",
    "Enums",
    "Generated",
    "GeneratedAlways",
    "GeoJson",
    "Json",
    "JsonInput",
    "NonNullable",
    "Nullable",
    "Omit",
    "PgArray",
    "PgCircle",
    "PgFloat",
    "PgInterval",
    "PgPoint",
    "Record",
    "RegExp",
    "Schema",
    "Tables",
    "TablesInsert",
    "TablesUpdate",
    "Uint8Array",
    "any",
    "as",
    "async",
    "await",
    "bigint",
    "boolean",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "declare",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "infer",
    "instanceof",
    "interface",
    "is",
    "keyof",
    "let",
    "module",
    "namespace",
    "never",
    "new",
    "null",
    "number",
    "object",
    "package",
    "private",
    "protected",
    "public",
    "readonly",
    "return",
    "static",
    "string",
    "super",
    "switch",
    "symbol",
    "this",
    "throw",
    "true",
    "try",
    "type",
    "typeof",
    "undefined",
    "unique",
    "unknown",
    "var",
    "void",
    "while",
    "with",
    "yield",
    "z",
];

impl Names {
    /// Names everything, and notes what could not have the name it would have by itself.
    pub(super) fn new(api: &Api, options: &Typescript, notes: &mut Vec<Diagnostic>) -> Self {
        let things: Vec<&Named> = api
            .enums
            .iter()
            .map(|one| &one.named)
            .chain(api.composites.iter().map(|one| &one.named))
            .chain(api.relations.iter().map(|one| &one.named))
            .collect();
        let functions: Vec<&Named> = api.functions.iter().map(|one| &one.named).collect();
        let home = &api.home;
        let mut types: Vec<String> = things.iter().map(|named| identifier(named, home)).collect();
        let mut calls: Vec<String> = functions.iter().map(|named| identifier(named, home)).collect();

        let (enums, rest) = types.split_at(api.enums.len());
        let relations = &rest[api.composites.len()..];
        let mut derived = BTreeSet::new();
        let mut derive = |names: &[String], endings: &[&str]| {
            for name in names {
                derived.extend(endings.iter().map(|ending| format!("{name}{ending}")));
            }
        };
        // With validators, `UsersInsertSchema` is of users alone.
        if options.style == TypescriptStyle::Interfaces || options.validators.is_some() {
            derive(relations, &["Insert", "Update"]);
        }
        if options.style == TypescriptStyle::Interfaces {
            derive(&calls, &["Args", "Result"]);
        }
        if options.enums == TypescriptEnums::Union && options.constants {
            derive(enums, &["Values"]);
        }
        if options.validators == Some(Validators::Zod) {
            derive(&types, &["Schema"]);
            derive(relations, &["InsertSchema", "UpdateSchema"]);
        }
        let own = |named: &Named, name: &str| named.id.name == name || renamed(&named.rename).is_some();
        let reserved = |name: &str| TAKEN.contains(&name) || derived.contains(name);
        let changed = naming::distinct(&mut types, |at, name| own(things[at], name), reserved);
        let changed_calls = naming::distinct(&mut calls, |at, name| own(functions[at], name), |_| false);
        if options.style != TypescriptStyle::Supabase || options.validators.is_some() {
            note(notes, changed.iter().map(|&at| (things[at], types[at].as_str())));
        }
        if options.style == TypescriptStyle::Interfaces {
            note(
                notes,
                changed_calls.iter().map(|&at| (functions[at], calls[at].as_str())),
            );
        }
        let relations = types.split_off(api.enums.len() + api.composites.len());
        let composites = types.split_off(api.enums.len());
        Self {
            enums: types,
            composites,
            relations,
            functions: calls,
        }
    }
}

fn note<'a>(notes: &mut Vec<Diagnostic>, changed: impl Iterator<Item = (&'a Named, &'a str)>) {
    for (named, name) in changed.filter(|(named, _)| named.emitted) {
        notes.push(
            Diagnostic::note(named.id.to_string(), format!("is called `{name}` in TypeScript"))
                .with_hint("its own name is taken there: [names] can give another"),
        );
    }
}

fn identifier(named: &Named, home: &str) -> String {
    if let Some(name) = renamed(&named.rename) {
        return words(name);
    }
    if named.id.schema == home {
        return pascal(&named.id.name);
    }
    let mut name = pascal(&named.id.schema);
    name.push_str(pascal(&named.id.name).trim_start_matches('_'));
    name
}

fn renamed(name: &Option<Name>) -> Option<&str> {
    name.as_ref().and_then(|name| name.get(Lang::Typescript))
}

/// `user_accounts` as `UserAccounts`.
pub(super) fn pascal(name: &str) -> String {
    words(&words(name).to_upper_camel_case())
}

/// [`naming::sanitize`], and only letters that are letters to JavaScript too.
fn words(name: &str) -> String {
    let known: String = name
        .chars()
        .map(|character| {
            if character.is_ascii() || is_letter(character) {
                character
            } else {
                '_'
            }
        })
        .collect();
    naming::sanitize(&known)
}

/// Whether a character beyond ASCII is surely an identifier's (`ID_Continue` and `ID_Start` both).
fn is_letter(character: char) -> bool {
    character.is_alphabetic()
        && matches!(character,
            '\u{c0}'..='\u{2af}' | '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{481}' | '\u{48a}'..='\u{52f}'
            | '\u{531}'..='\u{556}' | '\u{561}'..='\u{586}' | '\u{5d0}'..='\u{5ea}' | '\u{620}'..='\u{64a}'
            | '\u{10d0}'..='\u{10fa}' | '\u{1e00}'..='\u{1fbc}' | '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}'
            | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}')
}

/// The keys of a relation's fields, by the position of the column.
pub(super) fn fields(options: &Typescript, relation: &Relation, notes: &mut Vec<Diagnostic>) -> Vec<String> {
    let own = |column: &Column| field(options, &column.name, &column.rename);
    let mut fields: Vec<String> = relation.columns.iter().map(own).collect();
    let exact = |at: usize, name: &str| relation.columns[at].name == name;
    for at in naming::distinct(&mut fields, exact, |_| false) {
        let column = format!(
            "{}.{}",
            relation.named.id,
            crate::sql::identifier(&relation.columns[at].name)
        );
        notes.push(
            Diagnostic::warning(
                column,
                format!("is called `{}` in TypeScript: another column has its name", fields[at]),
            )
            .with_hint("give it a name in [names]"),
        );
    }
    fields
}

/// The name of a field: the user's, else the database's in the case that is asked for.
fn field(options: &Typescript, name: &str, rename: &Option<Name>) -> String {
    match (renamed(rename), options.case) {
        (Some(name), _) => name.to_owned(),
        (None, FieldCase::Preserve) => name.to_owned(),
        (None, FieldCase::Camel) => camel(options, name),
    }
}

/// A name as the client's own conversion leaves it.
pub(super) fn camel(options: &Typescript, name: &str) -> String {
    if options.wire() == Wire::PostgresJs && options.style != TypescriptStyle::Kysely {
        camel_postgres_js(name)
    } else {
        camel_kysely(name)
    }
}

/// Kysely's `CamelCasePlugin`: underscores go, but for the first character.
fn camel_kysely(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut before = None;
    for character in name.chars() {
        match before {
            None => out.push(character),
            Some(_) if character == '_' => {}
            Some('_') => out.extend(character.to_uppercase()),
            Some(_) => out.push(character),
        }
        before = Some(character);
    }
    out
}

/// postgres.js's `toCamel`: an underscore and the character after it become that character in upper case.
fn camel_postgres_js(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut characters = name.chars();
    out.extend(characters.next());
    while let Some(character) = characters.next() {
        match character {
            '_' => out.extend(characters.next().into_iter().flat_map(char::to_uppercase)),
            other => out.push(other),
        }
    }
    out
}

/// Whether the client finds the way back from the camel case to the database's name.
pub(super) fn survives_camel(options: &Typescript, name: &str) -> bool {
    let mut back = String::with_capacity(name.len());
    let plugin = options.style == TypescriptStyle::Kysely;
    let is_upper = |character: char| !character.to_lowercase().eq([character]);
    let mut before = None;
    for character in camel(options, name).chars() {
        let breaks = match before {
            _ if !is_upper(character) => false,
            None => !plugin,
            Some(before) => !plugin || !is_upper(before),
        };
        if breaks {
            back.push('_');
        }
        back.extend(character.to_lowercase());
        before = Some(character);
    }
    back == name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_an_identifier() {
        for (name, identifier) in [
            ("user_accounts", "UserAccounts"),
            ("UserID", "UserId"),
            ("1st", "_1st"),
            ("", "Empty"),
            ("a*/b", "AB"),
            ("Ⓐ½", "Empty"),
            ("größe", "Größe"),
            ("名前", "名前"),
            ("$$", "Empty"),
        ] {
            assert_eq!(pascal(name), identifier, "{name}");
        }
    }

    #[test]
    fn camel_case_is_the_client_s_own() {
        for (name, kysely, postgres_js) in [
            ("user_id", "userId", "userId"),
            ("_id", "_Id", "_id"),
            ("a__b", "aB", "a_b"),
            ("line_1", "line1", "line1"),
        ] {
            assert_eq!(camel_kysely(name), kysely);
            assert_eq!(camel_postgres_js(name), postgres_js);
        }
        let options = Typescript {
            style: TypescriptStyle::Kysely,
            ..Typescript::default()
        };
        assert!(survives_camel(&options, "user_id"));
        assert!(!survives_camel(&options, "line_1"));
        assert!(!survives_camel(&options, "userId"));
    }
}
