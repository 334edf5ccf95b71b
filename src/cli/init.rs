//! `pgkeel init`: writes the configuration, every key of it, with what was found set.

use std::path::Path;

use super::args::Init;
use super::detect::{self, Found};
use super::exit::Exit;
use super::report::{self, Report};
use crate::config::load::FILE_NAME;
use crate::config::{self, REFERENCE};
use crate::files;
use crate::{Error, Result};

/// Looks around, writes the file and says what to do next.
pub(super) fn run(words: &Init, file: Option<&Path>, report: Report) -> Result<Exit> {
    if words.json_schema {
        report::print(&json_schema())?;
        return Ok(Exit::Clean);
    }
    let file = file.unwrap_or(Path::new(FILE_NAME));
    if file.exists() && !words.force {
        return Err(
            Error::new(format!("{} is there already", file.display())).with_hint("edit it, or replace it with --force")
        );
    }
    let found = detect::look(file.parent().unwrap_or(Path::new("")));
    let mut text = write(&found);
    // Editors look there, and only where something is.
    let schema = file.with_file_name(SCHEMA);
    if words.editor || schema.is_file() {
        text.insert_str(0, &format!("#:schema ./{SCHEMA}\n"));
    }
    // What is written must be readable, whatever was found.
    config::load::parse(&text, file)?;
    files::replace(file, text.as_bytes())?;
    if words.editor {
        files::replace(&schema, json_schema().as_bytes())?;
    }
    report.done(&format!("wrote {}", file.display()));
    if words.editor {
        report.done(&format!("wrote {}", schema.display()));
    }
    tell(&found, report);
    Ok(Exit::Clean)
}

/// The file that tells editors what a configuration may say.
const SCHEMA: &str = "pgkeel.schema.json";

fn json_schema() -> String {
    format!("{:#}\n", config::schema::json_schema())
}

/// The reference with what was found switched on.
fn write(found: &Found) -> String {
    let mut draft = Draft {
        lines: REFERENCE.lines().map(str::to_owned).collect(),
    };
    let quoted = |text: &str| toml::Value::from(text).to_string();
    for (key, name) in [("url-env", &found.url_env), ("shadow-url-env", &found.shadow_url_env)] {
        if let Some(name) = name {
            draft.set("[database]", key, &quoted(name));
        }
    }
    if !found.schemas.is_empty() {
        draft.set(
            "[scope]",
            "schemas",
            &toml::Value::from(found.schemas.clone()).to_string(),
        );
    }
    if found.supabase {
        draft.set("[scope]", "platform", &quoted("supabase"));
    }
    if let Some(folder) = &found.migrations {
        draft.set("[migrations]", "dir", &quoted(folder));
    }
    for language in &found.languages {
        let lang = quoted(language.lang);
        draft.begin(&lang);
        for (key, value) in &language.settings {
            draft.set(&lang, key, value);
        }
    }
    draft.lines.join("\n") + "\n"
}

/// The reference, being edited.
struct Draft {
    lines: Vec<String>,
}

impl Draft {
    /// Sets `key` in `section`: the header of a table, or the quoted name of a language.
    fn set(&mut self, section: &str, key: &str, value: &str) {
        let Some(start) = self.start(section) else { return };
        let setting = format!("#{key} = ");
        let section = self.lines[start..]
            .iter_mut()
            .take_while(|line| !line.starts_with('[') && *line != "#[[generate]]");
        for line in section {
            if line.starts_with(&setting) {
                *line = format!("{key} = {value}");
                return;
            }
        }
    }

    /// Switches on the entry of a language.
    fn begin(&mut self, lang: &str) {
        if let Some(start) = self.start(lang) {
            for line in &mut self.lines[start - 2..start] {
                *line = line.trim_start_matches('#').to_owned();
            }
        }
    }

    /// The line after the one that begins a section.
    fn start(&self, section: &str) -> Option<usize> {
        let setting = format!("lang = {section}");
        let begins = |line: &String| line == section || line.trim_start_matches('#') == setting;
        self.lines.iter().position(begins).map(|at| at + 1)
    }
}

/// Says what was found, and what to do next.
fn tell(found: &Found, report: Report) {
    if found.supabase {
        report.say("  a Supabase project: supabase/config.toml");
    }
    if let Some(folder) = &found.migrations {
        report.say(&format!("  migrations: {folder}"));
    }
    if let Some(name) = &found.url_env {
        report.say(&format!("  a database: {name} in .env"));
    }
    for language in &found.languages {
        report.say(&format!("  {}: {}", language.lang, language.file));
    }
    report.say("next:");
    if found.languages.is_empty() {
        report.say("  take the `#` from one of the [[generate]] entries, for the language that you want");
    }
    if found.url_env.is_none() && found.migrations.is_none() {
        report.say("  set DATABASE_URL, here or in .env, or name your migrations in [migrations] dir");
    }
    report.say("  pgkeel generate            writes the types");
    report.say("  pgkeel pull                writes the snapshot, to be committed");
    report.say("  pgkeel generate --check    in CI");
}
