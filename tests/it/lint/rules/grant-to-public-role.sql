-- run per-file
-- finds api.notes
grant insert, update (body) on table api.notes to public;

-- near miss
grant select on api.notes to authenticated;
grant usage on schema api to anon;
