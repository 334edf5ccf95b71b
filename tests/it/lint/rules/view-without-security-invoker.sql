-- run per-file
-- finds api.open
create view api.open as select id from api.notes;

-- near miss
create view api.open as select id from api.notes;
alter view api.open set (security_invoker = on);
create view things as select id from app.things;
