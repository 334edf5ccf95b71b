-- run per-file
-- finds public.visits
alter table visits add exclude using gist (during with &&);

-- near miss
create table bookings (during tstzrange, exclude using gist (during with &&));
