//! The files that come right behind a migration, for tools whose history pgkeel does not keep.

use std::path::{Path, PathBuf};

use crate::migrate::run::write::{NewFile, Part, versions_after};
use crate::scratch::{Layout, Migrations};
use crate::{Error, Result};

/// Whether files can come behind those of a folder that is arranged so.
pub(super) fn is_known(layout: Layout) -> bool {
    matches!(
        layout,
        Layout::Dbmate | Layout::Goose | Layout::Flyway | Layout::UpDownFolders
    )
}

/// Whether two names are of one file: a folder may have been named in another way.
pub(super) fn is_same(a: &Path, b: &Path) -> bool {
    a == b || matches!((std::fs::canonicalize(a), std::fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

/// The files that do `parts` right behind the migration in `file`.
///
/// # Errors
/// Where there is no version between it and the next one, or it has none.
pub(super) fn files_behind(found: &Migrations, file: &Path, parts: &[Part]) -> Result<Vec<NewFile>> {
    let own = name_of(found.layout, file);
    let names = found.files.iter().map(|one| name_of(found.layout, &one.path));
    let names = names.collect::<Vec<_>>();
    let next = names.iter().position(|name| *name == own);
    let next = next.and_then(|at| names.get(at + 1));
    let made = match found.layout {
        Layout::Flyway => flyway_names(&own, parts.len()),
        _ => numbered_names(&own, parts.len()),
    };
    let made = made.ok_or_else(|| {
        Error::new(format!("{own} has no version that another file can come behind"))
            .with_hint("move each such statement to a file of its own")
    })?;
    let is_before = |name: &String| next.is_none_or(|next| order(found.layout, name) < order(found.layout, next));
    if let Some(next) = next.filter(|_| !made.iter().all(is_before)) {
        return Err(Error::new(format!(
            "there is no version between {own} and {next} for what has to come behind {}",
            file.display()
        ))
        .with_hint("give the later files higher versions, where none of them has been run"));
    }
    let files = made.iter().zip(parts).map(|(name, part)| files_of(found, name, part));
    Ok(files.flatten().collect())
}

/// What has the version: the file, or the folder that it is in.
fn name_of(layout: Layout, file: &Path) -> String {
    let named = match layout {
        Layout::UpDownFolders => file.parent().unwrap_or(file),
        _ => file,
    };
    let name = named.file_name().unwrap_or_default().to_string_lossy();
    name.strip_suffix(".sql").unwrap_or(&name).to_owned()
}

/// `<version>_<name>`; diesel may write hyphens into a version.
fn numbered_names(own: &str, count: usize) -> Option<Vec<String>> {
    let (version, name) = own.split_once('_')?;
    let digits = version.replace('-', "");
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let versions = versions_after(&digits, digits.len()).take(count).zip(2..);
    let named = versions.map(|(next, number)| {
        let mut next = next.chars();
        let shaped = version
            .chars()
            .map(|sign| if sign == '-' { Some('-') } else { next.next() });
        let shaped = shaped.flatten().collect::<String>();
        format!("{shaped}{}_{name}_{number}", next.as_str())
    });
    Some(named.collect())
}

/// `V<version>__<name>`: a part of the version comes after it.
fn flyway_names(own: &str, count: usize) -> Option<Vec<String>> {
    let (version, name) = own.split_once("__")?;
    version.strip_prefix('V')?;
    let named = (1..=count).map(|number| format!("{version}.{number}__{name}_{}", number + 1));
    Some(named.collect())
}

/// What a tool orders its migrations by.
fn order(layout: Layout, name: &str) -> (Vec<u128>, String) {
    let (version, rest) = match layout {
        Layout::Flyway => name.split_once("__").unwrap_or((name, "")),
        _ => name.split_once('_').unwrap_or((name, "")),
    };
    match layout {
        // What can be repeated comes last.
        Layout::Flyway if version == "R" => (vec![u128::MAX], rest.to_owned()),
        Layout::Flyway => {
            let parts = version.trim_start_matches('V').split(['.', '_']);
            (parts.map(|part| part.parse().unwrap_or(0)).collect(), String::new())
        }
        Layout::Goose => (vec![version.parse().unwrap_or(0)], String::new()),
        // As text.
        _ => (Vec::new(), version.replace('-', "")),
    }
}

fn files_of(found: &Migrations, name: &str, part: &Part) -> Vec<NewFile> {
    let sql = part.sql.trim_end();
    let new = |path: PathBuf, text: String| NewFile { path, text };
    let file = found.directory.join(format!("{name}.sql"));
    match found.layout {
        Layout::Dbmate => {
            let alone = if part.is_transaction { "" } else { " transaction:false" };
            vec![new(file, format!("-- migrate:up{alone}\n{sql}\n\n-- migrate:down\n"))]
        }
        Layout::Goose => {
            let alone = if part.is_transaction {
                ""
            } else {
                "-- +goose NO TRANSACTION\n"
            };
            // goose ends a statement at every semicolon that ends a line.
            let sql = match sql.trim_end_matches(';').contains(['$', '\'']) {
                true => format!("-- +goose StatementBegin\n{sql}\n-- +goose StatementEnd"),
                false => sql.to_owned(),
            };
            vec![new(file, format!("{alone}-- +goose Up\n{sql}\n\n-- +goose Down\n"))]
        }
        Layout::UpDownFolders => {
            let folder = found.directory.join(name);
            let settings = (!part.is_transaction)
                .then(|| new(folder.join("metadata.toml"), "run_in_transaction = false\n".to_owned()));
            let down = "-- Nothing to do on this way.\n".to_owned();
            // The settings first, so that no run finds the migration without them.
            settings
                .into_iter()
                .chain([
                    new(folder.join("down.sql"), down),
                    new(folder.join("up.sql"), format!("{sql}\n")),
                ])
                .collect()
        }
        _ => {
            let settings = (!part.is_transaction).then(|| {
                new(
                    file.with_extension("sql.conf"),
                    "executeInTransaction=false\n".to_owned(),
                )
            });
            settings.into_iter().chain([new(file, format!("{sql}\n"))]).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scratch::SqlFile;

    fn behind(layout: Layout, names: &[&str]) -> Result<Vec<(String, String)>, String> {
        let found = Migrations {
            layout,
            directory: "m".into(),
            files: names
                .iter()
                .map(|name| SqlFile {
                    path: Path::new("m").join(name),
                    text: String::new(),
                })
                .collect(),
            notes: Vec::new(),
        };
        let part = |sql: &str, is_transaction| Part {
            sql: sql.to_owned(),
            is_transaction,
        };
        let parts = [part("a;", true), part("b;", false)];
        let files = files_behind(&found, &found.files[0].path, &parts).map_err(|error| error.to_string())?;
        Ok(files
            .into_iter()
            .map(|file| (file.path.display().to_string(), file.text))
            .collect())
    }

    fn shown(files: &[(String, String)]) -> Vec<(&str, &str)> {
        files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect()
    }

    #[test]
    fn every_tool_gets_its_own_kind_of_file() {
        let files = behind(Layout::Dbmate, &["20240229235959_x.sql", "20240301000005_y.sql"]).unwrap();
        assert_eq!(
            shown(&files),
            [
                ("m/20240301000000_x_2.sql", "-- migrate:up\na;\n\n-- migrate:down\n"),
                (
                    "m/20240301000001_x_3.sql",
                    "-- migrate:up transaction:false\nb;\n\n-- migrate:down\n"
                ),
            ]
        );
        let files = behind(Layout::Goose, &["00001_x.sql"]).unwrap();
        assert_eq!(
            shown(&files),
            [
                ("m/00002_x_2.sql", "-- +goose Up\na;\n\n-- +goose Down\n"),
                (
                    "m/00003_x_3.sql",
                    "-- +goose NO TRANSACTION\n-- +goose Up\nb;\n\n-- +goose Down\n"
                ),
            ]
        );
        let files = behind(Layout::Flyway, &["V2__x.sql", "V3__y.sql", "R__z.sql"]).unwrap();
        assert_eq!(
            shown(&files),
            [
                ("m/V2.1__x_2.sql", "a;\n"),
                ("m/V2.2__x_3.sql.conf", "executeInTransaction=false\n"),
                ("m/V2.2__x_3.sql", "b;\n"),
            ]
        );
        let files = behind(
            Layout::UpDownFolders,
            &["2024-01-01-120000_x/up.sql", "2024-01-02-120000_y/up.sql"],
        )
        .unwrap();
        assert_eq!(
            shown(&files),
            [
                ("m/2024-01-01-120001_x_2/down.sql", "-- Nothing to do on this way.\n"),
                ("m/2024-01-01-120001_x_2/up.sql", "a;\n"),
                ("m/2024-01-01-120002_x_3/metadata.toml", "run_in_transaction = false\n"),
                ("m/2024-01-01-120002_x_3/down.sql", "-- Nothing to do on this way.\n"),
                ("m/2024-01-01-120002_x_3/up.sql", "b;\n"),
            ]
        );
    }

    #[test]
    fn none_comes_where_there_is_no_room() {
        for (layout, names) in [
            (Layout::Goose, ["1_x.sql", "3_y.sql"]),
            (Layout::Dbmate, ["1_x.sql", "2_y.sql"]),
            (Layout::Flyway, ["V1__x.sql", "V1.2__y.sql"]),
        ] {
            let error = behind(layout, &names).unwrap_err();
            assert!(error.contains("no version between"), "{error}");
        }
        let error = behind(Layout::Flyway, &["R__x.sql", "R__y.sql"]).unwrap_err();
        assert!(error.contains("has no version"), "{error}");
    }
}
