//! Files on the disk that are replaced in one step, so that whoever reads one sees the old or the new one whole.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::Path;

use crate::{Error, Result};

/// How much of a file is read at a time, in bytes.
const PIECE: usize = 256 * 1024;

/// Replaces the file at `path` by `contents` in one step, making its folder where it is missing.
///
/// # Errors
/// Where the system refuses; the old file is then still whole.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> Result<()> {
    // The link stays, and what it points at is replaced.
    let path = &if path.is_symlink() {
        fs::canonicalize(path).map_err(|error| Error::io("cannot follow the symbolic link", path, error))?
    } else {
        path.to_owned()
    };
    if path.is_dir() {
        return Err(
            Error::new(format!("cannot write {}: it is a folder", path.display())).with_hint("name a file in it")
        );
    }
    let (Some(name), folder) = (path.file_name(), path.parent().unwrap_or(Path::new(""))) else {
        return Err(Error::new(format!("cannot write {}: it names no file", path.display())));
    };
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).map_err(|error| refused("cannot make the folder", folder, error))?;
    }
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".{}.tmp", std::process::id()));
    let temporary = folder.join(temporary);
    let result = fill(&temporary, contents, path).and_then(|()| fs::rename(&temporary, path));
    result.map_err(|error| {
        // The temporary file may not exist, and the first error is the one that counts.
        let _ = fs::remove_file(&temporary);
        refused("cannot write", path, error)
    })
}

/// Whether the file at `path` holds `wanted` and nothing else; nothing where it is not there. It is read piece by piece:
/// generated files are large, and mostly right.
///
/// # Errors
/// Where the file cannot be read.
pub(crate) fn holds(path: &Path, mut wanted: &[u8]) -> Result<Option<bool>> {
    let Some(mut file) = open(path)? else { return Ok(None) };
    let mut piece = vec![0; PIECE];
    loop {
        let length = match file.read(&mut piece) {
            Ok(0) => return Ok(Some(wanted.is_empty())),
            Ok(length) => length,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Error::io("cannot read", path, error)),
        };
        match wanted.strip_prefix(&piece[..length]) {
            Some(rest) => wanted = rest,
            None => return Ok(Some(false)),
        }
    }
}

/// The file at `path`, where one is there.
pub(crate) fn open(path: &Path) -> Result<Option<fs::File>> {
    match fs::File::open(path) {
        // A folder, or a file in the way of one: writing says it better.
        Ok(_) if path.is_dir() => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => Ok(None),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Ok(file) => Ok(Some(file)),
        Err(error) => Err(Error::io("cannot read", path, error)),
    }
}

fn fill(temporary: &Path, contents: &[u8], path: &Path) -> std::io::Result<()> {
    let mut file = fs::File::create(temporary)?;
    if let Ok(existing) = fs::metadata(path) {
        if existing.permissions().readonly() {
            return Err(std::io::Error::new(
                std::io::ErrorKind::PermissionDenied,
                "it is read-only",
            ));
        }
        file.set_permissions(existing.permissions())?;
    }
    file.write_all(contents)
}

fn refused(what: &str, path: &Path, error: std::io::Error) -> Error {
    let hint = match error.kind() {
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
            "change its permissions, or name another place with `out` or --out"
        }
        std::io::ErrorKind::NotADirectory | std::io::ErrorKind::AlreadyExists => {
            "a file stands where a folder is needed: name another place with `out` or --out"
        }
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "make room, and run it again",
        _ => "name another place with `out` or --out",
    };
    Error::io(what, path, error).with_hint(hint)
}
