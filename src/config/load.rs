//! Finds, reads and checks `pgkeel.toml`.

use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::{Config, Generate, Lang, Language, Layout};
use crate::redact::{holds_password, redact};
use crate::{Error, Result, sql};

/// The name of the configuration's file.
pub const FILE_NAME: &str = "pgkeel.toml";

/// A configuration and the folder that its paths are relative to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Project {
    /// What the file says; the defaults where there is none.
    pub config: Config,
    /// The file, where there is one.
    pub file: Option<PathBuf>,
    /// The folder: empty for the working directory.
    pub base: PathBuf,
}

impl Project {
    /// The path of something named in the configuration, as seen from the working directory.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.base.join(path)
    }
}

/// Reads `file`, or the first [`FILE_NAME`] in the working directory or above it; the defaults where there is none.
///
/// # Errors
/// Where the file cannot be read or is not right.
pub fn load(file: Option<&Path>) -> Result<Project> {
    let Some(file) = file.map(Path::to_owned).or_else(find) else {
        return Ok(Project::default());
    };
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Error::io("cannot read", &file, error).with_hint("it must be a file in UTF-8; --config names another")
    })?;
    let config = parse(&text, &file)?;
    let base = file.parent().map(Path::to_owned).unwrap_or_default();
    Ok(Project {
        config,
        file: Some(file),
        base,
    })
}

/// The first [`FILE_NAME`] in the working directory (as a bare name) or above it (as `../pgkeel.toml`, …).
fn find() -> Option<PathBuf> {
    let mut up = PathBuf::new();
    let here = std::env::current_dir().ok()?;
    for _ in here.ancestors() {
        let file = up.join(FILE_NAME);
        if file.is_file() {
            return Some(file);
        }
        up.push("..");
    }
    None
}

/// Reads the text of a configuration; `path` is for messages.
///
/// # Errors
/// At the file, line and column of what is not TOML, an unknown key (with the nearest known one), a wrong value, options
/// that exclude each other, or a secret.
pub fn parse(text: &str, path: &Path) -> Result<Config> {
    let source = Source { text, path };
    let mut root = DeTable::parse(text).map_err(|error| source.syntax(&error))?;
    source.refuse_secrets(root.get_ref())?;
    source.check_names(root.get_ref())?;
    let mut entries = Vec::new();
    if let Some(value) = root.get_mut().get_mut("generate") {
        let (tables, span) = (
            std::mem::replace(value.get_mut(), DeValue::Array(Default::default())),
            value.span(),
        );
        let DeValue::Array(tables) = tables else {
            return Err(source
                .error("`generate` is a list of tables", span)
                .with_hint("write it as [[generate]]"));
        };
        for table in tables {
            entries.push(source.entry(table)?);
        }
    }
    let mut config =
        Config::deserialize(toml::de::Deserializer::from(root)).map_err(|error| source.explain(&error, &[]))?;
    config.generate = entries;
    Ok(config)
}

/// The keys of `[[generate]]` that every language has.
#[derive(Deserialize)]
#[cfg_attr(feature = "cli", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Common {
    /// The language.
    lang: Lang,
    /// The file, or the folder where the layout is `per-schema`; relative to this file's folder.
    out: Option<PathBuf>,
    /// One file, or one per schema.
    #[serde(default)]
    layout: Layout,
    /// Lines that come first in each file, verbatim: a licence, directives for a linter.
    header: Option<String>,
    /// Whether partitions are emitted beside the partitioned tables they belong to.
    #[serde(default)]
    partitions: bool,
}

struct Source<'a> {
    text: &'a str,
    path: &'a Path,
}

impl Source<'_> {
    /// One table of `[[generate]]`: the common keys first, for `lang` decides what the others may be.
    fn entry(&self, table: Spanned<DeValue<'_>>) -> Result<Generate> {
        let span = table.span();
        let DeValue::Table(table) = table.into_inner() else {
            return Err(self
                .error("`generate` is a list of tables", span)
                .with_hint("write it as [[generate]]"));
        };
        let (mut common, mut options) = (DeTable::new(), DeTable::new());
        for (key, value) in table {
            let part = if fields::<Common>().contains(&key.get_ref().as_ref()) {
                &mut common
            } else {
                &mut options
            };
            part.insert(key, value);
        }
        if !common.contains_key("lang") {
            return Err(self
                .error("an entry of [[generate]] names no language", span)
                .with_hint(format!("add `lang`: one of {}", Lang::ALL.map(Lang::name).join(", "))));
        }
        let common: Common = self.read(common, &span, &[])?;
        // An option of another language is better named than likened to one of this.
        for key in options.keys() {
            let owners: Vec<&str> = Lang::ALL
                .into_iter()
                .filter(|lang| lang_knows(*lang, key.get_ref()))
                .map(Lang::name)
                .collect();
            if !owners.is_empty() && !owners.contains(&common.lang.name()) {
                let message = format!("`{}` is no option of `lang = \"{}\"`", key.get_ref(), common.lang);
                return Err(self
                    .error(message, key.span())
                    .with_hint(format!("it belongs to {}", owners.join(", "))));
            }
        }
        let known = fields::<Common>();
        let language = match common.lang {
            Lang::Rust => Language::Rust(self.read(options, &span, known)?),
            #[cfg(feature = "languages")]
            Lang::Typescript => Language::Typescript(self.read(options, &span, known)?),
            #[cfg(feature = "languages")]
            Lang::Python => Language::Python(self.read(options, &span, known)?),
            #[cfg(feature = "languages")]
            Lang::JsonSchema => Language::JsonSchema(self.read(options, &span, known)?),
            // Its options are for those who can write it.
            #[cfg(not(feature = "languages"))]
            other => Language::new(other),
        };
        language.validate().map_err(|error| self.place(error, span))?;
        let mut entry = Generate::from(language);
        entry.layout = common.layout;
        entry.header = common.header;
        entry.partitions = common.partitions;
        match common.out {
            Some(out) => entry.out = out,
            None if entry.layout == Layout::PerSchema => entry.out = PathBuf::from("types"),
            None => {}
        }
        Ok(entry)
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, table: DeTable<'_>, span: &Range<usize>, more: &[&str]) -> Result<T> {
        let value = Spanned::new(span.clone(), DeValue::Table(table));
        T::deserialize(ValueDeserializer::from(value)).map_err(|error| self.explain(&error, more))
    }

    /// Refuses text with a password in it, wherever it stands.
    fn refuse_secrets(&self, table: &DeTable<'_>) -> Result<()> {
        for (key, value) in table {
            self.refuse_secret(key.get_ref(), value)?;
        }
        Ok(())
    }

    fn refuse_secret(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<()> {
        let names_variable = matches!(key, "url-env" | "shadow-url-env");
        match value.get_ref() {
            DeValue::String(text) if holds_password(text) => Err(self
                .error(format!("`{key}` holds a password"), value.span())
                .with_hint("keep the URL in an environment variable, or in .env, and name that variable in `url-env`")),
            DeValue::String(text) if names_variable && !is_variable(text) => Err(self
                .error(
                    format!("`{key}` is not the name of an environment variable"),
                    value.span(),
                )
                .with_hint("put the URL into a variable such as DATABASE_URL, and name that here")),
            DeValue::Array(items) => items.iter().try_for_each(|item| self.refuse_secret(key, item)),
            DeValue::Table(table) => self.refuse_secrets(table),
            _ => Ok(()),
        }
    }

    /// Checks the dotted names that are keys of `[types]`, `[columns]` and `[names]`.
    fn check_names(&self, root: &DeTable<'_>) -> Result<()> {
        for (section, parts, form) in [
            ("types", 2..=2, "schema.type"),
            ("columns", 3..=3, "schema.relation.column"),
            ("names", 2..=3, "schema.name or schema.relation.column"),
        ] {
            let Some(DeValue::Table(table)) = root.get(section).map(Spanned::get_ref) else {
                continue;
            };
            for key in table.keys() {
                if sql::split_name(key.get_ref()).is_none_or(|name| !parts.contains(&name.len())) {
                    let message = format!("`{}` in [{section}] is not of the form {form}", key.get_ref());
                    return Err(self.error(message, key.span()).with_hint(
                        "write the whole dotted name as one quoted key, such as \"public.users\"; \
                         a part with a dot in it takes its own quotes: 'public.\"a.b\"'",
                    ));
                }
            }
        }
        Ok(())
    }

    /// What serde has against a value; for an unknown key, with the nearest of the known ones and `more`.
    fn explain(&self, error: &toml::de::Error, more: &[&str]) -> Error {
        let message = error.message();
        let words: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
        let (kind, found, known) = match words.split_first() {
            Some((found, known)) if message.starts_with("unknown field") => ("key", found, known),
            Some((found, known)) if message.starts_with("unknown variant") => ("value", found, known),
            _ => return self.syntax(error),
        };
        let known: Vec<&str> = more.iter().chain(known).copied().collect();
        self.error(format!("unknown {kind} `{found}`"), error.span().unwrap_or_default())
            .with_hint(instead(found, &known))
    }

    /// What is wrong with the text.
    fn syntax(&self, error: &toml::de::Error) -> Error {
        let mut lines = error.message().lines();
        let message = lines.next().unwrap_or("not TOML").to_owned();
        self.error(message, error.span().unwrap_or_default())
    }

    fn error(&self, message: impl fmt::Display, span: Range<usize>) -> Error {
        self.place(Error::new(redact(&message.to_string())), span)
    }

    /// Puts `error` at the line and column where `span` begins.
    fn place(&self, error: Error, span: Range<usize>) -> Error {
        let start = (0..=span.start.min(self.text.len()))
            .rev()
            .find(|at| self.text.is_char_boundary(*at))
            .unwrap_or(0);
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let number = before.matches('\n').count() + 1;
        let column = before[line_start..].chars().count() + 1;
        let line = self.text[line_start..].lines().next().unwrap_or_default();
        let gutter = " ".repeat(number.to_string().len());
        let position = u32::try_from(number).ok().zip(u32::try_from(column).ok());
        let error = error.at(self.path, position);
        if holds_password(line) {
            return error;
        }
        let pad: String = line
            .chars()
            .take(column - 1)
            .map(|c| if c == '\t' { c } else { ' ' })
            .collect();
        error.with_excerpt(format!("{gutter} |\n{number} | {line}\n{gutter} | {pad}^"))
    }
}

/// The fields of a struct: serde is asked, so that no list of keys can fall behind.
fn fields<T: for<'de> Deserialize<'de>>() -> &'static [&'static str] {
    let mut fields: &[&str] = &[];
    // There is nothing to be read: it says what it looks for, and fails.
    let _ = T::deserialize(Fields(&mut fields));
    fields
}

/// Takes down which fields a struct looks for, and has none of them.
struct Fields<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        self.deserialize_any(visitor)
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(serde::de::Error::custom("only the fields were asked for"))
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

fn lang_knows(lang: Lang, key: &str) -> bool {
    let fields = match lang {
        Lang::Typescript => fields::<super::typescript::Typescript>(),
        Lang::Rust => fields::<super::rust::Rust>(),
        Lang::Python => fields::<super::python::Python>(),
        Lang::JsonSchema => fields::<super::json_schema::JsonSchema>(),
    };
    fields.contains(&key)
}

fn is_variable(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The one of `known` that `found` was probably meant to be.
pub(crate) fn nearest<'a>(found: &str, known: &[&'a str]) -> Option<&'a str> {
    let found = found.replace('_', "-").to_lowercase();
    known
        .iter()
        .map(|name| (strsim::jaro_winkler(&found, name), *name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// The error that nothing has the name `found`, with what to write instead.
pub fn unknown(message: impl Into<String>, found: &str, known: &[&str]) -> Error {
    Error::new(message).with_hint(instead(found, known))
}

/// What to write instead of a name that nothing has: the nearest, or one of all where they are few.
fn instead(found: &str, known: &[&str]) -> String {
    if let Some(near) = nearest(found, known) {
        return format!("did you mean `{near}`?");
    }
    match known.len() {
        0 => "there is none at all".to_owned(),
        1..=60 => format!("there are: {}", known.join(", ")),
        many => {
            format!("there are {many} others: names are written as the database has them, tables with their schema")
        }
    }
}

#[cfg(test)]
mod tests;
