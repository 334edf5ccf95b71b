-- run per-file
-- finds public.members
create trigger touched before update on members for each row execute function touch();

-- near miss
create table brief (a int);
create trigger touched before update on brief for each row execute function touch();
