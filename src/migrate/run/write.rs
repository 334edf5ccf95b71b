//! Writes the next migration, both ways at once or neither, as the layout's own tool wants its files.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::folder::{Folder, Migration, Version, down_directory};
use crate::config::MigrationLayout;
use crate::{Error, Result};

/// A part of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its statements, each with its semicolon; without `BEGIN` and `COMMIT`.
    pub sql: String,
    /// Whether it is one transaction; otherwise it is one statement that none takes.
    pub is_transaction: bool,
}

/// A file that is not written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewFile {
    /// Where it goes.
    pub path: PathBuf,
    /// What it says.
    pub text: String,
}

/// Seconds from 1970 on, for versions that are times.
type Seconds = u64;

/// The files of a migration called `name` that does `up` and, where it can be undone, `down`: newer than all that
/// `folder` has. pgkeel's own layout takes any plan in one file; the others run a file in one transaction or in none, so
/// that they get a file for each part. `now` gives a version where versions are times.
///
/// # Errors
/// Where `name` has no letter or digit to make a file's name of.
pub fn files(folder: &Folder, name: &str, up: &[Part], down: Option<&[Part]>, now: SystemTime) -> Result<Vec<NewFile>> {
    let name = file_name(name)?;
    let whole = |parts: &[Part]| -> Vec<String> {
        match folder.layout {
            MigrationLayout::Pgkeel => vec![one_file(parts)],
            layout => parts.iter().map(|part| file_of(part, layout)).collect(),
        }
    };
    let mut ups = whole(up);
    // The last part that went forward is the first to be undone.
    let mut downs: Option<Vec<String>> = down.map(|parts| whole(parts).into_iter().rev().collect());
    let count = ups.len().max(downs.as_ref().map_or(0, Vec::len)).max(1);
    ups.resize(count, "-- Nothing to do on this way.\n".to_owned());
    if let Some(downs) = &mut downs {
        downs.resize(count, "-- Nothing to do on this way.\n".to_owned());
    }
    let mut found = Vec::new();
    for (index, version) in next_versions(folder, count, now).into_iter().enumerate() {
        let name = if count > 1 {
            format!("{name}_{}", index + 1)
        } else {
            name.clone()
        };
        // The way back first, so that no run finds a migration without it.
        if let Some(downs) = &downs {
            found.push(NewFile {
                path: down_path_of(folder, &format!("{version}_{name}")),
                text: downs[index].clone(),
            });
        }
        let ending = if folder.layout == MigrationLayout::Sqlx && is_reversible(folder, down.is_some()) {
            ".up.sql"
        } else {
            ".sql"
        };
        found.push(NewFile {
            path: folder.directory.join(format!("{version}_{name}{ending}")),
            text: ups[index].clone(),
        });
    }
    Ok(found)
}

/// The files that do `parts` right behind the migration in `file`, called as it is with a number; where it can be undone,
/// its own way back undoes them too.
///
/// # Errors
/// Where `file` is no migration of `folder`, or there is no version between it and the next one.
pub fn files_behind(folder: &Folder, file: &Path, parts: &[Part]) -> Result<Vec<NewFile>> {
    let is_it = |path: &Path| path.file_name() == file.file_name();
    let at = folder.migrations.iter().position(|one| is_it(&one.up.path));
    let migration = at.and_then(|at| folder.migrations.get(at)).ok_or_else(|| {
        Error::new(format!("{} is none of the migrations that are run", file.display()))
            .with_hint("another file has its version, or it is not called as the layout wants")
    })?;
    let texts = match folder.layout {
        MigrationLayout::Pgkeel => vec![one_file(parts)],
        layout => parts.iter().map(|part| file_of(part, layout)).collect(),
    };
    let limit = at
        .and_then(|at| folder.migrations.get(at + 1))
        .map(|next| &next.version);
    let stem = stem(migration);
    let name = stem.split_once('_').map_or("", |(_, name)| name);
    let mut found = Vec::new();
    for (index, (version, text)) in versions_behind(migration).zip(texts).enumerate() {
        let next = Version::parse(&version, folder.layout).filter(|next| limit.is_none_or(|limit| next < limit));
        if next.is_none() {
            let behind = limit.map_or_else(|| "the last one".to_owned(), ToString::to_string);
            return Err(Error::new(format!(
                "there is no version between {} and {behind} for what has to come behind {}",
                migration.version,
                file.display()
            ))
            .with_hint("give the later files higher versions, where none of them has been run"));
        }
        let stem = format!("{version}_{name}_{}", index + 2);
        if migration.down.is_some() {
            found.push(NewFile {
                path: down_path_of(folder, &stem),
                text: "-- Nothing to do on this way.\n".to_owned(),
            });
        }
        let ending = match folder.layout == MigrationLayout::Sqlx && is_reversible(folder, false) {
            true => ".up.sql",
            false => ".sql",
        };
        found.push(NewFile {
            path: folder.directory.join(format!("{stem}{ending}")),
            text,
        });
    }
    Ok(found)
}

fn versions_behind(migration: &Migration) -> impl Iterator<Item = String> {
    versions_after(migration.version.as_str(), digits_in_name(migration))
}

/// The versions right after one, with as many digits: the next seconds of a time, else the next numbers.
pub fn versions_after(version: &str, width: usize) -> impl Iterator<Item = String> {
    let seconds = seconds_of(version).filter(|seconds| time_of(*seconds) == version);
    let number = version.parse::<u128>().unwrap_or(0);
    (1..).map(move |step: u32| match seconds {
        Some(seconds) => time_of(seconds + u64::from(step)),
        None => format!("{:0width$}", number + u128::from(step)),
    })
}

/// Writes all of `files`, or none of them. None replaces a file that is there.
///
/// # Errors
/// Where one cannot be written, or is there already.
pub fn write(files: &[NewFile]) -> Result<()> {
    let mut ready = Vec::new();
    for file in files {
        let directory = file.path.parent().unwrap_or(Path::new(""));
        let directory = if directory.as_os_str().is_empty() {
            Path::new(".")
        } else {
            directory
        };
        let cannot = |error| Error::io("cannot write", &file.path, error);
        std::fs::create_dir_all(directory).map_err(cannot)?;
        let mut temporary = tempfile::Builder::new()
            .prefix(".pgkeel-")
            .tempfile_in(directory)
            .map_err(cannot)?;
        temporary.write_all(file.text.as_bytes()).map_err(cannot)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o644);
            temporary.as_file().set_permissions(mode).map_err(cannot)?;
        }
        temporary.as_file().sync_all().map_err(cannot)?;
        ready.push((temporary, file));
    }
    let mut written: Vec<&Path> = Vec::new();
    for (temporary, file) in ready {
        if let Err(error) = temporary.persist_noclobber(&file.path) {
            for path in written {
                let _ = std::fs::remove_file(path);
            }
            return Err(Error::io("cannot write", &file.path, error.error));
        }
        written.push(&file.path);
    }
    Ok(())
}

/// Versions for `count` new migrations, newer than all that `folder` has: times (`20240131235959`, in UTC) where its
/// versions are times or it has none, else the next numbers, with as many digits.
pub fn next_versions(folder: &Folder, count: usize, now: SystemTime) -> Vec<String> {
    let newest = folder.migrations.last();
    let is_time = |version: &Version| version.as_str().len() == 14;
    if newest.is_none_or(|newest| is_time(&newest.version)) {
        let now = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let first = newest
            .and_then(|newest| seconds_of(newest.version.as_str()))
            .map_or(now, |newest| now.max(newest + 1));
        return (first..).take(count).map(time_of).collect();
    }
    let newest = newest
        .and_then(|newest| newest.version.as_str().parse::<u128>().ok())
        .unwrap_or(0);
    let width = folder.migrations.last().map_or(0, digits_in_name);
    (newest + 1..)
        .take(count)
        .map(|number| format!("{number:0width$}"))
        .collect()
}

/// Where the way back of `migration` is, or would be.
pub(super) fn down_path(folder: &Folder, migration: &Migration) -> PathBuf {
    if let Some(down) = &migration.down {
        return down.path.clone();
    }
    down_path_of(folder, &stem(migration))
}

/// What a migration's file is called, without its ending.
fn stem(migration: &Migration) -> String {
    let file = migration.up.path.file_name().unwrap_or_default().to_string_lossy();
    let stem = file.strip_suffix(".up.sql").or(file.strip_suffix(".sql"));
    stem.unwrap_or(&file).to_owned()
}

fn down_path_of(folder: &Folder, stem: &str) -> PathBuf {
    match folder.layout {
        MigrationLayout::Supabase => down_directory(&folder.directory).join(format!("{stem}.sql")),
        _ => folder.directory.join(format!("{stem}.down.sql")),
    }
}

/// A down file makes sqlx want its like called `.up.sql`; a folder that has such files goes on with them.
fn is_reversible(folder: &Folder, has_down: bool) -> bool {
    has_down
        || folder
            .migrations
            .iter()
            .any(|migration| migration.up.path.to_string_lossy().ends_with(".up.sql"))
}

/// A plan as one file of pgkeel's own layout.
fn one_file(parts: &[Part]) -> String {
    if let [part] = parts {
        return text_of(part);
    }
    let parts = parts.iter().map(|part| match part.is_transaction {
        true => format!("BEGIN;\n{}COMMIT;\n", text_of(part)),
        false => text_of(part),
    });
    parts.collect::<Vec<_>>().join("\n")
}

fn file_of(part: &Part, layout: MigrationLayout) -> String {
    match layout {
        MigrationLayout::Sqlx if !part.is_transaction => format!("-- no-transaction\n{}", text_of(part)),
        _ => text_of(part),
    }
}

fn text_of(part: &Part) -> String {
    format!("{}\n", part.sql.trim_end())
}

/// `name` as part of a file's name: letters and digits, joined by `_`.
fn file_name(name: &str) -> Result<String> {
    let words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty());
    let joined = words.map(str::to_lowercase).collect::<Vec<_>>().join("_");
    if joined.is_empty() {
        return Err(Error::new(format!("`{name}` is no name for a migration"))
            .with_hint("say in a few words what it does: add_orders"));
    }
    Ok(joined)
}

fn digits_in_name(migration: &Migration) -> usize {
    let file = migration.up.path.file_name().unwrap_or_default().to_string_lossy();
    file.bytes().take_while(u8::is_ascii_digit).count()
}

/// `20240131235959` of a time, in the Gregorian calendar (days are counted from March, so that leap days come last).
fn time_of(seconds: Seconds) -> String {
    let (days, second) = (seconds / 86_400, seconds % 86_400);
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 {
        month_index + 3
    } else {
        month_index - 9
    };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}")
}

/// The time that a version says; `None` where it says none.
fn seconds_of(version: &str) -> Option<Seconds> {
    let part = |range: std::ops::Range<usize>| version.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    let (hour, minute, second) = (part(8..10)?, part(10..12)?, part(12..14)?);
    if !(1..=12).contains(&month) || year < 1970 {
        return None;
    }
    let shifted = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (shifted / 400, shifted % 400);
    let month_index = if month > 2 { month - 3 } else { month + 9 };
    let day_of_year = (153 * month_index + 2) / 5 + day.checked_sub(1)?;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let days = (era * 146_097 + day_of_era).checked_sub(719_468)?;
    Some(Duration::from_secs(days * 86_400 + hour * 3_600 + minute * 60 + second).as_secs())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::scratch::SqlFile;

    fn folder(layout: MigrationLayout, names: &[&str]) -> Folder {
        let migrations = names.iter().map(|name| Migration {
            version: Version::parse(name.split('_').next().unwrap(), layout).unwrap(),
            name: String::new(),
            up: SqlFile {
                path: Path::new("m").join(name),
                text: String::new(),
            },
            down: None,
            checksum: Vec::new(),
        });
        Folder {
            layout,
            directory: "m".into(),
            migrations: migrations.collect(),
            duplicates: BTreeMap::new(),
            notes: Vec::new(),
        }
    }

    fn part(sql: &str, is_transaction: bool) -> Part {
        Part {
            sql: sql.to_owned(),
            is_transaction,
        }
    }

    fn at(seconds: Seconds) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    fn written(layout: MigrationLayout, up: &[Part], down: Option<&[Part]>) -> Vec<(String, String)> {
        let files = files(&folder(layout, &[]), "Add orders!", up, down, at(0)).unwrap();
        let shown = files
            .into_iter()
            .map(|file| (file.path.display().to_string(), file.text));
        shown.collect()
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (seconds, text) in [
            (0, "19700101000000"),
            (951_782_399, "20000228235959"),
            (951_782_400, "20000229000000"),
            (1_709_210_096, "20240229123456"),
            (4_107_542_400, "21000301000000"),
        ] {
            assert_eq!(time_of(seconds), text);
            assert_eq!(seconds_of(text), Some(seconds));
        }
        assert_eq!(seconds_of("20241399000000"), None);
    }

    #[test]
    fn versions_follow_those_that_are_there() {
        let next = |names: &[&str], seconds| next_versions(&folder(MigrationLayout::Sqlx, names), 2, at(seconds));
        assert_eq!(next(&[], 1_709_210_096), ["20240229123456", "20240229123457"]);
        assert_eq!(next(&["20240229235959_a.sql"], 0), ["20240301000000", "20240301000001"]);
        assert_eq!(next(&["0009_a.sql"], 0), ["0010", "0011"]);
        assert_eq!(next(&["1_a.sql", "2_b.sql"], 0), ["3", "4"]);
    }

    #[test]
    fn what_comes_behind_a_migration_comes_before_the_next() {
        let parts = [part("a;", true), part("b;", false)];
        let behind = |layout, names: &[&str]| {
            let folder = folder(layout, names);
            let files = files_behind(&folder, Path::new(names[0]), &parts);
            let files = files.map_err(|error| error.to_string())?;
            let shown = files
                .into_iter()
                .map(|file| (file.path.display().to_string(), file.text));
            Ok::<_, String>(shown.collect::<Vec<_>>())
        };
        let file = |path: &str, text: &str| (path.to_owned(), text.to_owned());
        assert_eq!(
            behind(
                MigrationLayout::Sqlx,
                &["20240229235959_x.up.sql", "20240301000002_y.up.sql"]
            )
            .unwrap(),
            [
                file("m/20240301000000_x_2.up.sql", "a;\n"),
                file("m/20240301000001_x_3.up.sql", "-- no-transaction\nb;\n")
            ]
        );
        assert_eq!(
            behind(MigrationLayout::Supabase, &["007_x.sql"]).unwrap(),
            [file("m/008_x_2.sql", "a;\n"), file("m/009_x_3.sql", "b;\n")]
        );
        assert_eq!(
            behind(MigrationLayout::Pgkeel, &["1_x.sql", "3_y.sql"]).unwrap(),
            [file("m/2_x_2.sql", "BEGIN;\na;\nCOMMIT;\n\nb;\n")]
        );
        let error = behind(MigrationLayout::Sqlx, &["1_x.sql", "3_y.sql"]).unwrap_err();
        assert!(error.contains("no version between 1 and 3"), "{error}");
    }

    #[test]
    fn own_files_hold_any_plan() {
        let plan = [part("a;\nb;\n", true), part("c;", false), part("d;", true)];
        let files = written(MigrationLayout::Pgkeel, &plan, Some(&[part("e;", true)]));
        assert_eq!(
            files[0],
            ("m/19700101000000_add_orders.down.sql".to_owned(), "e;\n".to_owned())
        );
        assert_eq!(files[1].0, "m/19700101000000_add_orders.sql");
        assert_eq!(files[1].1, "BEGIN;\na;\nb;\nCOMMIT;\n\nc;\n\nBEGIN;\nd;\nCOMMIT;\n");
    }

    #[test]
    fn other_tools_get_a_file_for_each_part() {
        let up = [part("a;", true), part("b;", false)];
        let down = [part("undo b;", false), part("undo a;", true)];
        let files = written(MigrationLayout::Sqlx, &up, Some(&down));
        let shown: Vec<(&str, &str)> = files
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()))
            .collect();
        assert_eq!(
            shown,
            [
                ("m/19700101000000_add_orders_1.down.sql", "undo a;\n"),
                ("m/19700101000000_add_orders_1.up.sql", "a;\n"),
                ("m/19700101000001_add_orders_2.down.sql", "-- no-transaction\nundo b;\n"),
                ("m/19700101000001_add_orders_2.up.sql", "-- no-transaction\nb;\n"),
            ]
        );
        let files = written(MigrationLayout::Supabase, &up, Some(&[part("undo both;", true)]));
        assert_eq!(files[0].0, "m_down/19700101000000_add_orders_1.sql");
        assert_eq!(files[0].1, "undo both;\n");
        assert_eq!(files[2].1, "-- Nothing to do on this way.\n");
        assert_eq!(
            files[3],
            ("m/19700101000001_add_orders_2.sql".to_owned(), "b;\n".to_owned())
        );
    }

    #[test]
    fn all_files_are_written_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let new = |name: &str| NewFile {
            path: folder.path().join(name),
            text: "select 1;\n".to_owned(),
        };
        write(&[new("a.sql"), new("b.sql")]).unwrap();
        assert!(write(&[new("c.sql"), new("a.sql")]).is_err());
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["a.sql", "b.sql"]);
    }
}
