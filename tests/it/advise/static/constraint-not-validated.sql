-- finds public.notes.user_known
-- finds public.notes.body_short
create table public.users (id int primary key);
create table public.notes (id int primary key, user_id int, body text);
alter table public.notes add constraint user_known foreign key (user_id) references public.users not valid;
alter table public.notes add constraint body_short check (length(body) < 100) not valid;
-- near miss: validated since, and a table that had no rows to check
create table public.users (id int primary key);
create table public.notes (id int primary key, user_id int references public.users, body text check (length(body) < 100));
alter table public.notes add constraint id_small check (id < 100) not valid;
alter table public.notes validate constraint id_small;
