//! Files that are looked at again and again: that is cheap, and the same on every system and file system.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file, or a folder with all below it, as last seen.
pub(super) struct Files {
    root: PathBuf,
    stamps: Stamps,
    contents: BTreeMap<PathBuf, Vec<u8>>,
}

type Stamps = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

impl Files {
    pub(super) fn new(root: PathBuf) -> Self {
        let stamps = stamps(&root);
        let contents = contents(&stamps);
        Self { root, stamps, contents }
    }

    /// Whether what the files contain has changed since the last look; they are read only where their stamps differ.
    pub(super) fn changed(&mut self) -> bool {
        let stamps = stamps(&self.root);
        if stamps == self.stamps {
            return false;
        }
        let contents = contents(&stamps);
        self.stamps = stamps;
        let changed = contents != self.contents;
        self.contents = contents;
        changed
    }
}
fn stamps(root: &Path) -> Stamps {
    let mut found = BTreeMap::new();
    let mut folders = Vec::new();
    match root.metadata() {
        Ok(metadata) if metadata.is_dir() => folders.push(root.to_owned()),
        Ok(metadata) => {
            found.insert(root.to_owned(), (metadata.modified().ok(), metadata.len()));
        }
        Err(_) => {}
    }
    while let Some(folder) = folders.pop() {
        // A file that vanishes while it is looked at is seen as gone at the next look.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(metadata) = entry.metadata() else { continue };
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            if metadata.is_dir() {
                folders.push(entry.path());
            } else if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "sql" || extension == "json")
            {
                found.insert(entry.path(), (metadata.modified().ok(), metadata.len()));
            }
        }
    }
    found
}

fn contents(stamps: &Stamps) -> BTreeMap<PathBuf, Vec<u8>> {
    stamps
        .keys()
        .filter_map(|path| Some((path.clone(), std::fs::read(path).ok()?)))
        .collect()
}
