-- run per-statement
-- finds public.logs
create index concurrently logs_line on logs (line);

-- near miss
create index logs_line on only logs (line);
create index concurrently logs_2024_line on logs_2024 (line);
alter index logs_line attach partition logs_2024_line;
