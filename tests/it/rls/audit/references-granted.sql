-- finds public.notes
create table public.notes (id int primary key);
revoke all on public.notes from anon, authenticated;
grant trigger on public.notes to authenticated;
-- near miss
create table public.notes (id int primary key);
revoke all on public.notes from anon, authenticated;
grant select, insert, update, delete on public.notes to authenticated;
