//! Whatever is killed, and whenever: the run is repeated, and ends as one that nobody disturbed.

use std::process::{Child, Command, Stdio};

use pgkeel::scratch::Scratch;
use sqlx::{Connection as _, PgConnection};

use super::steps::{held_up, hold, holds};
use super::{connect, execute, migrate, rows, soon, state, steps, wait_for};
use crate::support::command::Folder;
use crate::support::database::database;

/// What an undisturbed run makes.
async fn undisturbed(folder: &Folder) -> String {
    let scratch = database("").await;
    migrate(folder, &scratch.url(), &["up"]).succeeds();
    let state = state(&scratch.url()).await;
    assert!(state.contains("public.log|12 "), "{state}");
    state
}

/// Starts `migrate up`.
fn start(folder: &Folder, url: &str) -> Child {
    let mut command = folder.command(&["migrate", "up"]);
    command
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command.spawn().unwrap()
}

fn kill_9(process: &str) {
    let killed = Command::new("kill").args(["-9", process]).status().unwrap();
    assert!(killed.success(), "there is no process {process}");
}

/// Runs to the end, and asserts that folder, history and schema agree, and that nothing is lost or done twice.
async fn ends_as(expected: &str, folder: &Folder, url: &str) {
    migrate(folder, url, &["up"]).succeeds();
    let now = state(url).await;
    assert!(now == expected, "{}", difference(expected, &now));
    migrate(folder, url, &["status"]).succeeds();
    migrate(folder, url, &["verify"]).succeeds();
    let mut conn = connect(url).await;
    assert_eq!(rows(&mut conn, "select count(*) from pgkeel.progress").await, "0");
    assert_eq!(
        rows(&mut conn, "select count(*) from pg_index where not indisvalid").await,
        "0"
    );
    assert_eq!(
        rows(&mut conn, "select version from pgkeel.migrations order by 1").await,
        "1\n2\n3"
    );
}

fn difference(expected: &str, now: &str) -> String {
    let lost = expected
        .lines()
        .filter(|line| !now.contains(line))
        .map(|line| format!("-{line}"));
    let made = now
        .lines()
        .filter(|line| !expected.contains(line))
        .map(|line| format!("+{line}"));
    lost.chain(made).collect::<Vec<_>>().join("\n")
}

async fn pid(conn: &mut PgConnection) -> i32 {
    sqlx::query_scalar("select pg_backend_pid()")
        .fetch_one(conn)
        .await
        .unwrap()
}

#[tokio::test]
async fn the_client_is_killed_at_every_step_and_within_it() {
    let folder = Folder::new("migrate-kill-client");
    steps::write(&folder);
    let expected = undisturbed(&folder).await;
    let scratch = database("").await;
    let url = scratch.url();
    migrate(&folder, &url, &["up", "--to", "1"]).succeeds();
    let mut watcher = connect(&url).await;
    let mut holder = connect(&url).await;
    for (index, way) in holds().enumerate() {
        let mut next = connect(&url).await;
        hold(&mut next, way).await;
        // What held up the run before is let go only now; its server process may end on its own, or be ended.
        holder.close().await.unwrap();
        let mut child = start(&folder, &url);
        let server = held_up(&mut watcher, pid(&mut next).await).await;
        child.kill().unwrap();
        child.wait().unwrap();
        if index % 3 == 2 {
            execute(&mut watcher, &format!("select pg_terminate_backend({server})")).await;
        }
        holder = next;
    }
    holder.close().await.unwrap();
    ends_as(&expected, &folder, &url).await;
}

#[tokio::test]
async fn the_servers_process_is_killed_at_every_step_and_within_it() {
    let folder = Folder::new("migrate-kill-backend");
    steps::write(&folder);
    let expected = undisturbed(&folder).await;
    let scratch = database("").await;
    let url = scratch.url();
    migrate(&folder, &url, &["up", "--to", "1"]).succeeds();
    for way in holds() {
        let mut watcher = connect_soon(&url).await;
        let mut holder = connect(&url).await;
        hold(&mut holder, way).await;
        let child = start_telling(&folder, &url);
        let server = held_up(&mut watcher, pid(&mut holder).await).await;
        kill_9(&server);
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("it goes on where it was"), "{said}");
        // With one process all connections go: the server starts again.
        while sqlx::raw_sql("select 1").execute(&mut watcher).await.is_ok() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
    drop(connect_soon(&url).await);
    ends_as(&expected, &folder, &url).await;
}

#[tokio::test]
async fn the_whole_server_is_killed_at_every_step_and_within_it() {
    let folder = Folder::new("migrate-kill-server");
    steps::write(&folder);
    let expected = undisturbed(&folder).await;
    let scratch = database("").await;
    let url = scratch.url();
    migrate(&folder, &url, &["up", "--to", "1"]).succeeds();
    let mut server = Server::of(&scratch).await;
    for way in holds() {
        let mut watcher = connect_soon(&url).await;
        let mut holder = connect(&url).await;
        hold(&mut holder, way).await;
        let child = start_telling(&folder, &url);
        held_up(&mut watcher, pid(&mut holder).await).await;
        server.kill();
        assert_eq!(child.wait_with_output().unwrap().status.code(), Some(2));
        server.start();
    }
    drop(connect_soon(&url).await);
    ends_as(&expected, &folder, &url).await;
}

#[tokio::test]
async fn a_client_is_killed_at_any_moment() {
    let folder = Folder::new("migrate-kill-any");
    steps::write(&folder);
    let expected = undisturbed(&folder).await;
    let scratch = database("").await;
    let url = scratch.url();
    // How long a whole run takes here is a measure for the moments.
    let begun = std::time::Instant::now();
    migrate(&folder, &url, &["up", "--to", "1"]).succeeds();
    let whole = begun.elapsed() * 2;
    for moment in 1..=24 {
        let mut child = start(&folder, &url);
        std::thread::sleep(whole * (moment * 7 % 25) / 25);
        child.kill().unwrap();
        child.wait().unwrap();
    }
    ends_as(&expected, &folder, &url).await;
}

#[tokio::test]
async fn a_statement_ends_with_its_client() {
    let folder = Folder::new("migrate-orphan");
    folder.write("migrations/1_a.sql", "select pg_sleep(600);");
    let scratch = database("").await;
    let mut conn = scratch.connect().await.unwrap();
    let mut child = start(&folder, &scratch.url());
    let sleeping = "exists (select from pg_stat_activity where wait_event = 'PgSleep')";
    wait_for(&mut conn, &format!("select {sleeping}")).await;
    child.kill().unwrap();
    child.wait().unwrap();
    wait_for(&mut conn, &format!("select not {sleeping}")).await;
    folder.write("migrations/1_a.sql", "select 1;");
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
}

/// A run that tells what it does.
fn start_telling(folder: &Folder, url: &str) -> Child {
    let mut command = folder.command(&["migrate", "up"]);
    command
        .env("DATABASE_URL", url)
        .stdout(Stdio::null())
        .stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Connects to a server that may be starting.
async fn connect_soon(url: &str) -> PgConnection {
    let deadline = std::time::Instant::now() + super::PATIENCE;
    loop {
        match PgConnection::connect(url).await {
            Ok(conn) => return conn,
            Err(error) => assert!(std::time::Instant::now() < deadline, "{error}"),
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
}

/// The process of a scratch server, which can be killed and started again as it was.
pub(crate) struct Server {
    words: Vec<String>,
    directory: String,
    pid: String,
    child: Option<Child>,
}

impl Server {
    pub(crate) async fn of(scratch: &Scratch) -> Self {
        let mut conn = scratch.connect().await.unwrap();
        let directory = rows(
            &mut conn,
            "select setting from pg_settings where name = 'data_directory'",
        )
        .await;
        let file = std::fs::read_to_string(format!("{directory}/postmaster.pid")).unwrap();
        let pid = file.lines().next().unwrap().to_owned();
        let words = Command::new("ps").args(["-o", "args=", "-p", &pid]).output().unwrap();
        let words = String::from_utf8(words.stdout).unwrap();
        Self {
            words: words.split_whitespace().map(str::to_owned).collect(),
            directory,
            pid,
            child: None,
        }
    }

    /// Starts it again with files that may not grow beyond this size, in blocks of 512 bytes.
    fn start_with_files_of(&mut self, blocks: &str) {
        let free = self.words.clone();
        let limited = format!("ulimit -S -f {blocks} && exec \"$0\" \"$@\"");
        let shell = ["sh", "-c", &limited].map(str::to_owned);
        self.kill();
        self.words.splice(..0, shell);
        self.start();
        self.words = free;
    }

    pub(crate) fn kill(&mut self) {
        kill_9(&self.pid);
        match self.child.take() {
            Some(mut child) => drop(child.wait().unwrap()),
            // The first one is a child of this process too; until it is waited for, it seems to be alive.
            None => {
                let pid = rustix::process::Pid::from_raw(self.pid.parse().unwrap());
                rustix::process::waitpid(pid, rustix::process::WaitOptions::empty()).unwrap();
            }
        }
    }

    pub(crate) fn start(&mut self) {
        use std::os::unix::fs::MetadataExt as _;
        use std::os::unix::process::CommandExt as _;
        let owner = std::fs::metadata(&self.directory).unwrap();
        let ready = format!("{}/postmaster.pid", self.directory);
        // It does not start before the last process of the old one has gone.
        self.child = Some(soon("the server starts again", || {
            let mut command = Command::new(&self.words[0]);
            command
                .args(&self.words[1..])
                .current_dir(&self.directory)
                .stdout(Stdio::null())
                .stderr(Stdio::null());
            if rustix::process::geteuid().is_root() {
                command.uid(owner.uid()).gid(owner.gid());
            }
            let mut child = command.spawn().unwrap();
            let pid = child.id().to_string();
            let is_up = soon("the server is ready or has ended", || {
                if child.try_wait().unwrap().is_some() {
                    return Some(false);
                }
                let file = std::fs::read_to_string(&ready).unwrap_or_default();
                let is_ready = file.lines().next() == Some(&pid) && file.lines().nth(7).map(str::trim) == Some("ready");
                is_ready.then_some(true)
            });
            is_up.then_some(child)
        }));
        self.pid = self.child.as_ref().unwrap().id().to_string();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

#[tokio::test]
async fn an_invalid_index_that_somebody_left_is_built() {
    let folder = Folder::new("migrate-invalid");
    folder.write(
        "migrations/1_i.sql",
        "create index concurrently if not exists t_i on t (a);",
    );
    let scratch = database("create table t (a int); insert into t values (1);").await;
    let mut conn = scratch.connect().await.unwrap();
    let mut holder = scratch.connect().await.unwrap();
    hold(&mut holder, "lock table t in row exclusive mode").await;
    let mut builder = scratch.connect().await.unwrap();
    let pid = pid(&mut builder).await;
    let building = tokio::spawn(async move {
        let built = sqlx::raw_sql("create index concurrently t_i on t (a)")
            .execute(&mut builder)
            .await;
        assert!(built.is_err());
    });
    wait_for(&mut conn, "select exists (select from pg_index where not indisvalid)").await;
    // While it is being built it is left alone.
    migrate(&folder, &scratch.url(), &["up"]).fails(&format!("by pid {pid}"), "wait until it is done");
    execute(&mut conn, &format!("select pg_terminate_backend({pid})")).await;
    building.await.unwrap();
    holder.close().await.unwrap();
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
    assert_eq!(
        rows(
            &mut conn,
            "select indisvalid::text from pg_index where indexrelid = 't_i'::regclass"
        )
        .await,
        "true"
    );
}

#[tokio::test]
async fn an_index_that_cannot_be_unique_is_built_when_it_can() {
    let folder = Folder::new("migrate-not-unique");
    folder.write(
        "migrations/1_i.sql",
        "create table other (a int);\ncreate unique index concurrently on t (a);\ncreate table last (a int);",
    );
    let scratch = database("create table t (a int); insert into t values (1), (1);").await;
    let mut conn = scratch.connect().await.unwrap();
    for _ in 0..2 {
        let failed = migrate(&folder, &scratch.url(), &["up"]);
        assert_eq!(failed.code, 2);
        assert!(
            failed.stderr.contains("could not create unique index"),
            "{}",
            failed.stderr
        );
        assert!(failed.stderr.contains("1_i.sql:2:1"), "{}", failed.stderr);
        assert!(failed.stderr.contains("Key (a)=(1) is duplicated"), "{}", failed.stderr);
    }
    let status = migrate(&folder, &scratch.url(), &["status"]);
    assert_eq!(status.code, 1);
    assert!(
        status.stdout.contains("half done") && status.stdout.contains("1 of 3 segments"),
        "{}",
        status.stdout
    );
    execute(&mut conn, "delete from t; insert into t values (1)").await;
    migrate(&folder, &scratch.url(), &["up"]).succeeds();
    assert_eq!(
        rows(
            &mut conn,
            "select indexrelid::regclass::text, indisvalid::text from pg_index where indrelid = 't'::regclass"
        )
        .await,
        "t_a_idx|true"
    );
}

#[tokio::test]
async fn an_index_of_that_name_that_was_there_is_no_index_of_ours() {
    let folder = Folder::new("migrate-name-taken");
    folder.write("migrations/1_i.sql", "create index concurrently t_i on t (b);");
    let scratch = database("create table t (a int, b int); create index t_i on t (a);").await;
    for _ in 0..2 {
        let failed = migrate(&folder, &scratch.url(), &["up"]);
        assert!(failed.stderr.contains("\"t_i\" already exists"), "{}", failed.stderr);
    }
}

#[tokio::test]
async fn a_right_that_is_missing_stops_where_it_is_missing() {
    let folder = Folder::new("migrate-permission");
    let steps = "begin; create table own.a (id int); insert into own.a values (1); commit;\n\
                 begin; create table own.b (id int); alter table others.t add c int; commit;\n\
                 insert into own.a values (2);";
    folder.write("migrations/1_a.sql", steps);
    let scratch = database(
        "create role worker login; create schema own authorization worker; create schema others; \
         create table others.t (id int); grant usage on schema others to worker; \
         do $$ begin execute format('grant create on database %I to worker', current_database()); end $$",
    )
    .await;
    let url = format!("{}&user=worker", url_with_query(&scratch));
    let mut conn = scratch.connect().await.unwrap();
    let failed = migrate(&folder, &url, &["up"]);
    assert_eq!(failed.code, 2, "{}", failed.stderr);
    assert!(failed.stderr.contains("must be owner of table t"), "{}", failed.stderr);
    assert!(failed.stderr.contains("1_a.sql:2:37"), "{}", failed.stderr);
    assert_eq!(rows(&mut conn, "select to_regclass('own.b') is null").await, "t");
    assert_eq!(rows(&mut conn, "select done::text from pgkeel.progress").await, "1");
    execute(
        &mut conn,
        "alter table others.t owner to worker; grant create on schema others to worker",
    )
    .await;
    migrate(&folder, &url, &["up"]).succeeds();
    assert_eq!(rows(&mut conn, "select count(*) from own.a").await, "2");
}

#[tokio::test]
async fn a_full_disk_stops_where_it_was_full() {
    let folder = Folder::new("migrate-disk-full");
    folder.write(
        "migrations/1_a.sql",
        "begin; create table a (id int); commit;\n\
         begin; insert into a values (1); select needs_space(); create index on a (id); commit;\n\
         create index concurrently i on a (id) where small(id);\ninsert into a values (2);",
    );
    // PostgreSQL's own words for it, where the server would say them.
    let full = "if current_setting('test.disk', true) = 'full' then \
                raise 'could not extend file: No space left on device' using errcode = 'disk_full'; end if;";
    let scratch = database(&format!(
        "create function needs_space() returns void language plpgsql as $$ begin {full} end $$;
         create function small(id int) returns boolean immutable language plpgsql as $$ begin {full} return id < 10; end $$;"
    ))
    .await;
    let url = url_with_query(&scratch);
    let full = format!("{url}&options=-ctest.disk%3Dfull");
    let mut conn = scratch.connect().await.unwrap();
    let failed = migrate(&folder, &full, &["up"]);
    assert!(failed.stderr.contains("No space left on device"), "{}", failed.stderr);
    assert!(failed.stderr.contains("1_a.sql:2:"), "{}", failed.stderr);
    assert_eq!(rows(&mut conn, "select count(*) from a").await, "0");
    // The next time it is full while the index is built.
    execute(
        &mut conn,
        "create or replace function needs_space() returns void language sql as ''",
    )
    .await;
    let failed = migrate(&folder, &full, &["up"]);
    assert!(failed.stderr.contains("1_a.sql:3:1"), "{}", failed.stderr);
    migrate(&folder, &url, &["up"]).succeeds();
    assert_eq!(rows(&mut conn, "select count(*) from a").await, "2");
    assert_eq!(
        rows(
            &mut conn,
            "select bool_and(indisvalid)::text, count(*) from pg_index where indrelid = 'a'::regclass"
        )
        .await,
        "true|2"
    );
}

#[tokio::test]
async fn files_that_cannot_grow_stop_it_where_they_could_not() {
    let folder = Folder::new("migrate-no-space");
    folder.write(
        "migrations/1_a.sql",
        "begin; create table copy (like big); insert into copy select * from big limit 30000; commit;\n\
         create index concurrently on big (id, text);\ninsert into copy select * from big limit 1;",
    );
    let of_rows = "select i as id, md5(i::text) || md5(i::text) as text from generate_series(1, 80000) i";
    let scratch = database(&format!("create table big as {of_rows};")).await;
    let url = scratch.url();
    // Nothing that is there already has to be written again.
    execute(&mut connect(&url).await, "vacuum (freeze) big").await;
    execute(&mut connect(&url).await, "checkpoint").await;
    let mut server = Server::of(&scratch).await;
    let made = "select (select count(*) from copy), (select count(*) from pg_index where indrelid = 'big'::regclass), \
                (select bool_and(indisvalid)::text from pg_index)";
    server.start_with_files_of("4096");
    let full = migrate(&folder, &url, &["up"]);
    assert!(full.stderr.contains("could not extend file"), "{}", full.stderr);
    assert!(full.stderr.contains("1_a.sql:1:"), "{}", full.stderr);
    let nothing = "select to_regclass('copy') is null";
    assert_eq!(rows(&mut connect_soon(&url).await, nothing).await, "t");
    // Now the copy has room, and the larger index has none.
    server.start_with_files_of("10240");
    let full = migrate(&folder, &url, &["up"]);
    assert!(full.stderr.contains("1_a.sql:2:1"), "{}", full.stderr);
    assert_eq!(rows(&mut connect_soon(&url).await, made).await, "30000|1|false");
    let half = migrate(&folder, &url, &["status"]);
    assert!(half.stdout.contains("1 of 3 segments"), "{}", half.stdout);
    server.start_with_files_of("unlimited");
    migrate(&folder, &url, &["up"]).succeeds();
    assert_eq!(rows(&mut connect_soon(&url).await, made).await, "30001|1|true");
    migrate(&folder, &url, &["verify"]).succeeds();
}

#[tokio::test]
async fn a_lost_connection_is_told_and_the_run_repeated() {
    let folder = Folder::new("migrate-lost");
    folder.write(
        "migrations/1_a.sql",
        "begin; create table a (id int); commit; select pg_sleep(600);",
    );
    let scratch = database("").await;
    let mut conn = scratch.connect().await.unwrap();
    let child = start_telling(&folder, &scratch.url());
    let sleeping = "from pg_stat_activity where wait_event = 'PgSleep'";
    wait_for(&mut conn, &format!("select exists (select {sleeping})")).await;
    execute(&mut conn, &format!("select pg_terminate_backend(pid) {sleeping}")).await;
    let said = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(
        said.contains("terminating connection") && said.contains("it goes on where it was"),
        "{said}"
    );
    let half = migrate(&folder, &scratch.url(), &["status"]);
    assert!(half.stdout.contains("1 of 2 segments"), "{}", half.stdout);
    // The other half of a file belongs to the half that ran.
    folder.write(
        "migrations/1_a.sql",
        "begin; create table a (id int); commit; create table b (id int);",
    );
    migrate(&folder, &scratch.url(), &["up"]).fails("its file was edited since", "migrate repair --clear 1");
}

/// The server's URL, with a parameter at its end.
fn url_with_query(scratch: &Scratch) -> String {
    let url = scratch.url();
    if url.contains('?') { url } else { format!("{url}?") }
}
