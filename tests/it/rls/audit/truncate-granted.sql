-- finds public.notes
create table public.notes (id int primary key);
revoke all on public.notes from anon, authenticated;
grant truncate on public.notes to authenticated;
-- near miss
create table public.notes (id int primary key);
revoke all on public.notes from anon, authenticated;
grant select, delete on public.notes to authenticated;
grant truncate on public.notes to service_role;
