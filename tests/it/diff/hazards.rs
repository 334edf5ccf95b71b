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
]"#,
    );
    let table = "create table t (id int not null, old_column int)";
    let view = |options: &str, columns: &str| format!("{table}; create view v {options} as select {columns} from t;");
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
