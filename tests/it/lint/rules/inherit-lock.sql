-- run per-file
-- finds public.child
alter table child inherit base;

-- near miss
create table born (a int) inherits (base);
