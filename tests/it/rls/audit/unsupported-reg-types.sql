-- finds public.handlers.hooks
create domain public.hook as regprocedure;
create table public.handlers (id int primary key, hooks public.hook[]);
-- near miss: pg_upgrade keeps these; nothing stores it
create type public.pair as (a regproc, b int);
create table public.handlers (id int primary key, relation regclass, kind regtype, by_whom regrole);
