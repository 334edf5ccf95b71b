-- finds public.notes_b
-- finds public.notes_down
-- finds public.notes_key
-- finds public.parted_b
-- finds public.guests_plain
-- finds public.codes_other
-- finds public.seats_later
create table public.notes (id int primary key, at date, body text);
create index notes_a on public.notes (at, lower(body)) include (id);
create index notes_b on public.notes (at, lower(body)) include (id);
create index notes_up on public.notes (at, id);
create index notes_down on public.notes (at desc, id desc);
create index notes_key on public.notes (id);
create table public.parted (at date, body text) partition by range (at);
create table public.parted_1 partition of public.parted for values from ('2020-01-01') to ('2021-01-01');
create index parted_a on public.parted (body);
create index parted_b on public.parted (body);
create table public.guests (id int, mail text, unique (id, mail) deferrable);
create index guests_plain on public.guests (id, mail);
-- The primary key stays, whatever refers to the other.
create table public.codes (code text not null);
create unique index codes_other on public.codes (code);
create table public.uses (id int primary key, code text references public.codes (code));
create index on public.uses (code);
alter table public.codes add primary key (code);
-- The one that says so at once stays.
create table public.seats (id int primary key, place int,
  constraint seats_later unique (place) deferrable, constraint seats_once unique (place));
-- near miss: other order, other rows, other operators, other method, other columns carried, and one guard less
create table public.notes (id int primary key, at date, body text, tags text[]);
create index on public.notes (at, id);
create index on public.notes (at, id desc);
create index on public.notes (at desc nulls last, id);
create index on public.notes (at, id) where body is null;
create index on public.notes (at, id) include (body);
create index on public.notes (body);
create index on public.notes (body text_pattern_ops);
create index on public.notes (body collate "C");
create index on public.notes using hash (body);
create index on public.notes using brin (id);
create table public.guests (id int, mail text, unique (id, mail) deferrable);
create unique index guests_at_once on public.guests (id, mail);
