-- run per-file
-- finds api.notes
alter table api.notes disable row level security;

-- near miss
alter table api.notes force row level security;
