-- finds public.letters.send
create table public.letters (id int primary key, user_id uuid);
alter table public.letters enable row level security;
create policy send on public.letters for insert to authenticated with check (user_id = (select auth.uid()));
-- near miss: a policy for reading, and one for everything
create table public.letters (id int primary key, user_id uuid);
alter table public.letters enable row level security;
create policy send on public.letters for insert to authenticated with check (user_id = (select auth.uid()));
create policy read on public.letters for select to authenticated using (user_id = (select auth.uid()));
create table public.drafts (id int primary key, user_id uuid);
alter table public.drafts enable row level security;
create policy own on public.drafts to authenticated using (user_id = (select auth.uid()));
