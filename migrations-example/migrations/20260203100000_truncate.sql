-- Row-level security does not ask about TRUNCATE, and foreign keys and triggers look past it: nobody from outside has these.

revoke truncate, references, trigger on all tables in schema public from authenticated;
alter default privileges in schema public revoke truncate, references, trigger on tables from authenticated;
