-- What schema.snapshot.json is pulled from: `pgkeel pull --source schema.sql`.
create type mood as enum ('sad', 'ok');
create domain email as text check (value like '%@%');
create table users (
  id bigint generated always as identity primary key,
  email email not null,
  "displayName" text,
  mood mood not null,
  former_mood mood,
  tags text[] not null default '{}',
  settings jsonb not null default '{}',
  created_at timestamptz not null default now()
);
create table orders (
  id bigint generated always as identity primary key,
  user_id bigint not null references users,
  note text
);
create schema app;
create table app.jobs (id int primary key, state mood);
