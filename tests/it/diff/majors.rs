//! The scratch server of a proof beside the server of the schema.

use super::pairs::turn_into;
use crate::support::command::Folder;
use crate::support::database::{database_on, every_server};
use crate::support::servers::{installable_majors, pg_bin};

const SQL: &str = "create table public.t (a int, b int generated always as (a + 1) virtual);";

#[tokio::test]
async fn columns_are_worked_out_in_other_ways() {
    const A: &str = "create table public.t (a int, b int generated always as (a + 1) virtual, c int,
        d int generated always as (a + 2) stored, e int generated always as (a + 3) virtual);";
    const B: &str = "create table public.t (a int, b int, c int generated always as (a * 2) virtual,
        d int generated always as (a + 2) virtual, e int generated always as (a + 3) stored);";
    there_and_back("computed", A, B).await;
}

/// Turns each of two schemas that only the newest server takes into the other.
async fn there_and_back(name: &str, a: &str, b: &str) {
    if installable_majors().is_empty() {
        return;
    }
    let newest = every_server().into_iter().last().unwrap();
    for (way, from, to) in [("there", a, b), ("back", b, a)] {
        let [from, to] = [database_on(&newest, from).await, database_on(&newest, to).await];
        turn_into(&newest, &format!("{name}-{way}"), &from, &to, &[]).await;
    }
}

#[tokio::test]
async fn columns_refuse_null_in_other_ways() {
    const A: &str = "create table public.t (a int not null, b int not null, c int constraint named not null,
        d int constraint odd not null no inherit, e int);
        alter table public.t add constraint t_e_not_null not null e not valid;";
    const B: &str =
        "create table public.t (a int not null no inherit, b int, c int constraint named not null no inherit,
        d int constraint odd not null, e int not null);
        alter table public.t add constraint t_b_not_null not null b not valid;";
    there_and_back("refusals", A, B).await;
}

#[tokio::test]
async fn partitioned_tables_have_access_methods_or_none() {
    const A: &str = "create access method piled type table handler heap_tableam_handler;
        create table public.t (a int) partition by list (a) using piled;
        create table public.u (a int) partition by list (a);
        create table public.u1 partition of public.u for values in (1) using piled;";
    const B: &str = "create access method piled type table handler heap_tableam_handler;
        create table public.t (a int) partition by list (a);
        create table public.u (a int) partition by list (a) using piled;
        create table public.u1 partition of public.u for values in (1);";
    there_and_back("methods", A, B).await;
}

#[tokio::test]
async fn the_programs_of_a_running_server_prove_what_older_ones_cannot() {
    let [oldest, .., newest] = installable_majors() else {
        return;
    };
    let newer = every_server().into_iter().last().unwrap();
    let database = database_on(&newer, SQL).await;
    let folder = Folder::new("diff-majors");
    let url = database.url();
    let words = ["diff", "--from", "empty", "--to", &url];

    let older = pg_bin(*oldest);
    let ran = folder.run_with(&words, &[("PGKEEL_PG_BIN", older.to_str().unwrap())]);
    ran.fails(
        &format!("cannot be proved for PostgreSQL {newest} in PostgreSQL {oldest}"),
        &format!("install PostgreSQL {newest}"),
    );
    let output = folder.command(&words).env_remove("PGKEEL_PG_BIN").output().unwrap();
    let [sql, said] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(sql.contains("VIRTUAL"), "{sql}");
}
