-- run per-file
-- finds public.teams.kind
alter table teams add kind text not null;

-- near miss
alter table teams add kind text not null default 'new', add column more text;
