-- The schema of sqlx's table: where the search path leads to one, else where it would be made. Already quoted.
SELECT quote_ident(coalesce(
    (SELECT n.nspname
     FROM pg_class AS c
     JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.oid = to_regclass('_sqlx_migrations')),
    current_schema()))
