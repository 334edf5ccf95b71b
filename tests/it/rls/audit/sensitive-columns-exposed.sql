-- finds public.people.password_hash
-- finds public.people."creditCardNumber"
-- finds public.people.stripe_secret_key
create table public.people (id int primary key, password_hash text, "creditCardNumber" bigint, stripe_secret_key text);
alter table public.people enable row level security;
create policy read on public.people for select using (true);
-- near miss: about a password; not granted; one's own row
create table public.people (id int primary key, password_changed_at timestamptz, has_password boolean, tokens_used int);
create table public.keys (id int primary key, api_key text);
revoke all on public.keys from anon, authenticated;
grant select (id) on public.keys to authenticated;
create table public.accounts (id uuid primary key, ssn text);
alter table public.accounts enable row level security;
create policy own on public.accounts for select to authenticated using (id = (select auth.uid()));
create table public.sessions (id uuid primary key);
create table public.turns (id int primary key, session_id uuid references public.sessions);
