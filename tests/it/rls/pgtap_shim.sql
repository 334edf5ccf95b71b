-- The functions of pgTAP that the written tests use, for servers without the extension.
create function public.plan(tests integer) returns text language sql as $$ select '1..' || tests $$;
create function public.ok(passed boolean, name text) returns text language sql as
  $$ select case when passed then 'ok - ' else 'not ok - ' end || name $$;
create function public.is_empty(query text, name text) returns text language plpgsql as $$
declare
  affected bigint;
begin
  execute query;
  get diagnostics affected = row_count;
  return public.ok(affected = 0, name);
exception when others then
  return public.ok(false, name || ': ' || sqlerrm);
end $$;
create function public.results_eq(query text, wanted integer[], name text) returns text language plpgsql as $$
declare
  got integer[];
begin
  execute 'select array(' || query || ')' into got;
  return public.ok(got = wanted, name);
exception when others then
  return public.ok(false, name || ': ' || sqlerrm);
end $$;
create function public.throws_ok(query text, code text, message text, name text) returns text language plpgsql as $$
begin
  execute query;
  return public.ok(false, name);
exception when others then
  return public.ok(sqlstate = code, name || case when sqlstate = code then '' else ': ' || sqlerrm end);
end $$;
create function public.finish() returns setof text language sql as $$ select ''::text where false $$;
