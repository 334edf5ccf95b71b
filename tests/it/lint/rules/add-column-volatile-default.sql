-- run per-file
-- finds public.teams.token
alter table teams add column token uuid default gen_random_uuid();

-- near miss
alter table teams add column made timestamptz default now() - interval '1 day', add column word text default public.fixed();
