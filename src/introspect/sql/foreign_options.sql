-- The options of foreign-data wrappers, servers, user mappings, foreign tables and their columns. The value of an option
-- leaves the server only where the option's name is known to hold no secret, and the value does not look like a URL.
-- PostgreSQL 13 to 18. No parameters.
with holder (class, oid, attnum, options) as (
    select 'pg_catalog.pg_foreign_data_wrapper'::regclass, oid, 0, fdwoptions
    from pg_catalog.pg_foreign_data_wrapper
    union all
    select 'pg_catalog.pg_foreign_server'::regclass, oid, 0, srvoptions
    from pg_catalog.pg_foreign_server
    union all
    select 'pg_catalog.pg_user_mapping'::regclass, umid, 0, umoptions
    from pg_catalog.pg_user_mappings
    union all
    select 'pg_catalog.pg_class'::regclass, ftrelid, 0, ftoptions
    from pg_catalog.pg_foreign_table
    union all
    select 'pg_catalog.pg_class'::regclass, a.attrelid, a.attnum, a.attfdwoptions
    from pg_catalog.pg_foreign_table
    join pg_catalog.pg_attribute as a on a.attrelid = ftrelid
    where a.attfdwoptions is not null and not a.attisdropped
)
select
    holder.class::oid as class,
    holder.oid,
    holder.attnum,
    one.name,
    case when one.value !~* '://|passw|secret|token' and one.name = any ('{
        host,hostaddr,port,dbname,user,username,database,service,sslmode,sslsni,sslcompression,sslrootcert,
        ssl_min_protocol_version,ssl_max_protocol_version,gssencmode,krbsrvname,gsslib,channel_binding,requirepeer,
        target_session_attrs,load_balance_hosts,application_name,fallback_application_name,client_encoding,
        connect_timeout,keepalives,keepalives_idle,keepalives_interval,keepalives_count,tcp_user_timeout,
        schema_name,table_name,column_name,schema,table,object,type,
        use_remote_estimate,fdw_startup_cost,fdw_tuple_cost,extensions,updatable,truncatable,fetch_size,batch_size,
        async_capable,parallel_commit,parallel_abort,analyze_sampling,keep_connections,password_required,
        use_scram_passthrough,restore_stats,
        filename,format,header,delimiter,quote,escape,null,encoding,force_not_null,force_null,default,
        key,row_id,rowid_column,readonly,max_scan_rows,prefetch,init_remote
    }'::text[]) then one.value end as value
from holder
cross join unnest(holder.options) with ordinality as option (text, place)
cross join lateral (
    select split_part(option.text, '=', 1) as name, substr(option.text, strpos(option.text, '=') + 1) as value
) as one
order by holder.class, holder.oid, holder.attnum, option.place;
