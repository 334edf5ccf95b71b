-- finds public.notes.own
create table public.notes (id int primary key, user_id uuid, editor_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated
  using (user_id = (select auth.uid()) or editor_id = auth.uid());
-- near miss: wrapped; once inside a sub-select that stands for itself; a constant function
create table public.members (org_id int, user_id uuid, primary key (user_id, org_id));
create table public.notes (id int primary key, user_id uuid, org_id int);
alter table public.notes enable row level security;
create function public.limit_of_ids() returns int language sql immutable set search_path = '' as $$ select 100 $$;
create policy own on public.notes to authenticated using (user_id = (select auth.uid()) and id < public.limit_of_ids());
create policy org on public.notes to authenticated
  using (org_id in (select org_id from public.members where user_id = auth.uid()));
