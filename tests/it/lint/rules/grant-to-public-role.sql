-- run per-file
-- finds api.notes
-- finds pg_read_all_data
grant insert, update (body) on table api.notes to public;
grant pg_read_all_data to authenticated;

-- near miss
grant select on api.notes to authenticated;
grant usage on schema api to anon;
create role door noinherit;
grant anon, authenticated to door;
grant anon to authenticated;
