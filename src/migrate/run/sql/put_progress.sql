-- Says how far a file is.
INSERT INTO pgkeel.progress AS p
       (layout, tenant, version, direction, checksum, segments, done, started, indexes, execution_time)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::oid[], $10)
ON CONFLICT (layout, tenant, version) DO UPDATE
SET direction = excluded.direction,
    checksum = excluded.checksum,
    segments = excluded.segments,
    done = excluded.done,
    started = excluded.started,
    indexes = excluded.indexes,
    execution_time = excluded.execution_time
