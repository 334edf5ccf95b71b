-- run per-file
-- finds api.notes
alter table api.notes no force row level security;

-- near miss
alter table api.notes force row level security;
