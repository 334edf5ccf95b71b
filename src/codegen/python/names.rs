//! What Python calls things.

use heck::{ToSnakeCase as _, ToUpperCamelCase as _};

use crate::codegen::model::{Api, Column, Named};
use crate::codegen::naming;
use crate::config::python::{Python, PythonCase, PythonStyle};
use crate::config::{Lang, Name};
use crate::diagnostic::Diagnostic;

/// Python's keywords, those that are so only in places included.
const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

/// What annotations are made of: a field of such a name would hide it from the fields after it.
const ANNOTATIONS: &[&str] = &[
    "bool", "bytes", "dict", "dt", "enum", "float", "int", "list", "object", "pg", "sa", "str", "type",
];

/// Attributes of pydantic's `BaseModel`, which a field would hide.
const PYDANTIC: &[&str] = &[
    "construct",
    "copy",
    "dict",
    "fields",
    "from_orm",
    "json",
    "parse_file",
    "parse_obj",
    "parse_raw",
    "register",
    "schema",
    "schema_json",
    "update_forward_refs",
    "validate",
];

/// Attributes of SQLAlchemy's declarative classes.
const SQLALCHEMY: &[&str] = &["metadata", "registry"];

/// Names that the generated module imports or defines itself.
const TAKEN: &[&str] = &[
    "Annotated",
    "Any",
    "AwareDatetime",
    "Base",
    "BaseModel",
    "Computed",
    "ConfigDict",
    "Decimal",
    "DeclarativeBase",
    "False",
    "FetchedValue",
    "Field",
    "ForeignKeyConstraint",
    "IPv4Address",
    "IPv4Interface",
    "IPv4Network",
    "IPv6Address",
    "IPv6Interface",
    "IPv6Network",
    "Identity",
    "InstanceOf",
    "JsonValue",
    "Literal",
    "Mapped",
    "MultiRange",
    "Multirange",
    "NaiveDatetime",
    "None",
    "NotRequired",
    "Required",
    "Range",
    "StringConstraints",
    "True",
    "TypedDict",
    "UUID",
    "UserDefinedType",
];

/// The class of each thing, by its position in the model. No two are alike, whatever is derived from them.
#[derive(Default)]
pub(super) struct Names {
    pub(super) enums: Vec<String>,
    pub(super) domains: Vec<String>,
    pub(super) composites: Vec<String>,
    pub(super) relations: Vec<String>,
    pub(super) functions: Vec<String>,
}

impl Names {
    /// Names everything, and notes what could not have the name it would have by itself.
    pub(super) fn new(api: &Api, notes: &mut Vec<Diagnostic>) -> Self {
        let kinds: [Vec<&Named>; 5] = [
            api.relations.iter().map(|row| &row.named).collect(),
            api.enums.iter().map(|row| &row.named).collect(),
            api.domains.iter().map(|row| &row.named).collect(),
            api.composites.iter().map(|row| &row.named).collect(),
            api.functions.iter().map(|row| &row.named).collect(),
        ];
        let all: Vec<&Named> = kinds.iter().flatten().copied().collect();
        let home = match api.schemas.as_slice() {
            [only] => &only.name,
            _ => "public",
        };
        let mut names: Vec<String> = all.iter().map(|named| class(named, home)).collect();
        // A class that is spelled like one derived from a relation would be defined twice.
        let derived: std::collections::HashSet<String> = names[..kinds[0].len()]
            .iter()
            .flat_map(|name| [format!("{name}Insert"), format!("{name}Update")])
            .chain(
                names[all.len() - kinds[4].len()..]
                    .iter()
                    .flat_map(|name| [format!("{name}Args"), format!("{name}Result")]),
            )
            .collect();
        let changed = naming::distinct(
            &mut names,
            |at, name| all[at].id.name == name || renamed(all[at].rename.as_ref()).is_some(),
            |name| TAKEN.contains(&name) || derived.contains(name),
        );
        for at in changed {
            if all[at].emitted && at < all.len() - kinds[4].len() {
                let message = format!("is called `{}` in Python", names[at]);
                let note = Diagnostic::note(all[at].id.to_string(), message);
                notes.push(note.with_hint("its own name is taken there: [names] can give another"));
            }
        }
        let mut rest = names.into_iter();
        let mut take = |count: usize| rest.by_ref().take(count).collect::<Vec<_>>();
        Self {
            relations: take(kinds[0].len()),
            enums: take(kinds[1].len()),
            domains: take(kinds[2].len()),
            composites: take(kinds[3].len()),
            functions: take(kinds[4].len()),
        }
    }
}

/// The fields of a relation, by column.
pub(super) fn fields(columns: &[Column], of: &Named, options: &Python, notes: &mut Vec<Diagnostic>) -> Vec<String> {
    let wanted = columns.iter().map(|column| match renamed(column.rename.as_ref()) {
        Some(name) => name.to_owned(),
        None => field(&column.name, options),
    });
    let mut names: Vec<String> = wanted.collect();
    let reserved = |name: &str| is_reserved(name, options);
    for at in naming::distinct(&mut names, |at, name| columns[at].name == name, reserved) {
        if of.emitted {
            let subject = format!("{}.{}", of.id, crate::sql::identifier(&columns[at].name));
            notes.push(Diagnostic::note(
                subject,
                format!("is called `{}` in Python", names[at]),
            ));
        }
    }
    names
}

/// The names of plain fields: attributes, arguments, results.
pub(super) fn plain_fields<'a>(names: impl Iterator<Item = &'a str>, options: &Python) -> Vec<String> {
    let own: Vec<&str> = names.collect();
    let mut fields: Vec<String> = own.iter().map(|name| field(name, options)).collect();
    naming::distinct(
        &mut fields,
        |at, name| own[at] == name,
        |name| is_reserved(name, options),
    );
    fields
}

/// The members of an enum, by label. Labels that become one identifier get numbers, always the same ones.
pub(super) fn members(labels: &[crate::catalog::Name]) -> Vec<String> {
    let mut names: Vec<String> = labels
        .iter()
        .map(|label| {
            let words = words(label).to_snake_case().to_uppercase();
            match words.chars().next() {
                None => "EMPTY".to_owned(),
                Some(first) if first.is_numeric() => format!("N{words}"),
                Some(_) => words,
            }
        })
        .collect();
    let own = |at: usize, name: &str| labels[at] == name;
    // `mro` and the like are attributes of every enum, but none is in capitals.
    naming::distinct(&mut names, own, |name| KEYWORDS.contains(&name));
    names
}

/// Whether a name can be written as it is.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        && characters.all(|character| character.is_ascii_alphanumeric() || character == '_')
        && !KEYWORDS.contains(&name)
}

/// Whether a name is a keyword.
pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Whether a name is one that annotations are made of.
pub(super) fn is_annotation(name: &str) -> bool {
    ANNOTATIONS.contains(&name) || TAKEN.contains(&name)
}

/// The user's own name, where there is one for Python.
pub(super) fn renamed(rename: Option<&Name>) -> Option<&str> {
    rename.and_then(|name| name.get(Lang::Python))
}

fn class(named: &Named, home: &str) -> String {
    if let Some(name) = renamed(named.rename.as_ref()) {
        return name.to_owned();
    }
    let name = words(&named.id.name).to_upper_camel_case();
    let name = if named.id.schema == home {
        name
    } else {
        format!("{}{name}", words(&named.id.schema).to_upper_camel_case())
    };
    match name.chars().next() {
        Some(first) if first.is_numeric() => format!("N{name}"),
        None => "Empty".to_owned(),
        Some(_) => name,
    }
}

/// A name in characters that an identifier can hold and that Python leaves as they are: it brings identifiers to
/// Unicode's form NFKC, so that two which differ only there would be one.
fn words(name: &str) -> String {
    let kept = |character: char| match character {
        '\u{132}' | '\u{133}' | '\u{13f}' | '\u{140}' | '\u{149}' | '\u{17f}' | '\u{d7}' | '\u{f7}' => false,
        '\u{c0}'..='\u{17e}' | '\u{400}'..='\u{45f}' => true,
        '\u{3041}'..='\u{3096}' | '\u{30a1}'..='\u{30fa}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => true,
        other => other.is_ascii(),
    };
    let plain: String = name
        .chars()
        .map(|character| if kept(character) { character } else { '_' })
        .collect();
    naming::sanitize(&plain)
}

fn field(name: &str, options: &Python) -> String {
    let words = words(name);
    let words = match options.case {
        PythonCase::Snake if words.chars().any(char::is_uppercase) => words.to_snake_case(),
        PythonCase::Snake | PythonCase::Preserve => words,
    };
    // A leading underscore makes a private attribute of what should be a field.
    let trimmed = words.trim_start_matches('_');
    match trimmed.chars().next() {
        None => "empty".to_owned(),
        Some(first) if first.is_numeric() => format!("n{trimmed}"),
        Some(_) => trimmed.to_owned(),
    }
}

fn is_reserved(name: &str, options: &Python) -> bool {
    KEYWORDS.contains(&name)
        || ANNOTATIONS.contains(&name)
        || TAKEN.contains(&name)
        || match options.style {
            PythonStyle::Pydantic => PYDANTIC.contains(&name) || name.starts_with("model_"),
            PythonStyle::Sqlalchemy => SQLALCHEMY.contains(&name),
            PythonStyle::Typeddict | PythonStyle::Dataclass => false,
        }
}
