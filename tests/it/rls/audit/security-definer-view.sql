-- finds public.shown
create schema private;
grant usage on schema private to authenticated;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create view private.all_notes as select * from public.notes;
grant select on private.all_notes to authenticated;
create view public.shown with (security_invoker = on) as select * from private.all_notes;
-- near miss: as its caller; of constants; for nobody
create table public.notes (id int primary key);
alter table public.notes enable row level security;
create view public.shown with (security_invoker = on) as select * from public.notes;
create view public.kinds as select unnest(array['a', 'b']) as kind;
create view public.inner_notes as select * from public.notes;
revoke all on public.inner_notes from anon, authenticated;
