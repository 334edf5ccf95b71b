//! Hazards that depend on both sides.

use serde_json::Value;

use crate::support::command::Folder;

#[test]
fn a_step_says_what_may_go_wrong() {
    let folder = Folder::new("diff-hazards");
    folder.write(
        "pgkeel.toml",
        r#"[migrations]
renames = [
    { from = "old_schema", to = "new_schema" },
    { from = "public.old_table", to = "public.new_table" },
    { from = "public.renamed.old_column", to = "public.renamed.new_column" },
    { from = "public.mood.sad", to = "public.mood.blue" },
]"#,
    );
    let table = "create table t (id int not null, old_column int)";
    let view = |options: &str, columns: &str| format!("{table}; create view v {options} as select {columns} from t;");
    let guarded = |more: &str| {
        format!("{table}; alter table t enable row level security; create policy p on t using (id = 1); {more}")
    };
    let keyed = "create table t (id bigint primary key); create table u (key int)";
    let cases = [
        ("create schema old_schema", "create schema new_schema", "rename-schema"),
        (
            "create table old_table (a int)",
            "create table new_table (a int)",
            "rename-table",
        ),
        (
            "create table renamed (old_column int)",
            "create table renamed (new_column int)",
            "rename-column",
        ),
        (
            "create table t (id int not null default 1)",
            "create table t (id int not null)",
            "drop-default-on-required",
        ),
        (
            table,
            &format!("{table}; alter table t enable row level security"),
            "rls-enabled-no-policy",
        ),
        (
            &guarded("alter table t force row level security"),
            &guarded(""),
            "rls-not-forced",
        ),
        (
            "create role keeper; create schema app authorization keeper",
            "create role keeper bypassrls; create schema app authorization keeper",
            "role-bypasses-rls",
        ),
        (
            &view("with (security_invoker = true)", "id"),
            &view("", "id"),
            "view-security-invoker-lost",
        ),
        (
            &view("with (security_invoker = on)", "id"),
            &view("", "id, 1 as more"),
            "view-security-invoker-lost",
        ),
        (
            &view("with (security_invoker = on)", "id"),
            &view("with (security_barrier)", "old_column"),
            "view-security-invoker-lost",
        ),
        (
            "create type mood as enum ('sad')",
            "create type mood as enum ('blue')",
            "rename-enum-value",
        ),
        (
            table,
            &format!("{table}; create table u (id int primary key)"),
            "int-overflow",
        ),
        (
            table,
            &format!("{table}; create table u (a smallint generated always as identity)"),
            "int-overflow",
        ),
        (
            "",
            &format!("{table}; grant select on t to public"),
            "new-table-without-rls",
        ),
        (
            &guarded("alter table t add more int"),
            &guarded("alter table t add more int; create table u (id bigint)"),
            "new-table-without-rls",
        ),
        (
            &guarded(""),
            &guarded("create view v as select id from t"),
            "view-without-security-invoker",
        ),
        (
            table,
            &format!("{table}; alter table t add c int, add d int; create index on t (id, old_column, c, d)"),
            "index-too-wide",
        ),
        (
            keyed,
            &format!("{keyed}; alter table u add foreign key (key) references t"),
            "fk-column-not-indexed",
        ),
        (
            keyed,
            &format!("{keyed}; alter table u add foreign key (key) references t"),
            "fk-type-mismatch",
        ),
        (
            "create subscription s connection 'host=x' publication p with (connect = false)",
            "",
            "subscription-slot-left-behind",
        ),
    ];
    for (old, new, hazard) in cases {
        folder.write("old.sql", old).write("new.sql", new);
        let hazards = |from: &str, to: &str| {
            let ran = folder.run(&["diff", "--from", from, "--to", to, "--format", "json"]);
            assert_eq!(ran.code, 1, "{old} to {new}: {}", ran.stderr);
            let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
            let steps = plan["steps"].as_array().unwrap().iter();
            let ids = steps.flat_map(|step| step["hazards"].as_array().unwrap());
            ids.map(|id| id.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let found = hazards("old.sql", "new.sql");
        assert!(found.iter().any(|id| id == hazard), "{old} to {new}: {found:?}");
        let back = hazards("new.sql", "old.sql");
        assert!(!back.iter().any(|id| id == hazard), "{new} to {old}: {back:?}");
    }
}

#[test]
fn what_is_right_or_was_there_before_has_no_hazard() {
    let folder = Folder::new("diff-no-hazards");
    let old = "create table t (id bigint primary key); create table kept (id int primary key);
        create domain code as varchar(9); create table texts (id text primary key);
        create index wide on kept (id, id, id, id) where id > 0;";
    let new = "create table t (id bigint primary key); create table kept (id int primary key, more int);
        create domain code as varchar(9); create table texts (id text primary key);
        create index wide on kept (id, id, id, id) where id > 1;
        create table u (t_id bigint references t, id int references kept primary key, code code references texts, n int);
        create index on u (t_id, n); create index on u (code, n, t_id);
        create view v as select id from t; revoke all on u from public;";
    folder.write("old.sql", old).write("new.sql", new);
    let ran = folder.run(&["diff", "--from", "old.sql", "--to", "new.sql", "--format", "json"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let plan: Value = serde_json::from_str(&ran.stdout).unwrap();
    let steps = plan["steps"].as_array().unwrap().iter();
    let found = steps
        .flat_map(|step| step["hazards"].as_array().unwrap())
        .map(|id| id.as_str().unwrap())
        .filter(|id| {
            [
                "int-overflow",
                "new-table-without-rls",
                "view-without-security-invoker",
                "index-too-wide",
                "fk-column-not-indexed",
                "fk-type-mismatch",
            ]
            .contains(id)
        });
    assert_eq!(found.collect::<Vec<_>>(), Vec::<&str>::new());
}
