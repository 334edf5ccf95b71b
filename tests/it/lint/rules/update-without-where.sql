-- run per-file
-- finds public.members
update members set active = false where true;

-- near miss
update members set active = false from teams where teams.id = team_id;
update members set active = true where id = 1;
