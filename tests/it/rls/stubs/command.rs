//! What the command leaves alone, what it refuses, and where it writes.

use super::Case;
use crate::support::command::Folder;
use crate::support::database::database;

const PRELUDE: &str = include_str!("../prelude.sql");

#[tokio::test]
async fn policies_that_were_written_by_hand_are_never_touched() {
    let case = Case::parse(
        "by-hand",
        "create table public.mine (id int primary key, user_id uuid not null references auth.users (id));
create policy \"by hand\" on public.mine for select to authenticated using (true);
create table public.kids (id int primary key, mine_id int not null references public.mine (id));
--@ seed
insert into public.mine values (1, 'a'), (2, 'b');
insert into public.kids values (1, 1), (2, 2);
--? anon - {} 2 select count(*) from public.mine
--? authenticated a {} 1 select count(*) from public.kids
--? authenticated a {} deny insert into public.kids values (3, 2)",
    );
    let ran = case.holds(&[]).await;
    let touches = ran
        .stdout
        .lines()
        .find(|line| line.contains(" ON TABLE public.mine") || line.contains("ALTER TABLE public.mine"));
    assert_eq!(touches, None, "{}", ran.stdout);
    assert!(
        ran.stderr
            .contains("public.mine: it has policies that were written by hand"),
        "{}",
        ran.stderr
    );
}

#[tokio::test]
async fn where_nothing_is_certain_everything_is_denied() {
    let case = Case::parse(
        "uncertain",
        "create table public.things (id int primary key, user_id uuid not null, what text);
create table public.pairs (id int primary key, buyer_id uuid not null references auth.users (id), seller_id uuid not null references auth.users (id));
create table public.parts (id int primary key, thing_id int not null references public.things (id));
comment on table public.parts is 'their own words';
--@ seed
insert into public.things values (1, 'a', 'x');
--? authenticated a {} deny select count(*) from public.things
--? anon - {} deny select count(*) from public.things
--? authenticated a {} deny select count(*) from public.pairs
--? authenticated a {} deny insert into public.parts values (1, 1)
--? service_role - {} 1 select count(*) from public.things",
    );
    let ran = case.holds(&[]).await;
    assert!(
        !ran.stdout.contains("CREATE POLICY") && !ran.stdout.contains("GRANT"),
        "{}",
        ran.stdout
    );
    ran.says(&[
        "owner by user_id",
        "buyer_id",
        "owner-through-fk by public.things",
        "[rls] archetypes = {",
    ]);
    ran.prints(&["COMMENT ON TABLE public.things IS 'pgkeel: denied"]);
    assert!(!ran.stdout.contains("COMMENT ON TABLE public.parts"), "{}", ran.stdout);
}

#[tokio::test]
async fn with_an_api_of_its_own_the_outside_has_nothing() {
    let case = Case::parse(
        "api-only",
        "create table public.notes (id serial primary key, user_id uuid not null references auth.users (id));
create view public.shown as select * from public.notes;
create function public.answer() returns int language sql as $$ select 42 $$;
--@ seed
insert into public.notes (user_id) values ('a');
--? authenticated a {} deny select count(*) from public.notes
--? authenticated a {} deny select count(*) from public.shown
--? authenticated a {} deny select public.answer()
--? anon - {} deny select nextval('public.notes_id_seq')
--? service_role - {} 1 select count(*) from public.notes
--? service_role - {} 1 select count(*) from public.shown
--? service_role - {} 1 select public.answer()",
    );
    let ran = case.holds(&["--profile", "api-only"]).await;
    assert!(
        ran.stdout.contains("CREATE POLICY pgkeel_select ON public.notes"),
        "{}",
        ran.stdout
    );
    assert!(
        !ran.stdout
            .contains("GRANT SELECT ON TABLE public.notes TO authenticated"),
        "{}",
        ran.stdout
    );
}

#[tokio::test]
async fn grants_are_never_widened() {
    let case = Case::parse(
        "narrow",
        "create table public.notes (id int primary key, user_id uuid not null references auth.users (id), title text, pinned int);
revoke all on public.notes from anon, authenticated;
grant select, update (title) on public.notes to authenticated;
create table public.others (id int primary key, user_id uuid not null references auth.users (id), title text);
--@ seed
insert into public.notes values (1, 'a', 'x');
--? authenticated a {} 1 select count(*) from public.notes
--? authenticated a {} 1 update public.notes set title = 'y'
--? authenticated a {} deny update public.notes set pinned = 1
--? authenticated a {} deny insert into public.notes values (2, 'a')
--? authenticated a {} deny delete from public.notes
--? authenticated a {} 1 insert into public.others values (2, 'a')",
    );
    case.holds(&[]).await;
}

#[tokio::test]
async fn force_binds_owners_and_helpers_still_read() {
    let mut case = Case::parse(
        "forced",
        "--! [rls]
--! force = true
create table public.orgs (id int primary key, name text);
create table public.org_members (org_id int references public.orgs (id), user_id uuid references auth.users (id), role text not null, primary key (org_id, user_id));
create table public.tasks (id int primary key, org_id int not null references public.orgs (id), title text);
create role app_owner;
grant usage, create on schema public, auth to app_owner;
alter table public.orgs owner to app_owner;
alter table public.org_members owner to app_owner;
alter table public.tasks owner to app_owner;
grant all on public.orgs, public.org_members, public.tasks to authenticated;
--@ seed
insert into public.orgs values (1, 'a'), (2, 'b');
insert into public.org_members values (1, 'a', 'owner'), (2, 'b', 'owner');
insert into public.tasks values (1, 1, 'a'), (2, 2, 'b');
--? authenticated a {} 1 select count(*) from public.tasks
--? authenticated a {} 1 select count(*) from public.org_members
--? authenticated a {} deny insert into public.tasks values (3, 2, 'x')
--? app_owner - {} 0 select count(*) from public.tasks",
    );
    case.schema.insert_str(0, PRELUDE);
    case.platform = pgkeel::scratch::Platform::None;
    case.holds(&[]).await;
}

#[tokio::test]
async fn rights_that_come_by_another_way_are_told() {
    let case = Case::parse(
        "inherited",
        "create role staff;
grant staff to authenticated;
create table public.notes (id int primary key, user_id uuid not null references auth.users (id));
grant delete, truncate on public.notes to staff;
--? anon - {} deny select count(*) from public.notes",
    );
    let mut case = case;
    case.schema.insert_str(0, PRELUDE);
    case.platform = pgkeel::scratch::Platform::None;
    let ran = case.holds(&[]).await;
    let told =
        "public.notes: authenticated has more rights on it than policies are for, because it is a member of staff";
    assert!(ran.stderr.contains(told), "{}", ran.stderr);
}

#[tokio::test]
async fn what_is_declared_must_be_there() {
    let schema = format!(
        "{PRELUDE}
create table public.notes (id int primary key, author_id uuid references auth.users (id), reader_id uuid references auth.users (id), org_id uuid);"
    );
    let scratch = database(&schema).await;
    let folder = Folder::new("rls-declared");
    let run = |config: &str| {
        folder.write("pgkeel.toml", config);
        folder.run(&["rls", "stubs", "--source", &scratch.url()])
    };
    for (config, message, hint) in [
        (
            "[rls]\nroles = [\"authentcated\"]",
            "[rls] roles: there is no role `authentcated`",
            "did you mean `authenticated`?",
        ),
        (
            "[rls.archetypes]\n\"public.note\" = \"owner\"",
            "[rls] archetypes: there is no table `public.note`",
            "did you mean `public.notes`?",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = \"onwer\"",
            "unknown value `onwer`",
            "did you mean `owner`?",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = { archetype = \"owner\", colum = \"x\" }",
            "unknown key `colum`",
            "did you mean `column`?",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = { archetype = \"owner\", column = \"autor_id\" }",
            "public.notes has no column `autor_id`",
            "did you mean `author_id`?",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = \"owner-pk\"",
            "cannot be \"owner-pk\": its primary key is no foreign key",
            "",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = \"tenant\"",
            "no table says who belongs to its tenants",
            "\"membership\"",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = \"rbac\"",
            "no table says who has which role",
            "\"rbac-table\"",
        ),
        (
            "[rls.archetypes]\n\"public.notes\" = \"two-parties\"",
            "it is not said who sends",
            "column = \"sender_id\"",
        ),
        (
            "[rls]\nusers = \"auth.user\"",
            "[rls] users: there is no table `auth.user`",
            "did you mean `auth.users`?",
        ),
        (
            "[rls]\nclaims-source = \"auth.who()\"",
            "there is no function auth.who()",
            "make it first",
        ),
        (
            "[rls]\nclaims = { org_id = \"(auth.jwt( ->> 'org_id')::uuid\" }",
            "[rls] claims: the server does not take `org_id`",
            "mend `org_id` of [rls] claims in pgkeel.toml",
        ),
        (
            "[rls]\nclaims = { user = \"auth.who()\" }",
            "function auth.who() does not exist",
            "mend `user` of [rls] claims in pgkeel.toml",
        ),
    ] {
        let ran = run(config);
        if hint.is_empty() {
            assert_eq!(ran.code, 2, "{config}: {ran:?}");
            assert!(ran.stderr.contains(message), "{config}: {}", ran.stderr);
        } else {
            ran.fails(message, hint);
        }
    }
    folder.write("pgkeel.toml", "");
    folder
        .run(&["rls", "stubs", "public.nots", "--source", &scratch.url()])
        .fails("there is no table `public.nots`", "did you mean `public.notes`?");
    let declared = run(
        "[rls.archetypes]\n\"public.notes\" = { archetype = \"two-parties\", column = \"author_id\", other = \"reader_id\" }",
    );
    assert_eq!(declared.code, 1, "{}", declared.stderr);
    assert!(
        declared.stdout.contains("CREATE POLICY pgkeel_insert ON public.notes"),
        "{}",
        declared.stdout
    );
}

#[test]
fn the_next_migration_has_them_and_then_nothing_is_left() {
    let folder = Folder::new("rls-write");
    folder.write("pgkeel.toml", "[migrations]\ndown = true\n");
    folder.write("migrations/0001_roles.sql", PRELUDE);
    let schema = "create table public.notes (id int primary key, user_id uuid not null references auth.users (id));
create table public.jobs_queue (id int primary key);";
    folder.write("migrations/0002_notes.sql", schema);
    let ran = folder.run(&["rls", "stubs", "--source", "migrations", "--write", "policies"]);
    ran.succeeds();
    let names = std::fs::read_dir(folder.path.join("migrations")).unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names = names.filter(|name| name.contains("policies")).collect::<Vec<_>>();
    names.sort();
    assert!(names.iter().any(|name| !name.ends_with(".down.sql")), "{names:?}");
    let downs = names.iter().filter(|name| name.ends_with(".down.sql"));
    let downs = downs.map(|name| std::fs::read_to_string(folder.path.join("migrations").join(name)).unwrap());
    let down = downs.collect::<String>();
    assert!(down.contains("DROP POLICY pgkeel_select ON public.notes;"), "{down}");
    let again = folder.run(&["rls", "stubs", "--source", "migrations"]);
    assert_eq!((again.code, again.stdout.as_str()), (0, ""), "{}", again.stderr);
}

#[tokio::test]
async fn other_schemas_are_read_and_left_as_they_are() {
    let schema = format!(
        "{PRELUDE}
create schema app;
create table app.lists (id int primary key, user_id uuid not null references auth.users (id));
create table public.items (id int primary key, list_id int not null references app.lists (id));"
    );
    let scratch = database(&schema).await;
    let folder = Folder::new("rls-schemas");
    folder.write("pgkeel.toml", "[scope]\nschemas = [\"public\"]");
    let ran = folder.run(&["rls", "stubs", "--source", &scratch.url()]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("CREATE POLICY pgkeel_select ON public.items"),
        "{}",
        ran.stdout
    );
    assert!(
        !ran.stdout.contains("ON app.") && !ran.stdout.contains("TABLE app."),
        "{}",
        ran.stdout
    );
    let owns = "p1.user_id = (select auth.uid())";
    assert!(ran.stdout.contains(owns), "nothing leans on it: {}", ran.stdout);
    folder.write("pgkeel.toml", "[scope]\nschemas = [\"publik\"]");
    let ran = folder.run(&["rls", "stubs", "--source", &scratch.url()]);
    ran.fails("there is no schema `publik`", "did you mean `public`?");
}

#[tokio::test]
async fn one_table_is_done_without_the_others() {
    let schema = format!(
        "{PRELUDE}
create table public.notes (id serial primary key, user_id uuid not null references auth.users (id));
create table public.others (id int primary key, user_id uuid not null references auth.users (id));"
    );
    let scratch = database(&schema).await;
    let folder = Folder::new("rls-one");
    let ran = folder.run(&["rls", "stubs", "public.notes", "--source", &scratch.url()]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(
        ran.stdout.contains("public.notes") && !ran.stdout.contains("public.others"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("DEFAULT PRIVILEGES"), "{}", ran.stdout);
}

#[tokio::test]
async fn functions_look_for_names_where_it_is_certain_that_they_find_them() {
    let case = Case::parse(
        "functions-plain",
        "--= plain
create role anon; create role authenticated; create role service_role bypassrls;
create schema other;
create table public.notes (id int primary key, title text);
create table other.only (id int primary key);
grant select on public.notes to authenticated;
create function public.plus(a int) returns int language sql as $$ select a + 1 $$;
create function public.titles() returns bigint language plpgsql as $$ begin return (select count(*) from notes); end $$;
create function public.onlys() returns bigint language sql as $$ select count(*) from only_one $$;
create function other.kept() returns bigint language plpgsql as $$ begin return (select count(*) from only); end $$;
create procedure public.batch() language plpgsql as $$ begin commit; end $$;
--? authenticated - {} 1 select public.plus(1)
--? anon - {} 1 select public.plus(1)
--? service_role - {} 1 select public.plus(1)",
    );
    let schema = case.schema.replace(
        "create function public.onlys",
        "set check_function_bodies = off; create function public.onlys",
    );
    let case = Case { schema, ..case };
    let ran = case.holds(&[]).await;
    ran.prints(&[
        "ALTER FUNCTION public.plus(integer) SET search_path TO 'public', 'pg_temp'",
        "ALTER FUNCTION public.titles() SET search_path TO 'public', 'pg_temp'",
        "REVOKE ALL ON FUNCTION public.plus(integer) FROM PUBLIC",
        "GRANT ALL ON FUNCTION public.plus(integer) TO anon",
    ]);
    assert!(
        !ran.stdout.contains("batch() SET") && !ran.stdout.contains("kept() SET"),
        "{}",
        ran.stdout
    );
    ran.says(&[
        "public.batch(): it looks for names where its caller says; a path is not certain: it ends transactions",
        "public.onlys(): it looks for names where its caller says; a path is not certain: relation \"only_one\" does not exist",
        "other.kept(): it looks for names where its caller says; a path is not certain: it may call public.batch",
    ]);
    let case = Case::parse(
        "functions-qualified",
        "--= plain
create role anon; create role authenticated; create role service_role; create role stranger login;
create table public.notes (id int primary key, title text);
grant select on public.notes to authenticated;
create function public.plus(a int) returns int language sql as $$ select a + 1 $$;
create function public.titles() returns bigint language plpgsql as $$ begin return (select count(*) from public.notes); end $$;
--? authenticated - {} 1 select public.plus(1)",
    );
    let ran = case.holds(&[]).await;
    ran.prints(&[
        "ALTER FUNCTION public.plus(integer) SET search_path TO ''",
        "ALTER FUNCTION public.titles() SET search_path TO ''",
    ]);
    ran.says(&[
        "everybody may call it, and it is not known whether stranger has to",
        "role service_role: row-level security binds it, and no policy is for it",
    ]);
}
