-- finds public.notes.admins
-- finds public.notes.path
-- finds public.notes.stored
-- finds public.notes.setting
create schema private;
create function private.claimed() returns text language sql stable set search_path = ''
  as $$ select auth.jwt() -> 'user_metadata' ->> 'role' $$;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create policy admins on public.notes for select to authenticated using ((select private.claimed()) = 'admin');
create policy path on public.notes for select using (auth.jwt() #>> '{user_metadata,role}' = 'admin');
create policy stored on public.notes for select to authenticated using (exists (
  select from auth.users as u where u.id = (select auth.uid()) and u.raw_user_meta_data ->> 'role' = 'admin'));
create policy setting on public.notes for select
  using (((current_setting('request.jwt.claims', true))::jsonb -> 'user_metadata' ->> 'role') = 'admin');
-- near miss: what servers write; a text that is called so
create table public.notes (id int primary key, kind text);
alter table public.notes enable row level security;
create policy admins on public.notes for select to authenticated
  using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin' and kind = 'user_metadata');
