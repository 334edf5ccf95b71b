-- finds public.notes.own
-- finds public.notes.pair
-- finds public.notes.nobody
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select using (user_id is not distinct from (select auth.uid()));
create policy pair on public.notes for select
  using (coalesce(user_id, '00000000-0000-0000-0000-000000000000') = coalesce(auth.uid(), '00000000-0000-0000-0000-000000000000'));
create policy nobody on public.notes for select using (auth.uid() is null or user_id = auth.uid());
-- near miss: the column is never NULL; an equality
create table public.notes (id int primary key, user_id uuid not null, editor_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select using (user_id is not distinct from (select auth.uid()));
create policy edit on public.notes for update using (editor_id = (select auth.uid()));
