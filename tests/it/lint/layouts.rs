//! `lint --fix` in the folders of other tools: their files are written as they want them, and their ways back stay.

use crate::support::command::Folder;

const TABLE: &str = "create table teams (id bigint generated always as identity primary key, name text);\n";
const CHECK: &str = "alter table teams add constraint named check (name <> '');\n";
const INDEX: &str = "-- Names are looked up.\ncreate index teams_name on teams (name);\n";
const BACK: &str = "drop index teams_name;\nalter table teams drop constraint named; -- größer\n";

const LIMITED: &str = "SET LOCAL lock_timeout = '5s';\n\
                       alter table teams add constraint named check (name <> '') NOT VALID;\n";
const BUILT: &str = "-- Names are looked up.\ncreate index CONCURRENTLY teams_name on teams (name);\n";
const CHECKED: &str = "ALTER TABLE public.teams VALIDATE CONSTRAINT named;\n";

/// A tool's folder: its files before, what the second becomes, and the files behind it.
struct Case {
    name: &'static str,
    first: (&'static str, String),
    second: (&'static str, String),
    becomes: String,
    behind: Vec<(&'static str, String)>,
}

fn cases() -> Vec<Case> {
    let dbmate = |up: &str, down: &str| format!("-- migrate:up\n{up}\n-- migrate:down\n{down}");
    let goose = |up: &str, down: &str| format!("-- +goose Up\n{up}\n-- +goose Down\n{down}");
    vec![
        Case {
            name: "dbmate",
            first: ("db/migrations/20260101000000_first.sql", dbmate(TABLE, "")),
            second: (
                "db/migrations/20260102000000_second.sql",
                dbmate(&format!("{INDEX}{CHECK}"), BACK),
            ),
            becomes: dbmate(LIMITED, BACK),
            behind: vec![
                (
                    "db/migrations/20260102000001_second_2.sql",
                    format!("-- migrate:up transaction:false\n{BUILT}\n-- migrate:down\n"),
                ),
                ("db/migrations/20260102000002_second_3.sql", dbmate(CHECKED, "")),
            ],
        },
        Case {
            name: "goose",
            first: ("migrations/00001_first.sql", goose(TABLE, "")),
            second: ("migrations/00002_second.sql", goose(&format!("{INDEX}{CHECK}"), BACK)),
            becomes: goose(LIMITED, BACK),
            behind: vec![
                (
                    "migrations/00003_second_2.sql",
                    format!("-- +goose NO TRANSACTION\n{}", goose(BUILT, "")),
                ),
                ("migrations/00004_second_3.sql", goose(CHECKED, "")),
            ],
        },
        Case {
            name: "flyway",
            first: ("migrations/V1__first.sql", TABLE.to_owned()),
            second: ("migrations/V2__second.sql", format!("{INDEX}{CHECK}")),
            becomes: LIMITED.to_owned(),
            behind: vec![
                ("migrations/V2.1__second_2.sql", BUILT.to_owned()),
                (
                    "migrations/V2.1__second_2.sql.conf",
                    "executeInTransaction=false\n".to_owned(),
                ),
                ("migrations/V2.2__second_3.sql", CHECKED.to_owned()),
            ],
        },
        Case {
            name: "diesel",
            first: ("migrations/2026-01-01-000000_first/up.sql", TABLE.to_owned()),
            second: ("migrations/2026-01-02-000000_second/up.sql", format!("{INDEX}{CHECK}")),
            becomes: LIMITED.to_owned(),
            behind: vec![
                ("migrations/2026-01-02-000001_second_2/up.sql", BUILT.to_owned()),
                (
                    "migrations/2026-01-02-000001_second_2/metadata.toml",
                    "run_in_transaction = false\n".to_owned(),
                ),
                ("migrations/2026-01-02-000002_second_3/up.sql", CHECKED.to_owned()),
                (
                    "migrations/2026-01-02-000002_second_3/down.sql",
                    "-- Nothing to do on this way.\n".to_owned(),
                ),
            ],
        },
    ]
}

#[test]
fn each_tool_gets_files_behind_as_it_wants_them() {
    for case in cases() {
        let folder = Folder::new(&format!("lint_layout_{}", case.name));
        folder.write(case.first.0, &case.first.1);
        folder.write(case.second.0, &case.second.1);
        let (above, _) = case.second.0.split_once("migrations/").unwrap();
        let directory = format!("{above}migrations");
        let words = ["lint", &directory, "--allow", "new-table-without-rls"];
        let ran = folder.run(&[&words[..], &["--fix"]].concat());
        assert_eq!(ran.code, 0, "{}: {ran:?}", case.name);
        assert_eq!(folder.read(case.second.0), case.becomes, "{}", case.name);
        for (path, text) in case.behind {
            assert_eq!(folder.read(path), text, "{}: {path}", case.name);
        }
        let again = folder.run(&words);
        assert_eq!(
            (again.code, again.stdout.as_str()),
            (0, "nothing found\n"),
            "{}: {again:?}",
            case.name
        );
    }
}

#[test]
fn a_file_that_nothing_is_left_of_keeps_its_way_back() {
    let folder = Folder::new("lint_layout_hollow");
    folder.write("db/migrations/1_first.sql", format!("-- migrate:up\n{TABLE}"));
    let both = |up: &str| format!("-- migrate:up\n{up}\n-- migrate:down\n{BACK}");
    folder.write("db/migrations/2_second.sql", both(INDEX));
    assert_eq!(
        folder
            .run(&["lint", "db/migrations", "--fix", "--allow", "missing-lock-timeout"])
            .code,
        0
    );
    assert_eq!(folder.read("db/migrations/2_second.sql"), both(""));
    assert!(
        folder
            .read("db/migrations/3_second_2.sql")
            .starts_with("-- migrate:up transaction:false\n")
    );
}

#[test]
fn what_stands_between_marks_of_goose_stays_between_them() {
    let folder = Folder::new("lint_layout_marks");
    folder.write("migrations/1_first.sql", format!("-- +goose Up\n{TABLE}"));
    let text = |limit: &str, index: &str| {
        format!(
            "-- +goose Up\n-- +goose StatementBegin\n{limit}{index}-- +goose StatementEnd\n\n-- +goose Down\n{BACK}"
        )
    };
    folder.write("migrations/2_second.sql", text("", INDEX));
    let ran = folder.run(&["lint", "--fix"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("-- +goose NO TRANSACTION"), "{}", ran.stderr);
    let limited = INDEX.replace("create", "SET LOCAL lock_timeout = '5s';\ncreate");
    assert_eq!(folder.read("migrations/2_second.sql"), text("", &limited));
}

#[test]
fn what_a_tool_runs_outside_of_a_transaction_is_no_finding() {
    let concurrent = "create index concurrently teams_name on teams (name);\n";
    let folder = Folder::new("lint_layout_alone");
    folder.write("migrations/V1__first.sql", TABLE);
    folder.write("migrations/V2__second.sql", concurrent);
    folder.write(
        "migrations/V3__third.sql",
        "reindex index concurrently teams_name;\nselect 1;\n",
    );
    let rules = |folder: &Folder| {
        folder
            .run(&["lint"])
            .stdout
            .matches("concurrently-in-transaction")
            .count()
    };
    assert_eq!(rules(&folder), 1);
    folder.write("migrations/V3__third.sql.conf", "executeInTransaction = false\n");
    assert_eq!(rules(&folder), 0);
    let folder = Folder::new("lint_layout_alone_diesel");
    folder.write("migrations/1_first/up.sql", TABLE);
    folder.write("migrations/2_second/up.sql", concurrent);
    assert_eq!(rules(&folder), 1);
    folder.write("migrations/2_second/metadata.toml", "run_in_transaction = false\n");
    assert_eq!(rules(&folder), 0);
}
