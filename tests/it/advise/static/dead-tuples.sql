-- finds public.notes
create table public.notes (id int primary key, body text);
insert into public.notes select n from generate_series(1, 20000) n;
update public.notes set body = 'x';
select pg_stat_force_next_flush();
-- near miss: few of many, and cleared
create table public.notes (id int primary key, body text);
insert into public.notes select n from generate_series(1, 40000) n;
update public.notes set body = 'x' where id <= 12000;
create table public.cleared (id int primary key, body text);
insert into public.cleared select n from generate_series(1, 20000) n;
update public.cleared set body = 'x';
select pg_stat_force_next_flush();
vacuum public.cleared;
