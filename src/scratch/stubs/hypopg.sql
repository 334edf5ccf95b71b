-- Stands in for hypopg: no index is ever imagined.

CREATE FUNCTION @extschema@.hypopg_create_index(sql_order text, OUT indexrelid oid, OUT indexname text)
  RETURNS SETOF record LANGUAGE sql AS $$ SELECT NULL::oid, NULL::text WHERE false $$;
CREATE FUNCTION @extschema@.hypopg_drop_index(indexid oid) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$;
CREATE FUNCTION @extschema@.hypopg_reset() RETURNS void LANGUAGE sql AS $$ SELECT NULL::void $$;
CREATE FUNCTION @extschema@.hypopg_relation_size(indexid oid) RETURNS bigint LANGUAGE sql AS $$ SELECT 0::bigint $$;
CREATE VIEW @extschema@.hypopg_list_indexes AS
  SELECT NULL::oid AS indexrelid, NULL::text AS index_name, NULL::name AS schema_name, NULL::name AS table_name,
    NULL::name AS am_name WHERE false;
