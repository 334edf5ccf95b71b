-- Every kind of constraint that a row has to meet before anybody can be tested on it.
create extension btree_gist;
create type public.kind as enum ('small', 'large');
create type public.place as (street text, city text);
create domain public.short as text check (length(value) <= 8) check (value ~ '^[a-z]+$');
create domain public.shorter as public.short not null check (length(value) <= 4);
create table public.regions (code char(2) primary key check (code ~ '^[A-Z]{2}$'), name public.shorter unique);
create table public.owners (
  user_id uuid primary key references auth.users (id),
  email text not null unique check (email ~* '^[^@]+@[^@]+\.[a-z]{2,}$'),
  age integer not null check (age between 18 and 120),
  region char(2) not null references public.regions (code)
);
create table public.things (
  region char(2) not null references public.regions (code),
  number bigint generated always as identity,
  owner_id uuid not null references public.owners (user_id),
  kind public.kind not null,
  kinds public.kind[] not null check (cardinality(kinds) > 0),
  place public.place not null,
  amount numeric(4, 2) not null check (amount > 0 and amount < 5),
  low integer not null,
  high integer not null,
  booked tstzrange not null check (not isempty(booked)),
  code text not null check (code like 'T-%') check (length(code) = 7),
  state text not null check (state = any (array['open', 'closed'])),
  closed_at timestamptz,
  parent bigint,
  hash bytea not null check (octet_length(hash) = 32),
  doc jsonb not null check (jsonb_typeof(doc) = 'array'),
  twice integer generated always as (low * 2) stored,
  primary key (region, number),
  foreign key (region, parent) references public.things (region, number),
  check (high > low),
  check ((state = 'closed') = (closed_at is not null)),
  exclude using gist (owner_id with =, booked with &&)
);
create table public.parts (
  id integer primary key,
  region char(2) not null,
  thing bigint not null,
  of_user uuid,
  of_region char(2),
  check (num_nonnulls(of_user, of_region) = 1),
  unique (region, thing),
  foreign key (region, thing) references public.things (region, number),
  foreign key (of_user) references public.owners (user_id),
  foreign key (of_region) references public.regions (code)
);
create table public.eggs (id uuid primary key, hen uuid not null);
create table public.hens (id uuid primary key, egg uuid not null references public.eggs (id));
alter table public.eggs add foreign key (hen) references public.hens (id) deferrable initially deferred;
create table public.nodes (id integer primary key, next integer not null references public.nodes (id));
create table public.men (id integer primary key, wife integer);
create table public.women (id integer primary key, husband integer references public.men (id));
alter table public.men add foreign key (wife) references public.women (id);
create table public.events (
  at timestamptz not null, owner_id uuid not null references public.owners (user_id), what text not null
) partition by range (at);
create table public.events_2020 partition of public.events for values from ('2020-01-01') to ('2021-01-01');
create table public.events_2031 partition of public.events for values from ('2031-01-01') to ('2032-01-01');
create function public.stamp() returns trigger language plpgsql as $$
begin
  if new.what = '' then raise exception 'nothing happened'; end if;
  new.what := upper(new.what);
  return new;
end $$;
create trigger stamp before insert on public.events for each row execute function public.stamp();
-- The users' trigger makes rows by itself.
create table public.profiles (id uuid primary key references auth.users (id), name text not null);
create function public.greet() returns trigger language plpgsql security definer as $$
begin
  insert into public.profiles values (new.id, new.raw_user_meta_data ->> 'full_name');
  return new;
end $$;
create trigger greet after insert on auth.users for each row execute function public.greet();
do $$
declare
  made regclass;
begin
  for made in select oid from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') loop
    execute format('alter table %s enable row level security', made);
  end loop;
end $$;
revoke all on all tables in schema public from anon, authenticated;
