-- finds public.notes_body
-- finds public.notes_at_ccnew
-- finds public.events_at
-- finds public.visits_id
-- finds public.notes_half
create table public.notes (id int primary key, body text, at date);
create index notes_body on public.notes (body);
create index notes_at on public.notes (at);
create index notes_at_ccnew on public.notes (at);
create index notes_whole on public.notes (id, body, at);
create index notes_half on public.notes (id, body);
update pg_index set indisvalid = false where indexrelid = 'public.notes_half'::regclass;
update pg_index set indisvalid = false where indexrelid in ('public.notes_body'::regclass, 'public.notes_at_ccnew'::regclass);
create table public.events (at date) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create index events_at on only public.events (at);
create table public.visits (id int, at date) partition by range (at);
create table public.visits_a partition of public.visits for values from ('2020-01-01') to ('2021-01-01') partition by list (id);
create table public.visits_a1 partition of public.visits_a for values in (1);
create table public.visits_a2 partition of public.visits_a for values in (2);
create table public.visits_b partition of public.visits for values from ('2021-01-01') to ('2022-01-01');
create index visits_id on only public.visits (id);
create index visits_a_id on only public.visits_a (id);
alter index public.visits_id attach partition public.visits_a_id;
create index on public.visits_a1 (id);
-- near miss: valid ones
create table public.notes (id int primary key, body text);
create index on public.notes (body);
create table public.events (at date) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create index on public.events (at);
