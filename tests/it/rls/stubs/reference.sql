-- What everybody looks up, and what only looks like it.
create table public.currencies (code char(3) primary key, name text not null, symbol text, minor_units smallint);
create table public.product_categories (id serial primary key, name text not null, slug text unique, parent_id int references public.product_categories (id), sort_order int);
create table public.units (abbreviation text primary key, label text not null);
create table public.measures (id int primary key, unit text references public.units (abbreviation), amount int);
create table public.customers (code text primary key, name text);
create table public.bills (id int primary key, customer text references public.customers (code), currency char(3) references public.currencies (code));
create table public.projects (id int primary key, name text);
create table public.steps (id int primary key, project_id int references public.projects (id));
--@ seed
insert into public.currencies values ('EUR', 'Euro', '€', 2);
insert into public.product_categories (name) values ('x');
insert into public.units values ('m', 'metre');
insert into public.customers values ('x', 'x');
insert into public.projects values (1, 'x');
--@ probes
--? anon - {} 1 select count(*) from public.currencies
--? authenticated a {} 1 select count(*) from public.product_categories
--? anon - {} 1 select count(*) from public.units
--? authenticated a {} deny insert into public.currencies values ('USD', 'x')
--? anon - {} deny update public.units set label = 'x'
--? anon - {} deny delete from public.product_categories
--? anon - {} deny truncate public.currencies cascade
--? anon - {} deny select nextval('public.product_categories_id_seq')
--? authenticated a {} deny select count(*) from public.customers
--? authenticated a {} deny select count(*) from public.bills
--? authenticated a {} deny select count(*) from public.projects
--? authenticated a {} deny select count(*) from public.steps
--? service_role - {} 1 select count(*) from public.projects
