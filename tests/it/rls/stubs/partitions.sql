-- Partitions are reached through their table alone; views read with the reader's rights.
create table public.readings (id int not null, user_id uuid not null references auth.users (id), at date not null, value int not null, primary key (id, at, value)) partition by range (at);
create table public.readings_2024 partition of public.readings for values from ('2024-01-01') to ('2025-01-01');
create table public.readings_rest partition of public.readings default partition by list (value);
create table public.readings_rest_all partition of public.readings_rest default;
create view public.latest as select * from public.readings;
create function public.touched() returns trigger language plpgsql security definer as $$ begin return new; end $$;
--@ seed
insert into public.readings values (1, 'a', '2024-02-02', 1), (2, 'b', '2024-02-02', 1), (3, 'a', '2030-01-01', 1);
--@ probes
--? authenticated a {} 2 select count(*) from public.readings
--? authenticated a {} deny select count(*) from public.readings_2024
--? authenticated a {} deny select count(*) from public.readings_rest_all
--? authenticated a {} 1 insert into public.readings values (9, 'a', '2024-03-03', 1)
--? authenticated a {} deny insert into public.readings values (9, 'b', '2024-03-03', 1)
--? authenticated a {} 2 select count(*) from public.latest
--? anon - {} deny select count(*) from public.latest
