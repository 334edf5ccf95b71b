-- Who may do what stands in a table of roles, and everybody reads what is published.
create table public.user_roles (
  user_id uuid not null references auth.users (id) on delete cascade,
  role text not null check (role in ('admin', 'editor', 'user')),
  primary key (user_id, role)
);
create table public.articles (
  id uuid primary key default gen_random_uuid(),
  author_id uuid not null references auth.users (id),
  published boolean not null default false,
  body text not null
);
create table public.settings (key text primary key, value jsonb not null);
create schema private;
create function private.has_role(wanted text) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from public.user_roles where user_id = (select auth.uid()) and role = wanted)
$$;
revoke execute on function private.has_role from public;
grant execute on function private.has_role to authenticated;

revoke all on all tables in schema public from anon, authenticated;
grant select on public.user_roles to authenticated;
grant select on public.articles to anon;
grant select, insert, update, delete on public.articles, public.settings to authenticated;
alter table public.user_roles enable row level security;
alter table public.articles enable row level security;
alter table public.settings enable row level security;
create policy own on public.user_roles for select to authenticated using (user_id = (select auth.uid()));
create policy published on public.articles for select to anon, authenticated using (published);
create policy own_select on public.articles for select to authenticated using (author_id = (select auth.uid()));
create policy editors_select on public.articles for select to authenticated
  using ((select private.has_role('editor') or private.has_role('admin')));
create policy own_insert on public.articles for insert to authenticated with check (author_id = (select auth.uid()));
create policy own_update on public.articles for update to authenticated
  using (author_id = (select auth.uid())) with check (author_id = (select auth.uid()));
create policy editors_update on public.articles for update to authenticated
  using ((select private.has_role('editor') or private.has_role('admin')))
  with check ((select private.has_role('editor') or private.has_role('admin')));
create policy admins_delete on public.articles for delete to authenticated using ((select private.has_role('admin')));
create policy admins on public.settings for all to authenticated
  using ((select private.has_role('admin'))) with check ((select private.has_role('admin')));
