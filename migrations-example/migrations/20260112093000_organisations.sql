-- Who works together.

create table public.organisations (
  id uuid primary key default gen_random_uuid(),
  slug public.slug not null unique,
  name text not null check (char_length(name) between 1 and 120),
  billing_address public.address,
  settings jsonb not null default '{}'::jsonb check (jsonb_typeof(settings) = 'object'),
  created_at timestamptz not null default now(),
  archived_at timestamptz
);
comment on table public.organisations is 'An agency. Everything else belongs to one.';
comment on column public.organisations.slug is 'Stands in the address: `https://app.example/acme`.';
comment on column public.organisations.settings is 'What the members chose for all of them.';

-- One row for each user of Supabase Auth: the key is the foreign key.
create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  email public.email not null unique,
  display_name text not null default '',
  avatar_url text,
  locale text not null default 'en' check (locale in ('en', 'de', 'fr')),
  working_hours int4multirange,
  created_at timestamptz not null default now()
);
comment on table public.profiles is 'What the others see of a user.';
comment on column public.profiles.working_hours is 'Hours of the day, as {[9,12),[13,18)}.';

create table public.memberships (
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  profile_id uuid not null references public.profiles (id) on delete cascade,
  role public.member_role not null default 'member',
  hourly_rate public.required_amount,
  joined_at timestamptz not null default now(),
  primary key (organisation_id, profile_id)
);
comment on table public.memberships is 'Who belongs to which organisation.';
comment on column public.memberships.hourly_rate is 'What an hour costs a client, unless the project says otherwise.';
create index memberships_profile_id_idx on public.memberships (profile_id);
create unique index memberships_one_owner on public.memberships (organisation_id) where role = 'owner';

create table public.invitations (
  id bigint generated always as identity primary key,
  organisation_id uuid not null references public.organisations (id) on delete cascade,
  email public.email not null,
  role public.member_role not null default 'member' check (role <> 'owner'),
  token text not null unique default encode(extensions.gen_random_bytes(24), 'hex'),
  invited_by uuid references public.profiles (id) on delete set null,
  expires_at timestamptz not null default now() + interval '14 days',
  unique (organisation_id, email)
);
comment on table public.invitations is 'An invitation that nobody has accepted yet.';
create index invitations_invited_by_idx on public.invitations (invited_by);
