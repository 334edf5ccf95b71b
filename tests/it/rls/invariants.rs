//! What must hold of a table of each kind whatever was seen before: whoever breaks it is caught without any file of
//! expectations, and whatever else changes access is caught with one.

use std::path::Path;

use pgkeel::access::Settings;
use pgkeel::access::prove::{self, Wish};
use pgkeel::access::stubs;
use pgkeel::catalog::QName;
use pgkeel::catalog::scope::Scope;
use pgkeel::config::{Config, load};
use pgkeel::finding::Finding;
use pgkeel::introspect::{self, Depth};

use super::mutants::broken;
use crate::support::database::database;

const PRELUDE: &str = include_str!("prelude.sql");

/// A table of a kind, protected as it should be.
struct Kind {
    /// `[rls]`.
    config: &'static str,
    schema: &'static str,
    /// What breaks what must hold, and what is said of it.
    holes: &'static [(&'static str, &'static str)],
    /// Mutants that nobody reaches anything else by, each with the reason.
    same: &'static [(&'static str, &'static str)],
}

#[tokio::test]
async fn a_users_own_row_stays_his() {
    let kind = Kind {
        config: "archetypes = { \"public.profiles\" = \"owner-pk\" }",
        schema: "
create table public.profiles (id uuid primary key references auth.users (id), name text);
revoke all on public.profiles from anon, authenticated;
grant select, insert, update on public.profiles to authenticated;
alter table public.profiles enable row level security;
create policy see on public.profiles for select to authenticated using (id = (select auth.uid()));
create policy add on public.profiles for insert to authenticated with check (id = (select auth.uid()));
create policy change on public.profiles for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));",
        holes: &[
            ("alter policy see on public.profiles using (true)", "not the user's own"),
            (
                "alter policy see on public.profiles using (id is not null)",
                "not the user's own",
            ),
            (
                "alter policy change on public.profiles using (true) with check (true)",
                "not the user's own",
            ),
            (
                "alter policy add on public.profiles with check (true)",
                "in somebody else's name",
            ),
            (
                "alter table public.profiles disable row level security",
                "not the user's own",
            ),
            (
                "grant delete on public.profiles to authenticated; create policy remove on public.profiles for delete using (true)",
                "not the user's own",
            ),
            ("grant truncate on public.profiles to authenticated", "TRUNCATE"),
            ("create view public.everybody as select * from public.profiles", "read"),
        ],
        same: &[],
    };
    kind.holds().await;
}

#[tokio::test]
async fn a_tenant_that_a_claim_names_is_the_only_one() {
    let kind = Kind {
        config: "archetypes = { \"public.orders\" = \"tenant-claim\" }",
        schema: "
create table public.orders (id int primary key, tenant_id uuid not null, total int);
revoke all on public.orders from anon, authenticated;
grant select, insert, update, delete on public.orders to authenticated;
alter table public.orders enable row level security;
create policy floor on public.orders as restrictive to authenticated
  using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::uuid));
create policy every on public.orders to authenticated
  using (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::uuid))
  with check (tenant_id = (select (auth.jwt() -> 'app_metadata' ->> 'tenant_id')::uuid));",
        holes: &[
            ("alter policy every on public.orders using (true) with check (true); drop policy floor on public.orders", "by others than its members"),
            ("alter policy every on public.orders with check (true); drop policy floor on public.orders", "another user or tenant"),
            ("alter policy floor on public.orders using (tenant_id = (select (auth.jwt() -> 'user_metadata' ->> 'tenant_id')::uuid));
              alter policy every on public.orders using (true)", "by others than its members"),
            ("alter table public.orders disable row level security", "by others than its members"),
            ("create policy more on public.orders for select to authenticated using (true); drop policy floor on public.orders", "by others than its members"),
        ],
        same: &[
            ("drop floor on public.orders", "the other policy asks the same"),
            ("using true of floor on public.orders", "the other policy asks the same"),
            ("other kind of floor on public.orders", "the other policy asks the same"),
            ("to anon floor on public.orders", "the other policy asks the same"),
            ("using true of every on public.orders", "the restrictive policy asks the same"),
            ("with check true of every on public.orders", "the restrictive policy asks the same"),
        ],
    };
    kind.holds().await;
}

#[tokio::test]
async fn what_is_denied_stays_denied() {
    let kind = Kind {
        config: "archetypes = { \"public.things\" = \"deny\" }",
        schema: "
create table public.things (id int primary key, user_id uuid references auth.users (id));
revoke all on public.things from anon, authenticated;
alter table public.things enable row level security;",
        holes: &[
            (
                "grant select on public.things to authenticated; create policy own on public.things using (user_id = auth.uid())",
                "a role from outside reaches it",
            ),
            (
                "grant insert on public.things to authenticated; create policy own on public.things with check (user_id = auth.uid())",
                "a role from outside reaches it",
            ),
            (
                "grant select (id) on public.things to anon; create policy open on public.things using (true)",
                "a role from outside reaches it",
            ),
            (
                "grant all on public.things to public; alter table public.things disable row level security",
                "a role from outside reaches it",
            ),
            ("grant truncate on public.things to anon", "TRUNCATE"),
        ],
        same: &[],
    };
    kind.holds().await;
}

#[tokio::test]
async fn a_table_of_roles_is_written_by_nobody() {
    let kind = Kind {
        config: "archetypes = { \"public.user_roles\" = \"rbac-table\", \"public.pages\" = \"rbac\" }",
        schema: "
create schema private;
create type public.app_role as enum ('admin', 'editor', 'user');
create table public.user_roles (user_id uuid not null references auth.users (id), role public.app_role not null, primary key (user_id, role));
create table public.pages (id int primary key, body text);
create function private.has_role(text[]) returns boolean language sql stable security definer set search_path = '' as
  'select exists (select 1 from public.user_roles as m where m.user_id = (select auth.uid()) and m.role::text = any ($1))';
revoke all on public.user_roles, public.pages from anon, authenticated;
grant select on public.user_roles to authenticated;
grant select, insert, update, delete on public.pages to authenticated;
alter table public.user_roles enable row level security;
alter table public.pages enable row level security;
create policy see on public.user_roles for select to authenticated using (user_id = (select auth.uid()));
create policy read on public.pages for select to authenticated using (true);
create policy add on public.pages for insert to authenticated with check ((select private.has_role(array['admin'])));
create policy change on public.pages for update to authenticated
  using ((select private.has_role(array['admin']))) with check ((select private.has_role(array['admin'])));
create policy remove on public.pages for delete to authenticated using ((select private.has_role(array['admin'])));",
        holes: &[
            ("grant insert on public.user_roles to authenticated; create policy add on public.user_roles for insert to authenticated with check (user_id = (select auth.uid()))", "writes who has which role"),
            ("grant update on public.user_roles to authenticated; create policy change on public.user_roles for update to authenticated using (user_id = (select auth.uid()))", "writes who has which role"),
            ("grant delete on public.user_roles to authenticated; create policy remove on public.user_roles for delete to authenticated using (user_id = (select auth.uid()))", "writes who has which role"),
            ("alter policy see on public.user_roles using (true)", "not the user's own"),
            ("alter policy add on public.pages with check (true)", "without the role that it takes"),
            ("alter policy add on public.pages with check ((select private.has_role(array['user', 'admin'])))", "without the role that it takes"),
            ("alter policy change on public.pages using (true) with check (true)", "without the role that it takes"),
            ("alter policy remove on public.pages using ((select auth.uid()) is not null)", "without the role that it takes"),
            ("create or replace function private.has_role(text[]) returns boolean language sql stable as 'select true'", "without the role that it takes"),
            ("alter table public.pages disable row level security", "without the role that it takes"),
        ],
        same: &[
            ("using true of change on public.pages", "the new row has to pass the same"),
            ("with check true of change on public.pages", "the row that is there has to pass the same"),
        ],
    };
    kind.holds().await;
}

#[tokio::test]
async fn a_path_leads_into_ones_own_folder() {
    let kind = Kind {
        config: "archetypes = { \"public.files\" = { archetype = \"storage-path\", bucket = \"avatars\" } }",
        schema: "
create table public.files (id uuid primary key default gen_random_uuid(), bucket_id text not null, name text not null, size int);
revoke all on public.files from anon, authenticated;
grant select, insert, update, delete on public.files to authenticated;
alter table public.files enable row level security;
create policy every on public.files to authenticated
  using (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text)
  with check (bucket_id = 'avatars' and split_part(name, '/', 1) = (select auth.uid())::text);",
        holes: &[
            ("alter policy every on public.files using (bucket_id = 'avatars')", "not the user's own"),
            ("alter policy every on public.files using (true) with check (true)", "not the user's own"),
            ("alter policy every on public.files with check (bucket_id = 'avatars')", ""),
            ("alter table public.files disable row level security", "not the user's own"),
        ],
        same: &[],
    };
    kind.holds().await;
}

impl Kind {
    async fn holds(&self) {
        let config = load::parse(&format!("[rls]\n{}\n", self.config), Path::new("pgkeel.toml")).unwrap();
        let mut missed = Vec::new();
        for (hole, said) in self.holes {
            let found = self.found(&config, hole).await;
            let is_named = |finding: &&Finding| finding.rule == "rls-leak" && finding.message.contains(said);
            if found.iter().find(is_named).is_none() {
                missed.push(format!("{hole}: {found:#?}"));
            }
        }
        assert!(missed.is_empty(), "{}", missed.join("\n"));
        let scratch = database(&format!("{PRELUDE}{}", self.schema)).await;
        let broken = broken(&scratch, &config.rls, &[]).await;
        assert!(broken.count > 3, "{}", broken.count);
        broken.assert_same(self.same);
    }

    /// What is found where there is a hole, without any expectation.
    async fn found(&self, config: &Config, hole: &str) -> Vec<Finding> {
        let scratch = database(&format!("{PRELUDE}{}\n{hole}", self.schema)).await;
        let mut conn = scratch.connect().await.unwrap();
        let (catalog, _) = introspect::read(&mut conn, &Scope::default(), Depth::Whole)
            .await
            .unwrap();
        let roles = prove::roles(&mut conn).await.unwrap();
        let settings = Settings::new(&config.rls, &catalog, &roles).unwrap();
        let wish = Wish {
            archetypes: stubs::Wish::new(&config.rls, &catalog).unwrap().archetypes,
            ..Wish::default()
        };
        let is_ours = |name: &QName| settings.is_ours(&name.schema);
        let stage = prove::prepare(&mut conn, &catalog, &settings, &wish, is_ours)
            .await
            .unwrap();
        let tested = stage.run(&mut conn).await.unwrap();
        prove::findings(&tested, None)
    }
}
