-- run per-file
-- finds public.members
alter table members enable row level security;

-- near miss
alter table members enable row level security;
create policy mine on members for select using (id = 1);
