-- finds public.notes.own
-- finds public.notes.setting
-- finds public.notes.own_function
-- finds public.notes.writing
create table public.notes (id int primary key, user_id uuid, editor_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated
  using (user_id = (select auth.uid()) or editor_id = auth.uid());
create function public.who() returns uuid language sql stable set search_path = '' as $$ select auth.uid() $$;
create policy setting on public.notes for select
  using (user_id = current_setting('request.jwt.claim.sub', true)::uuid);
create policy own_function on public.notes for select using (user_id = public.who());
create policy writing on public.notes for insert with check (user_id = auth.uid());
-- near miss: wrapped; once inside a sub-select that stands for itself; a constant function
create table public.members (org_id int, user_id uuid, primary key (user_id, org_id));
create table public.notes (id int primary key, user_id uuid, org_id int);
alter table public.notes enable row level security;
create function public.limit_of_ids() returns int language sql immutable set search_path = '' as $$ select 100 $$;
create policy own on public.notes to authenticated using (user_id = (select auth.uid()) and id < public.limit_of_ids());
create policy org on public.notes to authenticated
  using (org_id in (select org_id from public.members where user_id = auth.uid()));
