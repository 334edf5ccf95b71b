-- run per-file
-- finds public.child
alter table child rename to kid;

-- near miss
create table brief (a int);
alter table brief rename to short;
alter index members_nick rename to members_handle;
