-- finds public.count_all()
create function public.count_all() returns bigint language plpgsql security definer
  as $$ begin return (select count(*) from auth.users); end $$;
-- near miss: pinned; bound when it was made
create function public.count_all() returns bigint language plpgsql security definer set search_path = ''
  as $$ begin return (select count(*) from auth.users); end $$;
create function public.one() returns int language sql begin atomic select 1; end;
