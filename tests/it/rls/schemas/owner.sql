-- Every row is one user's: directly, through a chain of tables, or as the user's own profile.
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null default '',
  plan text not null default 'free' check (plan in ('free', 'pro'))
);
create table public.lists (
  id bigint generated always as identity primary key,
  owner_id uuid not null references auth.users (id) on delete cascade,
  title text not null check (length(title) between 1 and 80)
);
create table public.items (
  id bigint generated always as identity primary key,
  list_id bigint not null references public.lists (id) on delete cascade,
  body text not null,
  done boolean not null default false
);
create table public.countries (code char(2) primary key check (code ~ '^[A-Z]{2}$'), name text not null);
create view public.open_items with (security_invoker = true) as
  select item.id, item.list_id, item.body from public.items as item where not item.done;

revoke all on all tables in schema public from anon, authenticated;
grant select on public.profiles, public.countries to authenticated;
grant update (display_name) on public.profiles to authenticated;
grant select, insert, update, delete on public.lists, public.items to authenticated;
grant select on public.open_items to authenticated;
grant select on public.countries to anon;

alter table public.profiles enable row level security;
alter table public.lists enable row level security;
alter table public.items enable row level security;
alter table public.countries enable row level security;
create policy own_select on public.profiles for select to authenticated using (id = (select auth.uid()));
create policy own_update on public.profiles for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));
create policy own_select on public.lists for select to authenticated using (owner_id = (select auth.uid()));
create policy own_insert on public.lists for insert to authenticated with check (owner_id = (select auth.uid()));
create policy own_update on public.lists for update to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));
create policy own_delete on public.lists for delete to authenticated using (owner_id = (select auth.uid()));
create policy through_list on public.items for all to authenticated
  using (exists (select from public.lists where lists.id = items.list_id))
  with check (exists (select from public.lists where lists.id = items.list_id));
create policy everybody on public.countries for select to anon, authenticated using (true);
