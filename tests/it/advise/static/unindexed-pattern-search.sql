-- finds public.notes.body
-- finds public.notes.title
-- finds public.notes.extra
-- finds public.events.what
-- finds public.guarded.body
create extension pg_trgm;
create table public.notes (id int primary key, body text, title varchar(80), extra text);
create index on public.notes (body text_pattern_ops);
create function public.search(q text) returns setof public.notes language sql stable
  as $$ select * from notes where body ilike '%' || q || '%' $$;
create function public.search_again(q text) returns setof public.notes language plpgsql stable
  as $$ begin return query select n.* from public.notes as n where n.title like concat('%', q, '%'); end $$;
create view public.odd_notes as select id from public.notes where extra like '%odd%';
create table public.events (at date, what text) partition by range (at);
create table public.events_a partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create function public.events_of(q text) returns setof public.events
  begin atomic select * from public.events e where e.what ~~* ('%' || q || '%'); end;
-- It reads as the owner, whom policies do not bind.
create table public.guarded (id int primary key, owner text, body text);
create index on public.guarded (owner);
alter table public.guarded enable row level security;
create policy own on public.guarded using (owner = current_user);
create view public.all_guarded as select id from public.guarded where body like '%secret%';
-- near miss: known at the beginning, another value, an index that serves, few rows, and what policies keep it from
create extension pg_trgm;
create table public.notes (id int primary key, body text, title text, code text, kind text);
create index on public.notes using gist (title gist_trgm_ops);
create view public.some_notes as select id from public.notes
  where body like 'abc%' and lower(code) like '%abc%' and title ilike '%abc%' and kind not like '%abc%' and body like '%a%';
create table public.few (id int primary key, body text);
insert into public.few values (1, 'a');
analyze public.few;
create view public.some_few as select id from public.few where body like '%abc%';
create table public.guarded (id int primary key, owner text, body text);
create index on public.guarded (owner);
alter table public.guarded enable row level security;
create policy own on public.guarded using (owner = current_user);
create function public.search(q text) returns setof public.guarded language sql stable
  as $$ select * from public.guarded where body ilike '%' || q || '%' $$;
alter table public.guarded force row level security;
create view public.all_guarded as select id from public.guarded where body like '%secret%';
