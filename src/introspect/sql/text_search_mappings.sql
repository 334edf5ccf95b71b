-- The dictionaries of each kind of token in the configurations that users made, in order. Only the parser knows the
-- tokens' names. PostgreSQL 13 to 18. No parameters.
select
    m.mapcfg as configuration,
    token.alias as token,
    array_agg(m.mapdict order by m.mapseqno) as dictionaries
from pg_catalog.pg_ts_config as c
cross join ts_token_type(c.cfgparser) as token
join pg_catalog.pg_ts_config_map as m on m.mapcfg = c.oid and m.maptokentype = token.tokid
where c.oid >= 16384
group by m.mapcfg, token.alias
order by m.mapcfg, token.alias collate "C";
