-- finds public.notes
create role app login;
create table public.notes (id int primary key, user_id uuid);
alter table public.notes enable row level security;
create policy own on public.notes using (user_id = (select auth.uid()));
alter table public.notes owner to app;
-- near miss: forced; the owner cannot log in
create role app login;
create role keeper nologin;
create table public.notes (id int primary key);
alter table public.notes enable row level security;
alter table public.notes force row level security;
alter table public.notes owner to app;
create table public.kept (id int primary key);
alter table public.kept enable row level security;
alter table public.kept owner to keeper;
