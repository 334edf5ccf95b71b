//! Nothing outlives a run, however it ends, and runs do not meet.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pgkeel::scratch::{self, Options};

use super::start;
use crate::support::command::Folder;

/// A folder for runs' directories that other tests do not use, and that the servers' user can enter.
pub(super) fn run_dir(name: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = std::env::temp_dir().join(format!("pgkeel-it-{name}-{}", std::process::id()));
    let _ = std::fs::remove_dir_all(&path);
    std::fs::create_dir(&path).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    path
}

/// Starts the binary on a migration that sleeps, and waits until the server runs it. Gives the run's directory too.
fn sleeping(name: &str, runs: &Path) -> (Child, PathBuf) {
    let folder = Folder::new(name);
    folder.write("a.sql", "select pg_sleep(600);");
    let mut command = folder.command(&["generate", "--lang", "typescript", "--out", "-", "--source", "a.sql"]);
    let child = command
        .env("PGKEEL_RUN_DIR", runs)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let run = within(30, || {
        let base = std::fs::read_dir(runs).ok()?.next()?.ok()?.path();
        let mut entries = std::fs::read_dir(base).ok()?.flatten().map(|entry| entry.path());
        entries.find(|path| path.join(".s.PGSQL.5432").exists())
    });
    let run = run.expect("no server came up");
    let sleeps = || (!processes_with("pg_sleep", &run).is_empty() || server(&run).is_some()).then_some(());
    within(10, sleeps).expect("the server does not run");
    (child, run)
}

/// Tries `attempt` until it gives something, for so many seconds.
fn within<T>(seconds: u64, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    loop {
        let found = attempt();
        if found.is_some() || Instant::now() > deadline {
            return found;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The lines of `ps` that name both.
fn processes_with(word: &str, run: &Path) -> Vec<String> {
    let list = Command::new("ps")
        .args(["-A", "-o", "pid=,ppid=,args="])
        .output()
        .unwrap();
    let list = String::from_utf8_lossy(&list.stdout).into_owned();
    let run = run.display().to_string();
    list.lines()
        .filter(|line| line.contains(word) && line.contains(&run))
        .map(|line| line.trim().to_owned())
        .collect()
}

/// The number of the server that runs in a directory.
fn server(run: &Path) -> Option<String> {
    processes_with("-D", run)
        .first()?
        .split_whitespace()
        .next()
        .map(str::to_owned)
}

fn kill(signal: &str, process: &str) {
    assert!(
        Command::new("kill")
            .args([&format!("-{signal}"), process])
            .status()
            .unwrap()
            .success()
    );
}

/// Asserts that the server and every file of the run are gone soon.
#[track_caller]
fn is_gone(run: &Path) {
    let lock = run.with_extension("lock");
    let gone = within(10, || {
        (server(run).is_none() && !run.exists() && !lock.exists()).then_some(())
    });
    assert!(
        gone.is_some(),
        "left: {:?}, {:?}",
        processes_with("", run),
        std::fs::read_dir(run).map(Iterator::count)
    );
}

#[test]
fn a_killed_run_takes_its_server_with_it() {
    let runs = run_dir("signals");
    for signal in ["INT", "TERM", "HUP", "KILL"] {
        let (mut child, run) = sleeping("scratch-signals", &runs);
        kill(signal, &child.id().to_string());
        let ended = within(30, || child.try_wait().unwrap());
        if ended.is_none() {
            child.kill().unwrap();
            panic!("it outlives {signal}, as it should only where whoever runs the tests ignores that (nohup)");
        }
        is_gone(&run);
    }
    std::fs::remove_dir_all(runs).unwrap();
}

#[test]
fn what_nobody_could_clean_up_goes_with_the_next_run() {
    let runs = run_dir("leftovers");
    let (mut child, run) = sleeping("scratch-leftovers", &runs);
    let (mut alive, other) = {
        // A second run, whose server has to stay.
        let base = run.parent().unwrap().to_owned();
        let second = run_dir("leftovers-2");
        let (alive, other) = sleeping("scratch-leftovers-2", &second);
        assert_ne!(base, other.parent().unwrap());
        (alive, other)
    };
    for watchdog in processes_with("pgkeel-watchdog", &run) {
        kill("KILL", watchdog.split_whitespace().next().unwrap());
    }
    kill("KILL", &child.id().to_string());
    child.wait().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(
        server(&run).is_some() && run.exists(),
        "somebody cleaned up: this test tests nothing"
    );

    let folder = Folder::new("scratch-leftovers-3");
    folder.write("a.sql", "create table t (a int);");
    let ran = folder.run_with(
        &["generate", "--lang", "typescript", "--out", "-", "--source", "a.sql"],
        &[("PGKEEL_RUN_DIR", runs.to_str().unwrap())],
    );
    ran.succeeds();
    is_gone(&run);
    assert!(server(&other).is_some(), "another run's server was stopped");
    alive.kill().unwrap();
    alive.wait().unwrap();
    is_gone(&other);
    std::fs::remove_dir_all(runs).unwrap();
    std::fs::remove_dir_all(other.parent().unwrap().parent().unwrap()).unwrap();
}

#[test]
fn the_next_run_leaves_a_living_one_alone() {
    let runs = run_dir("living");
    let (mut child, run) = sleeping("scratch-living", &runs);
    let folder = Folder::new("scratch-living-2");
    folder.write("a.sql", "create table t (a int);");
    let arguments = ["generate", "--lang", "typescript", "--out", "-", "--source", "a.sql"];
    folder
        .run_with(&arguments, &[("PGKEEL_RUN_DIR", runs.to_str().unwrap())])
        .succeeds();
    assert!(server(&run).is_some() && run.exists());
    kill("TERM", &child.id().to_string());
    child.wait().unwrap();
    is_gone(&run);
    std::fs::remove_dir_all(runs).unwrap();
}

#[test]
fn many_processes_at_once_share_a_cold_cache() {
    let runs = run_dir("many");
    let cache = runs.join("cache");
    let folder = Folder::new("scratch-many");
    folder.write("a.sql", "create table t (a int);");
    let children: Vec<Child> = (0..8)
        .map(|_| {
            let mut command = folder.command(&["generate", "--lang", "typescript", "--out", "-", "--source", "a.sql"]);
            command.env("PGKEEL_RUN_DIR", &runs).env("PGKEEL_CACHE_DIR", &cache);
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
        })
        .collect();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stdout).contains("Database"));
    }
    let templates = std::fs::read_dir(cache.join("templates")).unwrap().flatten();
    let made: Vec<_> = templates.filter(|entry| entry.path().is_dir()).collect();
    assert_eq!(made.len(), 1, "{made:?}");
    let base = std::fs::read_dir(&runs)
        .unwrap()
        .flatten()
        .map(|entry| entry.path())
        .find(|path| *path != cache);
    assert_eq!(
        std::fs::read_dir(base.unwrap()).unwrap().count(),
        0,
        "something is left"
    );
    std::fs::remove_dir_all(runs).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tasks_at_once_have_servers_of_their_own() {
    let tasks: Vec<_> = (0..8)
        .map(|number| {
            tokio::spawn(async move {
                let scratch = scratch::start(&Options::default()).await.unwrap();
                super::replay(&scratch, &format!("create table t{number} ()"))
                    .await
                    .unwrap();
                let tables = super::value(
                    &scratch,
                    "select string_agg(relname::text, ',') from pg_class where relnamespace = 'public'::regnamespace",
                );
                assert_eq!(tables.await, format!("t{number}"));
                scratch.close().await.unwrap();
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test]
async fn an_error_or_a_panic_stops_the_server_too() {
    let scratch = start().await;
    let dropped = scratch.connect_options().get_socket().unwrap().clone();
    drop(scratch);
    is_gone(&dropped);

    let panicking = tokio::spawn(async {
        let scratch = start().await;
        std::panic::panic_any(scratch.connect_options().get_socket().unwrap().clone());
    });
    let payload = panicking.await.unwrap_err().into_panic();
    is_gone(payload.downcast_ref::<PathBuf>().unwrap());
}
