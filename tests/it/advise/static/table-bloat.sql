-- finds public.notes
-- finds public.emptied
create table public.notes (id int primary key, body text);
insert into public.notes select n, repeat('x', 80) from generate_series(1, 300000) n;
delete from public.notes where id % 10 <> 0;
create table public.emptied (id int primary key, body text);
insert into public.emptied select n, repeat('x', 80) from generate_series(1, 300000) n;
delete from public.emptied;
analyze public.notes, public.emptied;
-- near miss: full, meant to have room, small
create table public.notes (id int primary key, body text, extra text, flag boolean);
insert into public.notes select n, repeat('x', 80) from generate_series(1, 300000) n;
create table public.roomy (id int primary key, body text) with (fillfactor = 25);
insert into public.roomy select n, repeat('x', 80) from generate_series(1, 100000) n;
create table public.small (id int primary key, body text);
insert into public.small select n, repeat('x', 80) from generate_series(1, 30000) n;
delete from public.small where id % 10 <> 0;
analyze public.notes, public.roomy, public.small;
