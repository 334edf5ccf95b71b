//! A primary and a hot standby of it, each of which counts what it runs itself.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use pgkeel::catalog::usage::Replication;
use pgkeel::introspect::usage;
use sqlx::{Connection as _, PgConnection};

use crate::support::command::Folder;
use crate::support::findings::of_rule;
use crate::support::servers::{installable_majors, pg_bin};
use crate::support::toolchain::run;

/// Whom servers run as for root: `nobody`.
const NOBODY: u32 = 65534;

#[tokio::test]
async fn what_a_standby_reads_is_called_unused_by_no_server() {
    for major in [installable_majors().first(), installable_majors().last()]
        .into_iter()
        .flatten()
    {
        let home = Folder::new(&format!("advise-standby-{major}"));
        let mut primary = Server::new(*major, "primary");
        primary.start();
        let mut there = primary.connect().await;
        let sql = "create table public.notes (id int primary key, body text, at date);
            create index notes_body on public.notes (body);
            create index notes_at on public.notes (at);
            insert into public.notes select g, 'note ' || g, '2026-01-01' from generate_series(1, 1000) g;
            analyze public.notes;";
        sqlx::raw_sql(sql).execute(&mut there).await.unwrap();
        let slot = "select pg_create_logical_replication_slot('subscriber', 'pgoutput')";
        sqlx::raw_sql(slot).execute(&mut there).await.unwrap();
        let replication = usage::replication(&mut there).await.unwrap();
        assert_eq!(
            replication,
            Some(Replication::Alone),
            "a subscriber has its own indexes"
        );
        let drop_slot = "select pg_drop_replication_slot('subscriber')";
        sqlx::raw_sql(drop_slot).execute(&mut there).await.unwrap();
        there.close().await.unwrap();
        primary.stop();

        let mut standby = primary.copy("standby");
        primary.start();
        standby.start();
        let mut there = primary.connect().await;
        let mut replication = None;
        for _ in 0..600 {
            replication = usage::replication(&mut there).await.unwrap();
            if replication == Some(Replication::Primary) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(replication, Some(Replication::Primary));
        let mut here = standby.connect().await;
        assert_eq!(usage::replication(&mut here).await.unwrap(), Some(Replication::Standby));
        let read =
            "set enable_seqscan = off; set enable_bitmapscan = off; select * from public.notes where body = 'note 5'";
        sqlx::raw_sql(read).execute(&mut here).await.unwrap();
        here.close().await.unwrap();
        standby.counts("notes_body").await;

        let unused = |server: &Server| {
            let ran = home.run(&["advise", "--source", &server.url(), "--format", "json"]);
            let found = of_rule(&ran.stdout, "unused-index");
            assert!(found.iter().all(|finding| finding["fix"].is_null()), "{found:?}");
            let told = found.iter().map(|finding| {
                let text = |key: &str| finding[key].as_str().unwrap().to_owned();
                (text("subject"), text("message"), text("evidence"))
            });
            (told.collect::<Vec<_>>(), ran.stderr)
        };
        let (found, _) = unused(&primary);
        assert_eq!(found.len(), 2, "{found:?}");
        for (_, message, evidence) in found {
            assert!(message.contains("no query has read it on this server"), "{message}");
            assert!(evidence.contains("its standbys may read it"), "{evidence}");
        }
        let (found, said) = unused(&standby);
        let [(subject, message, evidence)] = found.as_slice() else {
            panic!("{found:?}");
        };
        assert_eq!(subject, "public.notes_at");
        assert!(message.contains("no query has read it on this standby"), "{message}");
        assert!(
            evidence.contains("its primary and other standbys may read it"),
            "{evidence}"
        );
        assert!(
            said.contains("the standby: it counts what is read on it alone"),
            "{said}"
        );

        home.write(
            "migrations/20260101000000_more.sql",
            "create table public.more (id int primary key);",
        );
        let ran = home.run(&["migrate", "up", "--database", &standby.url()]);
        ran.fails("cannot make the table of the history", "it is a standby");

        standby.stop();
        let slot = "select pg_create_physical_replication_slot('away')";
        sqlx::raw_sql(slot).execute(&mut there).await.unwrap();
        let replication = usage::replication(&mut there).await.unwrap();
        assert_eq!(
            replication,
            Some(Replication::Primary),
            "a standby that is away comes back"
        );
    }
}

/// A server in a folder of its own, which goes with it.
struct Server {
    major: u32,
    bin: PathBuf,
    folder: PathBuf,
    runs: bool,
}

impl Server {
    fn new(major: u32, name: &str) -> Self {
        let server = Self::in_folder(pg_bin(major), name, major);
        let data = server.data();
        let data = data.to_str().unwrap();
        server.program("initdb", &["-D", data, "-U", "postgres", "-A", "trust", "--no-sync"]);
        server.configure(&format!(
            "listen_addresses = ''\nfsync = off\nwal_level = logical\nunix_socket_directories = '{}'\n",
            server.folder.display()
        ));
        server
    }

    fn in_folder(bin: PathBuf, name: &str, major: u32) -> Self {
        let folder = std::env::temp_dir().join(format!("pgkeel-{name}-{major}-{}", std::process::id()));
        std::fs::create_dir(&folder).unwrap();
        std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o700)).unwrap();
        give(&folder);
        Self {
            major,
            bin,
            folder,
            runs: false,
        }
    }

    /// A standby of a server that is stopped.
    fn copy(&self, name: &str) -> Self {
        let standby = Self::in_folder(self.bin.clone(), name, self.major);
        run(Command::new("cp").arg("-a").args([self.data(), standby.data()])).unwrap();
        standby.configure(&format!(
            "unix_socket_directories = '{}'\nprimary_conninfo = 'host={} user=postgres'\n",
            standby.folder.display(),
            self.folder.display()
        ));
        std::fs::write(standby.data().join("standby.signal"), "").unwrap();
        give(&standby.data().join("standby.signal"));
        standby
    }

    fn configure(&self, lines: &str) {
        let path = self.data().join("postgresql.conf");
        let mut file = OpenOptions::new().append(true).open(path).unwrap();
        file.write_all(lines.as_bytes()).unwrap();
    }

    fn start(&mut self) {
        let log = self.folder.join("log");
        let data = self.data();
        let [data, log] = [&data, &log].map(|path| path.to_str().unwrap());
        self.program("pg_ctl", &["-D", data, "-l", log, "-w", "start"]);
        self.runs = true;
    }

    fn stop(&mut self) {
        let data = self.data();
        self.program("pg_ctl", &["-D", data.to_str().unwrap(), "-m", "fast", "-w", "stop"]);
        self.runs = false;
    }

    fn program(&self, name: &str, arguments: &[&str]) {
        let mut command = Command::new(self.bin.join(name));
        command.args(arguments).current_dir(&self.folder);
        if is_root() {
            command.gid(NOBODY).uid(NOBODY);
        }
        run(&mut command).unwrap();
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn url(&self) -> String {
        let host = self.folder.display().to_string().replace('/', "%2F");
        format!("postgres://postgres@{host}/postgres")
    }

    async fn connect(&self) -> PgConnection {
        PgConnection::connect(&self.url()).await.unwrap()
    }

    /// Waits until the server has counted that an index was read, which it does when whoever read it has gone.
    async fn counts(&self, index: &str) {
        let mut connection = self.connect().await;
        for _ in 0..600 {
            let scans = sqlx::query_scalar("select idx_scan from pg_stat_user_indexes where indexrelname = $1");
            let scans: i64 = scans.bind(index).fetch_one(&mut connection).await.unwrap();
            if scans > 0 {
                connection.close().await.unwrap();
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{index} was read and is not counted");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.runs {
            self.stop();
        }
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn give(path: &Path) {
    if is_root() {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").unwrap().uid() == 0
}
