-- Tenants that a claim names, with and without a table of tenants.
create table public.workspaces (id uuid primary key, name text);
create table public.pages (id int primary key, workspace_id uuid not null references public.workspaces (id), title text);
create table public.blocks (id int primary key, page_id int not null references public.pages (id), body text);
create table public.orders (id int primary key, org_id text not null, total int, created_by uuid not null references auth.users (id));
--@ seed
insert into public.workspaces values ('a', 'a'), ('b', 'b');
insert into public.pages values (1, 'a', 'a'), (2, 'b', 'b');
insert into public.blocks values (1, 1, 'a'), (2, 2, 'b');
insert into public.orders values (1, 'one', 5, 'a'), (2, 'two', 6, 'b');
--@ probes
--? authenticated a {"app_metadata":{"workspace_id":"a"}} 1 select count(*) from public.pages
--? authenticated a {"app_metadata":{"workspace_id":"a"}} 1 select count(*) from public.workspaces
--? authenticated a {"app_metadata":{"workspace_id":"a"}} 1 select count(*) from public.blocks
--? authenticated a {"user_metadata":{"workspace_id":"a"}} 0 select count(*) from public.pages
--? authenticated a {"workspace_id":"a"} 0 select count(*) from public.pages
--? authenticated a {} 0 select count(*) from public.blocks
--? authenticated a {"app_metadata":{"workspace_id":"a"}} deny insert into public.blocks values (3, 2, 'x')
--? authenticated a {"app_metadata":{"workspace_id":"a"}} 1 insert into public.blocks values (3, 1, 'x')
--? authenticated a {"app_metadata":{"workspace_id":"a"}} deny update public.pages set workspace_id = 'b'
--? authenticated a {"app_metadata":{"workspace_id":"a"}} deny update public.workspaces set name = 'x'
--? authenticated a {"app_metadata":{"org_id":"one"}} 1 select count(*) from public.orders
--? authenticated a {"app_metadata":{"org_id":"one"}} deny insert into public.orders values (3, 'one', 1, 'b')
--? authenticated a {"app_metadata":{"org_id":"one"}} 1 insert into public.orders values (3, 'one', 1, 'a')
--? anon - {} deny select count(*) from public.orders
