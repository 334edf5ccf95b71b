-- Rows of one user: text keys, a serial, an identity, privileged columns, entitlements, unknown relations to a user.
create table public.notes (
  id bigserial primary key,
  owner_id uuid not null references auth.users (id) on delete cascade,
  title text not null default '',
  is_approved boolean not null default false
);
create table public."Mixed Case" (
  id int generated always as identity primary key,
  "userId" uuid not null references auth.users (id),
  body text
);
create table public.drafts (id text primary key, created_by uuid references auth.users (id), updated_by uuid references auth.users (id), body text);
create table public.wallets (user_id uuid primary key references auth.users (id), balance int not null default 0);
create table public.subscriptions (id int primary key, user_id uuid not null references auth.users (id), plan text not null);
create table public.reports (id int primary key, reported_user_id uuid not null references auth.users (id), reason text);
create table public.grades (id int primary key, student_id uuid not null references auth.users (id), grade int);
create table public.api_tokens (id int primary key, user_id uuid not null references auth.users (id), token_hash text);
create table public.enrollments (course int, user_id uuid not null references auth.users (id), primary key (course, user_id));
create table public.unclear (id int primary key, user_id uuid not null, body text);
--@ seed
insert into public.notes (owner_id, title) values ('a', 'a'), ('b', 'b');
insert into public."Mixed Case" ("userId", body) values ('a', 'a'), ('b', 'b');
insert into public.drafts values ('1', 'a', null, 'a'), ('2', 'b', 'a', 'b'), ('3', null, null, 'nobody');
insert into public.wallets values ('a', 5), ('b', 5);
insert into public.subscriptions values (1, 'a', 'free'), (2, 'b', 'free');
insert into public.reports values (1, 'a', 'x');
insert into public.grades values (1, 'a', 6);
insert into public.api_tokens values (1, 'a', 'x');
insert into public.enrollments values (1, 'a');
insert into public.unclear values (1, 'a', 'x');
--@ probes
--? authenticated a {} 1 select count(*) from public.notes
--? authenticated - {} 0 select count(*) from public.notes
--? anon - {} deny select count(*) from public.notes
--? service_role - {} 2 select count(*) from public.notes
--? authenticated a {} 1 insert into public.notes (owner_id, title) values ('a', 'x')
--? authenticated a {} deny insert into public.notes (owner_id, title) values ('b', 'x')
--? authenticated a {} deny insert into public.notes (owner_id, is_approved) values ('a', true)
--? authenticated a {} 1 update public.notes set title = 'x'
--? authenticated a {} deny update public.notes set is_approved = true
--? authenticated a {} deny update public.notes set owner_id = 'b'
--? authenticated a {} 1 delete from public.notes
--? authenticated a {} deny truncate public.notes
--? authenticated a {} deny select setval('public.notes_id_seq', 1)
--? authenticated a {} 1 select count(*) from public."Mixed Case"
--? authenticated a {} 1 insert into public."Mixed Case" ("userId") values ('a')
--? authenticated a {} deny insert into public."Mixed Case" ("userId") values ('b')
--? authenticated a {} 1 select count(*) from public.drafts
--? authenticated a {} deny update public.drafts set created_by = null
--? authenticated a {} 1 select count(*) from public.wallets
--? authenticated a {} deny update public.wallets set balance = 9
--? authenticated a {} 1 select count(*) from public.subscriptions
--? authenticated a {} deny insert into public.subscriptions values (3, 'a', 'pro')
--? authenticated a {} deny select count(*) from public.reports
--? authenticated a {} deny select count(*) from public.grades
--? authenticated a {} deny select count(*) from public.api_tokens
--? authenticated a {} deny insert into public.enrollments values (2, 'a')
--? authenticated a {} deny select count(*) from public.unclear
