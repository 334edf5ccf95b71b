//! The cached cluster that every run starts from: `initdb` takes a second, a copy a few hundredths of one.
//!
//! A template holds one database and no other, so that there is little to copy. It is made once per installation and
//! platform, under a lock, in a run's directory, and appears in the cache whole or not at all.

use std::ffi::OsStr;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use sqlx::ConnectOptions;

use super::cluster::{self, Cluster};
use super::locate::Programs;
use super::rundir::RunDirectory;
use super::user::User;
use super::{Platform, Progress, cache, supabase};
use crate::{Error, Result};

/// What the names of Supabase's templates end with.
const SUPABASE: &str = "-supabase";

/// Changes whenever templates are made in another way.
const RECIPE: u32 = 1;

/// Puts a fresh cluster into `directory/data`. `report` hears of a template that has to be made first.
pub(super) async fn copy_into(
    directory: &RunDirectory,
    programs: &Programs,
    platform: Platform,
    server_user: Option<User>,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<()> {
    let to = directory.path().join("data");
    let mut attempts = 0;
    loop {
        let from = find_or_make(programs, platform, server_user, report).await?;
        let Err(error) = copy(&from, &to, server_user) else {
            return Ok(());
        };
        attempts += 1;
        if attempts == 3 {
            return Err(Error::io("cannot copy", &from, error));
        }
        remove(&to)?;
        // Another process may have pruned the cache while we copied; or somebody emptied a part of it by hand.
        if attempts == 2 {
            remove(&from)?;
        }
    }
}

/// The superuser of a platform's cluster.
pub(super) fn superuser(platform: Platform) -> &'static str {
    match platform {
        Platform::None => "postgres",
        Platform::Supabase => "supabase_admin",
    }
}

async fn find_or_make(
    programs: &Programs,
    platform: Platform,
    server_user: Option<User>,
    report: &(dyn Fn(Progress) + Send + Sync),
) -> Result<PathBuf> {
    let templates = cache::directory()?.join("templates");
    let name = name(programs, platform)?;
    let path = templates.join(&name);
    if path.join("PG_VERSION").exists() {
        return Ok(path);
    }
    cache::make(&templates)?;
    let mut lock = cache::lock(templates.join(format!("{name}.lock"))).await?;
    if path.join("PG_VERSION").exists() {
        return Ok(path);
    }
    report(Progress::Preparing {
        version: programs.version.text.clone(),
    });
    make(programs, platform, server_user, &path).await?;
    // The lock file tells whose template it is, for when the programs have gone or changed.
    let _ = lock
        .set_len(0)
        .and_then(|()| lock.write_all(programs.bin.as_os_str().as_bytes()));
    prune(&templates, &name, &programs.bin);
    Ok(path)
}

/// Removes the templates of programs that are gone, and those that the template called `newest` replaces.
fn prune(templates: &Path, newest: &str, bin: &Path) {
    let is_supabase = |name: &str| name.ends_with(SUPABASE);
    for entry in fs::read_dir(templates).into_iter().flatten().flatten() {
        let Ok(file) = entry.file_name().into_string() else {
            continue;
        };
        let Some(name) = file.strip_suffix(".lock").filter(|name| *name != newest) else {
            continue;
        };
        let Ok(lock) = fs::File::options().write(true).open(entry.path()) else {
            continue;
        };
        let owner = PathBuf::from(OsStr::from_bytes(&fs::read(entry.path()).unwrap_or_default()));
        let is_replaced = owner == bin && is_supabase(name) == is_supabase(newest);
        let is_orphan = owner.is_absolute() && !owner.join("postgres").exists();
        if (is_replaced || is_orphan) && lock.try_lock().is_ok() && remove(&templates.join(name)).is_ok() {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// One name for each build of a server: a version may come in builds that cannot read each other's files.
fn name(programs: &Programs, platform: Platform) -> Result<String> {
    let server = programs.bin.join("postgres");
    let file = fs::metadata(&server).map_err(|error| Error::io("cannot look at", &server, error))?;
    let mut hasher = DefaultHasher::new();
    (RECIPE, &programs.bin, file.size(), file.mtime()).hash(&mut hasher);
    if platform == Platform::Supabase {
        supabase::PRELUDE.hash(&mut hasher);
    }
    let suffix = if platform == Platform::Supabase { SUPABASE } else { "" };
    Ok(format!("{}-{:016x}{suffix}", programs.version, hasher.finish()))
}

/// Makes the template at `path`.
async fn make(programs: &Programs, platform: Platform, server_user: Option<User>, path: &Path) -> Result<()> {
    let directory = RunDirectory::new(server_user).await?;
    let data = directory.path().join("data");
    init(programs, platform, server_user, &directory)?;
    let cluster = Cluster::start(programs, directory, server_user).await?;
    let mut conn = cluster
        .connect_options(superuser(platform))
        .connect()
        .await
        .map_err(|error| Error::new(format!("cannot connect to a new cluster: {error}")).with_source(error))?;
    reduce(&mut conn).await?;
    if platform == Platform::Supabase {
        supabase::prepare(&mut conn).await?;
    }
    run(&mut conn, "VACUUM FULL; VACUUM FREEZE; CHECKPOINT").await?;
    sqlx::Connection::close(conn).await.ok();
    let kept = cluster.finish()?;
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = PathBuf::from(unfinished);
    remove(&unfinished)?;
    copy(&data, &unfinished, None).map_err(|error| Error::io("cannot copy", &data, error))?;
    drop(kept);
    match fs::rename(&unfinished, path) {
        // Somebody was as fast, where the lock's file was removed between us.
        Err(_) if path.join("PG_VERSION").exists() => remove(&unfinished),
        made => made.map_err(|error| Error::io("cannot make", path, error)),
    }
}

/// Runs `initdb`.
fn init(programs: &Programs, platform: Platform, server_user: Option<User>, directory: &RunDirectory) -> Result<()> {
    let mut command = cluster::command(&programs.bin.join("initdb"), server_user);
    command
        .arg("-D")
        .arg(directory.path().join("data"))
        .args(["-U", superuser(platform)]);
    command.args([
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--text-search-config=english",
    ]);
    command.args(["--no-sync", "--wal-segsize=1"]);
    if programs.version.major >= 18 {
        command.arg("--no-data-checksums");
    }
    let output = command
        .current_dir(directory.path())
        .output()
        .map_err(|error| cluster::cannot_run(programs, "initdb", &error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Err(Error::new(format!("{} failed", programs.bin.join("initdb").display())).with_detail(said.trim().to_owned()))
}

/// Leaves one database, `postgres`, as small as it can be.
async fn reduce(conn: &mut sqlx::PgConnection) -> Result<()> {
    for statement in [
        "UPDATE pg_database SET datistemplate = false",
        "DROP DATABASE template0",
        "DROP DATABASE template1",
        "COMMENT ON DATABASE postgres IS NULL",
    ] {
        run(conn, statement).await?;
    }
    Ok(())
}

async fn run(conn: &mut sqlx::PgConnection, statements: &'static str) -> Result<()> {
    for statement in statements.split("; ") {
        sqlx::raw_sql(statement)
            .execute(&mut *conn)
            .await
            .map_err(|error| Error::new(format!("cannot prepare a new cluster: {error}")).with_source(error))?;
    }
    Ok(())
}

/// Copies a directory, by several threads at once, and gives the copy to `owner`.
fn copy(from: &Path, to: &Path, owner: Option<User>) -> std::io::Result<()> {
    let mut files = Vec::new();
    copy_directories(from, to, owner, &mut files)?;
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
    let share = files.len().div_ceil(threads).max(1);
    std::thread::scope(|scope| {
        let copies: Vec<_> = files
            .chunks(share)
            .map(|files| {
                scope.spawn(move || {
                    files.iter().try_for_each(|(from, to)| {
                        fs::copy(from, to)?;
                        owner.map_or(Ok(()), |user| user.own(to))
                    })
                })
            })
            .collect();
        copies.into_iter().try_for_each(|copy| {
            copy.join()
                .unwrap_or_else(|_| Err(std::io::Error::other("a copying thread panicked")))
        })
    })
}

/// Makes the directories of the copy and lists the files that belong into them.
fn copy_directories(
    from: &Path,
    to: &Path,
    owner: Option<User>,
    files: &mut Vec<(PathBuf, PathBuf)>,
) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    fs::set_permissions(to, fs::metadata(from)?.permissions())?;
    if let Some(user) = owner {
        user.own(to)?;
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_directories(&source, &target, owner, files)?;
        } else {
            files.push((source, target));
        }
    }
    Ok(())
}

fn remove(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("cannot remove", directory, error)),
        _ => Ok(()),
    }
}
