-- Event triggers. PostgreSQL 13 to 18. No parameters.
select
    e.oid,
    e.evtname as name,
    e.evtowner as owner,
    e.evtevent as event,
    e.evttags as tags,
    e.evtfoid as function,
    e.evtenabled::text as enabled
from pg_catalog.pg_event_trigger as e;
