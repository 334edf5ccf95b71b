//! What `pgkeel diff` says of locks.

use std::process::Command;

use super::TABLES;
use crate::support::command::Folder;
use crate::support::database::database;
use crate::support::servers::psql;
use crate::support::toolchain::run;

const AFTER: &str = "
create index orders_by_user on public.orders (user_id);
alter table public.orders add foreign key (user_id) references public.users;
alter table public.orders alter total type bigint;
alter table public.users drop age;
";

fn folder(name: &str) -> Folder {
    let folder = Folder::new(name);
    folder.write("a.sql", TABLES).write("b.sql", format!("{TABLES}{AFTER}"));
    folder
}

#[test]
fn waits_are_bounded_and_long_work_is_not() {
    let folder = folder("locks_bounded");
    let ran = folder.run(&["diff", "--from", "a.sql", "--to", "b.sql", "--no-prove"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    let sql = &ran.stdout;
    assert_eq!(
        sql.matches("BEGIN;\n").count(),
        sql.matches("BEGIN;\nSET LOCAL lock_timeout = '5s';\n").count(),
        "{sql}"
    );
    assert!(
        sql.contains("SET lock_timeout = 0;\nSET statement_timeout = 0;\nCREATE INDEX CONCURRENTLY orders_by_user"),
        "{sql}"
    );
    assert!(
        sql.contains(
            "SET LOCAL statement_timeout = 0;\nSET LOCAL search_path = '';\nALTER TABLE public.orders VALIDATE"
        ),
        "{sql}"
    );
    assert!(sql.contains("-- loses data: drop-column\n"), "{sql}");
    assert!(
        ran.stderr
            .contains("type-change-rewrite: writes all rows anew under ACCESS EXCLUSIVE on table public.orders"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("loses data: drop-column"), "{}", ran.stderr);

    folder.write("pgkeel.toml", "[migrations]\nlock-timeout = \"2s\"\n");
    let ran = folder.run(&["diff", "--from", "a.sql", "--to", "b.sql", "--no-prove"]);
    assert!(ran.stdout.contains("SET LOCAL lock_timeout = '2s';"), "{}", ran.stdout);
}

#[test]
fn the_short_form_is_one_transaction() {
    let ran = folder("locks_offline").run(&["diff", "--from", "a.sql", "--to", "b.sql", "--no-prove", "--offline"]);
    assert_eq!(ran.stdout.matches("BEGIN;\n").count(), 1, "{}", ran.stdout);
    assert!(
        !ran.stdout.contains("CONCURRENTLY") && !ran.stdout.contains("NOT VALID"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stderr
            .contains("reads all rows under SHARE ROW EXCLUSIVE on table public.orders"),
        "{}",
        ran.stderr
    );
}

#[test]
fn steps_have_labels_for_machines() {
    let ran = folder("locks_json").run(&[
        "diff",
        "--from",
        "a.sql",
        "--to",
        "b.sql",
        "--no-prove",
        "--format",
        "json",
    ]);
    let plan: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    let steps = plan["steps"].as_array().unwrap();
    let step = |part: &str| {
        let find = |step: &&serde_json::Value| step["sql"].as_str().unwrap().contains(part);
        steps.iter().find(find).unwrap_or_else(|| panic!("{part}: {plan:#}"))
    };
    let build = step("CREATE INDEX CONCURRENTLY");
    assert_eq!(build["transaction"], "outside");
    assert_eq!(build["locks"][0]["mode"], "SHARE UPDATE EXCLUSIVE");
    assert_eq!((&build["scan"], &build["rewrite"]), (&true.into(), &false.into()));
    let retype = step("TYPE bigint");
    assert_eq!(retype["locks"][0]["relation"], "table public.orders");
    assert_eq!(
        (&retype["rewrite"], &retype["hazards"][0]),
        (&true.into(), &"type-change-rewrite".into())
    );
    assert_eq!(retype["data_loss"], "change-type");
    assert_eq!(step("VALIDATE CONSTRAINT")["transaction"], "alone");
}

#[tokio::test]
async fn psql_runs_it_under_any_timeout() {
    let database = database(TABLES).await;
    let folder = folder("locks_psql");
    let ran = folder.run(&["diff", "--from", &database.url(), "--to", "b.sql"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    folder.write("up.sql", &ran.stdout);
    let mut psql = Command::new(psql());
    psql.args([
        "--no-psqlrc",
        "--quiet",
        "-v",
        "ON_ERROR_STOP=1",
        "--dbname",
        &database.url(),
        "--file",
    ])
    .arg(folder.path.join("up.sql"));
    run(&mut psql).unwrap();
    let ran = folder.run(&["diff", "--from", &database.url(), "--to", "b.sql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{ran:?}");
}
