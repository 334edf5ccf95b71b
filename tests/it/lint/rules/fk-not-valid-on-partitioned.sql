-- run per-file
-- finds public.logs
alter table logs add foreign key (id) references teams not valid;

-- near miss
alter table logs_2024 add foreign key (id) references teams not valid;
