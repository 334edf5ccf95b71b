-- finds public.notes_done
-- finds public.notes_kind
create table public.notes (id int primary key, done boolean, kind text);
insert into public.notes select n, n % 2 = 0, 'note' from generate_series(1, 20000) n;
create index notes_done on public.notes (done);
create index notes_kind on public.notes using hash (kind);
analyze public.notes;
-- near miss: a rare value, many values, more keys, rows left out, few rows, and a policy that goes by it
create table public.notes (id int primary key, rare boolean, many int, done boolean, open boolean);
insert into public.notes select n, n % 100 = 0, n % 1000, n % 2 = 0, n % 2 = 0 from generate_series(1, 20000) n;
create index on public.notes (rare);
create index on public.notes (many);
create index on public.notes (done, id);
create index on public.notes (done) where rare;
create index on public.notes (open);
alter table public.notes enable row level security;
create policy seen on public.notes using (open);
create table public.few (id int primary key, done boolean);
insert into public.few select n, n % 2 = 0 from generate_series(1, 200) n;
create index on public.few (done);
analyze public.notes, public.few;
