-- run per-file
-- finds api.notes.own
drop policy if exists own on api.notes;

-- near miss
drop policy own on api.notes;
create policy own on api.notes to authenticated using (id > 0);
