-- finds public.notes.p0
-- finds public.notes.p1
-- finds public.notes.p2
-- finds public.notes.p3
-- finds public.notes.p4
-- finds public.notes.p5
-- finds public.notes.p6
-- finds public.notes.p7
-- finds public.notes.p8
-- finds public.notes.p9
-- finds public.notes.p10
-- finds public.notes.p11
-- finds public.notes.p12
-- finds public.notes.p13
-- finds public.notes.p14
-- finds public.notes.p15
-- finds public.notes.p16
-- finds public.notes.p17
-- finds public.notes.p18
-- finds public.notes.p19
-- finds public.notes.nothing
-- finds public.notes.given_away
-- finds public.notes.given_away_too
create table public.notes (id int primary key, user_id uuid, title text);
alter table public.notes enable row level security;
create function public.yes() returns boolean language sql immutable set search_path = '' as $$ select true $$;
create function public.yes_too() returns boolean language plpgsql stable set search_path = ''
  as $$ begin return true; end $$;
create function public.somebody() returns boolean language sql stable set search_path = ''
  as $$ select auth.uid() is not null $$;
create policy p0 on public.notes for update to authenticated using (true);
create policy p1 on public.notes for delete to authenticated using (1 = 1);
create policy p2 on public.notes for insert to authenticated with check ('a' = 'a');
create policy p3 on public.notes to authenticated using (not false);
create policy p4 on public.notes for update to authenticated using (coalesce(true, false));
create policy p5 on public.notes for delete to authenticated using (id = id);
create policy p6 on public.notes for insert to authenticated with check (user_id = user_id);
create policy p7 on public.notes to authenticated using (id is not null);
create policy p8 on public.notes for update to authenticated using (user_id = (select auth.uid()) or true);
create policy p9 on public.notes for delete to authenticated using (case when user_id is null then true else true end);
create policy p10 on public.notes for insert to authenticated with check (exists (select 1));
create policy p11 on public.notes to authenticated using ((select auth.uid()) is not null);
create policy p12 on public.notes for update to authenticated using (auth.uid() in (select id from auth.users));
create policy p13 on public.notes for delete to authenticated using (exists (select from auth.users as u where u.id = (select auth.uid())));
create policy p14 on public.notes for insert to authenticated with check ((auth.jwt() ->> 'role') = 'authenticated');
create policy p15 on public.notes to authenticated using ((auth.jwt() ->> 'role') in ('authenticated', 'anon'));
create policy p16 on public.notes for update to authenticated using (current_setting('request.jwt.claims', true)::jsonb ->> 'sub' is not null);
create policy p17 on public.notes for delete to authenticated using (public.yes());
create policy p18 on public.notes for insert to authenticated with check (public.yes_too());
create policy p19 on public.notes to authenticated using (public.somebody());
create policy nothing on public.notes for insert to authenticated;
create policy given_away on public.notes for update to authenticated
  using (user_id = (select auth.uid())) with check ((select auth.uid()) is not null);
create policy given_away_too on public.notes for update to authenticated
  using (user_id = (select auth.uid())) with check (title is not null);
-- near miss: reading is public; for servers; for one's own; of a column that may be NULL
create table public.notes (id int primary key, user_id uuid, title text, shared boolean);
alter table public.notes enable row level security;
create policy read on public.notes for select using (true);
create policy servers on public.notes to service_role using (true);
create policy own on public.notes for update using (user_id = (select auth.uid()) and true);
create policy shared on public.notes for delete to authenticated using (shared is not null and user_id = (select auth.uid()));
create policy kept on public.notes for update to authenticated
  using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()) and title is not null);
create policy floor on public.notes as restrictive for update to authenticated using (true);
create policy others on public.notes for insert to authenticated with check ((auth.jwt() ->> 'role') = 'service_role');
create policy never on public.notes for delete to authenticated using (1 = 2);
