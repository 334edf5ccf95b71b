-- finds public.docs.team
create schema private;
create table public.docs (id int primary key, team_id int);
alter table public.docs enable row level security;
create function private.is_member(team int) returns boolean language plpgsql stable security definer set search_path = ''
  as $$ begin return team = 1 and auth.uid() is not null; end $$;
create policy team on public.docs for select to authenticated using (private.is_member(team_id));
-- near miss: the set; a plain function, which PostgreSQL takes apart
create schema private;
create table public.docs (id int primary key, team_id int);
alter table public.docs enable row level security;
create function private.my_teams() returns setof int language sql stable security definer set search_path = ''
  as $$ select 1 where auth.uid() is not null $$;
create function private.is_small(team int) returns boolean language sql stable as $$ select team < 10 $$;
create policy team on public.docs for select to authenticated
  using (team_id = any (array(select private.my_teams())) and private.is_small(team_id));
