-- run per-file
-- finds public.logs
alter table logs detach partition logs_2024;

-- near miss
-- run per-statement
alter table logs detach partition logs_2024 concurrently;
