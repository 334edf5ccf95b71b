-- finds public.notes.everybody
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
create policy everybody on public.notes for select using ((select auth.jwt() ->> 'role') = 'authenticated');
-- near miss: reading is public, writing is not; for other roles
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes to authenticated using (user_id = (select auth.uid()));
create policy read on public.notes for select using (true);
create table public.drafts (id int primary key, user_id uuid);
alter table public.drafts enable row level security;
create policy own on public.drafts for select to authenticated using (user_id = (select auth.uid()));
create policy servers on public.drafts for select to service_role using (true);
