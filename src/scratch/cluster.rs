//! A running PostgreSQL server of our own: a Unix socket in a private directory, and nothing that outlives the run.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::locate::Programs;
use super::rundir::RunDirectory;
use super::user::User;
use crate::{Error, Result};

/// The name of the only database of a cluster.
pub(super) const DATABASE: &str = "postgres";

/// How long a server may take to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server for a moment: it may forget everything in a crash, and serves a few connections. Parallel workers' memory
/// is kept in files of the data directory, so that it goes with it.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=256MB",
    "wal_recycle=off",
    "wal_init_zero=off",
    "autovacuum=off",
    "jit=off",
    "shared_buffers=16MB",
    "max_connections=24",
    "max_locks_per_transaction=512",
    "dynamic_shared_memory_type=mmap",
    "huge_pages=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off",
    "log_destination=stderr",
];

/// A server in its directory. Dropping it stops the server, then removes the directory.
#[derive(Debug)]
pub(super) struct Cluster {
    server: Child,
    watchdog: Option<Child>,
    directory: RunDirectory,
}

impl Cluster {
    /// Starts `programs` on the `data` in `directory`, and returns once it takes connections.
    pub(super) async fn start(programs: &Programs, directory: RunDirectory, user: Option<User>) -> Result<Self> {
        let log = directory.path().join("log");
        let output = File::create(&log).map_err(|error| Error::io("cannot write", &log, error))?;
        let errors = output
            .try_clone()
            .map_err(|error| Error::io("cannot write", &log, error))?;
        let mut command = command(&programs.bin.join("postgres"), user);
        command
            .arg("-D")
            .arg(directory.path().join("data"))
            .arg("-k")
            .arg(directory.path());
        for setting in SETTINGS {
            command.arg("-c").arg(setting);
        }
        if programs.version.major >= 18 {
            command.args(["-c", "io_method=sync"]);
        }
        command.current_dir(directory.path()).stdout(output).stderr(errors);
        // Ctrl-C is for us, who then stop the server in order.
        let server = command
            .process_group(0)
            .spawn()
            .map_err(|error| cannot_run(programs, "postgres", &error))?;
        let watchdog = watch(&server, &directory);
        let mut cluster = Self {
            server,
            watchdog,
            directory,
        };
        cluster.wait_until_ready(programs).await?;
        Ok(cluster)
    }

    /// How to connect as `user`, a superuser.
    pub(super) fn connect_options(&self, user: &str) -> PgConnectOptions {
        PgConnectOptions::new_without_pgpass()
            .socket(self.directory.path())
            .port(5432)
            .username(user)
            .database(DATABASE)
            .ssl_mode(PgSslMode::Disable)
            .application_name("pgkeel")
    }

    /// Shuts the server down in order, so that its data can be copied: its directory stays until the drop.
    pub(super) fn finish(mut self) -> Result<Self> {
        signal(&self.server, Signal::INT);
        let ended = self.server.wait();
        let log = self.directory.path().join("log");
        match ended {
            Ok(status) if status.success() => Ok(self),
            _ => Err(Error::new("the scratch server did not shut down in order").with_detail(tail(&log))),
        }
    }

    /// `postmaster.pid` says `ready` on its eighth line once connections are taken.
    async fn wait_until_ready(&mut self, programs: &Programs) -> Result<()> {
        let status = self.directory.path().join("data/postmaster.pid");
        let deadline = Instant::now() + PATIENCE;
        loop {
            let is_ready = fs::read_to_string(&status)
                .is_ok_and(|text| text.lines().nth(7).is_some_and(|line| line.trim_end() == "ready"));
            if is_ready {
                return Ok(());
            }
            let ended = self.server.try_wait().ok().flatten();
            if ended.is_some() || Instant::now() > deadline {
                let what = if ended.is_some() { "ended" } else { "did not get ready" };
                let message = format!(
                    "the PostgreSQL {} server of {} {what}",
                    programs.version,
                    programs.bin.display()
                );
                return Err(Error::new(message).with_detail(tail(&self.directory.path().join("log"))));
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What has been waited for has no process any more, and its number may be another's.
        if let Ok(None) = self.server.try_wait() {
            signal(&self.server, Signal::QUIT);
            let _ = self.server.wait();
        }
        if let Some(watchdog) = &mut self.watchdog {
            if let Some(mut leash) = watchdog.stdin.take() {
                let _ = leash.write_all(b"done\n");
            }
            let _ = watchdog.wait();
        }
    }
}

/// A command with nothing of our environment that would change what PostgreSQL does, as the user it may run as.
pub(super) fn command(program: &Path, user: Option<User>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("PG") || text.starts_with("LC_") || matches!(&*text, "LANG" | "LANGUAGE" | "TZ") {
            command.env_remove(&name);
        }
    }
    command.env("LC_ALL", "C").stdin(Stdio::null());
    if let Some(user) = user {
        user.run(&mut command);
    }
    command
}

/// The error of a program that could not be started at all.
pub(super) fn cannot_run(programs: &Programs, program: &str, error: &std::io::Error) -> Error {
    let path = programs.bin.join(program);
    let failure = Error::new(format!("cannot run {}: {error}", path.display()));
    match error.kind() {
        std::io::ErrorKind::PermissionDenied if super::user::is_root() => failure.with_hint(
            "PostgreSQL refuses to run as root, and the user it runs as instead must be able to read this directory \
             and those above it",
        ),
        _ => failure,
    }
}

/// The last lines of a server's log.
pub(super) fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(10)..].join("\n")
}

/// Starts the shell that cleans up where we cannot: after Ctrl-C, SIGTERM, SIGKILL or an abort. It waits on a pipe that
/// the system closes when we end, however that happens. Where there is no shell, the next run does it.
fn watch(server: &Child, directory: &RunDirectory) -> Option<Child> {
    const SCRIPT: &str = r#"
        trap '' HUP INT TERM
        read -r _ && exit
        kill -QUIT "$1"
        tries=0
        while [ -e "$2/data/postmaster.pid" ] && [ $tries -lt 100 ]; do
            tries=$((tries + 1))
            sleep 0.05 || sleep 1
        done
        rm -rf "$2" "$3"
    "#;
    Command::new("/bin/sh")
        .args(["-c", SCRIPT, "pgkeel-watchdog", &server.id().to_string()])
        .arg(directory.path())
        .arg(directory.lock_path())
        .current_dir("/")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .ok()
}

fn signal(process: &Child, signal: Signal) {
    if let Some(pid) = Pid::from_raw(process.id().cast_signed()) {
        let _ = kill_process(pid, signal);
    }
}
