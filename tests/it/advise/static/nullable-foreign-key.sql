-- finds public.notes.user_id
create table public.users (id int primary key);
insert into public.users values (1);
create table public.notes (id int primary key, user_id int references public.users);
insert into public.notes select n, 1 from generate_series(1, 2000) n;
analyze public.notes;
-- near miss: one that is NULL, one that becomes so, a tree, few rows, never analysed
create table public.users (id int primary key);
insert into public.users values (1);
create table public.some_without (id int primary key, user_id int references public.users);
insert into public.some_without select n, nullif(n % 2, 0) from generate_series(1, 2000) n;
create table public.emptied (id int primary key, user_id int references public.users on delete set null);
insert into public.emptied select n, 1 from generate_series(1, 2000) n;
create table public.tree (id int primary key, parent int references public.tree);
insert into public.tree select n, 1 from generate_series(1, 2000) n;
create table public.few (id int primary key, user_id int references public.users);
insert into public.few select n, 1 from generate_series(1, 20) n;
analyze public.some_without, public.emptied, public.tree, public.few;
create table public.unseen (id int primary key, user_id int references public.users);
insert into public.unseen select n, 1 from generate_series(1, 2000) n;
