//! `watch`, and `generate --watch`: what is saved is generated, and mistakes are outlived.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use sqlx::Executor as _;

use crate::migrate::faults::Server;
use crate::support::command::Folder;
use crate::support::database::database;

/// A running `watch` and what it says; ended when dropped.
struct Watch {
    child: Child,
    said: Receiver<String>,
}

impl Watch {
    fn start(folder: &Folder, arguments: &[&str]) -> Self {
        let mut child = folder
            .command(arguments)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let (sender, said) = channel();
        std::thread::spawn(move || lines.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, said }
    }

    /// Waits for a line with `text`, and gives how long that took.
    #[track_caller]
    fn says(&self, text: &str) -> Duration {
        let start = Instant::now();
        self.hears(text);
        start.elapsed()
    }

    /// Waits for a line with `text`, and gives all lines up to it.
    #[track_caller]
    fn hears(&self, text: &str) -> Vec<String> {
        let mut heard = Vec::new();
        while let Ok(line) = self.said.recv_timeout(Duration::from_secs(20)) {
            heard.push(line);
            if heard.last().is_some_and(|line| line.contains(text)) {
                return heard;
            }
        }
        panic!("never said `{text}`, but:\n{}", heard.join("\n"));
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const CONFIG: &str = "[[generate]]\nlang = \"json-schema\"\n";

#[test]
fn a_saved_migration_is_seen_and_a_broken_one_outlived() {
    let folder = Folder::new("watch-files");
    folder
        .write("pgkeel.toml", CONFIG)
        .write("migrations/1_a.sql", "create table first_one (id int);");
    let watch = Watch::start(&folder, &["generate", "--watch"]);
    watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("first_one"));
    folder.write("migrations/2_b.sql", "create table second_one (id int);");
    let took = watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("second_one"));
    assert!(took < Duration::from_secs(5), "{took:?}");
    // The last good output stays.
    folder.write("migrations/3_c.sql", "create tabel third_one (id int);");
    watch.says("syntax error at or near \"tabel\"");
    watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("second_one"));
    folder.write("migrations/3_c.sql", "create table third_one (id int);");
    watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("third_one"));
    // The configuration is watched as well, and a broken one is outlived.
    folder.write("pgkeel.toml", format!("{CONFIG}titel = \"Shop\"\n"));
    watch.says("unknown key `titel`");
    folder.write("pgkeel.toml", format!("{CONFIG}title = \"Shop\"\n"));
    watch.says("waiting for changes");
    while !folder.read("schema.json").contains("\"title\": \"Shop\"") {
        watch.says("waiting for changes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_live_database_is_seen_and_its_end_outlived() {
    let scratch = database("create table first_one (id int);").await;
    let folder = Folder::new("watch-database");
    folder.write("pgkeel.toml", CONFIG);
    let watch = Watch::start(&folder, &["watch", "--source", &scratch.url()]);
    watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("first_one"));
    let mut conn = scratch.connect().await.unwrap();
    conn.execute("alter table first_one add column added text")
        .await
        .unwrap();
    watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("added"));
    // A lost connection is made again.
    conn.execute("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'pgkeel' and pid <> pg_backend_pid()")
        .await
        .unwrap();
    conn.execute("alter table first_one add column later text")
        .await
        .unwrap();
    while !folder.read("schema.json").contains("later") {
        watch.says("waiting for changes");
    }
    drop(conn);
    scratch.close().await.unwrap();
    watch.says("waiting for the database to come back");
    assert!(folder.read("schema.json").contains("later"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_and_started_is_waited_for() {
    let scratch = database("create table first_one (id int);").await;
    let mut server = Server::of(&scratch).await;
    let folder = Folder::new("watch-restart");
    folder.write("pgkeel.toml", CONFIG);
    let watch = Watch::start(&folder, &["watch", "--source", &scratch.url()]);
    watch.says("waiting for changes");
    server.kill();
    watch.says("waiting for the database to come back");
    server.start();
    let mut conn = scratch.connect().await.unwrap();
    conn.execute("create table second_one (id int)").await.unwrap();
    while !folder.read("schema.json").contains("second_one") {
        watch.says("waiting for changes");
    }
    drop(watch);
    server.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_trigger_tells_of_changes_and_is_no_part_of_the_schema() {
    let scratch = database("create table first_one (id int);").await;
    let folder = Folder::new("watch-trigger");
    folder.write("pgkeel.toml", CONFIG);
    let pull = |name: &str| {
        folder
            .run(&["pull", "--source", &scratch.url(), "--out", name])
            .succeeds();
        folder.read(name)
    };
    let before = pull("before.json");
    let sql = folder.run(&["watch", "--print-trigger"]).succeeds().stdout.clone();
    let install = || async {
        let mut conn = scratch.connect().await.unwrap();
        conn.execute(sqlx::AssertSqlSafe(sql.clone())).await.unwrap();
    };
    install().await;
    install().await;
    assert_eq!(pull("after.json"), before);
    let watch = Watch::start(&folder, &["watch", "-v", "--source", &scratch.url()]);
    watch.says("listening to the event trigger");
    watch.says("waiting for changes");
    let mut conn = scratch.connect().await.unwrap();
    conn.execute("create table second_one (id int)").await.unwrap();
    watch.says("waiting for changes");
    assert!(folder.read("schema.json").contains("second_one"));
    // What fires no event trigger is seen all the same, if later.
    conn.execute("alter event trigger pgkeel_watch disable").await.unwrap();
    conn.execute("alter table second_one add column silent text")
        .await
        .unwrap();
    while !folder.read("schema.json").contains("silent") {
        watch.says("waiting for changes");
    }
    drop((watch, conn));
    scratch.close().await.unwrap();
}

#[test]
fn what_is_written_in_pieces_is_read_whole() {
    let folder = Folder::new("watch-pieces");
    folder
        .write("pgkeel.toml", CONFIG)
        .write("migrations/1_a.sql", "create table first_one (id int);");
    let watch = Watch::start(&folder, &["watch"]);
    watch.says("waiting for changes");
    for (number, end) in [
        (2, "create table second_one (id"),
        (2, "create table second_one (id int);"),
    ] {
        folder.write(&format!("migrations/{number}_b.sql"), end);
        std::thread::sleep(Duration::from_millis(20));
    }
    let heard = watch.hears("waiting for changes");
    assert!(!heard.iter().any(|line| line.contains("error")), "{heard:?}");
    assert!(folder.read("schema.json").contains("second_one"));
}

#[test]
fn what_never_changes_is_not_watched() {
    let folder = Folder::new("watch-nothing");
    folder.write("pgkeel.toml", CONFIG);
    folder
        .run(&["generate", "--watch", "--source", "empty"])
        .fails("an empty schema never changes", "watch a database");
}
