//! Files run in a server that is older than what they say.

use crate::support::command::Folder;
use crate::support::database::{database_on, every_server};
use crate::support::findings::of_rule;
use crate::support::servers::{installable_majors, pg_bin};

#[tokio::test]
async fn a_server_that_is_too_old_to_trace_in_is_named() {
    let [oldest, .., newest] = installable_majors() else {
        return;
    };
    let folder = Folder::new("lint-older");
    folder.write("old.sql", "create table public.t (a int);");
    folder.write("new.sql", "create unique index t_a on public.t (a) nulls not distinct;");
    let older = pg_bin(*oldest);
    let older = [("PGKEEL_PG_BIN", older.to_str().unwrap())];
    let traced = |source: &str| {
        let words = ["lint", "--trace", "new.sql", "--source", source, "--format", "json"];
        folder.run_with(&words, &older)
    };
    let found = of_rule(&traced("old.sql").stdout, "statement-fails");
    let text = |key: &str| found[0][key].as_str().unwrap();
    assert!(
        text("message").starts_with(&format!("PostgreSQL {oldest} says: syntax error")),
        "{found:?}"
    );
    assert!(text("hint").contains("where a newer PostgreSQL has it"), "{found:?}");

    let options = every_server().into_iter().last().unwrap();
    let newer = database_on(
        &options,
        "create table public.t (a int, b int generated always as (a + 1) virtual);",
    )
    .await;
    let ran = traced(&newer.url());
    ran.fails(
        &format!("cannot be built in PostgreSQL {oldest}"),
        &format!("the schema is of PostgreSQL {newest}"),
    );
}
