-- run per-file
-- finds public.members
alter table members add foreign key (team_id) references teams not valid;

-- near miss
alter table members add foreign key (team_id) references teams not valid;
create index members_team on members (team_id, age);
