-- run per-file
-- finds public.members.age
update members set age = 1, nick = 'n', age = 2 where id = 1;

-- near miss
update members set age = 1, nick = 'age' where id = 1;
