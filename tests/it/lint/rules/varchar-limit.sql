-- run per-file
-- finds public.teams.motto
alter table teams add column motto character varying(80);

-- near miss
alter table teams add column motto varchar;
alter table members alter nick type varchar(80);
