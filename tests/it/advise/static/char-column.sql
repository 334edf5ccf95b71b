-- finds public.notes.code
-- finds public.notes.state
create domain public.state as char(2);
create table public.notes (id int primary key, code char(8), state public.state);
-- near miss: text, and what is called char and is none
create table public.notes (id int primary key, code varchar(8), kind "char", body text);
create view public.padded as select id, code::char(8) from public.notes;
