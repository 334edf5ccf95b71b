-- run per-file
-- finds public.members.email
alter table members alter email set not null;

-- near miss
alter table members alter age set not null;
alter table teams alter name set not null;
