-- run per-statement
-- finds public.members
create index concurrently members_wide on members (team_id, age, nick, email);

-- near miss
create index concurrently members_wide on members (team_id, age, nick) include (email);
create unique index concurrently members_key on members (team_id, age, nick, email);
