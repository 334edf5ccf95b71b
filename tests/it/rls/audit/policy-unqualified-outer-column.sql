-- finds public.docs.team
create table public.members (team_id int, user_id uuid, primary key (user_id, team_id));
create table public.docs (id int primary key, team_id int);
alter table public.docs enable row level security;
create policy team on public.docs for select to authenticated
  using (exists (select from public.members as m where m.user_id = (select auth.uid()) and m.team_id = team_id));
-- near miss: qualified; a comparison within the other table beside one with the row
create table public.members (team_id int, user_id uuid, invited_by uuid, primary key (user_id, team_id));
create table public.docs (id int primary key, team_id int);
alter table public.docs enable row level security;
create policy team on public.docs for select to authenticated
  using (exists (select from public.members as m
    where m.user_id = (select auth.uid()) and m.team_id = docs.team_id and m.invited_by = m.user_id));
