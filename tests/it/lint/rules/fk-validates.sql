-- run per-file
-- finds public.visits
alter table visits add constraint visits_member_fkey foreign key (member_id) references public.members (id);

-- near miss
alter table visits add constraint visits_member_fkey foreign key (member_id) references members not valid;
