-- finds public.totals()
create function public.totals() returns bigint language sql security definer set search_path = ''
  as $$ select count(*) from auth.users $$;
-- near miss: it asks who calls; a trigger function; not for anon; not in the API
create function public.mine() returns bigint language sql security definer set search_path = ''
  as $$ select count(*) from auth.users where id = auth.uid() $$;
create function public.stamp() returns trigger language plpgsql security definer set search_path = ''
  as $$ begin return new; end $$;
create function public.for_users() returns bigint language sql security definer set search_path = '' as $$ select 1 $$;
revoke execute on function public.for_users() from public;
grant execute on function public.for_users() to authenticated;
create schema private;
create function private.hidden() returns bigint language sql security definer set search_path = '' as $$ select 1 $$;
