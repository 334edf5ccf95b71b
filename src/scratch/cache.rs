//! What is kept between runs, in the user's cache directory.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// The directory for what is worth keeping: `PGKEEL_CACHE_DIR`, else `pgkeel` in the user's cache directory. Root keeps
/// it where the user that its servers run as can reach it: root's home is closed to others.
pub(super) fn directory() -> Result<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    if let Some(directory) = variable("PGKEEL_CACHE_DIR") {
        return Ok(directory);
    }
    if super::user::is_root() {
        return Ok(PathBuf::from("/var/cache/pgkeel"));
    }
    if let Some(directory) = variable("XDG_CACHE_HOME").filter(|path| path.is_absolute()) {
        return Ok(directory.join("pgkeel"));
    }
    let home = std::env::home_dir().filter(|home| home.is_absolute()).ok_or_else(|| {
        Error::new("no home directory to keep a cache in").with_hint("set PGKEEL_CACHE_DIR to a directory of your own")
    })?;
    let caches = if cfg!(target_os = "macos") {
        "Library/Caches"
    } else {
        ".cache"
    };
    Ok(home.join(caches).join("pgkeel"))
}

/// Makes `directory` and what is above it.
pub(super) fn make(directory: &Path) -> Result<()> {
    fs::create_dir_all(directory).map_err(|error| {
        Error::io("cannot make the cache directory", directory, error)
            .with_hint("set PGKEEL_CACHE_DIR to a directory that can be written to")
    })
}

/// Waits for the lock on `path`, which is held until the file is dropped.
pub(super) async fn lock(path: PathBuf) -> Result<File> {
    let waiting = tokio::task::spawn_blocking(move || {
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let locked = file.and_then(|file| file.lock().map(|()| file));
        locked.map_err(|error| Error::io("cannot lock", &path, error))
    });
    waiting
        .await
        .map_err(|error| Error::new("the wait for a lock was interrupted").with_source(error))?
}
