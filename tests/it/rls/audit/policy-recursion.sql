-- finds public.members.same_team
create table public.members (team_id int, user_id uuid, primary key (user_id, team_id));
alter table public.members enable row level security;
create policy same_team on public.members for select to authenticated
  using (team_id in (select m.team_id from public.members as m where m.user_id = (select auth.uid())));
-- near miss: the circle is broken by a function; one way only
create schema private;
create table public.members (team_id int, user_id uuid, primary key (user_id, team_id));
create table public.teams (id int primary key);
alter table public.members enable row level security;
alter table public.teams enable row level security;
create function private.my_teams() returns setof int language sql stable security definer set search_path = ''
  as $$ select team_id from public.members where user_id = auth.uid() $$;
create policy same_team on public.members for select to authenticated
  using (team_id = any (array(select private.my_teams())));
create policy member on public.teams for select to authenticated
  using (exists (select from public.members as m where m.team_id = teams.id));
