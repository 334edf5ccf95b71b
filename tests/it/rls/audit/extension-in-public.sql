-- finds citext
create extension citext with schema public;
-- near miss
create schema extensions;
create extension citext with schema extensions;
