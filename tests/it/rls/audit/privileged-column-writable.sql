-- finds public.profiles.plan
create table public.profiles (id uuid primary key references auth.users, name text, plan text not null default 'free');
alter table public.profiles enable row level security;
create policy own on public.profiles to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
-- near miss: not granted; held by the policy; a role of something else; no owner's table
create table public.profiles (id uuid primary key references auth.users, name text, plan text not null default 'free');
alter table public.profiles enable row level security;
revoke all on public.profiles from anon, authenticated;
grant select, update (name) on public.profiles to authenticated;
create policy own on public.profiles to authenticated using (id = (select auth.uid())) with check (id = (select auth.uid()));
create table public.members (user_id uuid, team_id int, role text, primary key (user_id, team_id));
alter table public.members enable row level security;
create policy own on public.members for insert to authenticated with check (user_id = (select auth.uid()) and role = 'guest');
create table public.messages (id int primary key, user_id uuid, role text);
alter table public.messages enable row level security;
create policy own on public.messages to authenticated using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
