-- What is half done, whatever the layout: a row for each file of which some segments are committed and some are not.
-- `started`: the next segment runs outside a transaction and has been sent. `indexes`: what its table had before that.
CREATE SCHEMA IF NOT EXISTS pgkeel;
CREATE TABLE IF NOT EXISTS pgkeel.progress (
    layout text NOT NULL,
    tenant text NOT NULL DEFAULT '',
    version text NOT NULL,
    direction text NOT NULL,
    checksum bytea NOT NULL,
    segments integer NOT NULL,
    done integer NOT NULL,
    started boolean NOT NULL,
    indexes oid[],
    execution_time bigint NOT NULL,
    PRIMARY KEY (layout, tenant, version)
);
