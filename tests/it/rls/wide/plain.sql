--# whole numbers for users
--! [rls]
--! roles = ["web_user"]
--! users = "public.users"
--! claims-source = "app.current_user_id"
--= plain
do $$ begin if not exists (select from pg_roles where rolname = 'web_user') then create role web_user; end if; end $$;
create table public.users (id bigserial primary key, email text not null, password_digest text, role text not null default 'user');
create table public.projects (id serial primary key, user_id bigint not null references public.users (id), name text);
create table public.tasks (id serial primary key, project_id int not null references public.projects (id), name text);
create table public.wikis (id serial primary key, user_id bigint, name text);
grant all on all tables in schema public to web_user;
grant all on all sequences in schema public to web_user;
--@ seed
insert into public.users (id, email) values (1, 'a'), (2, 'b');
insert into public.projects (user_id, name) values (1, 'a'), (2, 'b');
insert into public.tasks (project_id, name) values (1, 'a'), (2, 'b');
insert into public.wikis (user_id, name) values (1, 'a');
--? web_user 1 {} 1 select count(*) from public.projects
--? web_user - {} 0 select count(*) from public.projects
--? web_user 1 {} 1 select count(*) from public.tasks
--? web_user 1 {} deny insert into public.tasks (project_id, name) values (2, 'x')
--? web_user 1 {} deny update public.users set role = 'admin'
--? web_user 1 {} deny select password_digest from public.users
--? web_user 1 {} deny select count(*) from public.wikis
--# texts for users and tenants
--! [rls]
--! roles = ["web_user"]
--! users = "core.people"
--! claims-source = "app.current_user_id"
--= plain
do $$ begin if not exists (select from pg_roles where rolname = 'web_user') then create role web_user; end if; end $$;
create schema core;
grant usage on schema core to web_user;
create table core.people (id text primary key, name text);
create table core.tenants (slug text primary key, name text);
create table core.memberships (tenant_slug text not null references core.tenants (slug), person_id text not null references core.people (id), role text not null default 'member', primary key (tenant_slug, person_id));
create table core.reports (id int primary key, tenant_slug text not null references core.tenants (slug), person_id text not null references core.people (id), body text);
create table core.report_lines (report_id int not null references core.reports (id), line int not null, body text, primary key (report_id, line));
grant all on all tables in schema core to web_user;
--@ seed
insert into core.people values ('p1', 'x'), ('p2', 'y'), ('p3', 'z');
insert into core.tenants values ('t1', 'x'), ('t2', 'y');
insert into core.memberships values ('t1', 'p1', 'owner'), ('t2', 'p2', 'owner');
insert into core.reports values (1, 't1', 'p1', 'x'), (2, 't2', 'p2', 'y');
insert into core.report_lines values (1, 1, 'x'), (2, 1, 'y');
--? web_user p1 {} 1 select count(*) from core.reports
--? web_user p3 {} 0 select count(*) from core.reports
--? web_user p1 {} 1 select count(*) from core.report_lines
--? web_user p1 {} deny insert into core.memberships values ('t2', 'p1', 'owner')
--? web_user p1 {} deny insert into core.reports values (3, 't2', 'p1', 'x')
--? web_user p1 {} deny update core.reports set tenant_slug = 't2'
--? web_user p3 {} deny insert into core.report_lines values (1, 2, 'x')
--? web_user - {} 0 select count(*) from core.memberships
--# roles by a claim, and by a table of an enum
create type public.app_role as enum ('admin', 'moderator', 'user');
create table public.user_roles (id uuid primary key default gen_random_uuid(), user_id uuid not null references auth.users (id), role public.app_role not null, unique (user_id, role));
create table public.banners (id int primary key, title text, body text);
create table public.reports (id int primary key, reporter_id uuid not null references auth.users (id), reason text);
--@ seed
insert into public.user_roles (user_id, role) values ('a', 'admin'), ('b', 'user');
insert into public.banners values (1, 'x', 'x');
insert into public.reports values (1, 'b', 'x');
--? authenticated a {} 1 update public.banners set title = 'x'
--? authenticated b {} 0 update public.banners set title = 'x'
--? authenticated b {} deny insert into public.banners values (2, 'x', 'x')
--? authenticated b {} deny insert into public.user_roles (user_id, role) values ('b', 'admin')
--? authenticated b {} deny update public.user_roles set role = 'admin'
--? authenticated b {"user_metadata":{"role":"admin"},"user_role":"admin"} 0 update public.banners set title = 'x'
--? authenticated a {} deny select count(*) from public.reports
--? anon - {} deny select count(*) from public.banners
