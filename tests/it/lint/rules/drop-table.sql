-- run per-file
-- finds app.things
drop table app.things;

-- near miss
create table brief (a int);
drop table brief;
drop table if exists never_there;
