-- finds public.audit_log
create table public.audit_log (id bigint generated always as identity primary key, actor uuid);
alter table public.audit_log enable row level security;
create policy own on public.audit_log for update to authenticated using (actor = (select auth.uid()));
-- near miss: only written once; a diary is no record; one that says that it changes
create table public.audit_log (id bigint generated always as identity primary key, actor uuid);
alter table public.audit_log enable row level security;
create policy own on public.audit_log for insert to authenticated with check (actor = (select auth.uid()));
create table public.blog_posts (id bigint primary key, actor uuid);
alter table public.blog_posts enable row level security;
create policy own on public.blog_posts for update to authenticated using (actor = (select auth.uid()));
create table public.food_log (id bigint primary key, actor uuid, updated_at timestamptz);
alter table public.food_log enable row level security;
create policy own on public.food_log for update to authenticated using (actor = (select auth.uid()));
