//! The files of a book: which are there, and that none of them is somebody else's.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path};

use crate::threads::in_parts;
use crate::{Error, Result, files};

/// What makes a folder a book: the list of the files that were written.
const MANIFEST: &str = "book.manifest";
/// The manifest's first line.
const HEAD: &str = "pgkeel book 1";
/// How many pages are worth a thread.
const LEAST: usize = 16;

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// How many files the book has.
    pub files: usize,
    /// How many of them were not as they should be.
    pub changed: usize,
    /// How many of another time were removed.
    pub removed: usize,
}

/// Brings the folder in line with `pages`, each of which `render` makes when its turn comes.
pub(super) fn write<P: Sync>(
    folder: &Path,
    pages: &[(String, P)],
    render: impl Fn(&P) -> Result<String> + Sync,
) -> Result<Written> {
    let old = manifest(folder)?;
    fs::create_dir_all(folder).map_err(|error| refused("cannot make the folder", folder, error))?;
    let new = pages.iter().map(|(path, _)| path.clone()).collect::<BTreeSet<_>>();
    let folders = new
        .iter()
        .filter_map(|path| Path::new(path).parent())
        .collect::<BTreeSet<_>>();
    for inner in folders {
        let path = folder.join(inner);
        fs::create_dir_all(&path).map_err(|error| refused("cannot make the folder", &path, error))?;
    }
    // Whatever happens, all that is there is known to be a book's.
    replace(&folder.join(MANIFEST), &listed(old.union(&new)))?;
    let parts = in_parts(pages, LEAST, |_, part| {
        let mut changed = 0;
        for (path, page) in part {
            changed += usize::from(replace(&folder.join(path), &render(page)?)?);
        }
        Ok(changed)
    });
    let changed = parts.into_iter().sum::<Result<usize>>()?;
    let surplus = old.difference(&new).collect::<Vec<_>>();
    for path in &surplus {
        remove(folder, path)?;
    }
    replace(&folder.join(MANIFEST), &listed(new.iter()))?;
    Ok(Written {
        files: new.len(),
        changed,
        removed: surplus.len(),
    })
}

/// The files that an earlier run wrote.
fn manifest(folder: &Path) -> Result<BTreeSet<String>> {
    let path = folder.join(MANIFEST);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            check_empty(folder)?;
            return Ok(BTreeSet::new());
        }
        Err(error) => return Err(refused("cannot read", &path, error)),
    };
    let mut lines = text.lines();
    let is_ours = |line: &&str| {
        !line.is_empty()
            && Path::new(line)
                .components()
                .all(|part| matches!(part, Component::Normal(_)))
    };
    if lines.next() != Some(HEAD) || !lines.clone().all(|line| is_ours(&line)) {
        return Err(Error::new(format!("{} is no list of a book's files", path.display()))
            .with_hint("name another folder, or remove this one"));
    }
    Ok(lines.map(str::to_owned).collect())
}

fn check_empty(folder: &Path) -> Result<()> {
    match fs::read_dir(folder) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => Err(Error::new(format!("{} is not empty, and no book", folder.display()))
                .with_hint("name a folder that pgkeel may fill")),
        },
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(refused("cannot write to", folder, error)),
    }
}

fn listed<'a>(paths: impl Iterator<Item = &'a String>) -> String {
    let mut text = HEAD.to_owned();
    for path in paths {
        text.extend(["\n", path]);
    }
    text.push('\n');
    text
}

/// Replaces the file in one step, unless it is right already; tells which.
fn replace(path: &Path, contents: &str) -> Result<bool> {
    if files::holds(path, contents.as_bytes())? == Some(true) {
        return Ok(false);
    }
    files::replace(path, contents.as_bytes())?;
    Ok(true)
}

/// Removes a file, and its folder where that was the last.
fn remove(folder: &Path, path: &str) -> Result<()> {
    let path = folder.join(path);
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(refused("cannot remove", &path, error)),
    }
    if let Some(parent) = path.parent().filter(|parent| *parent != folder) {
        // It stays where anything is left in it.
        let _ = fs::remove_dir(parent);
    }
    Ok(())
}

fn refused(what: &str, path: &Path, error: std::io::Error) -> Error {
    Error::io(what, path, error).with_hint("name another folder with --out")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(names: &[&str]) -> Vec<(String, String)> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), format!("<p>{name}")))
            .collect()
    }

    fn publish(folder: &Path, names: &[&str]) -> Result<Written> {
        write(folder, &pages(names), |page| Ok(page.clone()))
    }

    #[test]
    fn only_what_the_book_wrote_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        assert_eq!(publish(&book, &["a.html", "t/b.html", "u/c.html"]).unwrap().changed, 3);
        fs::write(book.join("mine.txt"), "mine").unwrap();
        fs::write(book.join("t/mine.txt"), "mine").unwrap();
        let written = publish(&book, &["a.html", "v/d.html"]).unwrap();
        assert_eq!((written.files, written.changed, written.removed), (2, 1, 2));
        assert!(book.join("mine.txt").is_file() && book.join("t/mine.txt").is_file());
        assert!(!book.join("u").exists() && !book.join("t/b.html").exists());
        assert_eq!(publish(&book, &["a.html", "v/d.html"]).unwrap().changed, 0);
    }

    #[test]
    fn a_folder_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("thesis.txt"), "years of work").unwrap();
        let error = publish(folder.path(), &["a.html"]).unwrap_err();
        assert!(error.to_string().contains("is not empty, and no book"), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_list_that_names_files_elsewhere_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book");
        let outside = folder.path().join("thesis.txt");
        fs::write(&outside, "years of work").unwrap();
        publish(&book, &["a.html"]).unwrap();
        for evil in ["../thesis.txt", "/etc/passwd", "a/../../thesis.txt", ""] {
            fs::write(book.join(MANIFEST), format!("{HEAD}\n{evil}\n")).unwrap();
            let error = publish(&book, &["a.html"]).unwrap_err();
            assert!(
                error.to_string().contains("is no list of a book's files"),
                "{evil}: {error}"
            );
        }
        assert!(outside.is_file());
    }
}
