-- The words of the trade: what the tables of the later files are made of.

create extension if not exists btree_gist with schema extensions;
create extension if not exists citext with schema extensions;
create extension if not exists pg_trgm with schema extensions;

-- Helpers that the API does not expose.
create schema app;
comment on schema app is 'Helpers of policies and triggers. Not exposed by the API.';
grant usage on schema app to authenticated, service_role;

create type public.member_role as enum ('owner', 'manager', 'member', 'guest');
comment on type public.member_role is 'What a member may do, the most powerful first.';

create type public.task_status as enum ('backlog', 'in progress', 'in review', 'done', 'won''t do');
comment on type public.task_status is 'The columns of the board, from left to right.';

create type public.invoice_status as enum ('draft', 'sent', 'paid', 'void');

create domain public.email as extensions.citext
  constraint email_shape check (value ~ '^[^@\s]+@[^@\s]+\.[^@\s]+$');
comment on domain public.email is 'An e-mail address; upper and lower case are the same.';

create domain public.slug as text
  constraint slug_shape check (value ~ '^[a-z0-9]+(-[a-z0-9]+)*$')
  constraint slug_length check (char_length(value) between 2 and 63);
comment on domain public.slug is 'A name as it stands in an address.';

create domain public.amount as numeric(12, 2)
  constraint amount_not_negative check (value >= 0);
comment on domain public.amount is 'Money in the currency that stands beside it.';

-- A domain over a domain: what must be there, and is nothing until it is set.
create domain public.required_amount as public.amount default 0 not null;

create domain public.currency as char(3) default 'EUR'
  constraint currency_shape check (value ~ '^[A-Z]{3}$');
comment on domain public.currency is 'ISO 4217.';

create type public.address as (
  street text,
  city text,
  postal_code text,
  country char(2)
);
comment on type public.address is 'A postal address.';
comment on column public.address.country is 'ISO 3166-1 alpha-2.';

create type public.amount_range as range (subtype = numeric, multirange_type_name = public.amount_multirange);
comment on type public.amount_range is 'From one amount to another.';
