-- finds public.notes
create table public.notes (id int primary key) with (autovacuum_freeze_max_age = 100000);
create table public.counted (id int primary key);
do $$ begin for n in 1..160000 loop begin insert into public.counted values (n); exception when unique_violation then null; end; end loop; end $$;
-- near miss: frozen, or not yet due
create table public.notes (id int primary key) with (autovacuum_freeze_max_age = 100000);
create table public.counted (id int primary key);
do $$ begin for n in 1..160000 loop begin insert into public.counted values (n); exception when unique_violation then null; end; end loop; end $$;
vacuum freeze public.notes;
