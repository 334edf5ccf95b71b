//! The private directory of one running server, and the removal of those that a killed run left behind.
//!
//! A directory `<base>/<id>` is alive as long as somebody holds the lock on `<base>/<id>.lock`. The system drops a lock
//! with its process, however that ends, so a lock that can be taken proves that the owner is gone; a process number would
//! prove nothing.

use std::fs::{self, File};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::user::{self, User};
use crate::{Error, Result};

/// The name of the socket in a run's directory (manual, `unix_socket_directories`).
pub(super) const SOCKET: &str = ".s.PGSQL.5432";

/// The shortest limit on a socket's path among the systems: 104 bytes with the final zero, on macOS.
const SOCKET_PATH_LIMIT: usize = 103;

/// Memory file systems are used only where a large schema fits too: 1 GiB. Docker's default has 64 MB.
#[cfg(target_os = "linux")]
const ROOM_IN_MEMORY: u64 = 1 << 30;

/// A directory of this run alone. Dropping it removes it.
#[derive(Debug)]
pub(super) struct RunDirectory {
    path: PathBuf,
    lock_path: PathBuf,
    /// Held for as long as the directory lives.
    _lock: File,
}

impl RunDirectory {
    /// Makes a directory that only the server's user can enter, after removing what killed runs left behind.
    pub(super) async fn new(server_user: Option<User>) -> Result<Self> {
        let bases = bases();
        for base in &bases {
            sweep(base).await;
        }
        let mut refused = None;
        for base in &bases {
            match Self::within(base, server_user) {
                Ok(directory) => return Ok(directory),
                Err(error) => refused = Some(error),
            }
        }
        Err(refused.unwrap_or_else(|| Error::new("no directory is fit for a scratch server: every path is too long")))
            .map_err(|error| error.with_hint("set PGKEEL_RUN_DIR to a directory of your own with a short path"))
    }

    /// The directory itself.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The file whose lock says that the directory is in use.
    pub(super) fn lock_path(&self) -> &Path {
        &self.lock_path
    }

    fn within(base: &Path, server_user: Option<User>) -> Result<Self> {
        make_base(base)?;
        loop {
            let file = tempfile::Builder::new().prefix("").suffix(".lock").tempfile_in(base);
            let (lock, lock_path) = file
                .and_then(|file| file.keep().map_err(|kept| kept.error))
                .map_err(|error| Error::io("cannot write to", base, error))?;
            // Another run's sweep may have come between the making of the file and its lock.
            let locked = lock.try_lock().is_ok() && is_same(&lock, &lock_path);
            if !locked {
                continue;
            }
            let path = lock_path.with_extension("");
            fs::DirBuilder::new()
                .mode(0o700)
                .create(&path)
                .map_err(|error| Error::io("cannot make", &path, error))?;
            let directory = Self {
                path,
                lock_path,
                _lock: lock,
            };
            if let Some(user) = server_user {
                user.own(&directory.path)
                    .map_err(|error| Error::io("cannot give away", &directory.path, error))?;
            }
            return Ok(directory);
        }
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        remove(&self.path, &self.lock_path);
    }
}

/// Where runs' directories may lie, the best first: `PGKEEL_RUN_DIR` alone where it is set, else memory where there is
/// room, else the directory for temporary files.
fn bases() -> Vec<PathBuf> {
    let name = format!("pgkeel-{}", rustix::process::geteuid().as_raw());
    if let Some(chosen) = std::env::var_os("PGKEEL_RUN_DIR").filter(|value| !value.is_empty()) {
        return vec![PathBuf::from(chosen).join(name)];
    }
    let mut roots = vec![std::env::temp_dir(), PathBuf::from("/tmp")];
    #[cfg(target_os = "linux")]
    if has_room_in_memory(Path::new("/dev/shm")) {
        roots.insert(0, PathBuf::from("/dev/shm"));
    }
    roots.dedup();
    let mut bases: Vec<PathBuf> = roots.into_iter().map(|root| root.join(&name)).collect();
    let longest = "/.tmpABCDEF/".len() + SOCKET.len();
    bases.retain(|base| base.as_os_str().len() + longest <= SOCKET_PATH_LIMIT);
    bases
}

#[cfg(target_os = "linux")]
fn has_room_in_memory(path: &Path) -> bool {
    const TMPFS_MAGIC: i64 = 0x0102_1994;
    rustix::fs::statfs(path).is_ok_and(|stat| {
        #[allow(clippy::unnecessary_cast, reason = "the fields' types differ between architectures")]
        let (kind, room) = (stat.f_type as i64, stat.f_bavail as u64 * stat.f_bsize as u64);
        kind == TMPFS_MAGIC && room >= ROOM_IN_MEMORY
    })
}

/// Makes `base`, or checks that it is what we would have made: anybody may make directories where it lies. Root's can be
/// passed through, as the servers in it run as another user.
fn make_base(base: &Path) -> Result<()> {
    let mode = if user::is_root() { 0o711 } else { 0o700 };
    match fs::DirBuilder::new().mode(mode).create(base) {
        Ok(()) => {
            // The process's umask may have taken away what another user needs.
            fs::set_permissions(base, fs::Permissions::from_mode(mode))
                .map_err(|error| Error::io("cannot set the mode of", base, error))
        }
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            let found = fs::symlink_metadata(base).map_err(|error| Error::io("cannot look at", base, error))?;
            let is_ours = found.is_dir() && found.uid() == rustix::process::geteuid().as_raw();
            if is_ours && found.mode() & 0o022 == 0 {
                return Ok(());
            }
            Err(Error::new(format!(
                "{} is not a directory that is ours alone",
                base.display()
            )))
        }
        Err(error) => Err(Error::io("cannot make", base, error)),
    }
}

/// Removes the directories of runs that are gone, and stops the servers that still run in them.
async fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let lock_path = entry.path();
        if lock_path.extension().is_none_or(|extension| extension != "lock") {
            continue;
        }
        let Ok(lock) = File::options().write(true).open(&lock_path) else {
            continue;
        };
        if lock.try_lock().is_ok() && is_same(&lock, &lock_path) {
            let directory = lock_path.with_extension("");
            stop_leftover(&directory).await;
            remove(&directory, &lock_path);
        }
    }
}

/// Stops the server that listens in `directory`, if one does. The system tells who listens on a socket, so that no other
/// process can be mistaken for it.
async fn stop_leftover(directory: &Path) {
    let socket = directory.join(SOCKET);
    let deadline = Instant::now() + Duration::from_secs(5);
    while let Ok(stream) = tokio::net::UnixStream::connect(&socket).await {
        let listener = stream
            .peer_cred()
            .ok()
            .and_then(|credentials| credentials.pid())
            .and_then(Pid::from_raw);
        let Some(pid) = listener.filter(|_| Instant::now() < deadline) else {
            return;
        };
        let _ = kill_process(pid, Signal::QUIT);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Removes a directory and then its lock. Another run or the run's own watchdog may be at it too: what is gone is gone.
fn remove(directory: &Path, lock_path: &Path) {
    for _ in 0..10 {
        match fs::remove_dir_all(directory) {
            Ok(()) => break,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !directory.exists() => break,
            // A dying server may still write.
            Err(_) => std::thread::sleep(Duration::from_millis(5)),
        }
    }
    let _ = fs::remove_file(lock_path);
}

/// Whether `path` still leads to `file`.
fn is_same(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(named)) = (file.metadata(), fs::metadata(path)) else {
        return false;
    };
    (open.dev(), open.ino()) == (named.dev(), named.ino())
}
