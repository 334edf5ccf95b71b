-- Attributes against claims: an enum of levels within members, a window and a region within a claimed tenant.
create type public.level as enum ('public', 'internal', 'confidential', 'secret');
create table public.teams (id uuid primary key, name text);
create table public.team_members (team_id uuid references public.teams (id), user_id uuid references auth.users (id), primary key (team_id, user_id));
create table public.files (id int primary key, team_id uuid not null references public.teams (id), classification public.level not null, deleted_at timestamptz);
create table public.offers (id int primary key, tenant_id uuid not null, region text not null, valid_from timestamptz not null, valid_until timestamptz, body text);
create table public.dossiers (id int primary key, sensitivity text not null, body text);
--@ seed
insert into public.teams values ('a', 'a'), ('b', 'b');
insert into public.team_members values ('a', 'a'), ('b', 'b');
insert into public.files values (1, 'a', 'public', null), (2, 'a', 'internal', null), (3, 'a', 'secret', null), (4, 'a', 'public', now()), (5, 'b', 'public', null);
insert into public.offers values (1, 'a', 'eu', '2000-01-01', null, 'x'), (2, 'a', 'eu', '2000-01-01', '2001-01-01', 'x'), (3, 'a', 'us', '2000-01-01', null, 'x'), (4, 'b', 'eu', '2000-01-01', null, 'x'), (5, 'a', 'eu', '2999-01-01', null, 'x');
insert into public.dossiers values (1, 'high', 'x');
--@ probes
--? authenticated a {} 1 select count(*) from public.files
--? authenticated a {"app_metadata":{"clearance":"internal"}} 2 select count(*) from public.files
--? authenticated a {"app_metadata":{"clearance":"secret"}} 3 select count(*) from public.files
--? authenticated b {"app_metadata":{"clearance":"secret"}} 1 select count(*) from public.files
--? authenticated c {"app_metadata":{"clearance":"secret"}} 0 select count(*) from public.files
--? authenticated a {"user_metadata":{"clearance":"secret"}} 1 select count(*) from public.files
--? authenticated a {"app_metadata":{"clearance":"secret"}} deny update public.files set classification = 'public'
--? anon - {} deny select count(*) from public.files
--? authenticated a {"app_metadata":{"tenant_id":"a","region":"eu"}} 1 select count(*) from public.offers
--? authenticated a {"app_metadata":{"tenant_id":"a"}} 0 select count(*) from public.offers
--? authenticated a {"app_metadata":{"region":"eu"}} 0 select count(*) from public.offers
--? authenticated a {"app_metadata":{"tenant_id":"a","region":"eu"}} deny insert into public.offers values (9, 'a', 'eu', now())
--? authenticated a {} deny select count(*) from public.dossiers
