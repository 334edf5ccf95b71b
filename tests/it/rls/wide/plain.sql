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
--# roles that are permitted by a table
create type public.app_permission as enum ('channels.delete', 'channels.update', 'banners.manage', 'reviews:read', 'reviews:approve', 'messages.delete', 'delete:invoices', 'create:invoice', 'categories.update');
create type public.app_role as enum ('admin', 'moderator');
create table public.user_roles (id bigint generated by default as identity primary key, user_id uuid not null references auth.users (id) on delete cascade, role public.app_role not null, unique (user_id, role));
create table public.role_permissions (id bigint generated by default as identity primary key, role public.app_role not null, permission public.app_permission not null, unique (role, permission));
create function public.authorize(requested_permission public.app_permission) returns boolean language plpgsql stable security definer set search_path = '' as $$
declare
  bind_permissions int;
  user_role public.app_role;
begin
  select (auth.jwt() ->> 'user_role')::public.app_role into user_role;
  select count(*) into bind_permissions from public.role_permissions
  where role_permissions.permission = requested_permission and role_permissions.role = user_role;
  return bind_permissions > 0;
end;
$$;
revoke execute on function public.authorize(public.app_permission) from public;
create table public.channels (id bigint generated by default as identity primary key, slug text not null unique);
create table public.banners (id int primary key, body text);
create table public.reviews (id int primary key, body text, approved boolean);
create table public.invoices (id int primary key, total int);
create table public.categories (id int primary key, name text);
create table public.messages (id int primary key, user_id uuid not null references auth.users (id), body text);
create table public.parcels (id int primary key, address text);
--@ seed
insert into public.user_roles (user_id, role) values ('a', 'admin'), ('b', 'moderator');
insert into public.role_permissions (role, permission) values ('admin', 'channels.delete'), ('admin', 'channels.update'), ('moderator', 'channels.update'), ('admin', 'banners.manage'), ('moderator', 'reviews:read'), ('admin', 'create:invoice'), ('moderator', 'categories.update'), ('admin', 'messages.delete');
insert into public.channels (slug) values ('x'), ('y');
insert into public.banners values (1, 'x');
insert into public.reviews values (1, 'x', false);
insert into public.categories values (1, 'x');
insert into public.messages values (1, 'c', 'x');
insert into public.parcels values (1, 'x');
--? authenticated a {"user_role":"admin"} 2 select count(*) from public.channels
--? authenticated a {"user_role":"admin"} 2 delete from public.channels
--? authenticated b {"user_role":"moderator"} 0 delete from public.channels
--? authenticated b {"user_role":"moderator"} 2 update public.channels set slug = slug || 'z'
--? authenticated c {} 0 select count(*) from public.channels
--? authenticated c {"user_metadata":{"user_role":"admin"}} 0 delete from public.channels
--? authenticated a {"user_role":"admin"} deny insert into public.channels (slug) values ('z')
--? authenticated a {"user_role":"admin"} 1 insert into public.banners values (2, 'x')
--? authenticated b {"user_role":"moderator"} deny insert into public.banners values (2, 'x')
--? authenticated b {"user_role":"moderator"} 1 select count(*) from public.reviews
--? authenticated b {"user_role":"moderator"} deny update public.reviews set approved = true
--? authenticated a {"user_role":"admin"} 1 insert into public.invoices values (1, 1)
--? authenticated b {"user_role":"moderator"} deny insert into public.invoices values (2, 1)
--? authenticated b {"user_role":"moderator"} 1 update public.categories set name = 'y'
--? anon - {} 1 select count(*) from public.categories
--? authenticated a {"user_role":"admin"} 0 delete from public.messages
--? authenticated a {"user_role":"admin"} deny insert into public.role_permissions (role, permission) values ('admin', 'reviews:read')
--? authenticated a {"user_role":"admin"} 1 select count(*) from public.user_roles
--? authenticated b {"user_role":"moderator"} deny update public.user_roles set role = 'admin'
--? anon - {"user_role":"admin"} deny select count(*) from public.channels
--# permissions that nobody can be sure of
-- The function believes what users say of themselves, and a second table of the name is in another schema.
create schema archive;
grant usage on schema archive to authenticated;
create type public.app_permission as enum ('channels.delete');
create table public.role_permissions (role text not null, permission public.app_permission not null, primary key (role, permission));
create function public.authorize(wanted public.app_permission) returns boolean language sql stable security definer set search_path = '' as
  'select exists (select 1 from public.role_permissions as p where p.permission = wanted and p.role = auth.jwt() -> ''user_metadata'' ->> ''role'')';
create table public.channels (id int primary key, slug text);
grant all on all tables in schema public to anon, authenticated;
--@ seed
insert into public.channels values (1, 'x');
insert into public.role_permissions values ('admin', 'channels.delete');
--? authenticated a {"user_metadata":{"role":"admin"}} deny delete from public.channels
--? authenticated a {} deny select count(*) from public.channels
--? authenticated a {} deny select count(*) from public.role_permissions
