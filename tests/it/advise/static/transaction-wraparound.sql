-- finds public.notes
-- finds public.locked
create table public.notes (id int primary key) with (autovacuum_freeze_max_age = 100000);
create table public.counted (id int primary key);
do $$ begin for n in 1..160000 loop begin insert into public.counted values (n); exception when unique_violation then null; end; end loop; end $$;
create table public.locked (id int primary key) with (autovacuum_multixact_freeze_max_age = 10000);
create table public.rows (id int primary key);
insert into public.rows select generate_series(1, 16000);
-- A row that a transaction and a part of it lock takes a multixact.
do $$ begin for n in 1..16000 loop perform from public.rows where id = n for key share; begin perform from public.rows where id = n for update; exception when unique_violation then null; end; end loop; end $$;
-- near miss: frozen, or not yet due
create table public.notes (id int primary key) with (autovacuum_freeze_max_age = 100000);
create table public.counted (id int primary key);
do $$ begin for n in 1..160000 loop begin insert into public.counted values (n); exception when unique_violation then null; end; end loop; end $$;
vacuum freeze public.notes;
create table public.locked (id int primary key) with (autovacuum_multixact_freeze_max_age = 10000);
create table public.rows (id int primary key);
insert into public.rows select generate_series(1, 16000);
do $$ begin for n in 1..16000 loop perform from public.rows where id = n for key share; begin perform from public.rows where id = n for update; exception when unique_violation then null; end; end loop; end $$;
vacuum freeze public.locked;
