-- run per-file
-- finds api.bodies
create or replace view api.bodies as select id, body from api.notes;

-- near miss
create or replace view api.bodies with (security_invoker) as select id, body from api.notes;
