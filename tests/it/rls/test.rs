//! `pgkeel rls test`: what each role really reaches.

use crate::support::command::{Folder, Ran};

const PRELUDE: &str = include_str!("prelude.sql");

/// A table of notes, protected as it should be.
const NOTES: &str = "
create table public.notes (
  id bigint generated always as identity primary key,
  user_id uuid not null references auth.users (id) on delete cascade,
  title text not null check (title ~ '^[A-Z][a-z]+$')
);
revoke all on public.notes from anon, authenticated;
grant select, insert, update, delete on public.notes to authenticated;
alter table public.notes enable row level security;
create policy own on public.notes to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
";

#[test]
fn tables_that_are_protected_pass_and_each_kind_of_hole_is_named() {
    let clean = tested("rls_test_clean", NOTES, &[]);
    assert_eq!(clean.code, 0, "{}{}", clean.stdout, clean.stderr);
    assert!(
        clean.stdout.contains("authenticated, user A  siud   ....   ...."),
        "{}",
        clean.stdout
    );
    for (hole, said) in [
        (
            "alter table public.notes disable row level security;",
            "somebody else's rows are read: select",
        ),
        ("grant truncate on public.notes to anon;", "TRUNCATE asks no policy"),
        (
            "create policy give on public.notes for update to authenticated using (user_id = auth.uid()) with check (true);\
             create policy see on public.notes for select to authenticated using (true);",
            "a user gives his row to another user",
        ),
        (
            "create policy blind on public.notes for delete to authenticated using (true);",
            "somebody else's rows are written: delete-blind",
        ),
        (
            "create policy loop on public.notes to authenticated using (exists (select from public.notes));",
            "fails with 42P17",
        ),
        (
            "create policy forged on public.notes for select to authenticated
             using ((auth.jwt() -> 'user_metadata' ->> 'role') = 'admin');",
            "somebody else's rows are read: select",
        ),
    ] {
        let ran = tested("rls_test_hole", &format!("{NOTES}{hole}"), &[]);
        assert_eq!(ran.code, 1, "{hole}: {}{}", ran.stdout, ran.stderr);
        assert!(ran.stdout.contains(said), "{hole}: no `{said}` in\n{}", ran.stdout);
    }
}

#[test]
fn accepted_access_is_written_and_what_differs_from_it_is_named() {
    let folder = Folder::new("rls_test_expect");
    let sql = format!("{PRELUDE}{NOTES}");
    folder.write("schema.sql", &sql);
    let accept = ["rls", "test", "--source", "schema.sql", "--accept"];
    folder.run(&accept).succeeds();
    let written = folder.read("rls.expect.toml");
    assert!(
        written.contains(
            "[\"public.notes\"]\nanon = {}\n\"authenticated, nobody\" = { select = [], insert = [], insert-returning = [], \
             update = [], delete = [] }\n\"authenticated, user A\" = { select = [\"own\"], insert = [\"own\"], \
             insert-returning = [\"own\"], update = [\"own\"], delete = [\"own\"] }\n"
        ),
        "{written}"
    );
    folder.run(&accept).succeeds();
    assert_eq!(folder.read("rls.expect.toml"), written, "it is the same each time");
    let test = ["rls", "test", "--source", "schema.sql", "--format", "json"];
    folder.run(&test).succeeds();
    folder.write("schema.sql", format!("{sql}grant select on public.notes to anon;"));
    let wider = folder.run(&test);
    assert_eq!(wider.code, 1);
    assert!(wider.stdout.contains("rls-access-widened"), "{}", wider.stdout);
    folder.write(
        "schema.sql",
        format!("{sql}revoke delete on public.notes from authenticated;"),
    );
    let narrower = folder.run(&test);
    assert_eq!(narrower.code, 1);
    assert!(narrower.stdout.contains("rls-access-narrowed"), "{}", narrower.stdout);
}

/// Runs the test on a schema, with more words.
fn tested(name: &str, sql: &str, words: &[&str]) -> Ran {
    let folder = Folder::new(name);
    folder.write("schema.sql", format!("{PRELUDE}{sql}"));
    let all = ["rls", "test", "--source", "schema.sql"]
        .iter()
        .chain(words)
        .copied()
        .collect::<Vec<_>>();
    folder.run(&all)
}
