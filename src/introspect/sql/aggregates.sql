-- What makes a routine an aggregate.
select
  a.aggfnoid::oid as oid,
  a.aggkind::text as kind,
  a.aggnumdirectargs as direct_arguments,
  a.aggtransfn::oid as transition,
  a.aggtranstype as state_type,
  a.aggtransspace as state_space,
  a.agginitval as initial,
  a.aggfinalfn::oid as final_function,
  a.aggfinalextra as final_extra,
  a.aggfinalmodify::text as final_modify,
  a.aggcombinefn::oid as combine,
  a.aggserialfn::oid as serialize,
  a.aggdeserialfn::oid as deserialize,
  a.aggmtransfn::oid as moving_transition,
  a.aggminvtransfn::oid as moving_inverse,
  a.aggmtranstype as moving_state_type,
  a.aggmtransspace as moving_state_space,
  a.aggminitval as moving_initial,
  a.aggmfinalfn::oid as moving_final,
  a.aggmfinalextra as moving_final_extra,
  a.aggmfinalmodify::text as moving_final_modify,
  a.aggsortop as sort_operator
from pg_catalog.pg_aggregate a
where a.aggfnoid::oid >= 16384;
