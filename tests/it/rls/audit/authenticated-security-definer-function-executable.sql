-- finds public.totals()
create function public.totals() returns bigint language sql security definer set search_path = ''
  as $$ select count(*) from auth.users $$;
-- near miss: with its caller's rights; for anon alone
create function public.plain() returns bigint language sql set search_path = '' as $$ select 1 $$;
create function public.for_anon() returns bigint language sql security definer set search_path = '' as $$ select 1 $$;
revoke execute on function public.for_anon() from public;
grant execute on function public.for_anon() to anon;
