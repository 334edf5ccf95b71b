-- run per-file
-- finds public.child
alter table child add primary key (a);

-- near miss
create table brief (a int);
alter table brief add primary key (a);
