-- Plain PostgreSQL: a role of its own, a setting with the user's key, a table of users with numbers for keys.
--! [rls]
--! roles = ["app_user"]
--! users = "public.users"
--! claims-source = "app.current_user_id"
--= plain
do $$ begin if not exists (select from pg_roles where rolname = 'app_user') then create role app_user; end if; end $$;
create table public.users (id int primary key, email text, password_hash text, is_admin boolean not null default false, name text);
create table public.todos (id serial primary key, user_id int not null references public.users (id), title text);
create table public.teams (id int primary key, name text);
create table public.team_members (team_id int not null references public.teams (id), user_id int not null references public.users (id), role text not null, primary key (team_id, user_id));
create table public.boards (id int primary key, team_id int not null references public.teams (id), title text);
create table public.invoices (id int primary key, tenant_id text not null);
grant all on all tables in schema public to app_user;
grant all on all sequences in schema public to app_user;
--@ seed
insert into public.users values (1, 'a', 'x', false, 'a'), (2, 'b', 'y', false, 'b'), (3, 'c', 'z', false, 'c');
insert into public.todos (user_id, title) values (1, 'a'), (2, 'b');
insert into public.teams values (1, 'a'), (2, 'b');
insert into public.team_members values (1, 1, 'admin'), (1, 3, 'member'), (2, 2, 'owner');
insert into public.boards values (1, 1, 'a'), (2, 2, 'b');
insert into public.invoices values (1, 'one'), (2, 'two');
--@ probes
--? app_user 1 {} 1 select count(*) from public.todos
--? app_user - {} 0 select count(*) from public.todos
--? app_user 1 {} 1 insert into public.todos (user_id, title) values (1, 'x')
--? app_user 1 {} deny insert into public.todos (user_id, title) values (2, 'x')
--? app_user 1 {} deny truncate public.todos
--? app_user 1 {} 1 select count(*) from public.users
--? app_user 1 {} deny select password_hash from public.users
--? app_user 1 {} 1 update public.users set name = 'x'
--? app_user 1 {} deny update public.users set is_admin = true
--? app_user 1 {} deny delete from public.users
--? app_user 1 {} 2 select count(*) from public.team_members
--? app_user 3 {} deny insert into public.team_members values (1, 2, 'member')
--? app_user 1 {} 1 insert into public.team_members values (1, 2, 'member')
--? app_user 1 {} deny insert into public.team_members values (2, 1, 'member')
--? app_user 3 {} 1 select count(*) from public.boards
--? app_user 3 {} deny insert into public.boards values (3, 2, 'x')
--? app_user 1 {"tenant_id":"one"} 1 select count(*) from public.invoices
--? app_user 1 {} 0 select count(*) from public.invoices
