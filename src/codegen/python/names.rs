//! What Python calls things.

use std::collections::{BTreeSet, HashSet};

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

/// Built-in types and modules that annotations are made of.
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

/// Attributes of SQLAlchemy's declarative classes, and the functions that their bodies call.
const SQLALCHEMY: &[&str] = &["mapped_column", "metadata", "registry", "relationship"];

/// Names that the generated module imports or defines itself.
const TAKEN: &[&str] = &[
    "Annotated",
    "AfterValidator",
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
    "PgType",
    "Range",
    "True",
    "TypeAlias",
    "TypedDict",
    "UUID",
    "Unset",
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
    pub(super) fn new(api: &Api, values: &BTreeSet<usize>, notes: &mut Vec<Diagnostic>) -> Self {
        let kinds: [Vec<&Named>; 5] = [
            api.relations.iter().map(|row| &row.named).collect(),
            api.enums.iter().map(|row| &row.named).collect(),
            api.domains.iter().map(|row| &row.named).collect(),
            api.composites.iter().map(|row| &row.named).collect(),
            api.functions.iter().map(|row| &row.named).collect(),
        ];
        let all: Vec<&Named> = kinds.iter().flatten().copied().collect();
        let mut names: Vec<String> = all.iter().map(|named| class(named, &api.home)).collect();
        // A class that is spelled like one derived from a relation would be defined twice.
        let derived: HashSet<String> = names[..kinds[0].len()]
            .iter()
            .flat_map(|name| [format!("{name}Insert"), format!("{name}Update")])
            .chain(values.iter().map(|&at| format!("{}Value", names[at])))
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

/// What no field of a class may be called.
pub(super) struct Reserved<'a> {
    options: &'a Python,
    /// What annotations are made of: a field of such a name would hide it from the fields after it.
    annotations: HashSet<&'a str>,
}

impl<'a> Reserved<'a> {
    pub(super) fn new(api: &'a Api, names: &'a Names, options: &'a Python) -> Self {
        let classes = [&names.relations, &names.enums, &names.domains, &names.composites];
        let custom = api.overrides.iter().filter_map(|custom| custom.python.as_deref());
        let roots = custom.flat_map(modules).filter_map(|module| module.split('.').next());
        let words = KEYWORDS.iter().chain(ANNOTATIONS).chain(TAKEN).copied();
        Self {
            options,
            annotations: words
                .chain(classes.into_iter().flatten().map(String::as_str))
                .chain(roots)
                .collect(),
        }
    }

    /// Whether a field of that name would hide what annotations are made of.
    pub(super) fn hides(&self, name: &str) -> bool {
        self.annotations.contains(name)
    }

    /// Whether no field can have that name.
    pub(super) fn holds(&self, name: &str) -> bool {
        self.hides(name)
            || match self.options.style {
                PythonStyle::Pydantic => name.starts_with("model_") || PYDANTIC.contains(&name),
                PythonStyle::Sqlalchemy => SQLALCHEMY.contains(&name),
                PythonStyle::Typeddict | PythonStyle::Dataclass => false,
            }
    }

    /// The fields of a relation, by column.
    pub(super) fn fields(&self, columns: &[Column], of: &Named, notes: &mut Vec<Diagnostic>) -> Vec<String> {
        let wanted = columns.iter().map(|column| match renamed(column.rename.as_ref()) {
            Some(name) => name.to_owned(),
            None => field(&column.name, self.options),
        });
        let mut names: Vec<String> = wanted.collect();
        let is_own = |at: usize, name: &str| columns[at].name == name;
        for at in naming::distinct(&mut names, is_own, |name| self.holds(name)) {
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
    pub(super) fn plain_fields(&self, own: &[&str]) -> Vec<String> {
        let mut fields: Vec<String> = own.iter().map(|name| field(name, self.options)).collect();
        naming::distinct(&mut fields, |at, name| own[at] == name, |name| self.holds(name));
        fields
    }
}

/// The modules of the dotted names in the user's own code; texts in quotes have none.
pub(super) fn modules(code: &str) -> impl Iterator<Item = &str> {
    let outside = code.split(['"', '\'']).step_by(2);
    let is_dotted = |character: char| character.is_alphanumeric() || matches!(character, '_' | '.');
    outside
        .flat_map(move |part| part.split(move |character| !is_dotted(character)))
        .filter_map(|path| path.rsplit_once('.'))
        .map(|(module, _)| module)
        .filter(|module| module.starts_with(|first: char| first.is_alphabetic() || first == '_'))
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

#[cfg(test)]
mod tests {
    #[test]
    fn the_user_s_types_are_imported_wherever_they_stand() {
        let modules = |code| super::modules(code).collect::<Vec<_>>();
        assert_eq!(modules("pydantic.EmailStr"), ["pydantic"]);
        assert_eq!(modules("dict[str, app.shapes.Meta] | my.Other"), ["app.shapes", "my"]);
        assert_eq!(modules("typing.Literal['a.b', \"c.d\"]"), ["typing"]);
        assert!(modules("list[int]").is_empty());
    }
}
