-- finds public.notes.title
-- finds public.notes.body
create table public.notes (id int primary key, title varchar(255), body varchar(2000));
-- near miss: a limit that means something, and none
create table public.notes (id int primary key, code varchar(8), body text);
