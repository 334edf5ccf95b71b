//! The commands, run as a user runs them; each failure with its message, cure and exit code.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;

use pgkeel::scratch::Scratch;
use sqlx::{AssertSqlSafe, Executor as _};

use crate::support::command::Folder;
use crate::support::database::database;

#[test]
fn every_command_helps_with_examples() {
    let folder = Folder::new("help");
    let help = folder.run(&["--help"]);
    help.succeeds();
    for command in [
        "init",
        "pull",
        "generate",
        "migrate",
        "advise",
        "book",
        "diagram",
        "completions",
        "man",
    ] {
        assert!(help.stdout.contains(&format!("\n  {command} ")), "{}", help.stdout);
        let ran = folder.run(&[command, "--help"]);
        assert!(ran.succeeds().stdout.contains("Examples:\n  pgkeel "), "{}", ran.stdout);
    }
    for command in ["pull", "generate"] {
        assert!(
            folder.run(&[command, "--help"]).stdout.contains("git:REV:path"),
            "{command}"
        );
    }
    let version = folder.run(&["--version"]).stdout;
    let expected = format!("pgkeel {} (", env!("CARGO_PKG_VERSION"));
    assert!(
        version.starts_with(&expected) && version.contains("features: cli, embedded, mcp"),
        "{version}"
    );
}

#[test]
fn a_command_that_there_is_not_is_misuse() {
    assert_eq!(Folder::new("misuse").run(&["genrate"]).code, 2);
}

#[test]
fn completions_and_the_manual_name_every_option() {
    let folder = Folder::new("completions");
    for shell in ["bash", "zsh", "fish"] {
        let script = folder.run(&["completions", shell]).succeeds().stdout.clone();
        assert!(script.contains("no-download") && script.contains("book"), "{script}");
    }
    let page = folder.run(&["man"]).succeeds().stdout.clone();
    assert!(
        page.starts_with(".ie") && page.contains("PGKEEL GENERATE") && page.contains("no\\-download"),
        "{page}"
    );
}

#[test]
fn a_source_that_is_none_is_refused() {
    let folder = Folder::new("sources");
    folder
        .write("notes.txt", "")
        .write("bad.json", "{")
        .write("latin1.sql", b"-- \xe9\n")
        .write("empty/x.txt", "");
    let source = |text: &str| folder.run(&["generate", "--lang", "rust", "--source", text]);
    source("mysql://me:secret@h/db").fails("does not begin with postgres://", "postgres://user:password@host");
    source("postgres://me:se/cret@secret@h:x/db").fails("the database URL is not right", "%2F");
    source("env:NOT_SET").fails("the environment variable `NOT_SET` is not set", "export NOT_SET=");
    source("missing.sql").fails("cannot read missing.sql", "a source is a URL");
    source("notes.txt").fails("neither .sql nor .json", "a source is a URL");
    source("git:HEAD").fails("names no path", "git:REV:path");
    source("git:no-such-revision:a.sql").fails("git revision `no-such-revision`", "git ls-tree");
    assert_eq!(source("latin1.sql").code, 2);
    assert_eq!(source("bad.json").code, 2);
    assert_eq!(
        source("empty").code,
        0,
        "a folder called empty is `./empty`, and `empty` an empty schema"
    );
    folder
        .run(&["generate", "--lang", "rust"])
        .fails("there is no schema to read", "set DATABASE_URL");
    folder
        .run(&["generate", "--source", "empty/"])
        .fails("there is nothing to generate", "pgkeel init");
    let ran = folder.run(&[
        "generate", "--lang", "rust", "--lang", "python", "--out", "-", "--source", "bad.json",
    ]);
    ran.fails("`--out -` prints one language, and 2 are wanted", "--lang");
    let ran = folder.run(&["generate", "--lang", "rust", "--style", "sqlxx", "--source", "bad.json"]);
    ran.fails("rust has no style `sqlxx`", "one of sqlx, tokio-postgres, plain");
}

#[test]
fn an_error_in_sql_is_shown_where_it_stands() {
    let folder = Folder::new("sql-error");
    folder
        .write("migrations/1_a.sql", "create table a (id int);\n")
        .write("migrations/2_b.sql", "create table b (\n  x itn\n);");
    let ran = folder.run(&["generate", "--lang", "rust"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("type \"itn\" does not exist"), "{}", ran.stderr);
    assert!(ran.stderr.contains(" --> migrations/2_b.sql:2:5\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("2 |   x itn\n  |     ^"), "{}", ran.stderr);
}

#[test]
fn migrations_of_a_git_revision_are_read() {
    let folder = Folder::new("git");
    folder
        .write("migrations/1_a.sql", "create table a (id int);\n")
        .write("migrations/2_b.sql", "selec 1;\n");
    let git = |arguments: &[&str]| {
        let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
        let mut command = std::process::Command::new("git");
        assert!(
            command
                .args(identity)
                .args(arguments)
                .current_dir(&folder.path)
                .status()
                .unwrap()
                .success()
        );
    };
    git(&["init", "-q", "-b", "main"]);
    git(&["add", "."]);
    git(&["commit", "-q", "-m", "x"]);
    folder.write("migrations/2_b.sql", "select 1;\n");
    let ran = folder.run(&["generate", "--lang", "rust", "--source", "git:main:migrations"]);
    assert_eq!(ran.code, 2);
    assert!(
        ran.stderr.contains(" --> git:main/migrations/2_b.sql:1:1\n"),
        "{}",
        ran.stderr
    );
}

/// A server that can be reached by TCP, as scratch servers cannot: what goes in comes out at its socket.
fn tcp_port(scratch: &Scratch) -> u16 {
    let options = scratch.connect_options();
    let socket = options
        .get_socket()
        .unwrap()
        .join(format!(".s.PGSQL.{}", options.get_port()));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for client in listener.incoming().map_while(Result::ok) {
            let server = UnixStream::connect(&socket).unwrap();
            let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
            std::thread::spawn(move || copy_and_close(server, client));
        }
    });
    port
}

fn copy_and_close(mut server: UnixStream, mut client: TcpStream) {
    let _ = std::io::copy(&mut server, &mut client);
    let _ = client.shutdown(std::net::Shutdown::Both);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_failure_to_connect_has_its_own_cure() {
    let scratch = database(
        "create role with_password login password 'right';
         create role not_allowed login;
         create role locked_out login;
         revoke connect on database template1 from public;
         grant connect on database template1 to with_password;",
    )
    .await;
    let mut conn = scratch.connect().await.unwrap();
    let database: String = sqlx::query_scalar("select current_database()")
        .fetch_one(&mut conn)
        .await
        .unwrap();
    conn.execute(AssertSqlSafe(format!(
        "revoke connect on database \"{database}\" from public"
    )))
    .await
    .unwrap();
    conn.execute(AssertSqlSafe(format!(
        "grant connect on database \"{database}\" to with_password"
    )))
    .await
    .unwrap();
    let rules: String = sqlx::query_scalar("show hba_file").fetch_one(&mut conn).await.unwrap();
    std::fs::write(
        rules,
        "local all with_password scram-sha-256\nlocal all locked_out reject\nlocal all all trust\n",
    )
    .unwrap();
    conn.execute("select pg_reload_conf()").await.unwrap();
    let folder = Folder::new("connect");
    let generate = |url: &str| folder.run(&["generate", "-v", "--lang", "rust", "--source", url]);
    let port = tcp_port(&scratch);
    // The server reads its rules again in its own time.
    let wrong = format!("postgres://with_password:secret@127.0.0.1:{port}/{database}");
    for _ in 0..50 {
        if generate(&wrong).stderr.contains("wrong password") {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let place = |user: &str| format!("{user}@127.0.0.1:{port}/{database}");

    generate(&wrong).fails(
        &format!("wrong password for user `with_password` at {}", place("with_password")),
        "~/.pgpass",
    );
    generate(&format!("postgres://with_password@127.0.0.1:{port}/{database}")).fails("wrong password", "PGPASSWORD");
    generate(&format!("postgres://nobody@127.0.0.1:{port}/{database}"))
        .fails("there is no role `nobody`", "create the role");
    generate(&format!("postgres://not_allowed@127.0.0.1:{port}/{database}")).fails("may not connect", "GRANT CONNECT");
    generate(&format!("postgres://locked_out@127.0.0.1:{port}/{database}"))
        .fails("does not let this user in", "pg_hba.conf");
    generate(&format!("postgres://with_password:right@127.0.0.1:{port}/nowhere"))
        .fails("there is no database `nowhere`", "psql -l");
    for mode in ["require", "verify-full"] {
        generate(&format!(
            "postgres://with_password:right@127.0.0.1:{port}/{database}?sslmode={mode}"
        ))
        .fails("offers no TLS, and sslmode demands it", "sslmode=prefer");
    }
    // A service file and a password file say what the URL does not.
    folder.write(
        "services.conf",
        format!(
            "[other]\nhost=h\n[mine]\n# where\nhost=127.0.0.1\nport={port}\nuser=with_password\ndbname={database}\n"
        ),
    );
    folder.write("pgpass", format!("127.0.0.1:{port}:*:with_password:right\n"));
    #[cfg(unix)]
    std::fs::set_permissions(
        folder.path.join("pgpass"),
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    let files = [("PGSERVICEFILE", "services.conf"), ("PGPASSFILE", "pgpass")];
    let source = [
        "generate",
        "--lang",
        "rust",
        "--schema",
        "pubic",
        "--source",
        "postgres:///?service=mine",
    ];
    let ran = folder.run_with(&source, &files);
    ran.fails(
        &format!("there is no schema `pubic` in {}", place("with_password")),
        "did you mean `public`?",
    );
    folder
        .run_with(
            &["generate", "--lang", "rust", "--source", "postgres:///?service=yours"],
            &files,
        )
        .fails("the service `yours` is in none of services.conf", "PGSERVICEFILE");
    drop(conn);
    scratch.close().await.unwrap();
}

#[test]
fn a_server_that_is_not_there_is_told_from_one_that_is_silent() {
    let folder = Folder::new("no-server");
    let generate = |url: &str| folder.run(&["generate", "--lang", "rust", "--source", url]);
    generate("postgres://me:secret@127.0.0.1:1/db").fails("no server listens at me@127.0.0.1:1/db", "start PostgreSQL");
    generate("postgres://me:secret@/db?host=/nowhere").fails("no server listens at me@/nowhere:5432/db", "PGHOST");
    generate("postgres://me:secret@nowhere.invalid/db")
        .fails("there is no host `nowhere.invalid`", "check the host's name");
    // One that takes connections and says nothing; and one that hangs up.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port();
    generate(&format!("postgres://me:secret@127.0.0.1:{port}/db?connect_timeout=1"))
        .fails("no answer from me@127.0.0.1", "connect_timeout=60");
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = rude.local_addr().unwrap().port();
    std::thread::spawn(move || rude.incoming().for_each(drop));
    generate(&format!("postgres://me:secret@127.0.0.1:{port}/db")).fails("127.0.0.1", "PostgreSQL that listens");
    // Of two hosts the second is tried, and its failure shown.
    generate("postgres://me:secret@127.0.0.1:1,127.0.0.1:2/db")
        .fails("no server listens at me@127.0.0.1:2/db", "start");
}

#[test]
fn a_server_that_is_not_postgresql_is_a_failure() {
    let folder = Folder::new("not-postgres");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().map_while(Result::ok) {
            let _ = client.read(&mut [0; 64]);
            let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let url = format!("postgres://me:secret@127.0.0.1:{port}/db");
    let ran = folder.run(&["generate", "--lang", "rust", "--source", &url]);
    assert!(
        ran.code == 2 && ran.stderr.contains("hint: ") && !ran.stderr.contains("secret"),
        "{ran:?}"
    );
}

#[test]
fn init_sets_what_it_finds() {
    let folder = Folder::new("init");
    folder
        .write(
            "supabase/config.toml",
            "[api]\nschemas = [\"public\", \"graphql_public\", \"app\"]\n",
        )
        .write("supabase/migrations/1_a.sql", "")
        .write(
            ".env",
            "TOKEN=hunter2\nPOSTGRES_URL=postgres://me:hunter2@h/db\nSHADOW_URL=postgres://h/x\n",
        )
        .write(
            "package.json",
            r#"{ "dependencies": { "@supabase/supabase-js": "2", "zod": "4" } }"#,
        )
        .write(
            "Cargo.toml",
            "[dependencies]\nsqlx = { version = \"0.9\", features = [\"time\", \"sqlx-toml\"] }\n",
        )
        .write(
            "pyproject.toml",
            "[project]\nrequires-python = \">=3.12\"\ndependencies = [\"SQLAlchemy>=2\", \"asyncpg\"]\n",
        );
    let ran = folder.run(&["init"]);
    ran.succeeds();
    let text = folder.read("pgkeel.toml");
    assert!(!text.contains("hunter2") && !ran.stderr.contains("hunter2"));
    let config = pgkeel::config::load::parse(&text, Path::new("pgkeel.toml")).unwrap();
    assert_eq!(
        (
            config.database.url_env.as_str(),
            config.database.shadow_url_env.as_str()
        ),
        ("POSTGRES_URL", "SHADOW_URL")
    );
    assert_eq!(config.scope.schemas, ["public", "app"]);
    assert_eq!(config.scope.platform, Some(pgkeel::config::Platform::Supabase));
    assert_eq!(config.migrations.dir.as_deref(), Some(Path::new("supabase/migrations")));
    let entries: Vec<_> = config
        .generate
        .iter()
        .map(|entry| (entry.lang().name(), entry.style(), entry.out.to_str().unwrap()))
        .collect();
    assert_eq!(
        entries,
        [
            ("typescript", "supabase", "database.types.ts"),
            ("rust", "sqlx", "src/db.rs"),
            ("python", "sqlalchemy", "db_models.py"),
        ]
    );
    for line in [
        "validators = \"zod\"",
        "datetime = \"time\"",
        "serde = false",
        "sqlx-toml = \"sqlx.toml\"",
        "version = \"3.12\"",
    ] {
        assert!(text.lines().any(|found| found == line), "no `{line}` in:\n{text}");
    }
    folder.run(&["init"]).fails("pgkeel.toml is there already", "--force");
    folder.run(&["init", "--force"]).succeeds();
    assert!(!folder.read("pgkeel.toml").contains("#:schema"), "there is none");
    folder.run(&["init", "--force", "--editor"]).succeeds();
    assert!(
        folder
            .read("pgkeel.toml")
            .starts_with("#:schema ./pgkeel.schema.json\n")
    );
    let printed = folder.run(&["init", "--json-schema"]);
    assert_eq!(folder.read("pgkeel.schema.json"), printed.stdout);
    folder.run(&["init", "--force"]).succeeds();
    assert!(folder.read("pgkeel.toml").starts_with("#:schema "), "it is still there");
}

#[test]
fn init_of_an_empty_folder_says_what_is_missing() {
    let folder = Folder::new("init-empty");
    let ran = folder.run(&["init"]);
    assert!(ran.succeeds().stderr.contains("set DATABASE_URL"), "{}", ran.stderr);
    assert_eq!(folder.read("pgkeel.toml"), pgkeel::config::REFERENCE);
    let quiet = folder.run(&["init", "--force", "--quiet"]);
    assert_eq!((quiet.code, quiet.stderr.as_str()), (0, ""));
    let loud = folder.run(&["init", "--force", "--color", "always"]);
    assert!(loud.stderr.contains("\u{1b}["));
    let plain = folder.run_with(&["init", "--force"], &[("NO_COLOR", "1")]);
    assert!(!plain.stderr.contains('\u{1b}'));
}

/// A configuration whose output shows its title.
fn titled(title: &str) -> String {
    format!("[[generate]]\nlang = \"json-schema\"\nout = \"out/schema.json\"\ntitle = \"{title}\"\n")
}

#[test]
fn what_is_generated_is_written_once_and_checked() {
    let folder = Folder::new("write");
    folder
        .write("migrations/1_a.sql", "create type mood as enum ('sad', 'ok');")
        .write("pgkeel.toml", titled("One"));
    let missing = folder.run(&["generate", "--check"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.stderr.contains("missing: out/schema.json"),
        "{}",
        missing.stderr
    );
    let first = folder.run(&["generate"]);
    assert!(
        first.succeeds().stderr.contains("wrote out/schema.json"),
        "{}",
        first.stderr
    );
    assert_eq!(first.stdout, "");
    let again = folder.run(&["generate"]);
    assert!(
        again.succeeds().stderr.contains("out/schema.json is up to date"),
        "{}",
        again.stderr
    );
    folder.run(&["generate", "--check"]).succeeds();

    folder.write("pgkeel.toml", titled("Two"));
    let stale = folder.run(&["generate", "--check"]);
    assert_eq!(stale.code, 1);
    assert!(
        stale.stderr.contains("not up to date: out/schema.json"),
        "{}",
        stale.stderr
    );
    assert!(
        stale
            .stdout
            .contains("-  \"title\": \"One\",\n+  \"title\": \"Two\",\n"),
        "{}",
        stale.stdout
    );
    assert!(folder.read("out/schema.json").contains("One"), "a check has written");
    let quiet = folder.run(&["generate", "--check", "--quiet"]);
    assert_eq!((quiet.code, quiet.stdout.as_str()), (1, ""));
    assert!(quiet.stderr.contains("out/schema.json"), "{}", quiet.stderr);
}

#[test]
fn output_goes_where_it_is_sent() {
    let folder = Folder::new("out");
    folder
        .write("a.sql", "create type mood as enum ('sad', 'ok');")
        .write("pgkeel.toml", titled("One"));
    let generate = |out: &str| folder.run(&["generate", "--source", "a.sql", "--lang", "json-schema", "--out", out]);
    let printed = generate("-");
    assert!(
        printed.succeeds().stdout.contains("\"title\": \"One\""),
        "{}",
        printed.stdout
    );
    generate("there").succeeds();
    generate("mine.json").succeeds();
    assert_eq!(printed.stdout, folder.read("there/schema.json"));
    assert_eq!(printed.stdout, folder.read("mine.json"));
    assert!(!folder.path.join("out").exists());
    let style = folder.run(&["generate", "--source", "a.sql", "--style", "openapi", "--out", "-"]);
    assert!(
        style.succeeds().stdout.contains("\"openapi\": \"3.1"),
        "{}",
        style.stdout
    );
    let refused = folder.run(&["generate", "--check", "--out", "-"]);
    assert_eq!(refused.code, 2);
}

#[test]
fn what_cannot_be_written_stays_as_it_is() {
    let folder = Folder::new("unwritable");
    folder
        .write("a.sql", "")
        .write("mine.json", "{ \"mine\": true }")
        .write("file", "x");
    let generate = |out: &str| folder.run(&["generate", "--source", "a.sql", "--lang", "json-schema", "--out", out]);
    generate("mine.json").fails("mine.json was not written by pgkeel", "--force");
    assert_eq!(folder.read("mine.json"), "{ \"mine\": true }");
    generate("file/schema.json").fails("cannot make the folder file", "a file stands where a folder is needed");
    std::fs::set_permissions(
        folder.path.join("mine.json"),
        std::os::unix::fs::PermissionsExt::from_mode(0o444),
    )
    .unwrap();
    let forced = folder.run(&[
        "generate",
        "--source",
        "a.sql",
        "--lang",
        "json-schema",
        "--out",
        "mine.json",
        "--force",
    ]);
    forced.fails("cannot write mine.json: it is read-only", "change its permissions");
}

#[test]
fn an_interrupted_command_leaves_nothing_behind() {
    let folder = Folder::new("interrupt");
    folder.write("a.sql", "select pg_sleep(60);");
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let mut command = folder.command(&["generate", "-v", "--lang", "rust", "--source", "a.sql"]);
        let mut child = command.stderr(std::process::Stdio::piped()).spawn().unwrap();
        let mut said = std::io::BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("replaying in") {
            line.clear();
            assert!(
                std::io::BufRead::read_line(&mut said, &mut line).unwrap() > 0,
                "it ended too soon"
            );
        }
        let process = child.id().to_string();
        let server = processes()
            .into_iter()
            .find(|line| line.starts_with(&format!("{process} ")));
        let server = server.expect("no scratch server was started");
        let data = server.split(" -D ").nth(1).unwrap().split(' ').next().unwrap();
        assert!(Path::new(data).exists());
        let kill = std::process::Command::new("kill")
            .args([&format!("-{signal}"), &process])
            .status()
            .unwrap();
        assert!(kill.success());
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert!(!Path::new(data).exists(), "{data} is left");
        assert_eq!(processes().into_iter().find(|line| line.contains(data)), None);
    }
}

/// The parent and the arguments of every process.
fn processes() -> Vec<String> {
    let list = std::process::Command::new("ps")
        .args(["-A", "-o", "ppid=,args="])
        .output()
        .unwrap();
    String::from_utf8_lossy(&list.stdout)
        .lines()
        .map(|line| line.trim_start().to_owned())
        .collect()
}
