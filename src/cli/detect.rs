//! What a project's folder tells about it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What was found. Every part may be missing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The variable of `.env` that holds a database's URL.
    pub(super) url_env: Option<String>,
    /// The variable of `.env` that holds a scratch server's URL.
    pub(super) shadow_url_env: Option<String>,
    /// Whether it is a Supabase project.
    pub(super) supabase: bool,
    /// The schemas that its API exposes.
    pub(super) schemas: Vec<String>,
    /// The folder of migrations.
    pub(super) migrations: Option<String>,
    /// The languages, each with the keys to set.
    pub(super) languages: Vec<FoundLanguage>,
}

/// A language that the project uses.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FoundLanguage {
    /// Its name in the configuration.
    pub(super) lang: &'static str,
    /// The file that told.
    pub(super) file: &'static str,
    /// Keys and values, the values as TOML.
    pub(super) settings: Vec<(&'static str, String)>,
}

/// Looks at `folder`. What cannot be read tells nothing.
pub(super) fn look(folder: &Path) -> Found {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let mut found = Found::default();
    (found.url_env, found.shadow_url_env) = url_variables(&folder.join(".env"));
    if let Some(text) = read("supabase/config.toml") {
        found.supabase = true;
        found.schemas = api_schemas(&text);
    }
    let folders = [
        "supabase/migrations",
        "migrations",
        "prisma/migrations",
        "db/migrations",
        "drizzle",
    ];
    found.migrations = folders
        .iter()
        .find(|path| folder.join(path).is_dir())
        .map(|path| (*path).to_owned());
    let has_src = folder.join("src").is_dir();
    let languages = [
        read("package.json").and_then(|text| typescript(&text, has_src)),
        read("Cargo.toml").and_then(|text| rust(&text, folder)),
        read("pyproject.toml").and_then(|text| python(&text)),
        read("requirements.txt").and_then(|text| python_from("requirements.txt", &requirements(&text), None)),
    ];
    for language in languages.into_iter().flatten() {
        if found.languages.iter().all(|known| known.lang != language.lang) {
            found.languages.push(language);
        }
    }
    found
}

/// The variables of a `.env` file that hold PostgreSQL URLs: the main one, `DATABASE_URL` where it is one of them, and
/// the one that says to be a shadow.
fn url_variables(file: &Path) -> (Option<String>, Option<String>) {
    let lines = dotenvy::from_path_iter(file).into_iter().flatten();
    let is_url = |value: &str| value.starts_with("postgres://") || value.starts_with("postgresql://");
    let names: BTreeSet<String> = lines
        .flatten()
        .filter(|(_, value)| is_url(value))
        .map(|(name, _)| name)
        .collect();
    let (shadow, main): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name.contains("SHADOW"));
    let preferred = main
        .iter()
        .find(|name| *name == "DATABASE_URL")
        .or(main.first())
        .cloned();
    (preferred, shadow.into_iter().next())
}

/// `[api] schemas` of Supabase's configuration, without what is the platform's.
fn api_schemas(text: &str) -> Vec<String> {
    let Ok(table) = text.parse::<toml::Table>() else {
        return Vec::new();
    };
    let schemas = table
        .get("api")
        .and_then(|api| api.get("schemas"))
        .and_then(toml::Value::as_array);
    let names = schemas.into_iter().flatten().filter_map(toml::Value::as_str);
    names
        .filter(|name| !matches!(*name, "graphql_public" | "storage"))
        .map(str::to_owned)
        .collect()
}

fn typescript(text: &str, has_src: bool) -> Option<FoundLanguage> {
    let package: serde_json::Value = serde_json::from_str(text).ok()?;
    let sections = ["dependencies", "devDependencies", "peerDependencies"];
    let dependencies: BTreeSet<&str> = sections
        .iter()
        .filter_map(|section| package.get(section)?.as_object())
        .flat_map(|section| section.keys().map(String::as_str))
        .collect();
    let has = |name: &str| dependencies.contains(name);
    let style = if has("@supabase/supabase-js") || has("@supabase/ssr") {
        "supabase"
    } else if has("kysely") {
        "kysely"
    } else if has("pg") || has("postgres") || has("typescript") {
        "interfaces"
    } else {
        return None;
    };
    let out = if has_src {
        "src/database.types.ts"
    } else {
        "database.types.ts"
    };
    let mut settings = vec![("out", quoted(out)), ("style", quoted(style))];
    if style != "supabase" && has("postgres") && !has("pg") {
        settings.push(("wire", quoted("postgres-js")));
    } else if style != "supabase" {
        settings.push(("wire", quoted("node-postgres")));
    }
    if has("zod") {
        settings.push(("validators", quoted("zod")));
    }
    Some(FoundLanguage {
        lang: "typescript",
        file: "package.json",
        settings,
    })
}

fn rust(text: &str, folder: &Path) -> Option<FoundLanguage> {
    let manifest = text.parse::<toml::Table>().ok()?;
    let workspace = manifest.get("workspace").and_then(toml::Value::as_table);
    let tables: Vec<&toml::Table> = [
        manifest.get("dependencies"),
        workspace.and_then(|table| table.get("dependencies")),
    ]
    .into_iter()
    .filter_map(|table| table?.as_table())
    .collect();
    let dependency = |name: &str| tables.iter().find_map(|table| table.get(name));
    let features = |name: &str| -> BTreeSet<&str> {
        let list = dependency(name)
            .and_then(|value| value.get("features"))
            .and_then(toml::Value::as_array);
        list.into_iter().flatten().filter_map(toml::Value::as_str).collect()
    };
    let (style, features) = if dependency("sqlx").is_some() {
        ("sqlx", features("sqlx"))
    } else if dependency("tokio-postgres").is_some() || dependency("deadpool-postgres").is_some() {
        ("tokio-postgres", features("tokio-postgres"))
    } else {
        return None;
    };
    let out = [PathBuf::from("src/db.rs"), PathBuf::from("src/db_types.rs")]
        .into_iter()
        .find(|path| !folder.join(path).exists())
        .unwrap_or_else(|| PathBuf::from("src/pgkeel_types.rs"));
    let mut settings = vec![("out", quoted(&out.display().to_string())), ("style", quoted(style))];
    let has = |name: &str| features.iter().any(|feature| feature.contains(name));
    if !has("chrono") && has("jiff") {
        settings.push(("datetime", quoted("jiff")));
    } else if !has("chrono") && (features.contains("time") || has("with-time")) {
        settings.push(("datetime", quoted("time")));
    }
    if style == "sqlx" && features.contains("bigdecimal") && !features.contains("rust_decimal") {
        settings.push(("decimal", quoted("bigdecimal")));
    }
    if dependency("serde").is_none() {
        settings.push(("serde", "false".to_owned()));
    }
    if features.contains("sqlx-toml") && !folder.join("sqlx.toml").exists() {
        settings.push(("sqlx-toml", quoted("sqlx.toml")));
    }
    Some(FoundLanguage {
        lang: "rust",
        file: "Cargo.toml",
        settings,
    })
}

fn python(text: &str) -> Option<FoundLanguage> {
    let file = text.parse::<toml::Table>().ok()?;
    let project = file.get("project");
    let mut names = BTreeSet::new();
    let mut take = |list: Option<&toml::Value>| {
        for line in list
            .and_then(toml::Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
        {
            names.extend(requirements(line));
        }
    };
    take(project.and_then(|project| project.get("dependencies")));
    let optional = project.and_then(|project| project.get("optional-dependencies"));
    for group in [optional, file.get("dependency-groups")]
        .into_iter()
        .filter_map(|groups| groups?.as_table())
    {
        group.values().for_each(|list| take(Some(list)));
    }
    let poetry = file
        .get("tool")
        .and_then(|tool| tool.get("poetry"))
        .and_then(|poetry| poetry.get("dependencies"));
    let poetry = poetry.and_then(toml::Value::as_table);
    names.extend(
        poetry
            .into_iter()
            .flat_map(|table| table.keys().map(|name| name.to_lowercase())),
    );
    let version = project
        .and_then(|project| project.get("requires-python"))
        .and_then(toml::Value::as_str);
    python_from("pyproject.toml", &names, version)
}

/// What a set of Python packages tells.
fn python_from(file: &'static str, names: &BTreeSet<String>, version: Option<&str>) -> Option<FoundLanguage> {
    let has = |name: &str| names.contains(name);
    let style = if has("sqlalchemy") && !has("pydantic") {
        "sqlalchemy"
    } else if has("pydantic") || has("fastapi") || has("supabase") {
        "pydantic"
    } else if has("psycopg") || has("psycopg2") || has("asyncpg") {
        "dataclass"
    } else {
        return None;
    };
    let mut settings = vec![("out", quoted("db_models.py")), ("style", quoted(style))];
    if has("asyncpg") {
        settings.push(("wire", quoted("asyncpg")));
    } else if has("supabase") && style != "sqlalchemy" {
        settings.push(("wire", quoted("postgrest")));
    }
    let minor = version.and_then(|text| text.split_once("3.")).map(|(_, rest)| rest);
    let minor: Option<String> = minor.map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
    if let Some(minor) = minor
        .and_then(|digits| digits.parse::<u8>().ok())
        .filter(|minor| *minor > 10)
    {
        settings.push(("version", quoted(&format!("3.{minor}"))));
    }
    Some(FoundLanguage {
        lang: "python",
        file,
        settings,
    })
}

/// The names of packages, one requirement a line, normalised.
fn requirements(text: &str) -> BTreeSet<String> {
    let name = |line: &str| -> String {
        let line = line.trim();
        let end = line
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_' | '.')))
            .unwrap_or(line.len());
        line[..end].to_lowercase().replace('_', "-")
    };
    text.lines().map(name).filter(|name| !name.is_empty()).collect()
}

/// `text` as TOML.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}
