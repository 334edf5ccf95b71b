-- Roles by a table that a key leads to.
create table public.roles (id int primary key, name text unique not null);
create table public.user_roles (user_id uuid references auth.users (id), role_id int references public.roles (id), expires_at timestamptz, primary key (user_id, role_id));
create table public.pages (id int primary key, body text);
create table public.payouts (id int primary key, amount int);
create table public.vault_keys (id int primary key, secret text);
--@ seed
insert into public.roles values (1, 'admin'), (2, 'editor');
insert into public.user_roles values ('a', 1, null), ('b', 2, null), ('c', 1, '2000-01-01');
insert into public.pages values (1, 'x');
insert into public.payouts values (1, 1);
insert into public.vault_keys values (1, 'x');
--@ probes
--? authenticated a {} 1 insert into public.pages values (2, 'x')
--? authenticated b {} deny insert into public.pages values (2, 'x')
--? authenticated c {} deny insert into public.pages values (2, 'x')
--? authenticated b {} 1 select count(*) from public.pages
--? authenticated b {} 0 delete from public.pages
--? authenticated a {} 1 delete from public.pages
--? anon - {} deny select count(*) from public.pages
--? authenticated a {} 1 select count(*) from public.user_roles
--? authenticated a {} deny insert into public.user_roles values ('a', 2)
--? authenticated b {} deny update public.user_roles set role_id = 1
--? authenticated b {} 0 select count(*) from public.payouts
--? authenticated a {} 1 select count(*) from public.payouts
--? authenticated a {} deny select count(*) from public.vault_keys
