//! What users put on a platform's tables is compared, made and removed; the platform's own is left alone.

use pgkeel::scratch::{Options, Platform};

use super::pairs::turn_into;
use crate::support::command::Folder;
use crate::support::database::database_on;

/// What both sides have.
const BOTH: &str = "create function public.handle_new_user() returns trigger language plpgsql security definer
        set search_path = '' as 'begin insert into public.profile (id) values (new.id); return new; end';
    create table public.profile (id uuid primary key references auth.users on delete cascade, folder text);";

const OLD: &str = "create trigger on_auth_user_created after insert on auth.users
        for each row execute function public.handle_new_user();
    create trigger gone before update on auth.users
        for each row execute function pg_catalog.suppress_redundant_updates_trigger();
    create policy \"read\" on storage.objects for select using (bucket_id = 'avatars');
    create policy \"goes\" on storage.objects for delete to authenticated using (owner = auth.uid());
    create policy \"retyped\" on storage.objects for select
        using (exists (select from public.profile as p where p.folder = objects.bucket_id));";

const NEW: &str = "alter table public.profile alter column folder type varchar(40), add column seen timestamptz;
    create function public.is_member(bucket text) returns boolean language sql stable as 'select true';
    create trigger on_auth_user_created after insert or update of email on auth.users
        for each row when (new.email is not null) execute function public.handle_new_user();
    comment on trigger on_auth_user_created on auth.users is 'Every user has a profile.';
    create trigger touched before update on storage.objects
        for each row execute function public.handle_new_user();
    create policy \"read\" on storage.objects for select to authenticated
        using (bucket_id = 'avatars' and public.is_member(bucket_id));
    create policy \"write\" on storage.buckets as restrictive for insert to authenticated
        with check (public.is_member(id));
    comment on policy \"write\" on storage.buckets is 'Members only.';
    create policy \"retyped\" on storage.objects for select
        using (exists (select from public.profile as p where p.folder = objects.bucket_id));";

#[tokio::test]
async fn policies_and_triggers_on_a_platforms_tables_are_its_users() {
    let server = Options {
        platform: Platform::Supabase,
        ..Options::default()
    };
    let (old, new) = (format!("{BOTH}\n{OLD}"), format!("{BOTH}\n{NEW}"));
    let [a, b, fresh] = [
        database_on(&server, &old).await,
        database_on(&server, &new).await,
        database_on(&server, &old).await,
    ];
    turn_into(&server, "platform-there", &a, &b, &["--platform", "supabase"]).await;
    turn_into(&server, "platform-back", &b, &fresh, &["--platform", "supabase"]).await;
}

#[test]
fn they_are_in_the_snapshot_and_come_from_it() {
    let folder = Folder::new("diff-platform-snapshot");
    let sql = format!("{BOTH}\n{OLD}");
    folder.write("schema.sql", sql);
    let platform = ["--platform", "supabase"];
    let pull = ["pull", "--source", "schema.sql", "--out", "schema.json"];
    folder.run(&[&pull[..], &platform].concat()).succeeds();
    let same = ["diff", "--from", "schema.sql", "--to", "schema.json"];
    let ran = folder.run(&[&same[..], &platform].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);

    folder.write("without.sql", BOTH);
    let ran = folder.run(&[&["diff", "--from", "without.sql", "--to", "schema.json"][..], &platform].concat());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    for made in [
        "ON storage.objects",
        "TRIGGER on_auth_user_created AFTER INSERT ON auth.users",
    ] {
        assert!(ran.stdout.contains(made), "{}", ran.stdout);
    }
    let back = ["diff", "--verbose", "--from", "schema.json", "--to", "without.sql"];
    let ran = folder.run(&[&back[..], &platform].concat());
    assert!(ran.stderr.contains("policy-dropped"), "{}", ran.stderr);
    for gone in ["DROP POLICY goes ON storage.objects", "DROP TRIGGER gone ON auth.users"] {
        assert!(ran.stdout.contains(gone), "{}", ran.stdout);
    }
    // An index does not tell whose it is, nor does what stands beside the platform's tables: none of it is dropped.
    folder.write(
        "more.sql",
        "create index on auth.users (created_at); create index on storage.objects (owner);
        alter table storage.objects add constraint named check (name <> '') not valid;",
    );
    folder.write("none.sql", "select 1");
    let drops = ["diff", "--from", "more.sql", "--to", "none.sql"];
    let ran = folder.run(&[&drops[..], &platform].concat());
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
    // Nobody sees what stands in the schemas of others, be they a platform's or not.
    folder.write(
        "others.sql",
        "create schema other; create table other.t (id int); alter table other.t enable row level security;
        create policy p on other.t using (true);",
    );
    folder.write("pgkeel.toml", "[scope]\nschemas = [\"public\"]\n");
    let ran = folder.run(&["diff", "--from", "empty", "--to", "others.sql"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{}", ran.stderr);
}
