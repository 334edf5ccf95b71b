-- Notes, each its owner's alone. The API signs in as `api`, which owns nothing: it may find out whose a token is, and become
-- `app_user`, for whom row-level security decides. Give it a password where it is deployed.
create role api login noinherit;
create role app_user nologin;
grant app_user to api;

create table users (
  id uuid primary key default gen_random_uuid(),
  name text not null
);

-- No API exposes this schema.
create schema private;
revoke all on schema private from public;

create table private.sessions (
  token_hash bytea primary key,
  user_id uuid not null references users on delete cascade,
  expires_at timestamptz not null
);
create index on private.sessions (user_id);

create function private.user_of(token text) returns uuid
  language sql stable security definer set search_path = ''
  return (
    select user_id from private.sessions
    where token_hash = sha256(convert_to(token, 'UTF8')) and expires_at > now()
  );
revoke all on function private.user_of(text) from public;
grant usage on schema private to api;
grant execute on function private.user_of(text) to api;

create function current_user_id() returns uuid
  language sql stable set search_path = ''
  return nullif(current_setting('app.user_id', true), '')::uuid;

create table notes (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null default current_user_id() references users on delete cascade,
  title text not null check (char_length(title) between 1 and 200),
  body text not null default '' check (char_length(body) <= 10000),
  done_at timestamptz,
  created_at timestamptz not null default now()
);
create index on notes (user_id, created_at desc);
comment on table notes is 'What somebody wants to remember.';

alter table users enable row level security;
alter table private.sessions enable row level security;
alter table notes enable row level security;
create policy notes_are_their_owners on notes to app_user
  using (user_id = (select current_user_id()))
  with check (user_id = (select current_user_id()));
grant select, delete on notes to app_user;
grant insert (title, body) on notes to app_user;
grant update (title, body, done_at) on notes to app_user;
