//! What the types are to look like: `pgkeel.toml`, and the options of the invocation over it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use pgkeel::config::load::{self, FILE_NAME};
use pgkeel::config::rust::Rust;
use pgkeel::config::{Config, Generate, Lang, Language, Layout};
use proc_macro2::Span;
use syn::LitStr;
use toml::{Table, Value as Toml};

use crate::cache::{self, Stamp};
use crate::input::Input;

/// The settings of an invocation.
pub(crate) struct Settings {
    /// The configuration, without its entries.
    pub(crate) config: Config,
    /// The entry for Rust.
    pub(crate) entry: Generate,
    /// The folder that the configuration's paths are relative to.
    pub(crate) base: PathBuf,
    /// `pgkeel.toml`, where there is one.
    pub(crate) file: Option<PathBuf>,
    /// All of it as text, which tells settings apart.
    pub(crate) text: String,
}

/// The options that are no option of `lang = "rust"`.
const OWN: [&str; 8] = [
    "columns",
    "exclude",
    "names",
    "partitions",
    "platform",
    "schemas",
    "types",
    "config",
];

/// The options of `lang = "rust"` that have a meaning here.
const RUST: [&str; 12] = [
    "style",
    "datetime",
    "decimal",
    "uuid",
    "net",
    "json",
    "serde",
    "derives",
    "domains",
    "ids",
    "patch",
    "visibility",
];

/// Puts the options that are left in `input` over `pgkeel.toml`; `also` names those that the macro has besides.
pub(crate) fn settings(input: &mut Input, package: &Path, also: &[&str]) -> syn::Result<Arc<Settings>> {
    let file = match input.take("config")? {
        Some(option) => {
            let name = option.string()?;
            let file = package.join(name.value());
            if !file.is_file() {
                let message = format!("there is no file {} in the package's folder", name.value());
                return Err(syn::Error::new(name.span(), message));
            }
            Some((file, name.span()))
        }
        None => (package.ancestors().map(|folder| folder.join(FILE_NAME)))
            .find(|file| file.is_file())
            .map(|file| (file, input.first.span())),
    };
    let (mut over, mut spans) = (Table::new(), Vec::new());
    for option in input.options.drain(..) {
        let name = option.name.to_string();
        if !OWN.contains(&name.as_str()) && !RUST.contains(&name.as_str()) {
            let known: Vec<&str> = also.iter().chain(&OWN).chain(&RUST).copied().collect();
            let error = load::unknown(format!("there is no option `{name}`"), &name, &known);
            return Err(explain(&error, option.name.span()));
        }
        let Some(value) = &option.value else {
            return Err(option.wrong("a value"));
        };
        let toml = value.to_toml()?;
        spans.push((name.clone(), value.span()));
        if over.insert(name.clone(), toml).is_some() {
            return Err(syn::Error::new(option.name.span(), format!("`{name}` stands twice")));
        }
    }
    let stamp = match &file {
        Some((file, span)) => Some(Stamp::of(file).map_err(|error| explain(&error, *span))?),
        None => None,
    };
    let span = file.as_ref().map_or_else(Span::call_site, |(_, span)| *span);
    let key = (file.map(|(file, _)| file), stamp, over.to_string());
    cache::settings(key, |(file, _, _)| {
        // Each by itself, for the error to stand on the one that is wrong.
        for (name, span) in &spans {
            check(name, &over).map_err(|error| explain_bare(&error, *span))?;
        }
        read(file.as_deref(), &over, package).map_err(|error| explain(&error, span))
    })
}

/// Refuses an option whose value `pgkeel.toml` could not have.
fn check(name: &str, over: &Table) -> pgkeel::Result<()> {
    let value = over.get(name).cloned();
    let alone = value.map(|value| (name.to_owned(), value)).into_iter().collect();
    load::parse(&merged(Table::new(), &alone), Path::new("")).map(drop)
}

fn read(file: Option<&Path>, over: &Table, package: &Path) -> pgkeel::Result<Settings> {
    let (table, base) = match file {
        None => (Table::new(), package.to_owned()),
        Some(file) => {
            let text = std::fs::read_to_string(file).map_err(|error| pgkeel::Error::io("cannot read", file, error))?;
            // Read once as it stands, for the errors to have their places.
            load::parse(&text, Path::new(FILE_NAME))?;
            let table = text
                .parse()
                .map_err(|error| pgkeel::Error::new(format!("{FILE_NAME}: {error}")))?;
            (table, file.parent().unwrap_or(package).to_owned())
        }
    };
    let text = merged(table, over);
    // What is wrong by now stands in no file.
    let mut config = load::parse(&text, Path::new(FILE_NAME)).map_err(|error| {
        let hint = error
            .hint()
            .unwrap_or("look at the options of this invocation")
            .to_owned();
        pgkeel::Error::new(error.to_string()).with_hint(hint)
    })?;
    let mut entry = (std::mem::take(&mut config.generate).into_iter())
        .find(|entry| entry.lang() == Lang::Rust)
        .unwrap_or_else(|| Generate::new(Lang::Rust));
    entry.layout = Layout::Single;
    if let Language::Rust(options) = &mut entry.language {
        options.sqlx_toml = None;
    }
    Ok(Settings {
        config,
        entry,
        base,
        file: file.map(Path::to_owned),
        text,
    })
}

/// The text of a configuration with options over it; of its entries only the first for Rust is left.
fn merged(mut table: Table, over: &Table) -> String {
    let mut entry = match table.remove("generate") {
        Some(Toml::Array(entries)) => entries.into_iter().find_map(|entry| match entry {
            Toml::Table(entry) if entry.get("lang").and_then(Toml::as_str) == Some("rust") => Some(entry),
            _ => None,
        }),
        _ => None,
    }
    .unwrap_or_default();
    entry.insert("lang".to_owned(), "rust".into());
    for (name, value) in over {
        match (name.as_str(), value) {
            ("schemas" | "exclude" | "platform", value) => {
                section(&mut table, "scope", [(name.clone(), value.clone())]);
            }
            ("types" | "columns", Toml::Table(items)) => {
                let rust = |code: &Toml| Table::from_iter([("rust".to_owned(), code.clone())]).into();
                section(
                    &mut table,
                    name,
                    items.iter().map(|(key, code)| (key.clone(), rust(code))),
                );
            }
            ("names", Toml::Table(items)) => section(&mut table, name, items.clone()),
            ("types" | "columns" | "names", value) => {
                table.insert(name.clone(), value.clone());
            }
            (_, value) => {
                entry.insert(name.clone(), value.clone());
            }
        }
    }
    table.insert("generate".to_owned(), Toml::Array(vec![entry.into()]));
    table.to_string()
}

/// The section of this name, made where it is not there. What is no section stays for the parser to refuse.
fn section(table: &mut Table, name: &str, items: impl IntoIterator<Item = (String, Toml)>) {
    let section = table.entry(name).or_insert_with(|| Table::new().into());
    if let Toml::Table(section) = section {
        section.extend(items);
    }
}

impl Settings {
    /// The options of Rust.
    pub(crate) fn rust(&self) -> Rust {
        match &self.entry.language {
            Language::Rust(options) => options.clone(),
            _ => Rust::default(),
        }
    }
}

/// The error, with its place and its cure, at the code that is to blame.
pub(crate) fn explain(error: &pgkeel::Error, span: Span) -> syn::Error {
    let place = error
        .location()
        .map(|location| format!("\n  in {location}"))
        .unwrap_or_default();
    syn::Error::new(span, format!("{error}{place}{}", hint(error)))
}

/// As [`explain`], for what stands in the code itself.
fn explain_bare(error: &pgkeel::Error, span: Span) -> syn::Error {
    syn::Error::new(span, format!("{error}{}", hint(error)))
}

fn hint(error: &pgkeel::Error) -> String {
    error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default()
}

/// An error with a cure.
pub(crate) fn error(span: Span, message: impl std::fmt::Display, hint: impl std::fmt::Display) -> syn::Error {
    syn::Error::new(span, format!("{message}\nhint: {hint}"))
}

/// The text of a literal that names a file, relative to the package's folder.
pub(crate) fn file(package: &Path, name: &LitStr) -> PathBuf {
    package.join(name.value())
}
