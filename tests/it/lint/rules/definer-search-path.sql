-- run per-file
-- finds api.lookup
create function api.lookup() returns int language sql security definer as $$ select 1 $$;

-- near miss
create function api.lookup() returns int language sql security definer as $$ select 1 $$;
alter function api.lookup() set search_path = '';
