-- run per-file
-- finds 'blue'
alter type public.colour add value 'blue' after 'green';
update members set shade = 'blue' where id = 1;

-- near miss
-- run per-statement
alter type public.colour add value 'blue' after 'green';
update members set shade = 'blue' where id = 1;
