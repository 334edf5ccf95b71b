-- finds public.notes.body
create table public.notes (id int primary key, body varchar);
-- near miss: a length, text, and a domain that limits it
create domain public.code as varchar(8);
create table public.notes (id int primary key, title varchar(80), body text, code public.code);
