-- The history of pgkeel's own layout. `tenant` is the schema that the migration ran in, or empty; `checksum` is SHA-384
-- of the file with plain line ends; `execution_time` is in nanoseconds.
CREATE SCHEMA IF NOT EXISTS pgkeel;
CREATE TABLE IF NOT EXISTS pgkeel.migrations (
    tenant text NOT NULL DEFAULT '',
    version text NOT NULL,
    name text NOT NULL,
    checksum bytea NOT NULL,
    segments integer NOT NULL,
    execution_time bigint NOT NULL,
    applied_by text NOT NULL DEFAULT session_user,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (tenant, version)
);
