-- finds public.notes
create table public.notes (id int primary key) with (autovacuum_enabled = false);
-- near miss: on, and tuned
create table public.notes (id int primary key) with (autovacuum_enabled = true, autovacuum_vacuum_cost_delay = 0);
