-- finds public.notes.at
-- finds public.notes.precise
create table public.notes (id int primary key, at timestamp, precise timestamp(3));
-- near miss: moments, days and times of day
create table public.notes (id int primary key, at timestamptz, day date, hour time);
create table public.child () inherits (public.notes);
