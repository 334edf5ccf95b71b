-- What every file starts with, where the URL does not say otherwise: no time limits that roles or databases have for
-- ordinary work, an end to statements whose client is gone (manual, section 20.3.2; not on every platform), and commits
-- that outlive a crash of the server once they are told.
SELECT set_config(name, value, false)
FROM (VALUES ('statement_timeout', '0'),
             ('idle_session_timeout', '0'),
             ('idle_in_transaction_session_timeout', '0'),
             ('transaction_timeout', '0'),
             ('client_connection_check_interval', '2s'),
             ('synchronous_commit', 'on')) AS wanted (name, value)
JOIN pg_settings AS s USING (name)
WHERE s.source <> 'client'
  AND (name <> 'synchronous_commit' OR s.setting = 'off')
  AND (name <> 'client_connection_check_interval' OR version() ~* 'linux|darwin|freebsd')
