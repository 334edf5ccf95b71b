-- Lets this session wait for as long as it takes, and gives the limits that it had. No parameters; 13 and later.
SELECT name, setting, pg_catalog.set_config(name, '0', false) AS now
FROM pg_catalog.pg_settings
WHERE name IN ('lock_timeout', 'statement_timeout', 'transaction_timeout') AND setting <> '0'
