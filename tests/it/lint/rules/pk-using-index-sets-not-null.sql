-- run per-file
-- finds public.members.fee
alter table members drop constraint members_pkey;
alter table members add primary key using index members_fee;

-- near miss
-- run per-statement
create unique index concurrently visits_at on visits (at);
alter table visits drop constraint visits_pkey, add primary key using index visits_at;
