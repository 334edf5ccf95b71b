-- Rows that are users: what decides about the user is not his to write.
create type public.account_status as enum ('active', 'banned');
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text,
  bio text,
  email text,
  plan text not null default 'free',
  is_admin boolean not null default false,
  credits int not null default 0,
  status public.account_status not null default 'active',
  settings jsonb not null default '{}',
  newsletter boolean not null default false,
  created_at timestamptz not null default now()
);
create table public.pets (id int primary key, profile_id uuid not null references public.profiles (id), name text);
--@ seed
insert into public.profiles (id, display_name) values ('a', 'a'), ('b', 'b');
insert into public.pets values (1, 'a', 'x'), (2, 'b', 'y');
--@ probes
--? authenticated a {} 1 select count(*) from public.profiles
--? authenticated a {} 1 update public.profiles set display_name = 'x', newsletter = true, settings = '{"a":1}'
--? authenticated a {} 0 update public.profiles set display_name = 'x' where id = 'b'
--? authenticated a {} deny update public.profiles set plan = 'pro'
--? authenticated a {} deny update public.profiles set is_admin = true
--? authenticated a {} deny update public.profiles set credits = 100
--? authenticated a {} deny update public.profiles set status = 'active'
--? authenticated a {} deny update public.profiles set id = 'c'
--? authenticated a {} deny delete from public.profiles
--? authenticated c {} 1 insert into public.profiles (id, display_name) values ('c', 'c')
--? authenticated c {} deny insert into public.profiles (id, is_admin) values ('c', true)
--? authenticated a {} deny insert into public.profiles (id) values ('c')
--? anon - {} deny select count(*) from public.profiles
--? authenticated a {} 1 select count(*) from public.pets
--? authenticated a {} deny insert into public.pets values (3, 'b', 'z')
