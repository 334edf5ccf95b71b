-- finds public.notes.admins
create schema private;
create function private.claimed() returns text language sql stable set search_path = ''
  as $$ select auth.jwt() -> 'user_metadata' ->> 'role' $$;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create policy admins on public.notes for select to authenticated using ((select private.claimed()) = 'admin');
-- near miss: what servers write; a text that is called so
create table public.notes (id int primary key, kind text);
alter table public.notes enable row level security;
create policy admins on public.notes for select to authenticated
  using ((auth.jwt() -> 'app_metadata' ->> 'role') = 'admin' and kind = 'user_metadata');
