-- finds public.count_all()
create schema shared;
grant usage, create on schema shared to authenticated;
create function public.count_all() returns bigint language sql security definer set search_path = shared, pg_temp
  as $$ select count(*) from auth.users $$;
-- near miss: nobody else can make anything there; it runs with its caller's rights
create schema shared;
grant usage on schema shared to authenticated;
create schema open;
grant usage, create on schema open to authenticated;
create function public.count_all() returns bigint language sql security definer set search_path = shared, pg_temp
  as $$ select count(*) from auth.users $$;
create function public.plain() returns int language sql set search_path = open as $$ select 1 $$;
