-- run per-file
-- finds public.logs
create table logs_2027 partition of logs for values from ('2027-01-01') to ('2028-01-01');

-- near miss
create table logs_2027 (like logs including all);
alter table logs attach partition logs_2027 for values from ('2027-01-01') to ('2028-01-01');
