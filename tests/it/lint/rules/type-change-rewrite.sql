-- run per-file
-- finds public.members.age
alter table members alter column age type bigint;

-- near miss
alter table members alter fee type numeric(10, 2), alter address type inet, alter seen type timestamptz(6);
