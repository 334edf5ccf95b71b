//! Hazards and what looks like them: all that is found in each, and that a server does what is said.

use std::collections::BTreeSet;
use std::process::Command;

use pgkeel::catalog::Catalog;
use pgkeel::catalog::scope::{Depth, Scope};
use pgkeel::ddl::LockMode;
use pgkeel::introspect;
use pgkeel::lint::{self, File, Known, Linted, Next, Part, Run, Seen};
use pgkeel::scratch::{Options, Scratch};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::database::database_on;
use crate::support::servers::{installable_majors, pg_bin, pg_dump};
use crate::support::toolchain::run;

const SCHEMA: &str = concat!(include_str!("schema.sql"), include_str!("wide_schema.sql"));

/// An old server, and the newest.
const MAJORS: [u32; 2] = [15, 18];

/// What each case begins with.
const LIMIT: &str = "set lock_timeout = '2s';\n";

struct Case {
    name: String,
    file: File,
    rules: BTreeSet<String>,
    since: u32,
    before: u32,
}

impl Case {
    fn is_for(&self, major: u32) -> bool {
        (self.since..self.before).contains(&major)
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_found_and_a_server_does_what_is_said() {
    let cases = cases();
    assert!(cases.len() > 200, "{}", cases.len());
    let mut failures = Vec::new();
    for server in servers().await {
        let (major, known) = (server.major(), server.known());
        for (at, case) in cases.iter().enumerate().filter(|(_, case)| case.is_for(major)) {
            let mut linted = lint::lint(std::slice::from_ref(&case.file), &known);
            let found = rules(&linted);
            if found != case.rules {
                failures.push(format!("{} on {major}: {found:?}, not {:?}", case.name, case.rules));
            }
            let (mut copy, mut observer) = copy(&server.scratch, &format!("case_{at}")).await;
            let seen = lint::trace(&mut copy, &mut observer, &case.file).await;
            let seen = seen.unwrap_or_else(|error| panic!("{} on {major}: {error:?}", case.name));
            drop_copy(&server.scratch, copy, observer).await;
            if let Some(failure) = says_what_it_locks(&case.file, &known, &seen) {
                failures.push(format!("{} on {major}: {failure}", case.name));
            }
            let notes = linted.notes.len();
            lint::observed(&mut linted, 0, &case.file, &seen);
            if rules(&linted) != found || linted.notes.len() > notes {
                failures.push(format!(
                    "{} on {major}: {found:?}, and what was seen says {:?}: {seen:#?}",
                    case.name,
                    rules(&linted)
                ));
            }
        }
        server.scratch.close().await.unwrap();
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Whether the linter expects a lock that writers wait for where one was seen, and nowhere else: it asks for a limit then.
fn says_what_it_locks(file: &File, known: &Known<'_>, seen: &[Seen]) -> Option<String> {
    let text = file.text.strip_prefix(LIMIT)?;
    let sets_it = ["lock_timeout", "reset all", "discard"];
    if sets_it.iter().any(|words| text.to_lowercase().contains(words)) || seen.iter().any(|one| one.error.is_some()) {
        return None;
    }
    let unlimited = File {
        text: text.to_owned(),
        ..file.clone()
    };
    let expected = rules(&lint::lint(&[unlimited], known)).contains("missing-lock-timeout");
    let mut locks = seen.iter().flat_map(|one| one.locks.iter().flatten());
    let strong = locks.find(|(_, mode)| **mode >= LockMode::Share);
    if strong.is_none() && seen.iter().any(|one| one.locks.is_none()) {
        // What no transaction takes was done before anybody could look.
        return None;
    }
    (expected != strong.is_some()).then(|| format!("a lock is expected: {expected}, and {strong:?} was seen"))
}

/// What a fix changes of the schema on purpose. DETACH CONCURRENTLY leaves a check of the bound behind.
const CHANGES: [&str; 4] = [
    "detach-partition-not-concurrent",
    "new-table-without-rls",
    "view-security-invoker-lost",
    "view-without-security-invoker",
];

#[tokio::test]
async fn what_is_fixed_makes_the_same_schema() {
    fixed_makes_the_same_schema(Run::PerStatement, Next::Never, 20).await;
}

#[tokio::test]
async fn what_is_fixed_with_files_behind_it_makes_the_same_schema_and_nothing_is_found() {
    let next = Next::Files {
        lock_timeout: false,
        refills: true,
    };
    fixed_makes_the_same_schema(Run::PerFile, next, 40).await;
}

async fn fixed_makes_the_same_schema(how: Run, next: Next, at_least: usize) {
    let mut failures = Vec::new();
    let mut fixed_cases = 0;
    for server in servers().await {
        let (major, known) = (server.major(), server.known());
        for (at, mut case) in cases().into_iter().enumerate().filter(|(_, case)| case.is_for(major)) {
            case.file.run = how;
            let linted = lint::lint(std::slice::from_ref(&case.file), &known);
            let hits = linted.hits.iter().collect::<Vec<_>>();
            let fixed = lint::fixed(&case.file, &hits, next);
            let is_meant = hits.iter().any(|hit| CHANGES.contains(&hit.finding.rule));
            // What is refused stays, and is refused again.
            let is_refused = hits.iter().any(|hit| hit.finding.rule == "refused-in-transaction");
            let Some(text) = fixed.text.filter(|_| !is_meant && !is_refused) else {
                continue;
            };
            let mut original = case.file.clone();
            let (mut before, mut fails) = dumped(&server.scratch, &format!("before_{at}"), &[original.clone()]).await;
            if fails.is_some() && how == Run::PerFile {
                // What fails for the transaction that it is in is mended too.
                original.run = Run::PerStatement;
                (before, fails) = dumped(&server.scratch, &format!("alone_{at}"), &[original]).await;
            }
            if fails.is_some() {
                continue;
            }
            fixed_cases += 1;
            let mended = files(&case.file, text, &fixed.next);
            let (after, fails) = dumped(&server.scratch, &format!("after_{at}"), &mended).await;
            let said = mended
                .iter()
                .map(|file| file.text.as_str())
                .collect::<Vec<_>>()
                .join("\n-- next:\n");
            if fails.is_some() || before != after {
                failures.push(format!("{} on {major}: {fails:?}\n{said}", case.name));
            }
            let staying = hits.iter().zip(&fixed.is_mended).filter(|(_, is_mended)| !**is_mended);
            let staying = staying
                .map(|(hit, _)| hit.finding.rule.to_owned())
                .collect::<BTreeSet<_>>();
            let again = rules(&lint::lint(&mended, &known));
            if !again.is_subset(&staying) {
                failures.push(format!("{} on {major}: {again:?} is found then\n{said}", case.name));
            }
        }
        server.scratch.close().await.unwrap();
    }
    assert!(fixed_cases >= at_least, "{fixed_cases}");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// A mended file and those behind it.
fn files(file: &File, text: String, next: &[Part]) -> Vec<File> {
    let run = |text: &str| match lint::is_one_alone(text) {
        true => Run::PerStatement,
        false => file.run,
    };
    let texts = std::iter::once(text).chain(next.iter().map(|part| format!("{}\n", part.sql)));
    let files = texts.map(|text| File {
        run: run(&text),
        text,
        ..file.clone()
    });
    files.collect()
}

/// The schema after files, as pg_dump says it, and why they failed.
async fn dumped(scratch: &Scratch, name: &str, files: &[File]) -> (String, Option<String>) {
    let (mut connection, mut observer) = copy(scratch, name).await;
    let mut seen = Vec::new();
    for file in files {
        seen.extend(lint::trace(&mut connection, &mut observer, file).await.unwrap());
    }
    let (url, options) = (scratch.url(), scratch.connect_options());
    let (server, settings) = url
        .rsplit_once(&format!("/{}", options.get_database().unwrap()))
        .unwrap();
    let url = format!("{server}/{name}{settings}");
    let mut dump = Command::new(pg_dump());
    dump.args(["--schema-only", "--restrict-key=same", "--dbname", &url]);
    let dump = run(&mut dump).unwrap();
    drop_copy(scratch, connection, observer).await;
    (dump, seen.into_iter().find_map(|one| one.error))
}

/// A server with what the cases start from.
struct Server {
    scratch: Scratch,
    catalog: Catalog,
}

impl Server {
    fn major(&self) -> u32 {
        self.catalog.server.major
    }

    fn known(&self) -> Known<'_> {
        Known {
            catalog: Some(&self.catalog),
            ..Known::default()
        }
    }
}

async fn servers() -> Vec<Server> {
    let on = |major| Options {
        pg_bin: Some(pg_bin(major)),
        ..Options::default()
    };
    let options = match installable_majors() {
        [] => vec![Options::default()],
        _ => MAJORS.map(on).into(),
    };
    let mut servers = Vec::new();
    for options in options {
        let scratch = database_on(&options, SCHEMA).await;
        let catalog = catalog(&scratch).await;
        servers.push(Server { scratch, catalog });
    }
    servers
}

fn rules(linted: &Linted) -> BTreeSet<String> {
    let hits = linted.hits.iter();
    hits.map(|hit| hit.finding.rule.to_owned()).collect()
}

async fn catalog(scratch: &Scratch) -> Catalog {
    let mut connection = scratch.connect().await.unwrap();
    let scope = Scope::default();
    let (catalog, _) = introspect::read(&mut connection, &scope, Depth::Whole).await.unwrap();
    connection.close().await.unwrap();
    catalog
}

/// Two connections to a copy of the database.
async fn copy(scratch: &Scratch, name: &str) -> (PgConnection, PgConnection) {
    let options = scratch.connect_options();
    let original = options.get_database().unwrap();
    let mut connection = scratch.connect().await.unwrap();
    let sql = format!("create database {name} template \"{original}\"");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
    let connect = || async {
        let options = options.clone().database(name);
        PgConnection::connect_with(&options).await.unwrap()
    };
    (connect().await, connect().await)
}

/// Drops the copy that two connections are to: it takes memory.
async fn drop_copy(scratch: &Scratch, mut connection: PgConnection, observer: PgConnection) {
    let (name,): (String,) = sqlx::query_as("select current_database()")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    observer.close().await.unwrap();
    let mut connection = scratch.connect().await.unwrap();
    let sql = format!("drop database \"{name}\" with (force)");
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

fn cases() -> Vec<Case> {
    let texts = [
        include_str!("cases.sql"),
        include_str!("variety.sql"),
        include_str!("wide.sql"),
    ];
    let cases = texts.iter().flat_map(|text| text.split("\n-- case ").skip(1));
    cases.map(case).collect()
}

fn case(text: &str) -> Case {
    let (head, sql) = text.split_once('\n').unwrap();
    let (head, rules) = head.rsplit_once(':').expect("rules behind a colon");
    let words = head.split(' ').collect::<Vec<_>>();
    let number = |word: &str, otherwise: u32| {
        let at = words.iter().rposition(|other| *other == word);
        let number = at.and_then(|at| words.get(at + 1)?.parse().ok());
        number.unwrap_or(otherwise)
    };
    let rules = rules.split(',').map(|rule| rule.trim().to_owned());
    Case {
        name: head.to_owned(),
        file: File {
            name: "case.sql".into(),
            text: format!("{LIMIT}{sql}"),
            run: match words.contains(&"per-file") {
                true => Run::PerFile,
                false => Run::PerStatement,
            },
            mark: None,
            whole: None,
            wanted: true,
        },
        rules: rules.filter(|rule| !rule.is_empty()).collect(),
        since: number("since", 0),
        before: number("before", u32::MAX),
    }
}
