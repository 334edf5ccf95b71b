-- run per-file
-- finds public.secrets
create table public.secrets (id bigint primary key);
grant select on secrets to anon;

-- near miss
create table public.secrets (id bigint primary key);
grant select on secrets to anon;
alter table secrets enable row level security;
