-- run per-file
-- finds public.members.nick
alter table members alter nick type varchar(40) collate "C";

-- near miss
alter table visits alter place type varchar;
alter table visits alter place type text collate "C";
