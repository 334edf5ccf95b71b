-- finds public.notes.user_id
create table public.notes (id int primary key, user_id uuid);
create index on public.notes (id, user_id);
create index on public.notes (user_id) where id > 7;
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
-- near miss: an index that begins with it; a part of one that leaves out NULL alone
create table public.notes (id int, user_id uuid, primary key (user_id, id));
alter table public.notes enable row level security;
create policy own on public.notes for select to authenticated using (user_id = (select auth.uid()));
create table public.drafts (id int primary key, user_id uuid);
create index on public.drafts (user_id) where user_id is not null;
alter table public.drafts enable row level security;
create policy own on public.drafts for select to authenticated using (user_id = (select auth.uid()));
