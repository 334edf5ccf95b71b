-- run per-file
-- finds public.members.nick
alter table if exists members drop column if exists nick;

-- near miss
create table brief (a int, b int);
alter table brief drop column b;
alter table members drop column if exists never_there;
