-- Whether the event trigger of events_install.sql is there and fires. All versions; no parameters.
SELECT EXISTS (SELECT FROM pg_catalog.pg_event_trigger WHERE evtname = 'pgkeel_watch' AND evtenabled IN ('O', 'A'));
